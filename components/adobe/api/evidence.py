"""Evidence for a submission: the results of the four preflight checks, each with its time.

A submission requires four passed checks, not just the absence of findings: a result that is missing, unreadable or too old
counts as failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .clock import azure_time
from .errors import PreflightFailed

SUBJECTS = ("vault", "key", "service principal", "role assignment")
# A submission follows its checks within seconds; a resubmission, soon after the role assignment, within these minutes.
LONGEST_AGE = timedelta(minutes=15)
# A time in the future comes from another clock.
TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True)
class Look:
    """Result of the preflight check of one subject."""

    subject: str
    taken_at: datetime
    findings: tuple[str, ...]
    """Unmet requirements, or why the check was not possible; empty when the check passed."""

    def property(self) -> dict[str, object]:
        """The result as a resource's input."""
        return {"takenAt": self.taken_at.isoformat(), "findings": list(self.findings)}


def findings(evidence: Any) -> list[str]:
    """The texts of all findings."""
    looks = evidence.values() if isinstance(evidence, Mapping) else ()
    return [str(text) for look in looks if isinstance(look, Mapping) for text in look.get("findings") or ()]


def objections(evidence: Any, now: datetime) -> list[str]:
    """Why nothing may be submitted; empty when all four checks passed recently.

    :param evidence: result by subject, as a resource's input.
    """
    known = evidence if isinstance(evidence, Mapping) else {}
    return [text for subject in SUBJECTS for text in _objections(subject, known.get(subject), now)]


def _objections(subject: str, look: Any, now: datetime) -> Iterator[str]:
    found = look.get("findings") if isinstance(look, Mapping) else None
    if not isinstance(found, list):
        yield f"{subject}: not checked in Azure"
        return
    yield from map(str, found)
    try:
        age = now - azure_time(str(look.get("takenAt")))
    except ValueError:
        yield f"{subject}: checked in Azure at an unknown time"
        return
    if not -TOLERANCE <= age <= LONGEST_AGE:
        minutes = LONGEST_AGE.total_seconds() / 60
        yield f"{subject}: checked in Azure at {look['takenAt']}, not within the last {minutes:.0f} minutes"


def refuse_without(evidence: Any, now: datetime) -> None:
    """Reject evidence that does not allow a submission.

    :raises PreflightFailed: unless all four checks passed recently.
    """
    reasons = objections(evidence, now)
    if reasons:
        raise PreflightFailed(
            f"Not submitted: {len(reasons)} preflight check{'s' if len(reasons) > 1 else ''} failed: "
            + "; ".join(f"({number}) {reason}" for number, reason in enumerate(reasons, 1)),
            next_step="resolve the findings, then run `pulumi up` again",
        )
