"""Checks a response against the request and against its documented form, before it is used.

A proxy, a wrong host or a faulty cache can respond in Adobe's place. A field that a generation of the API omits passes; a
field that is present must match. `name`, `keyName` and `id` of a configuration are not compared, because Adobe's samples
show other values than were sent. Sources: Adobe, "Set up customer managed keys with the API" and the beta's documents.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .answers import Answer, quoted
from .errors import AnswerContradictsRequest, AnswerNotUnderstood
from .key_reference import KeyReference

CONFIG_TYPE = "BYOK_CONFIG"
PROVIDER_TYPE = "AZURE_KEYVAULT"
# Workflow types of the beta's jobs.
_REGISTRATION_WORKFLOW, _CONFIG_WORKFLOW = "BYOK_APP_REGISTRATION", "BYOK_CONFIG"

_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# Entra ID's sign-in hosts: global, Azure Government, 21Vianet (Microsoft, "Authentication and national clouds"). All are
# Microsoft's own, so a link to them cannot leak a sign-in to a third party.
_ENTRAS_HOSTS = ("login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn")
# Its two consent pages: of a user, and of an administrator (Microsoft, "authorize" and "adminconsent" endpoints, v1 and v2).
_CONSENT_PATH = re.compile(
    rf"/(?:common|organizations|{_GUID.pattern})/(?:oauth2(?:/v2\.0)?/authorize|(?:v2\.0/)?adminconsent)"
)
# Vaults and Managed HSMs of the same three clouds (Microsoft, "Azure Key Vault keys, secrets and certificates overview").
_VAULT = re.compile(
    r"https://[a-z0-9-]+\.(?:vault\.(?:azure\.net|usgovcloudapi\.net|azure\.cn)"
    r"|managedhsm\.(?:azure\.net|usgovcloudapi\.net))(?:/.*)?",
    re.IGNORECASE,
)
# Entra ID's longest display name; the name is shown to users.
_APP_NAME_LENGTH = 256


def json_object(answer: Answer) -> dict[str, Any]:
    """The body as a JSON object.

    :raises AnswerNotUnderstood: when it is anything else.
    """
    value = answer.json
    if not isinstance(value, dict):
        raise not_understood(answer, "the body is not a JSON object")
    return value


def text_field(answer: Answer, body: Mapping[str, Any], name: str) -> str:
    """A field that must be a non-empty string.

    :raises AnswerNotUnderstood: when it is missing or anything else.
    """
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise not_understood(answer, f"{name!r} is missing or not a string")
    return value


def not_understood(answer: Answer, reason: str, words: str = "") -> AnswerNotUnderstood:
    """The error for a response that violates the contract; it does not quote a 2xx, which may contain a token.

    :param words: of a response that was refused, redacted.
    """
    return AnswerNotUnderstood(
        f"Adobe's response does not match its documentation: {reason}",
        call=answer.call,
        words=words,
        request_id=answer.request_id,
        http_status=answer.http_status,
        next_step="check that the response comes from Adobe and not from a proxy, then run the command again",
    )


@dataclass(frozen=True)
class AnswerChecks:
    """Checks of one 2xx response.

    :raises AnswerContradictsRequest: when a value does not match.
    :raises AnswerNotUnderstood: when a field is not a string.
    """

    answer: Answer
    ims_org_id: str
    """The organisation of the request."""
    secrets: Sequence[str]
    """Texts that are redacted wherever the response is quoted."""

    def check_app(self, body: Mapping[str, Any]) -> None:
        """Check an app registration: an app of Entra ID, and a link that is not another app's."""
        self._organisation(body)
        application_id = text_field(self.answer, body, "applicationId")
        self._field(body, "applicationId", lambda value: bool(_GUID.fullmatch(value)), "a GUID")
        self._field(body, "name", lambda value: value.isprintable() and len(value) <= _APP_NAME_LENGTH, "a printable name")
        link = body.get("applicationRedirectUrl")
        if isinstance(link, str) and link:
            wanted = f"a link for the app {application_id}"
            others = [client for client in _clients(link) if client != application_id.casefold()]
            self._field(body, "applicationRedirectUrl", lambda _: not others, wanted)

    def check_registration_job(self) -> None:
        """Check the beta's registration job; its documentation guarantees no field, so any other response passes."""
        try:
            body = json_object(self.answer)
        except AnswerNotUnderstood:
            return
        self._organisation(body)
        self._literal(body, "workflowType", _REGISTRATION_WORKFLOW)

    def check_configuration(self, body: Mapping[str, Any]) -> None:
        """Check a configuration: of this organisation, for a key in Azure; the caller compares the key."""
        self._organisation(body)
        self._literal(body, "type", CONFIG_TYPE)
        data = body.get("configData")
        if isinstance(data, dict):
            self._literal(data, "providerType", PROVIDER_TYPE)
            for name in ("keyVaultKeyIdentifier", "keyVaultUri"):
                self._field(data, name, lambda value: bool(_VAULT.fullmatch(value)), "a vault or managed HSM in Azure")
            identifier = data.get("keyVaultKeyIdentifier")
            if isinstance(identifier, str):
                self._vault(data, "keyVaultUri", identifier)

    def check_submission(self, body: Mapping[str, Any], key: KeyReference) -> None:
        """Check the echo of a POST: in `config` today, in `jobData.config` of the beta's job, or at the top level."""
        self._literal(body, "workflowType", _CONFIG_WORKFLOW)
        job = body.get("jobData")
        for config in (body, body.get("config"), job.get("config") if isinstance(job, dict) else None):
            if not isinstance(config, dict):
                continue
            self.check_configuration(config)
            data = config.get("configData")
            if isinstance(data, dict):
                wanted = f"the key that was sent, {key.identifier}"
                self._field(data, "keyVaultKeyIdentifier", lambda value: _names(value, key), wanted)
                self._vault(data, "keyVaultUri", key.vault_uri)

    def _organisation(self, body: Mapping[str, Any]) -> None:
        # Hexadecimal digits: upper and lower case are equal.
        wanted = self.ims_org_id.casefold()
        self._field(body, "imsOrgId", lambda value: value.casefold() == wanted, f"{self.ims_org_id} as requested")

    def _literal(self, body: Mapping[str, Any], name: str, wanted: str) -> None:
        self._field(body, name, lambda value: value == wanted, wanted)

    def _vault(self, data: Mapping[str, Any], name: str, reference: str) -> None:
        """Check that a field, a vault URI or a key identifier, names the vault of a reference."""
        vault = _vault_of(reference)
        self._field(data, name, lambda value: _vault_of(value) == vault, f"in the vault {vault}")

    def _field(self, body: Mapping[str, Any], name: str, fits: Callable[[str], bool], wanted: str) -> None:
        if body.get(name) is None:
            return
        value = text_field(self.answer, body, name)
        if not fits(value):
            raise AnswerContradictsRequest(
                f"Adobe's response does not match the request: {name!r} is {quoted(value, self.secrets)!r}, "
                f"not {quoted(wanted, self.secrets)}; the response is not used",
                call=self.answer.call,
                request_id=self.answer.request_id,
                http_status=self.answer.http_status,
                next_step="do not open links from this response. Check that ADOBE_PLATFORM_URL, the region and any proxy "
                "lead to Adobe, then run the command again; if the error persists, give Adobe support the request ID",
            )


def is_consent_url(url: str, application_id: str) -> bool:
    """Whether a URL is one of Entra ID's two consent pages for that app only.

    The redirect URI is not checked: Entra ID accepts only those that Adobe registered for the app.
    """
    # Characters that browsers and parsers interpret differently are rejected: they drop tabs and convert backslashes.
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    # The whole authority is compared, so that a user name, port or trailing dot is rejected.
    is_entras = parts.scheme == "https" and parts.netloc in _ENTRAS_HOSTS and not parts.fragment
    return is_entras and bool(_CONSENT_PATH.fullmatch(parts.path)) and _clients(url) == [application_id.casefold()]


def _clients(url: str) -> list[str]:
    """The client IDs that a URL's query names, in lower case; none when it cannot be parsed."""
    try:
        query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return []
    return [value.casefold() for name, value in query if name.casefold() == "client_id"]


def _names(identifier: str, key: KeyReference) -> bool:
    try:
        return KeyReference.parse(identifier).is_same_key(key)
    except ValueError:
        return False


def _vault_of(reference: str) -> str:
    return reference.split("/keys/")[0].rstrip("/").casefold()
