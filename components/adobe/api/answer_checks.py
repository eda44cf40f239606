"""What an answer says, checked against what was asked and against its documented form, before anybody acts on it.

A proxy, a wrong host or a mixed-up cache can answer in Adobe's place. What a generation of the API leaves out passes; what
is there must fit. Not compared, because Adobe's samples show other values than were sent: `name`, `keyName` and `id` of a
configuration. Sources: Adobe, "Set up customer managed keys with the API" and the beta's documents, field by field.
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
# The beta's jobs name their workflow.
_REGISTRATION_WORKFLOW, _CONFIG_WORKFLOW = "BYOK_APP_REGISTRATION", "BYOK_CONFIG"

_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# Entra ID's sign-in hosts: global, Azure Government, 21Vianet (Microsoft, "Authentication and national clouds"). Each is
# Microsoft's own, so that a link to it hands nobody's sign-in to somebody else.
_ENTRAS_HOSTS = ("login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn")
_CONSENT_PATH = re.compile(rf"/(?:common|{_GUID.pattern})/oauth2(?:/v2\.0)?/authorize")
# Vaults and Managed HSMs of the same three clouds (Microsoft, "Azure Key Vault keys, secrets and certificates overview").
_VAULT = re.compile(
    r"https://[a-z0-9-]+\.(?:vault\.(?:azure\.net|usgovcloudapi\.net|azure\.cn)"
    r"|managedhsm\.(?:azure\.net|usgovcloudapi\.net))(?:/.*)?",
    re.IGNORECASE,
)
# Entra ID's longest display name; it goes into texts that people read.
_APP_NAME_LENGTH = 256


def json_object(answer: Answer) -> dict[str, Any]:
    """The body as a JSON object.

    :raises AnswerNotUnderstood: when it is anything else.
    """
    value = answer.json
    if not isinstance(value, dict):
        raise not_understood(answer, "it is not a JSON object")
    return value


def text_field(answer: Answer, body: Mapping[str, Any], name: str) -> str:
    """A field that must be a non-empty string.

    :raises AnswerNotUnderstood: when it is missing or anything else.
    """
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise not_understood(answer, f"it has no text in {name!r}")
    return value


def not_understood(answer: Answer, reason: str) -> AnswerNotUnderstood:
    """The error for an answer that breaks the contract; it quotes no body, which may hold a token."""
    return AnswerNotUnderstood(
        f"Adobe's answer is not what its documentation promises: {reason}",
        call=answer.call,
        request_id=answer.request_id,
        http_status=answer.http_status,
        next_step="check that the host is Adobe's and not a proxy's page, and run the command again",
    )


@dataclass(frozen=True)
class AnswerChecks:
    """The checks of one 2xx answer. Each raises AnswerContradictsRequest, or AnswerNotUnderstood for a field of no text."""

    answer: Answer
    ims_org_id: str
    """The organisation that was asked for."""
    secrets: Sequence[str]
    """Texts to blank out wherever the answer is quoted."""

    def check_app(self, body: Mapping[str, Any]) -> None:
        """An app of Entra ID's, and the link by which an administrator consents to this app and no other."""
        self._organisation(body)
        application_id = text_field(self.answer, body, "applicationId")
        self._field(body, "applicationId", lambda value: bool(_GUID.fullmatch(value)), "a GUID")
        self._field(
            body, "name", lambda value: value.isprintable() and len(value) <= _APP_NAME_LENGTH, "a name that can be printed"
        )
        self._field(
            body,
            "applicationRedirectUrl",
            lambda value: is_consent_url(value, application_id),
            f"Entra ID's consent page for the app {application_id}",
        )

    def check_registration_job(self) -> None:
        """The beta's job for this organisation; its document promises no field, so that any other answer passes."""
        try:
            body = json_object(self.answer)
        except AnswerNotUnderstood:
            return
        self._organisation(body)
        self._literal(body, "workflowType", _REGISTRATION_WORKFLOW)

    def check_configuration(self, body: Mapping[str, Any]) -> None:
        """A configuration of this organisation for a key in Azure; which key is the caller's to compare."""
        self._organisation(body)
        self._literal(body, "type", CONFIG_TYPE)
        data = body.get("configData")
        if isinstance(data, dict):
            self._literal(data, "providerType", PROVIDER_TYPE)
            for name in ("keyVaultKeyIdentifier", "keyVaultUri"):
                self._field(data, name, lambda value: bool(_VAULT.fullmatch(value)), "at a vault or Managed HSM of Azure's")
            identifier = data.get("keyVaultKeyIdentifier")
            if isinstance(identifier, str):
                self._vault(data, "keyVaultUri", identifier)

    def check_submission(self, body: Mapping[str, Any], key: KeyReference) -> None:
        """The echo of a POST: in `config` today, in `jobData.config` of the beta's job, at the top of a read's answer."""
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
        # Hexadecimal digits, whose case says nothing.
        wanted = self.ims_org_id.casefold()
        self._field(body, "imsOrgId", lambda value: value.casefold() == wanted, f"{self.ims_org_id}, which was asked for")

    def _literal(self, body: Mapping[str, Any], name: str, wanted: str) -> None:
        self._field(body, name, lambda value: value == wanted, wanted)

    def _vault(self, data: Mapping[str, Any], name: str, reference: str) -> None:
        """That a field, a vault or an identifier, names the vault of another reference."""
        vault = _vault_of(reference)
        self._field(data, name, lambda value: _vault_of(value) == vault, f"in the vault {vault}")

    def _field(self, body: Mapping[str, Any], name: str, fits: Callable[[str], bool], wanted: str) -> None:
        if body.get(name) is None:
            return
        value = text_field(self.answer, body, name)
        if not fits(value):
            raise AnswerContradictsRequest(
                f"Adobe's answer does not fit the request: {name!r} is {quoted(value, self.secrets)!r}, "
                f"not {quoted(wanted, self.secrets)}; nothing of it is used",
                call=self.answer.call,
                request_id=self.answer.request_id,
                http_status=self.answer.http_status,
                next_step="open no link from this answer. Check that ADOBE_PLATFORM_URL, the region and any proxy lead to "
                "Adobe, and run the command again; if it stays so, give Adobe's support the request id",
            )


def is_consent_url(url: str, application_id: str) -> bool:
    """Whether a URL is Entra ID's authorize endpoint, for that app alone.

    The redirect URI is not looked at: Entra ID follows only those that Adobe registered for the app.
    """
    # What browsers and parsers read in different ways has no place in a link: they drop tabs and turn backslashes.
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return False
    # The whole authority, so that no user name, port or trailing dot stands beside the host.
    is_entras = parts.scheme == "https" and parts.netloc in _ENTRAS_HOSTS and not parts.fragment
    clients = [value.casefold() for name, value in query if name.casefold() == "client_id"]
    return is_entras and bool(_CONSENT_PATH.fullmatch(parts.path)) and clients == [application_id.casefold()]


def _names(identifier: str, key: KeyReference) -> bool:
    try:
        return KeyReference.parse(identifier).is_same_key(key)
    except ValueError:
        return False


def _vault_of(reference: str) -> str:
    return reference.split("/keys/")[0].rstrip("/").casefold()
