"""Key Vault's data plane over HTTPS: keys, their versions and rotation policies.

https://learn.microsoft.com/rest/api/keyvault/keys; https://learn.microsoft.com/azure/key-vault/general/rest-error-codes.
Which versions of the API there are, and which addresses are called: azure-keyvault-keys, _shared/client_base.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..cloud import Cloud
from ..entra.rules import TENANT
from ..entra.sign_in import HOST, VAULT_AUDIENCE, SignIn
from ..errors import CloudError
from .arm import Json
from .https_proxy import NoSuchHost
from .key_import import Numbers, encoded, read_import
from .key_versions import public_numbers
from .rotation_policy import read_policy
from .wire import Answer, Request, error_body, page_of

DOMAIN = ".vault.azure.net"
API_VERSIONS = ("2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01")
# The most that a page of a list holds.
PAGE = 25
_CHALLENGE = f'Bearer authorization="https://{HOST}/{TENANT}", resource="{VAULT_AUDIENCE}"'
# Reported in Azure/azure-sdk-for-python#24557 and crossplane-contrib/provider-azure#346; the S2S codes in many places.
_UNAUTHORIZED = {
    "missing": "AKV10000: Request is missing a Bearer or PoP token.",
    "unknown": "[AggregatedAuthenticationFailure] Error validating token: 'S2S17001'.",
    "expired": "[TokenExpired] Error validating token: 'S2S12086'.",
    "audience": f"AKV10022: Invalid audience. Expected {VAULT_AUDIENCE}, found: {{}}.",
}
_STATUS = {"BadParameter": 400, "Forbidden": 403, "KeyNotFound": 404, "Conflict": 409, "NotSimulated": 501}
_ACTIONS = {
    ("GET", "keys"): "keys/read",
    ("PUT", "keys"): "keys/import/action",
    ("DELETE", "keys"): "keys/delete",
    ("GET", "deletedkeys"): "keys/read",
    ("GET", "rotationpolicy"): "keyrotationpolicies/read",
    ("PUT", "rotationpolicy"): "keyrotationpolicies/write",
}


class DataPlane:
    """The data plane of every vault."""

    def __init__(self, cloud: Cloud, sign_in: SignIn, hsm: Path) -> None:
        """
        :param hsm: folder of key exchange keys.
        """
        self._cloud = cloud
        self._azure = cloud.azure
        self._sign_in = sign_in
        self._hsm = hsm

    def answer(self, request: Request) -> Answer:
        wrong, detail = self._sign_in.wrong_with(request, VAULT_AUDIENCE)
        if wrong:
            refusal = CloudError("Unauthorized", _UNAUTHORIZED[wrong].format(detail))
            return Answer(401, error_body(refusal), {"WWW-Authenticate": _CHALLENGE})
        with self._cloud.at_work():
            try:
                return Answer(200, self._dispatch(request))
            except CloudError as error:
                if error.code == "NoSuchHost":
                    raise NoSuchHost(error.message) from None
                return Answer(_STATUS[error.code], error_body(error))

    def _dispatch(self, request: Request) -> Json:
        version = request.query.get("api-version", "")
        if version not in API_VERSIONS:
            raise CloudError(
                "BadParameter",
                f"The specified version ({version}) is not recognized. Consider using the latest supported version "
                f"({API_VERSIONS[-1]}).",
            )
        kind, name, rest = [*request.path.strip("/").split("/"), "", ""][:3]
        action = _ACTIONS.get((request.method, rest if rest == "rotationpolicy" else kind))
        if action is None or request.path.count("/") > 3 or not re.fullmatch(r"[0-9a-zA-Z-]{1,127}", name):
            raise CloudError("NotSimulated", f"{request.method} {request.path} is not simulated.")
        vault = request.host.removesuffix(DOMAIN)
        self._azure.let_deployer_in(vault, f"/keys/{name}", f"Microsoft.KeyVault/vaults/{action}")
        if rest == "rotationpolicy":
            if request.method == "PUT":
                self._azure.set_key_policy(vault, name, *read_policy(_body(request)))
            identifier = f"https://{vault}{DOMAIN}/keys/{name}/rotationpolicy"
            return {"id": identifier, **self._azure.key_policy(vault, name)}
        if request.method == "GET":
            return self._read(request, vault, kind, name, rest)
        if rest:
            raise CloudError("NotSimulated", f"{request.method} {request.path} is not simulated.")
        if request.method == "DELETE":
            self._azure.held_key(vault, name)
            self._azure.delete_key(vault, name)
            return self._deleted(vault, name)
        sku = self._azure.vault(vault)["properties"]["sku"]["name"]
        imported = read_import(_body(request), sku, lambda blob: self._unwrap(vault, blob))
        return self._bundle(vault, self._azure.import_key(vault, name, imported))

    def _read(self, request: Request, vault: str, kind: str, name: str, rest: str) -> Json:
        if kind == "deletedkeys":
            return self._deleted(vault, name)
        if rest != "versions":
            return self._bundle(vault, self._azure.held_key(vault, name, rest))
        size = request.query.get("maxresults", str(PAGE))
        if not size.isdecimal() or not 1 <= int(size) <= PAGE:
            raise CloudError("BadParameter", f"Property maxresults has an invalid value {size}")
        items = [self._item(vault, version) for version in self._azure.held_versions(vault, name)]
        try:
            return page_of(items, int(size), request)
        except ValueError:
            raise CloudError("BadParameter", "Property $skiptoken has an invalid value") from None

    def _deleted(self, vault: str, name: str) -> Json:
        key = self._azure.deleted_key(vault, name)
        dates = {date: key[date] for date in ("deletedDate", "scheduledPurgeDate")}
        return {"recoveryId": f"https://{vault}{DOMAIN}/deletedkeys/{name}", **dates, **self._bundle(vault, key)}

    def _item(self, vault: str, version: Mapping[str, Any]) -> Json:
        """A version as a list has it."""
        names = {"notBefore": "nbf", "expires": "exp"}
        days = self._azure.vault(vault)["properties"]["softDeleteRetentionInDays"]
        attributes = {names.get(name, name): value for name, value in version["attributes"].items()}
        item: Json = {"kid": _identifier(vault, version), "attributes": {**attributes, "recoverableDays": days}}
        return {**item, "tags": version["tags"]} if version.get("tags") else item

    def _bundle(self, vault: str, version: Mapping[str, Any]) -> Json:
        numbers = public_numbers(version)
        if _is_key_exchange_key(version):
            from .byok import Hsm

            n, e = Hsm(self._hsm).public(version["version"], int(version["keySize"]))
            numbers = {"n": encoded(n), "e": encoded(e)}
        item = self._item(vault, version)
        key = {"kid": item.pop("kid"), "kty": version["kty"], "key_ops": version["keyOps"], **numbers}
        return {"key": key, **item}

    def _unwrap(self, vault: str, data: bytes) -> Numbers:
        """Open a transfer blob with the key exchange key that it names, which must be in the same vault."""
        from .byok import Hsm, read_blob, refused

        kid, ciphertext = read_blob(data)
        named = re.fullmatch(rf"https://{re.escape(vault + DOMAIN)}(?::443)?/keys/([^/]+)/([^/]+)", kid, re.IGNORECASE)
        if not named:
            raise refused(f"its kid {kid} does not name a version of a key in this vault")
        try:
            kek = self._azure.held_key(vault, *named.groups())
        except CloudError:
            raise refused(f"its kid {kid} names a key that is not in this vault") from None
        if not _is_key_exchange_key(kek) or not kek["attributes"]["enabled"]:
            raise refused(f"its kid {kid} does not name an enabled RSA-HSM key with the one operation import")
        return Hsm(self._hsm).unwrap(kek["version"], int(kek["keySize"]), ciphertext)


def _is_key_exchange_key(version: Mapping[str, Any]) -> bool:
    return version["kty"] == "RSA-HSM" and list(version["keyOps"]) == ["import"]


def _identifier(vault: str, version: Mapping[str, Any]) -> str:
    return f"https://{vault}{DOMAIN}/keys/{version['name']}/{version['version']}"


def _body(request: Request) -> Json:
    try:
        return request.json()
    except ValueError:
        raise CloudError("BadParameter", "The request body is not a JSON object") from None
