"""Ticks each requirement with what the look saw: met only if it was checked, and nothing was found against it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from components.adobe.api.client import Status
from components.adobe.provider import ABSENT
from components.safety.finding import LOSS

from ..drift.classes import UNREAD
from ..drift.severity import Finding, Severity
from .model import Requirement, Tick
from .observed import ROLE, Observed
from .requirements import EARLIER_VERSIONS, HAS_THE_ROLE, REQUIRED, Required
from .sources import API_GUIDE
from .words import joined, words

APP, CONFIGURATION = "Adobe's app", "configuration"
_MUST_EXIST = "must exist"
# What follows the name of a subject in the findings of the preflight checks.
_FOUND = re.compile(r"; found: (?P<found>.*?)(?:\. Fix: .*)?$", re.DOTALL)
_VERSIONS = "versions of the key"


def ticked(observed: Observed, findings: Sequence[Finding]) -> list[Requirement]:
    """Every requirement, in the order of the chain.

    :param findings: of the look, classed.
    """
    return [*(_of_azure(each, observed) for each in REQUIRED), *_of_adobe(observed, findings)]


def _of_azure(required: Required, observed: Observed) -> Requirement:
    subject = required.subject

    def is_(tick: Tick, seen: str, is_loss: bool = False) -> Requirement:
        return Requirement(
            subject=subject, text=required.text, source=required.source, tick=tick, seen=seen, is_loss=is_loss
        )

    texts = _texts_about(subject, observed)
    unmet = next((text for text in texts if required.finding in text), None)
    absent = next((text for text in texts if _MUST_EXIST in text), None)
    unread = next((text for text in texts if UNREAD in text and not text.startswith(_VERSIONS)), None)
    if observed.is_revoked and (subject == ROLE or required.text == HAS_THE_ROLE):
        return is_(Tick.DOES_NOT_APPLY, "the role was revoked on purpose")
    if observed.is_gone(subject) or absent:
        return is_(Tick.UNMET, f"the {subject} is gone", is_loss=True)
    if unmet:
        return is_(Tick.UNMET, _found(unmet), is_loss=LOSS in unmet)
    if unread:
        return is_(Tick.UNKNOWN, f"the {subject} {UNREAD}")
    if required.finding == EARLIER_VERSIONS and any(text.startswith(_VERSIONS) for text in texts):
        return is_(Tick.UNKNOWN, "the versions of the key could not be listed")
    if observed.is_checked(subject):
        seen = required.seen(observed)
        return is_(Tick.MET, seen or joined("the check found nothing against it", observed.checked_at(subject)))
    return is_(Tick.UNKNOWN, f"the look ended before it checked the {subject}")


def _texts_about(subject: str, observed: Observed) -> list[str]:
    """The findings of a subject's preflight check: those that count, and warnings."""
    starts = (f"{subject}:", f"{subject} ", *([_VERSIONS] if subject == "key" else []))
    return [text for text in (*observed.seen.verdict, *observed.seen.warnings) if text.startswith(starts)]


def _found(text: str) -> str:
    match = _FOUND.search(text)
    return match["found"] if match else text


def _of_adobe(observed: Observed, findings: Sequence[Finding]) -> Iterator[Requirement]:
    app = observed.outputs("AppRegistration")
    yield _tick(
        APP,
        "Registered, and the app that is installed in the tenant",
        "AppRegistration",
        observed,
        findings,
        is_met=bool(app.get("applicationId")) and app.get("applicationId") == app.get("applicationIdAtAdobe"),
        seen=joined(words(app.get("appName")), words(app.get("applicationIdAtAdobe"))),
    )
    sent = observed.outputs("KeyConfiguration")
    yield _tick(
        CONFIGURATION,
        "Adobe's configuration names this vault and this key",
        "KeyConfiguration",
        observed,
        findings,
        # The read of a configuration that names another key is an error.
        is_met=sent.get("status") != ABSENT,
        seen=f"{words(sent.get('keyVaultUri'))}/keys/{words(sent.get('keyName'))}",
    )
    status = words(observed.outputs("Activation").get("status"))
    yield _tick(
        CONFIGURATION,
        f"Status {Status.COMPLETED}",
        "Activation",
        observed,
        findings,
        is_met=status == Status.COMPLETED,
        seen=status,
    )


def _tick(
    subject: str,
    text: str,
    kind: str,
    observed: Observed,
    findings: Sequence[Finding],
    *,
    is_met: bool,
    seen: str,
) -> Requirement:
    """:param kind: last word of the type whose read shows it."""
    against = [finding for finding in findings if finding.resource.startswith(subject)]
    worst = [finding for finding in against if finding.severity is Severity.PURGE] or against
    if subject == CONFIGURATION and observed.is_prepared:
        tick, seen = Tick.DOES_NOT_APPLY, "no configuration was sent to Adobe"
    elif observed.is_read(kind):
        tick = Tick.MET if is_met else Tick.UNMET
    elif worst:
        tick, seen = Tick.UNMET, worst[0].found
    else:
        tick, seen = Tick.UNKNOWN, "Adobe could not be asked"
    is_loss = tick is Tick.UNMET and any(finding.severity is Severity.PURGE for finding in worst)
    return Requirement(subject=subject, text=text, source=API_GUIDE, tick=tick, seen=seen, is_loss=is_loss)
