"""What was seen in Azure before a configuration is submitted: four good looks, each with its time.

The evidence lets a submission through, not the absence of findings: unknown, missing, unreadable or old is not good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .clock import azure_time
from .errors import PreflightFailed

SUBJECTS = ("vault", "key", "service principal", "role assignment")
# A submission follows its looks within seconds; a repeated one, while the role is young, within these minutes.
LONGEST_AGE = timedelta(minutes=15)
# A look from the future was taken by another clock.
TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True)
class Look:
    """One subject, as it was seen in Azure."""

    subject: str
    taken_at: datetime
    findings: tuple[str, ...]
    """What is not as Adobe requires it, or why nothing could be seen; empty: all is well."""

    def property(self) -> dict[str, object]:
        """The look as a resource's input."""
        return {"takenAt": self.taken_at.isoformat(), "findings": list(self.findings)}


def findings(evidence: Any) -> list[str]:
    """The texts of everything that was found wrong."""
    looks = evidence.values() if isinstance(evidence, Mapping) else ()
    return [str(text) for look in looks if isinstance(look, Mapping) for text in look.get("findings") or ()]


def objections(evidence: Any, now: datetime) -> list[str]:
    """Why nothing may be submitted; empty when there are four good looks.

    :param evidence: subject to look, as a resource's input.
    """
    known = evidence if isinstance(evidence, Mapping) else {}
    return [text for subject in SUBJECTS for text in _objections(subject, known.get(subject), now)]


def _objections(subject: str, look: Any, now: datetime) -> Iterator[str]:
    found = look.get("findings") if isinstance(look, Mapping) else None
    if not isinstance(found, list):
        yield f"{subject}: was not seen in Azure"
        return
    yield from map(str, found)
    try:
        age = now - azure_time(str(look.get("takenAt")))
    except ValueError:
        yield f"{subject}: was seen in Azure at an unknown time"
        return
    if not -TOLERANCE <= age <= LONGEST_AGE:
        minutes = LONGEST_AGE.total_seconds() / 60
        yield f"{subject}: was seen in Azure at {look['takenAt']}, which is not within the last {minutes:.0f} minutes"


def refuse_without(evidence: Any, now: datetime) -> None:
    """:raises PreflightFailed: without four good looks at Azure that are fresh."""
    reasons = objections(evidence, now)
    if reasons:
        raise PreflightFailed(
            f"Not submitted: {len(reasons)} preflight checks failed: "
            + "; ".join(f"({number}) {reason}" for number, reason in enumerate(reasons, 1)),
            next_step="mend them and run `pulumi up` again",
        )
