"""Faults that can be put between the program and the simulated Adobe: on the wire, at the gateway, in the answer.

A fault is written NAME[@CALL][*COUNT], for example `reset-after@config-post*1`; without a call it hits every call, without a
count every time. What the codes mean: `http.py`; that a gateway gives up after the work was done is what a 504 is.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from ..azure.arm import Clock
from .absence import ABSENCES, EMPTY
from .rules import Refusal, gateway_error, service_error

CALLS = {
    "token": ("POST", r"/ims/token/v3"),
    "app-get": ("GET", r"/data/infrastructure/manager/byok/app-registration"),
    "app-post": ("POST", r"/data/infrastructure/manager/byok/app-registration"),
    "config-get": ("GET", r"/data/infrastructure/manager/customer/config/[^/]+"),
    "config-post": ("POST", r"/data/infrastructure/manager/customer/config"),
}
# Longer than the client waits for an answer (75 s).
SLOW_SECONDS = 90.0
GIANT_BYTES = 3 << 20


@dataclass(frozen=True)
class Reply:
    """What goes back over the wire; a status of 0 resets the connection instead."""

    http_status: int
    payload: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0


@dataclass(frozen=True)
class Fault:
    """What happens to a call, and whether Adobe has processed it."""

    about: str
    is_processed: bool
    calls: frozenset[str] = frozenset(CALLS)


_READS = frozenset({"config-get"})
_PLATFORM = frozenset(CALLS) - {"token"}
_OBJECTS = frozenset(CALLS) - {"app-post"}
_APP = frozenset({"app-get"})
_CONFIGURATIONS = frozenset({"config-get", "config-post"})

FAULTS: dict[str, Fault] = {
    "refused": Fault("the connection is reset before a byte of the request is read", False),
    "reset-before": Fault("the connection is reset, and the request is not processed", False),
    "reset-after": Fault("the request is processed, but the response is lost", True),
    "slow": Fault("the request is processed, but the response is too late", True),
    "429": Fault("too many requests", False),
    "429-retry-after": Fault("too many requests, Retry-After in seconds", False),
    "429-retry-date": Fault("too many requests, Retry-After as a date", False),
    "429-retry-300": Fault("too many requests, Retry-After of five minutes", False),
    "429-retry-long": Fault("too many requests, Retry-After of a day", False),
    "401": Fault("the token is no longer valid", False, _PLATFORM),
    "403000": Fault("Api Key is required", False, _PLATFORM),
    "403003": Fault("Api Key is invalid", False, _PLATFORM),
    "403010": Fault("Oauth token is missing.", False, _PLATFORM),
    "403025": Fault("Profile is not valid", False, _PLATFORM),
    "403027": Fault("User region is missing", False, _PLATFORM),
    "403-permission": Fault("the credential lacks the permission", False, _PLATFORM),
    "404": Fault("not found, in the form of Adobe's API", False),
    "404-gateway": Fault("the gateway does not know the route", False, _PLATFORM),
    "404-route": Fault("not found, in the JSON of another gateway", False),
    "404-html": Fault("not found, as an HTML page of a proxy", False),
    "400": Fault("a bad request, in the form of Adobe's API", False, _CONFIGURATIONS),
    "409": Fault("conflict", False, frozenset({"config-post"})),
    "500": Fault("internal error, nothing was done", False),
    "502": Fault("bad gateway, nothing was done", False),
    "502-after": Fault("bad gateway, and the request was processed", True),
    "503": Fault("unavailable, nothing was done", False),
    "503-retry-after": Fault("unavailable, Retry-After in seconds", False),
    "504": Fault("gateway time-out, nothing was done", False),
    "504-after": Fault("gateway time-out, and the request was processed", True),
    "truncated": Fault("truncated JSON", True, _OBJECTS),
    "cut-off": Fault("the connection ends in the middle of the response", True),
    "empty-200": Fault("status 200 without a body", True, _OBJECTS),
    "202-empty": Fault("the request is accepted with status 202, without a body", True, frozenset({"config-post"})),
    "html-200": Fault("an HTML page of a proxy with status 200; nothing was done", False, _OBJECTS),
    "wrong-types": Fault("JSON with numbers instead of strings", True, _OBJECTS),
    "missing-fields": Fault("JSON with missing fields", True, _OBJECTS),
    "giant": Fault("a response of three megabytes", True),
    "redirect": Fault("a redirect to another host", False),
    "unknown-status": Fault("an undocumented status", True, _READS),
    "failed": Fault("the configuration is FAILED", True, _READS),
    "backwards": Fault("the status goes back to RUNNING", True, _READS),
    "other-key": Fault("the configuration names another key", True, _CONFIGURATIONS),
    "other-name": Fault("the name is returned in another spelling", True, _READS),
    "other-org": Fault("the response is for another organisation", True, _CONFIGURATIONS | {"app-post"}),
    "other-type": Fault("a configuration of another type", True, _CONFIGURATIONS),
    "other-provider": Fault("a configuration for another cloud provider", True, _CONFIGURATIONS),
    "evil-vault": Fault("the key is on a host that looks like Azure's", True, _CONFIGURATIONS),
    "evil-consent": Fault("the consent URL is on a host that looks like Entra ID's", True, _APP),
    "other-client-id": Fault("the consent URL is another app's", True, _APP),
    "no-guid": Fault("the app's ID is not a GUID", True, _APP),
    "invalid-client": Fault("the token endpoint refuses the credential", False, frozenset({"token"})),
    "no-lifetime": Fault("a token without a lifetime", True, frozenset({"token"})),
} | {
    f"absent-{form}": Fault(f"status {status}, in the undocumented form {form}", False, _READS)
    for form, (status, _) in ABSENCES.items()
}


# They hit whatever Adobe answered; the others alter good answers.
WIRE_FAULTS = frozenset(
    {
        "reset-after",
        "slow",
        "502-after",
        "504-after",
        "giant",
        "cut-off",
        "truncated",
        "empty-200",
        "wrong-types",
        "missing-fields",
    }
)

# Answers in the right form about the wrong thing: field to what is replaced in it.
LIES: dict[str, dict[str, tuple[str, str]]] = {
    "other-org": {"imsOrgId": (r".+", "FFFF456789ABCDEF01234567@AdobeOrg")},
    "other-type": {"type": (r".+", "LOG_CONFIG"), "workflowType": (r".+", "LOG_CONFIG")},
    "other-provider": {"providerType": (r".+", "AWS_KMS")},
    "evil-vault": dict.fromkeys(("keyVaultUri", "keyVaultKeyIdentifier"), (r"azure\.net", "azure.net.evil.example")),
    "other-key": dict.fromkeys(("keyVaultUri", "keyVaultKeyIdentifier"), (r"//[^.]+\.", "//another-vault.")),
    "evil-consent": {"applicationRedirectUrl": (r"//[^/]+", "//login.microsoftonline.com.evil.example")},
    "other-client-id": {"applicationRedirectUrl": (r"client_id=[^&]+", "client_id=0badc0de-1111-4222-8333-444455556666")},
    "no-guid": dict.fromkeys(("applicationId", "applicationRedirectUrl"), (r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}", "x' or 'x")),
}


class Faults:
    """The faults in force; safe to share between threads."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """:raises ValueError: naming a fault, call or count that does not exist."""
        self._lock = threading.Lock()
        self._rules = [_rule(text) for text in texts]

    def next(self, method: str, path: str, *, at_the_door: bool = False) -> str:
        """The fault that hits this call, counted down; an empty string for none.

        :param at_the_door: whether the request has not been read yet.
        """
        call = next((name for name, (m, pattern) in CALLS.items() if m == method and re.fullmatch(pattern, path)), "")
        with self._lock:
            for rule in self._rules:
                if (rule["name"] == "refused") != at_the_door:
                    continue
                if rule["left"] != 0 and call in FAULTS[rule["name"]].calls and rule["call"] in ("", call):
                    rule["left"] -= 1
                    return str(rule["name"])
        return ""


def _rule(text: str) -> dict[str, Any]:
    match = re.fullmatch(r"(?P<name>[a-z0-9-]+)(?:@(?P<call>[a-z-]+))?(?:\*(?P<count>[0-9]+))?", text)
    if not match or match["name"] not in FAULTS or match["call"] not in (None, *CALLS):
        raise ValueError(
            f"{text!r} is not a known fault. Syntax: NAME[@CALL][*COUNT], see --list-faults; calls: {', '.join(CALLS)}"
        )
    if match["call"] and match["call"] not in FAULTS[match["name"]].calls:
        raise ValueError(f"{text!r}: this fault applies to {', '.join(sorted(FAULTS[match['name']].calls))}")
    return {"name": match["name"], "call": match["call"] or "", "left": int(match["count"]) if match["count"] else -1}


def faulted(name: str, body: dict[str, Any] | None, clock: Clock) -> Reply:
    """The reply under a fault.

    :param body: what Adobe answered to a processed request, None where it was not processed.
    """
    if name in {"refused", "reset-before", "reset-after"}:
        return Reply(0)
    if name == "slow":
        return Reply(200, json.dumps(body).encode(), delay_seconds=SLOW_SECONDS)
    if name == "truncated":
        return Reply(200, json.dumps(body).encode()[:-9])
    if name == "cut-off":
        payload = json.dumps(body).encode()
        return Reply(200, payload[:-9], {"Content-Length": str(len(payload)), "Connection": "close"})
    if name in ("empty-200", "202-empty"):
        return Reply(int(name.replace("empty", "").strip("-")))
    if name.startswith("absent-"):
        http_status, form = ABSENCES[name.removeprefix("absent-")]
        return Reply(http_status, payload_of(form))
    if name == "giant":
        return Reply(200, b'{"padding": "' + b"x" * GIANT_BYTES + b'"}')
    if name == "redirect":
        return Reply(302, headers={"Location": "https://elsewhere.example.com/"})
    if name in ("html-200", "404-html"):
        page = b"<!doctype html><html><head><title>Sign in to the network</title></head></html>"
        return Reply(200 if name == "html-200" else 404, page, {"Content-Type": "text/html"})
    if body is not None and not name[0].isdigit():
        return Reply(200, json.dumps(_altered(name, body)).encode())
    refusal = _refusal(name)
    return Reply(refusal.http_status, json.dumps(refusal.body).encode(), _retry_after(name, clock))


def payload_of(body: Any) -> bytes:
    """A body as it goes over the wire; `absence.EMPTY` is none."""
    return b"" if body == EMPTY else json.dumps(body).encode()


def _altered(name: str, body: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, dict[str, Any]] = {
        "unknown-status": {"status": "PONDERING"},
        "failed": {"status": "FAILED"},
        "backwards": {"status": "RUNNING"},
        "other-name": {"name": str(body.get("name")).upper()},
        "wrong-types": dict.fromkeys(body, 7),
    }
    if name in LIES:
        return dict(_replaced(body, LIES[name]))
    dropped = {"missing-fields": set(body), "no-lifetime": {"expires_in"}}.get(name, set())
    return {key: value for key, value in {**body, **changes.get(name, {})}.items() if key not in dropped}


def _replaced(value: Any, replacements: Mapping[str, tuple[str, str]]) -> Any:
    """An answer with a pattern replaced in some fields, however deep they are; the rest stays true."""
    if not isinstance(value, dict):
        return value
    found = {name: _replaced(inner, replacements) for name, inner in value.items()}
    changed = {name: re.sub(*replacements[name], str(value[name])) for name in replacements if name in value}
    return {**found, **changed}


def _refusal(name: str) -> Refusal:
    status = name.split("-")[0]
    if name == "404-gateway":
        return gateway_error("404000", "Resource not found")
    if name == "404-route":
        return Refusal(404, {"message": "no Route matched with those values"})
    if name == "invalid-client":
        return Refusal(400, {"error": "invalid_client", "error_description": "invalid client_secret parameter"})
    if name == "401":
        return gateway_error("401013", "Oauth token is not valid")
    if name == "403-permission":
        return service_error(403, "Forbidden", "The caller lacks the permission Manage Customer Managed Keys")
    if status == "429":
        return gateway_error("429050", "Too many requests")
    if len(status) == 6:
        return gateway_error(status, FAULTS[name].about)
    return service_error(int(status), "Simulated fault", FAULTS[name].about)


def _retry_after(name: str, clock: Clock) -> dict[str, str]:
    if name == "429-retry-date":
        return {"Retry-After": format_datetime(clock.now() + timedelta(seconds=3), usegmt=True)}
    seconds = {"429-retry-after": "2", "503-retry-after": "2", "429-retry-300": "300", "429-retry-long": "86400"}.get(name)
    return {"Retry-After": seconds} if seconds else {}
