"""The operations of Adobe's customer-managed-keys API, in both generations of its contract.

Adobe, "Set up and configure customer managed keys for Azure using the API", and the beta's documents. Adobe documents no
status codes for these calls: any 2xx counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from ...constants import APP_REGISTRATION, CUSTOMER_CONFIG, Contract
from .answers import Answer, Transport
from .credentials import Credentials
from .errors import AnswerNotUnderstood, CallRefused
from .key_reference import KeyReference

CONFIG_TYPE = "BYOK_CONFIG"
PROVIDER_TYPE = "AZURE_KEYVAULT"


class Status(StrEnum):
    """Values of a configuration's status that decide something; every other value means "not yet"."""

    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class AppFacts:
    """Adobe's multi-tenant app for the organisation."""

    application_id: str
    """Azure client id."""
    name: str
    """Display name of its service principal."""
    consent_url: str
    """Where an administrator of the tenant accepts the app; its tenant segment reads `common`."""


@dataclass(frozen=True)
class Configuration:
    """What Adobe holds under a configuration's name."""

    status: str
    key: KeyReference | None
    """The key it names; None in the answer of a beta POST, which need not echo it."""


class PlatformApi:
    """One organisation's view of Adobe's API."""

    def __init__(self, transport: Transport, credentials: Credentials, *, ims_org_id: str, api_key: str) -> None:
        self._transport = transport
        self._credentials = credentials
        self._ims_org_id = ims_org_id
        self._headers = {"x-api-key": api_key, "x-gw-ims-org-id": ims_org_id}

    def app_registration(self) -> AppFacts | None:
        """GET the organisation's app; None when Adobe says clearly that there is none."""
        answer = self._get(APP_REGISTRATION)
        if answer is None:
            return None
        body = answer.json_object()
        return AppFacts(
            application_id=answer.text_field(body, "applicationId"),
            name=answer.text_field(body, "name"),
            consent_url=answer.text_field(body, "applicationRedirectUrl"),
        )

    def register_app(self) -> None:
        """POST the beta's registration; an asynchronous job, answered by `app_registration` when done.

        It takes no payload and registers the organisation's one app, so it may be repeated.
        """
        self._send("POST", APP_REGISTRATION, repeatable=True)

    def configuration(self, name: str) -> Configuration | None:
        """GET the configuration of that exact name; None when Adobe says clearly that there is none."""
        answer = self._get(f"{CUSTOMER_CONFIG}/{quote(name, safe='')}", {"configType": CONFIG_TYPE})
        if answer is None:
            return None
        body = answer.json_object()
        config_data = body.get("configData")
        if not isinstance(config_data, dict):
            raise answer.not_understood("it has no object in 'configData'")
        try:
            key = KeyReference.from_config_data(config_data)
        except ValueError:
            raise answer.not_understood("its 'configData' names no key") from None
        return Configuration(answer.text_field(body, "status"), key)

    def submit_configuration(self, name: str, key: KeyReference, contract: Contract) -> Configuration:
        """POST the configuration, once: the act that cannot be undone.

        :raises CallUnanswered, AnswerNotUnderstood: it may have been processed; read it back before anything else.
        """
        body = {
            "name": name,
            "type": CONFIG_TYPE,
            "imsOrgId": self._ims_org_id,
            "configData": {"providerType": PROVIDER_TYPE, **_reference(key, contract)},
        }
        answer = self._send("POST", CUSTOMER_CONFIG, repeatable=False, body=body)
        return Configuration(answer.text_field(answer.json_object(), "status"), None)

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Answer | None:
        try:
            return self._send("GET", path, repeatable=True, query=query)
        except CallRefused as error:
            if error.http_status == 404:
                return None
            raise

    def _send(self, method: str, path: str, **call: Any) -> Answer:
        token = self._credentials.token()
        try:
            return self._attempt(method, path, token, **call)
        except CallRefused as error:
            # A rejected token was not acted on, so that even a POST may follow with a new one.
            if error.http_status != 401 or not self._credentials.renew(token):
                raise
        return self._attempt(method, path, self._credentials.token(), **call)

    def _attempt(self, method: str, path: str, token: str, **call: Any) -> Answer:
        try:
            return self._transport.send(
                method, path, token=token, headers=self._headers, secrets=self._credentials.secrets(), **call
            )
        except CallRefused as error:
            # Only an answer in the API's own form says that something is absent; a proxy's page says nothing.
            if error.http_status == 404 and not error.in_api_form:
                raise AnswerNotUnderstood(
                    "a 404 came, but not in the form of Adobe's API",
                    call=error.call,
                    words=error.words,
                    request_id=error.request_id,
                    http_status=404,
                    next_step="check that the host is Adobe's and not a proxy's, and that the region is right",
                ) from None
            raise


def _reference(key: KeyReference, contract: Contract) -> dict[str, str]:
    beta = {"keyVaultUri": key.vault_uri, "keyName": key.key_name}
    current = {"keyVaultKeyIdentifier": key.identifier}
    return {Contract.BETA: beta, Contract.CURRENT: current, Contract.AUTO: {**beta, **current}}[contract]
