"""The operations of Adobe's customer-managed-keys API, in both generations of its contract.

Sources: Adobe, "Set up and configure customer managed keys for Azure using the API", and the beta's documents. Adobe
documents no status codes for these calls, so any 2xx is a success.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from ...constants import APP_REGISTRATION, CUSTOMER_CONFIG, Contract
from .answer_checks import CONFIG_TYPE, PROVIDER_TYPE, AnswerChecks, is_consent_url, json_object, not_understood, text_field
from .answers import Answer, Transport, adobes_words
from .configuration_request import ConfigurationRequest
from .credentials import Credentials
from .errors import AnswerNotUnderstood, CallRefused, CallUnanswered
from .key_reference import KeyReference


class Status(StrEnum):
    """The final values of a configuration's status; every other value means that Adobe is still working."""

    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


# This program's status of a configuration that was sent and answered with a 2xx: it is never sent again for that reason.
ACCEPTED = "ACCEPTED"
# Name of the x-api-key header's value in Adobe's current documents; the beta's ask for the credential's own client ID.
CURRENT_API_KEY = "acp_provisioning"


@dataclass(frozen=True)
class AppFacts:
    """Adobe's multi-tenant app for the organisation."""

    application_id: str
    """Client ID in Azure."""
    name: str
    """Display name of its service principal."""
    consent_url: str
    """URL at which an administrator of the tenant consents to the app; empty when Adobe's is no consent page of Entra ID."""


@dataclass(frozen=True)
class Configuration:
    """A configuration at Adobe."""

    status: str
    key: KeyReference
    """The key that Adobe names, or of a POST that was accepted, the one that was sent."""


@dataclass(frozen=True)
class NotShown:
    """An answer to the read of a configuration that shows none: Adobe documents no form for one that does not exist."""

    unclear: AnswerNotUnderstood
    """The answer as an error, for a caller that needs to know whether there is one."""
    says_none: bool
    """Whether Adobe's service says so, if it is Adobe's service that answers (`Answer.says_none`)."""
    may_be_confirmed: bool
    """Whether the user's word that there is none may stand in: for no HTML page, and for nothing with content."""


class PlatformApi:
    """Adobe's API for one organisation."""

    def __init__(self, transport: Transport, credentials: Credentials, *, ims_org_id: str, api_key: str) -> None:
        self._transport = transport
        self._credentials = credentials
        self._ims_org_id = ims_org_id
        self._headers = {"x-api-key": api_key, "x-gw-ims-org-id": ims_org_id}

    def app_registration(self) -> AppFacts | None:
        """GET the organisation's app; None when there is none.

        A 404 with a JSON object or an empty body is enough, because a registration may be repeated.

        :raises AnswerNotUnderstood: when the answer is another 404, which may come from a proxy, or is no app.
        :raises AnswerContradictsRequest: when it is not an app of Entra ID, or belongs to another organisation.
        """
        try:
            answer = self._send("GET", APP_REGISTRATION, repeatable=True)
        except CallRefused as refusal:
            if refusal.http_status == 404 and refusal.answer and not (refusal.answer.says_none or not refusal.answer.body):
                raise not_understood(refusal.answer, "it is not Adobe's service that answers", refusal.words) from None
            if refusal.http_status == 404:
                return None
            raise
        body = json_object(answer)
        application_id, name = text_field(answer, body, "applicationId"), text_field(answer, body, "name")
        self._checks(answer).check_app(body)
        link = body.get("applicationRedirectUrl")
        is_usable = isinstance(link, str) and is_consent_url(link, application_id)
        return AppFacts(application_id, name, str(link) if is_usable else "")

    def register_app(self) -> None:
        """POST the beta's registration, an asynchronous job; `app_registration` returns its result.

        The call has no payload and registers the organisation's one app, so it may be repeated.

        :raises AnswerContradictsRequest: when the job belongs to another organisation, or is another job.
        """
        answer = self._send("POST", APP_REGISTRATION, repeatable=True)
        self._checks(answer).check_registration_job()

    def configuration(self, name: str) -> Configuration | NotShown:
        """GET the configuration of that exact name.

        A 2xx with any content is a configuration, also one that cannot be understood.

        :raises AnswerNotUnderstood: when it is none that can be used.
        :raises AnswerContradictsRequest: when organisation, type or provider do not match.
        """
        path = f"{CUSTOMER_CONFIG}/{quote(name, safe='')}"
        try:
            answer = self._send("GET", path, repeatable=True, query={"configType": CONFIG_TYPE})
        except CallRefused as refusal:
            if refusal.http_status not in (400, 404) or refusal.answer is None:
                raise
            answer = refusal.answer
        if answer.http_status >= 400 or answer.names_nothing:
            return self._not_shown(answer, name)
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

    def _not_shown(self, answer: Answer, name: str) -> NotShown:
        is_plain_404 = answer.http_status == 404 and (answer.names_nothing or answer.is_json)
        may_be_confirmed = is_plain_404 or (answer.http_status == 400 and not answer.is_page) or answer.http_status < 300
        remedy = "check that the response comes from Adobe and not from a proxy, and check the region"
        if may_be_confirmed:
            remedy = (
                f"ask Adobe support whether {self._ims_org_id} has a configuration {name!r}. If Adobe confirms that there "
                f"is none, set configurationAbsent to {self._ims_org_id}/{name}/<today's date in UTC, YYYY-MM-DD>, and run "
                "pulumi up on that day"
            )
        unclear = AnswerNotUnderstood(
            f"Adobe's answer does not say whether the configuration {name!r} exists",
            call=answer.call,
            words=adobes_words(answer, self._credentials.secrets()) or "an empty body",
            request_id=answer.request_id,
            http_status=answer.http_status,
            next_step=remedy,
        )
        return NotShown(unclear, answer.says_none, may_be_confirmed)

    def requested(self, request: ConfigurationRequest) -> Configuration | NotShown:
        """GET the configuration of a request and compare its key; every read does so.

        :raises ConfigurationConflict: when Adobe has it for another key.
        """
        found = self.configuration(request.config_name)
        if isinstance(found, Configuration):
            request.refuse_another_key(found.key)
        return found

    def submit_configuration(self, name: str, key: KeyReference, contract: Contract) -> str:
        """POST the configuration once. This cannot be undone.

        :param contract: beta or current; each has a body of its own.
        :returns: what is wrong with the answer to a POST that was accepted, which any 2xx says; empty for nothing.
        :raises CallUnanswered: it may have been processed.
        :raises AnswerNotUnderstood: on a redirect.
        :raises CallRefused: when it was not processed.
        """
        body = {
            "name": name,
            "type": CONFIG_TYPE,
            "imsOrgId": self._ims_org_id,
            "configData": {"providerType": PROVIDER_TYPE, **_reference(key, contract)},
        }
        try:
            answer = self._send("POST", CUSTOMER_CONFIG, repeatable=False, body=body)
            self._checks(answer).check_submission(json_object(answer), key)
        except (CallUnanswered, AnswerNotUnderstood) as error:
            if 200 <= error.http_status < 300:
                return error.what
            raise
        return ""

    def _checks(self, answer: Answer) -> AnswerChecks:
        return AnswerChecks(answer, self._ims_org_id, self._credentials.secrets())

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
        return self._transport.send(
            method, path, token=token, headers=self._headers, secrets=[token, *self._credentials.secrets()], **call
        )


def _reference(key: KeyReference, contract: Contract) -> dict[str, str]:
    if contract is Contract.BETA:
        return {"keyVaultUri": key.vault_uri, "keyName": key.key_name}
    return {"keyVaultKeyIdentifier": key.identifier}
