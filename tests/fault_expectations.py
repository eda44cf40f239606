"""What must come of every fault at every call: the table that the matrix of tests is held against."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from simulation.adobe.faults import FAULTS, LIES

COMPLETES = "completes"
# Where a fault strikes: the call, and at which of the four resources.
STAGES = {
    "token": ("token", 0),
    "app-get": ("app-get", 0),
    "app-post": ("app-post", 0),
    "config-get": ("config-get", 1),
    "config-post": ("config-post", 2),
    "poll": ("config-get", 3),
}
NOT_DONE = {
    "refused",
    "reset-before",
    "429",
    "429-retry-after",
    "429-retry-date",
    "429-retry-300",
    "500",
    "502",
    "503",
    "503-retry-after",
    "504",
}
DONE_AND_LOST = {"reset-after", "slow", "502-after", "504-after"}
GARBAGE_DONE = {"truncated", "empty-200", "wrong-types", "missing-fields", "giant"}
GARBAGE_NOT_DONE = {"html-200", "redirect", "404-html", "404-route", "404-gateway"}
# Answers to the read of a configuration that may mean that there is none; of the others nobody knows.
SAYS_NONE = {
    "404",
    "absent-problem",
    "absent-other-type",
    "absent-about-blank",
    "absent-status-as-text",
    "absent-error-code",
    "absent-message",
    "absent-error",
}
UNCLEAR = {
    "400",
    "404-gateway",
    "404-route",
    "404-html",
    "empty-200",
    "missing-fields",
    "absent-empty-404",
    "absent-list-404",
    "absent-gateway-404",
    "absent-bad-request",
    "absent-empty-200",
    "absent-object-200",
    "absent-array-200",
    "absent-null-200",
}
REFUSALS = {"403000", "403003", "403010", "403025", "403027", "403-permission"}


def expected(fault: str, stage: str, always: bool) -> tuple[str, int]:
    """The outcome (an error's class, or completes) and the POSTs of a configuration that Adobe's server sees, first run."""
    table: dict[str, Callable[[], tuple[str, int]]] = {
        "token": lambda: (_reading(fault, always, token=True), 0),
        # Today's contract has no call that registers one.
        "app-get": lambda: ("RegistrationMissing" if fault == "404" else _reading(fault, always), 0),
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
    if fault == "evil-consent":
        # A link that is no consent page is not output; nothing here needs it.
        return COMPLETES
    if fault in LIES:
        return "AnswerContradictsRequest"
    if fault in REFUSALS:
        return "CallRefused"
    if fault == "401":
        return "CallRefused" if always else COMPLETES
    if fault == "404":
        return "CredentialError" if token else COMPLETES
    if fault == "invalid-client":
        return "CredentialError"
    return COMPLETES


def _first_look(fault: str, always: bool) -> tuple[str, int]:
    """The read before the POST, and the reads after it, which a lasting fault hits too."""
    if fault in SAYS_NONE:
        # No configuration, for ever: it is sent once, and never becomes visible.
        return ("ActivationPending" if always else COMPLETES), 1
    if fault in UNCLEAR | {"absent-name-200"}:
        return "AnswerNotUnderstood", 0
    if fault in LIES:
        # There is no answer to alter before the POST; a lasting one hits the wait.
        return _polling(fault, always) if always else (COMPLETES, 1)
    return _reading(fault, always), 0


def _posting_app(fault: str, always: bool) -> str:
    if fault.startswith("404"):
        return "CallRefused"
    return _reading(fault, always)


def _posting(fault: str, always: bool) -> tuple[str, int]:
    """The POST of the configuration: read back after every unclear outcome; only a 429 is followed by another one."""
    if fault in DONE_AND_LOST | GARBAGE_DONE | set(LIES) | {"202-empty", "cut-off"}:
        return COMPLETES, 1
    if fault == "html-200":
        # A 2xx counts as accepted, also where it is a proxy's.
        return "ActivationPending", 1
    if fault == "429-retry-long":
        return "CallUnanswered", 1
    if fault.startswith("429"):
        return ("CallUnanswered", 3) if always else (COMPLETES, 2)
    if fault in NOT_DONE | {"redirect"}:
        return "SubmissionUnclear", 1
    if fault == "401":
        return ("CallRefused", 2) if always else (COMPLETES, 2)
    return "CallRefused", 1


def _polling(fault: str, always: bool) -> tuple[str, int]:
    """The wait outlives a few unclear answers, and any number of those that show no configuration."""
    if fault in SAYS_NONE | UNCLEAR | {"429-retry-300"}:
        return ("ActivationPending" if always else COMPLETES), 1
    if fault in NOT_DONE | DONE_AND_LOST | {"429-retry-long", "cut-off"}:
        return ("CallUnanswered" if always else COMPLETES), 1
    if fault in GARBAGE_DONE | GARBAGE_NOT_DONE | {"absent-name-200"}:
        return ("AnswerNotUnderstood" if always else COMPLETES), 1
    if fault == "other-key":
        return "ConfigurationConflict", 1
    if fault in LIES:
        return ("AnswerContradictsRequest" if always else COMPLETES), 1
    if fault == "failed":
        # Once: read back before a second POST, it is found in order. Always: Adobe, where it is in order, refuses it.
        return ("ActivationFailed", 2) if always else (COMPLETES, 1)
    if fault in {"unknown-status", "backwards"}:
        return ("ActivationPending" if always else COMPLETES), 1
    if fault == "401":
        return ("CallRefused" if always else COMPLETES), 1
    return ("CallRefused" if fault in REFUSALS else COMPLETES), 1


def alters_a_configuration(fault: str) -> bool:
    """Whether a fault needs a configuration to alter, of which there is none before the first is sent."""
    return FAULTS[fault].calls == {"config-get"} and not fault.startswith("absent-")


def afterwards(fault: str, stage: str) -> tuple[str, int]:
    """The outcome of the run without the fault that follows, and the configurations that Adobe holds then."""
    if (fault, stage) == ("html-200", "config-post"):
        # What was accepted is not sent again, unless the user confirms that Adobe has none.
        return "ActivationPending", 0
    return COMPLETES, 0 if stage == "app-post" else 1


def cells() -> list[tuple[str, str, bool]]:
    """Every fault at every stage whose call it can hit, once and always."""
    return [
        (fault, stage, always)
        for fault, (stage, (call, _)), always in itertools.product(FAULTS, STAGES.items(), (False, True))
        if call in FAULTS[fault].calls and not (stage == "config-get" and alters_a_configuration(fault))
    ]
