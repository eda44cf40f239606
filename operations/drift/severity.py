"""What a finding can cost, and how a run of findings ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """Classes of findings, from the least to the worst: the word, and the exit code of a check that ends with it."""

    BENIGN = ("benign", 0)
    """Nothing to do for Adobe's sake."""
    REVOKED = ("revoked", 0)
    """Adobe's role is removed on purpose (`revoked`), which is no drift."""
    RECOVERABLE = ("recoverable", 2)
    """Adobe cannot reach the key or is about to lose it, or a guard is gone. No data is deleted."""
    UNKNOWN = ("check failed", 1)
    """A look that could not be taken. It is never "no drift"."""
    PURGE = ("purge-class", 3)
    """Adobe may treat it as deliberate revocation and permanently delete the data."""

    @property
    def word(self) -> str:
        """As reports name it."""
        return self.value[0]

    @property
    def exit_code(self) -> int:
        """Of a check whose worst finding this is."""
        return self.value[1]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the report."""

    severity: Severity
    resource: str
    """Kind and name, such as `vault acme-vault`."""
    found: str
    """What is not as it should be."""
    fix: str = ""
    since: str = ""
    """When it was changed last, if Azure tells."""


def worst(findings: Iterable[Finding]) -> Severity:
    """The worst class among them; what could not be looked at may hide anything but what was found to be worse."""
    order = list(Severity)
    return max((finding.severity for finding in findings), key=order.index, default=Severity.BENIGN)
