"""What a report says, in types; the documents show this and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ..drift.severity import Finding, Severity, worst


class _Shown(Enum):
    """A word, and a sign."""

    @property
    def word(self) -> str:
        """As the documents name it."""
        return self.value[0]

    @property
    def sign(self) -> str:
        """For those who see no colour."""
        return self.value[1]


class Health(_Shown):
    """How a link of the chain is: the word, and a sign that says it without a colour."""

    HEALTHY = ("healthy", "✓")
    """Checked by this look, and as Adobe requires it."""
    NOT_ACTIVATED = ("not activated", "–")
    """Nothing was sent to Adobe."""
    REVOKED = ("revoked on purpose", "■")
    """Taken away by the setting that says so."""
    AT_RISK = ("at risk", "!")
    """Adobe cannot reach the key or is about to lose it, a guard is gone, or a requirement is not met."""
    UNKNOWN = ("could not be checked", "?")
    """Never the same as healthy."""
    LOST = ("lost", "✗")
    """Adobe may treat it as deliberate revocation and permanently delete the data."""


class Tick(_Shown):
    """Whether a requirement is met: the word, and a sign."""

    MET = ("met", "✓")
    UNMET = ("not met", "✗")
    UNKNOWN = ("not checked", "?")
    DOES_NOT_APPLY = ("does not apply yet", "–")


@dataclass(frozen=True, kw_only=True)
class Link:
    """One link of the chain from the vault to the configuration."""

    title: str
    name: str
    """Of the resource; empty when the state has none."""
    health: Health
    reason: str
    """What the look saw, or why it saw nothing."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a requirement comes from."""

    title: str
    url: str
    """Empty for one that is in no document of Adobe."""


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One requirement, and what was seen of it."""

    subject: str
    text: str
    source: Source
    tick: Tick
    seen: str
    is_loss: bool = False
    """Whether Adobe may treat what was seen as deliberate revocation."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One fact."""

    name: str
    value: str
    is_recorded: bool = False
    """From the state, as the last `pulumi up` wrote it, and not read by this look."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What belongs together."""

    title: str
    facts: Sequence[Fact]


@dataclass(frozen=True, kw_only=True)
class Guard:
    """What the program does against a loss."""

    name: str
    value: str
    is_on: bool


@dataclass(frozen=True, kw_only=True)
class Report:
    """The evidence of one stack at one moment."""

    stack: str
    looked_at: datetime
    """When the look was made, UTC."""
    status: str
    """Of the configuration at Adobe, or that the stack is not activated."""
    notes: Sequence[str]
    """What limits the evidence."""
    chain: Sequence[Link]
    findings: Sequence[Finding]
    requirements: Sequence[Requirement]
    facts: Sequence[Facts]
    guards: Sequence[Guard]
    versions: Sequence[Fact]

    @property
    def severity(self) -> Severity:
        """Class of the worst finding, as `make drift` reports it; never better than "check failed" if not complete."""
        unchecked = [] if self.is_complete else [Finding(severity=Severity.UNKNOWN, resource="", found="")]
        return worst([*self.findings, *unchecked])

    @property
    def is_complete(self) -> bool:
        """Whether everything could be checked."""
        is_checked = all(link.health is not Health.UNKNOWN for link in self.chain)
        return is_checked and all(finding.severity is not Severity.UNKNOWN for finding in self.findings)
