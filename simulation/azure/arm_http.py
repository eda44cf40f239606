"""Azure Resource Manager over HTTPS, as far as no provider calls it: the list of a key's versions.

https://learn.microsoft.com/rest/api/keyvault/keys/keys/list-versions. By the example of the published API definition
(listKeyVersions.json) an entry of the list has attributes and identifiers alone: neither kty nor keySize nor keyOps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..cloud import Cloud
from ..entra.rules import TENANT
from ..entra.sign_in import ARM_AUDIENCE, SignIn
from ..errors import CloudError
from ..providers.azure_native import refuse_read
from ..traffic import AZURE
from .arm import PLATFORM_SUBSCRIPTION, SUBSCRIPTION, Json
from .key_vault_api import API_VERSIONS
from .wire import Answer, Request, error_body, page_of

HOST = "management.azure.com"
TYPE = "vaults/keys/versions"
ACTION = f"Microsoft.KeyVault/{TYPE}/read"
PAGE = 25
_VERSIONS = re.compile(
    r"/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/Microsoft\.KeyVault/vaults/([^/]+)/keys/([^/]+)/versions",
    re.IGNORECASE,
)
# https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
_UNAUTHORIZED = {
    "missing": ("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."),
    "unknown": ("InvalidAuthenticationToken", "The access token is invalid."),
    "expired": ("ExpiredAuthenticationToken", "The access token expiry UTC time '{}' is earlier than current UTC time."),
    "audience": (
        "InvalidAuthenticationTokenAudience",
        "The access token has been obtained for wrong audience or resource '{}'. It should exactly match with one of the "
        "allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net',"
        "'https://management.azure.com/','https://management.azure.com'.",
    ),
}
_STATUS = {
    "AuthorizationFailed": 403,
    "InvalidResourceType": 404,
    "KeyNotFound": 404,
    "ParentResourceNotFound": 404,
    "ResourceNotFound": 404,
    "ServiceUnavailable": 503,
    "SubscriptionNotFound": 404,
}


class ArmApi:
    """The simulated subscription."""

    def __init__(self, cloud: Cloud, sign_in: SignIn) -> None:
        self._cloud = cloud
        self._sign_in = sign_in

    def answer(self, request: Request) -> Answer:
        wrong, detail = self._sign_in.wrong_with(request, ARM_AUDIENCE)
        if wrong:
            code, text = _UNAUTHORIZED[wrong]
            challenge = f'Bearer authorization_uri="https://login.windows.net/{TENANT}", error="invalid_token"'
            return Answer(401, error_body(CloudError(code, text.format(detail))), {"WWW-Authenticate": challenge})
        with self._cloud.at_work():
            try:
                return Answer(200, self._dispatch(request))
            except CloudError as error:
                return Answer(_STATUS.get(error.code, 400), error_body(error))

    def _dispatch(self, request: Request) -> Json:
        api_version = request.query.get("api-version", "")
        if not api_version:
            raise CloudError(
                "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests."
            )
        place = _VERSIONS.fullmatch(request.path)
        if request.method != "GET" or not place:
            raise CloudError("InvalidResourceType", f"{request.method} {request.path} is not simulated.")
        subscription, group, vault, name = place.groups()
        if subscription.lower() not in {SUBSCRIPTION, PLATFORM_SUBSCRIPTION}:
            raise CloudError("SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")
        if self._cloud.azure.switches.refusal("key") == "503":
            raise CloudError("ServiceUnavailable", "The service is unavailable.")
        refuse_read(self._cloud, "key", ACTION, request.path)
        self._cloud.traffic.add(AZURE, ACTION)
        self._cloud.azure.actions.add(ACTION)
        self._check_version(api_version, group, vault)
        key = self._cloud.azure.key(vault, name, group)
        versions = self._cloud.azure.held_versions(vault, name)
        try:
            return page_of([_entry(key, version) for version in versions], PAGE, request)
        except ValueError:
            raise CloudError("InvalidParameter", "The $skiptoken is not valid.") from None

    def _check_version(self, api_version: str, group: str, vault: str) -> None:
        self._cloud.azure.take_call(TYPE, api_version, group, vault)
        known = sorted(set(API_VERSIONS.values()))
        if api_version not in known:
            raise CloudError(
                "NoRegisteredProviderFound",
                f"No registered resource provider found for API version '{api_version}' for type '{TYPE}'. The supported "
                f"api-versions are '{', '.join(known)}'.",
            )


def _entry(key: Mapping[str, Any], version: Mapping[str, Any]) -> Json:
    names = {"notBefore": "nbf", "expires": "exp"}
    return {
        "id": f"{key['id']}/versions/{version['version']}",
        "name": version["version"],
        "type": f"Microsoft.KeyVault/{TYPE}",
        "location": key["location"],
        "properties": {
            "attributes": {names.get(name, name): value for name, value in version["attributes"].items()},
            "keyUri": key["keyUri"],
            "keyUriWithVersion": f"{key['keyUri']}/{version['version']}",
        },
    }
