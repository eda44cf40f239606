"""Access tokens for Adobe's API from the environment: an existing token, or OAuth server-to-server.

Credentials never come from stack configuration: Pulumi would keep a copy in the state and use the old copy on refresh.
Source of the token call: Adobe Developer Console, OAuth server-to-server implementation guide.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .answer_checks import json_object, text_field
from .answers import Transport
from .clock import Clock
from .credentials import Credentials
from .errors import CallRefused, CredentialError

# Scopes of Adobe's samples for Experience Platform; the credential's page in the console lists its own.
DEFAULT_SCOPES = "openid,AdobeID,read_organizations,additional_info.projectedProductContext,session"
# Lifetime in seconds of a token whose response states none.
UNSTATED_LIFETIME = 300
# A token is renewed this many seconds before it expires, or after nine tenths of its lifetime if that is later.
RENEWAL_MARGIN = 300

_HELP = (
    "set ADOBE_CLIENT_ID and ADOBE_CLIENT_SECRET (OAuth server-to-server credential of an Adobe Developer Console "
    "project), or ADOBE_ACCESS_TOKEN (a valid access token)"
)


@dataclass(frozen=True)
class ReadyToken:
    """The token in ADOBE_ACCESS_TOKEN."""

    value: str
    client_id: str = ""

    def token(self) -> str:
        return self.value

    def renew(self, rejected: str) -> bool:
        return False

    def secrets(self) -> list[str]:
        return [self.value]


class ServerToServer:
    """OAuth client credentials; requests a token and reuses it for its lifetime. Safe to share between threads."""

    def __init__(self, client_id: str, client_secret: str, scopes: str, http: Transport, clock: Clock) -> None:
        self._form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
            "scope": scopes,
        }
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._given_out: list[str] = []
        self._renew_at: datetime | None = None
        self.client_id = client_id

    def token(self) -> str:
        with self._lock:
            if not self._token or (self._renew_at and self._clock.now() >= self._renew_at):
                self._mint()
            return self._token

    def renew(self, rejected: str) -> bool:
        with self._lock:
            if self._token == rejected:
                self._token = ""
        return True

    def secrets(self) -> list[str]:
        # Earlier tokens may still be in use in other threads.
        return [self._form["client_secret"], *self._given_out]

    def _mint(self) -> None:
        try:
            answer = self._http.send("POST", "/ims/token/v3", form=self._form, repeatable=True, secrets=self.secrets())
        except CallRefused as error:
            raise CredentialError(
                "Adobe's token endpoint refused the credential",
                call=error.call,
                words=error.words,
                request_id=error.request_id,
                http_status=error.http_status,
                next_step="check ADOBE_CLIENT_ID, ADOBE_CLIENT_SECRET and ADOBE_SCOPES against the credential's page "
                "in the Adobe Developer Console",
            ) from None
        body = json_object(answer)
        self._token = text_field(answer, body, "access_token")
        self._given_out.append(self._token)
        lifetime = body.get("expires_in")
        if isinstance(lifetime, bool) or not isinstance(lifetime, int | float) or lifetime <= 0:
            lifetime = UNSTATED_LIFETIME
        margin = min(RENEWAL_MARGIN, lifetime / 10)
        # Adobe grants at most a day; a larger number is an error and must not overflow the clock.
        self._renew_at = self._clock.now() + timedelta(seconds=min(lifetime, 86_400) - margin)


def from_environment(environment: Mapping[str, str], http: Transport, clock: Clock) -> Credentials:
    """Select the credential from the environment.

    :param http: transport to the token endpoint; nothing is sent yet.
    :raises CredentialError: when there is none, or only a part of one.
    """
    ready = environment.get("ADOBE_ACCESS_TOKEN", "").strip()
    if ready:
        return ReadyToken(_header_value("ADOBE_ACCESS_TOKEN", ready))
    client_id = environment.get("ADOBE_CLIENT_ID", "").strip()
    client_secret = environment.get("ADOBE_CLIENT_SECRET", "").strip()
    missing = [name for name, value in (("ADOBE_CLIENT_ID", client_id), ("ADOBE_CLIENT_SECRET", client_secret)) if not value]
    if missing:
        raise CredentialError(f"no credential for Adobe: {' and '.join(missing)} not set", next_step=_HELP)
    scopes = environment.get("ADOBE_SCOPES", "").strip() or DEFAULT_SCOPES
    return ServerToServer(client_id, client_secret, scopes, http, clock)


def _header_value(variable: str, value: str) -> str:
    if not value.isascii() or not value.isprintable() or " " in value:
        raise CredentialError(f"{variable} is not a token: it contains invalid characters", next_step=_HELP)
    return value
