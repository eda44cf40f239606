"""What must come of every fault at every call: the table that the matrix of tests is held against."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from simulation.adobe.faults import FAULTS, LIES

COMPLETES = "completes"
# Where a fault strikes: the call, and at which of the three resources.
STAGES = {
    "token": ("token", 0),
    "app-get": ("app-get", 0),
    "app-post": ("app-post", 0),
    "config-get": ("config-get", 1),
    "config-post": ("config-post", 1),
    "poll": ("config-get", 2),
}
NOT_DONE = {
    "refused",
    "reset-before",
    "429",
    "429-retry-after",
    "429-retry-date",
    "500",
    "502",
    "503",
    "503-retry-after",
    "504",
}
DONE_AND_LOST = {"reset-after", "slow", "502-after", "504-after"}
GARBAGE_DONE = {"truncated", "empty-200", "wrong-types", "missing-fields", "giant"}
GARBAGE_NOT_DONE = {"html-200", "redirect", "404-html", "404-route", "404-gateway"}
REFUSALS = {"403000", "403003", "403010", "403025", "403027", "403-permission"}


def expected(fault: str, stage: str, always: bool) -> tuple[str, int]:
    """The outcome (an error's class, or completes) and the POSTs of a configuration that Adobe's server sees, first run."""
    table: dict[str, Callable[[], tuple[str, int]]] = {
        "token": lambda: (_reading(fault, always, token=True), 0),
        # Clearly no app, for ever: it is registered and waited for in vain.
        "app-get": lambda: ("RegistrationMissing", 0) if (fault, always) == ("404", True) else (_reading(fault, always), 0),
        "app-post": lambda: (_posting_app(fault, always), 0),
        "config-get": lambda: _first_look(fault, always),
        "config-post": lambda: _posting(fault, always),
        "poll": lambda: _polling(fault, always),
    }
    outcome, posts = table[stage]()
    # The app's stage ends before the configuration; the others go on to send it where they can.
    return (outcome, 1) if outcome == COMPLETES and not posts and stage != "app-post" else (outcome, posts)


def _reading(fault: str, always: bool, token: bool = False) -> str:
    """A call that may be repeated: transient faults are ridden out, unclear answers are errors."""
    if fault in NOT_DONE | DONE_AND_LOST:
        return "CallUnanswered" if always else COMPLETES
    if fault in {"429-retry-long", "cut-off"}:
        return "CallUnanswered"
    if fault in GARBAGE_DONE | GARBAGE_NOT_DONE:
        return "CredentialError" if token and fault.startswith("404") else "AnswerNotUnderstood"
    if fault in LIES:
        return "AnswerContradictsRequest"
    if fault in REFUSALS:
        return "CallRefused"
    if fault == "401":
        return "CallRefused" if always else COMPLETES
    if fault == "404":
        # Clearly nothing there: the app is registered, the configuration sent.
        return "CredentialError" if token else COMPLETES
    if fault == "invalid-client":
        return "CredentialError"
    return COMPLETES


def _first_look(fault: str, always: bool) -> tuple[str, int]:
    """The read before the POST, and the reads after it, which a lasting fault hits too."""
    if (fault, always) == ("404", True):
        # Clearly no configuration, for ever: it is sent once, and never becomes visible.
        return "ActivationPending", 1
    if fault in LIES:
        # There is no answer to alter before the POST; a lasting one hits the wait.
        return _polling(fault, always) if always else (COMPLETES, 1)
    return _reading(fault, always), 0


def _posting_app(fault: str, always: bool) -> str:
    if fault == "404":
        return "CallRefused"
    return _reading(fault, always)


def _posting(fault: str, always: bool) -> tuple[str, int]:
    """The POST of the configuration: read back after every unclear outcome."""
    if fault in DONE_AND_LOST | GARBAGE_DONE | set(LIES) | {"cut-off"}:
        return COMPLETES, 1
    if fault in NOT_DONE | GARBAGE_NOT_DONE:
        error = "AnswerNotUnderstood" if fault in GARBAGE_NOT_DONE else "CallUnanswered"
        return (error, 3) if always else (COMPLETES, 2)
    if fault == "429-retry-long":
        return "CallUnanswered", 1
    if fault == "401":
        return ("CallRefused", 2) if always else (COMPLETES, 2)
    return "CallRefused", 1


def _polling(fault: str, always: bool) -> tuple[str, int]:
    """The wait outlives a few unclear answers."""
    if fault in NOT_DONE | DONE_AND_LOST | {"429-retry-long", "cut-off"}:
        return ("CallUnanswered" if always else COMPLETES), 1
    if fault in GARBAGE_DONE | GARBAGE_NOT_DONE:
        return ("AnswerNotUnderstood" if always else COMPLETES), 1
    if fault == "other-key":
        return "ConfigurationConflict", 1
    if fault in LIES:
        return ("AnswerContradictsRequest" if always else COMPLETES), 1
    if fault == "failed":
        # Once: read back before a second POST, it is found in order. Always: Adobe, where it is in order, refuses it.
        return ("ActivationFailed", 2) if always else (COMPLETES, 1)
    if fault in {"unknown-status", "backwards", "404"}:
        return ("ActivationPending" if always else COMPLETES), 1
    if fault == "401":
        return ("CallRefused" if always else COMPLETES), 1
    return ("CallRefused" if fault in REFUSALS else COMPLETES), 1


def cells() -> list[tuple[str, str, bool]]:
    """Every fault at every stage whose call it can hit, once and always."""
    return [
        (fault, stage, always)
        for fault, (stage, (call, _)), always in itertools.product(FAULTS, STAGES.items(), (False, True))
        if call in FAULTS[fault].calls and not (stage == "config-get" and FAULTS[fault].calls == {"config-get"})
    ]
