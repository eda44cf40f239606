"""Makes the report of a stack from its state and one look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from components.adobe.api.addresses import is_loopback
from components.safety.revocation import REVOKED

from ..drift.classes import classed
from ..drift.look import Seen
from .chain import chain
from .facts import facts
from .guards import guards
from .model import Report
from .observed import Observed
from .state import Recorded
from .ticks import ticked
from .versions import versions
from .words import words

NOT_ACTIVATED = "NOT ACTIVATED"


def gathered(stack: str, recorded: Recorded, seen: Seen, looked_at: datetime, engine: str) -> Report:
    """The report.

    :param looked_at: when the look came to its end, UTC.
    :param engine: version of the Pulumi CLI.
    """
    observed, findings = Observed(recorded, seen), classed(seen)
    requirements = ticked(observed, findings)
    return Report(
        stack=stack,
        looked_at=looked_at,
        status=_status(observed),
        notes=list(_notes(observed)),
        chain=chain(observed, requirements, findings),
        findings=findings,
        requirements=requirements,
        facts=facts(observed),
        guards=guards(observed, requirements),
        versions=versions(observed, engine),
    )


def _status(observed: Observed) -> str:
    if observed.is_revoked:
        return REVOKED
    if observed.is_prepared:
        return NOT_ACTIVATED
    return words(observed.fresh("Activation").get("status")) or "UNKNOWN"


def _notes(observed: Observed) -> Iterator[str]:
    if observed.recorded.problem:
        yield observed.recorded.problem
    elif not observed.recorded.resources:
        yield "Pulumi's state has no resource of this program: nothing was created yet."
    if not observed.seen.was_taken:
        yield "The look did not come to its end. What it did not reach is not checked, which does not mean healthy."
    if observed.is_prepared:
        yield "Not activated: no configuration was sent to Adobe, and Adobe does not use this key."
    host = words(observed.outputs("AppRegistration").get("host"))
    if is_loopback(f"https://{host}"):
        yield f"Adobe's host is {host}, a loopback address: this report is an example, and no evidence of an organisation."
