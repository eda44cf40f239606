"""The operations of Adobe's customer-managed-keys API, in both generations of its contract.

Sources: Adobe, "Set up and configure customer managed keys for Azure using the API", and the beta's documents. Adobe
documents no status codes for these calls, so any 2xx is a success.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from ...constants import APP_REGISTRATION, CUSTOMER_CONFIG, Contract
from .answer_checks import CONFIG_TYPE, PROVIDER_TYPE, AnswerChecks, json_object, not_understood, text_field
from .answers import Answer, Transport
from .configuration_request import ConfigurationRequest
from .credentials import Credentials
from .errors import AnswerNotUnderstood, CallRefused
from .key_reference import KeyReference


class Status(StrEnum):
    """The final values of a configuration's status; every other value means that Adobe is still working."""

    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class AppFacts:
    """Adobe's multi-tenant app for the organisation."""

    application_id: str
    """Client ID in Azure."""
    name: str
    """Display name of its service principal."""
    consent_url: str
    """URL at which an administrator of the tenant consents to the app; its tenant segment is `common`."""


@dataclass(frozen=True)
class Configuration:
    """A configuration at Adobe."""

    status: str
    key: KeyReference | None
    """The key; None in the response to a POST, which need not echo it."""


class PlatformApi:
    """Adobe's API for one organisation."""

    def __init__(self, transport: Transport, credentials: Credentials, *, ims_org_id: str, api_key: str) -> None:
        self._transport = transport
        self._credentials = credentials
        self._ims_org_id = ims_org_id
        self._headers = {"x-api-key": api_key, "x-gw-ims-org-id": ims_org_id}

    def app_registration(self) -> AppFacts | None:
        """GET the organisation's app; None when Adobe clearly reports that there is none.

        :raises AnswerContradictsRequest: when it is not an app of Entra ID, or belongs to another organisation.
        """
        answer = self._get(APP_REGISTRATION)
        if answer is None:
            return None
        body = json_object(answer)
        facts = AppFacts(
            application_id=text_field(answer, body, "applicationId"),
            name=text_field(answer, body, "name"),
            consent_url=text_field(answer, body, "applicationRedirectUrl"),
        )
        self._checks(answer).check_app(body)
        return facts

    def register_app(self) -> None:
        """POST the beta's registration, an asynchronous job; `app_registration` returns its result.

        The call has no payload and registers the organisation's one app, so it may be repeated.

        :raises AnswerContradictsRequest: when the job belongs to another organisation, or is another job.
        """
        answer = self._send("POST", APP_REGISTRATION, repeatable=True)
        self._checks(answer).check_registration_job()

    def configuration(self, name: str) -> Configuration | None:
        """GET the configuration of that exact name; None when Adobe clearly reports that there is none.

        :raises AnswerContradictsRequest: when organisation, type or provider do not match.
        """
        answer = self._get(f"{CUSTOMER_CONFIG}/{quote(name, safe='')}", {"configType": CONFIG_TYPE})
        if answer is None:
            return None
        body = json_object(answer)
        config_data = body.get("configData")
        if not isinstance(config_data, dict):
            raise not_understood(answer, "'configData' is missing or not an object")
        try:
            key = KeyReference.from_config_data(config_data)
        except ValueError:
            raise not_understood(answer, "'configData' does not name a key") from None
        status = text_field(answer, body, "status")
        self._checks(answer).check_configuration(body)
        return Configuration(status, key)

    def requested(self, request: ConfigurationRequest) -> Configuration | None:
        """GET the configuration of a request and compare its key; every read does so.

        :raises ConfigurationConflict: when Adobe has it for another key.
        """
        found = self.configuration(request.config_name)
        request.refuse_another_key(found.key if found else None)
        return found

    def submit_configuration(self, name: str, key: KeyReference, contract: Contract) -> Configuration:
        """POST the configuration once. This cannot be undone.

        :raises CallUnanswered: it may have been processed; read it back before anything else.
        :raises AnswerNotUnderstood: likewise; includes AnswerContradictsRequest, when the response does not match.
        """
        body = {
            "name": name,
            "type": CONFIG_TYPE,
            "imsOrgId": self._ims_org_id,
            "configData": {"providerType": PROVIDER_TYPE, **_reference(key, contract)},
        }
        answer = self._send("POST", CUSTOMER_CONFIG, repeatable=False, body=body)
        echo = json_object(answer)
        status = text_field(answer, echo, "status")
        self._checks(answer).check_submission(echo, key)
        return Configuration(status, None)

    def _checks(self, answer: Answer) -> AnswerChecks:
        return AnswerChecks(answer, self._ims_org_id, self._credentials.secrets())

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
            # A call with a rejected token was not processed, so even a POST may be repeated with a new token.
            if error.http_status != 401 or not self._credentials.renew(token):
                raise
        return self._attempt(method, path, self._credentials.token(), **call)

    def _attempt(self, method: str, path: str, token: str, **call: Any) -> Answer:
        try:
            return self._transport.send(
                method, path, token=token, headers=self._headers, secrets=[token, *self._credentials.secrets()], **call
            )
        except CallRefused as error:
            # Only Adobe's service can report absence; its gateway or a proxy only knows routes.
            if error.http_status == 404 and not error.is_absence:
                raise AnswerNotUnderstood(
                    "the 404 response is not in the form in which Adobe's service reports that an object does not exist",
                    call=error.call,
                    words=error.words,
                    request_id=error.request_id,
                    http_status=404,
                    next_step="check that the response comes from Adobe and not from a proxy, and check the region",
                ) from None
            raise


def _reference(key: KeyReference, contract: Contract) -> dict[str, str]:
    beta = {"keyVaultUri": key.vault_uri, "keyName": key.key_name}
    current = {"keyVaultKeyIdentifier": key.identifier}
    return {Contract.BETA: beta, Contract.CURRENT: current, Contract.AUTO: {**beta, **current}}[contract]
