"""The chain from the vault to the configuration: each link's health, from its requirements and from what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from components.safety.revocation import PENDING, REVOKED

from ..drift.severity import Finding, Severity
from .model import Health, Link, Requirement, Tick
from .observed import KEY, PRINCIPAL, ROLE, VAULT, Observed
from .ticks import APP, CONFIGURATION
from .words import at_path, capitalized, words


class _Part(NamedTuple):
    subject: str
    findings: tuple[str, ...]
    """Starts of the names of what findings are about."""


_PARTS = (
    _Part(VAULT, ("vault ", "resource group", "lock on the vault", "audit log", "private endpoint", "DNS zone group")),
    _Part(KEY, ("key ", "versions of the key")),
    _Part(ROLE, (ROLE, f"revoked {ROLE}", PENDING, REVOKED)),
    _Part(PRINCIPAL, (PRINCIPAL,)),
    _Part(APP, (APP,)),
    _Part(CONFIGURATION, (CONFIGURATION, "status at Adobe")),
)


def chain(observed: Observed, requirements: Sequence[Requirement], findings: Sequence[Finding]) -> list[Link]:
    """The six links."""
    return [_link(part, observed, requirements, findings) for part in _PARTS]


def _link(part: _Part, observed: Observed, requirements: Sequence[Requirement], findings: Sequence[Finding]) -> Link:
    ticks = [each for each in requirements if each.subject == part.subject]
    found = [finding for finding in findings if finding.resource.startswith(part.findings)]
    health = _health(ticks, found, observed.is_revoked and part.subject == ROLE)
    reason = _reason(health, ticks, found, observed.checked_at(part.subject))
    return Link(title=capitalized(part.subject), name=_name(part.subject, observed), health=health, reason=reason)


def _health(ticks: Sequence[Requirement], found: Sequence[Finding], is_revoked: bool) -> Health:
    severities, states = {finding.severity for finding in found}, {each.tick for each in ticks}
    # A role that is there in spite of the revocation, or that could not be looked for, is no revocation.
    if is_revoked and severities <= {Severity.REVOKED, Severity.BENIGN}:
        return Health.REVOKED
    if Severity.PURGE in severities or any(each.is_loss for each in ticks):
        return Health.LOST
    if Severity.UNKNOWN in severities or Tick.UNKNOWN in states:
        return Health.UNKNOWN
    if Severity.RECOVERABLE in severities or Tick.UNMET in states:
        return Health.AT_RISK
    return Health.NOT_ACTIVATED if states == {Tick.DOES_NOT_APPLY} else Health.HEALTHY


def _reason(health: Health, ticks: Sequence[Requirement], found: Sequence[Finding], checked_at: str) -> str:
    if health is Health.HEALTHY:
        return f"checked in Azure {checked_at}" if checked_at else "checked by this look"
    first = next(
        (each for tick in (Tick.UNMET, Tick.UNKNOWN, Tick.DOES_NOT_APPLY) for each in ticks if each.tick is tick), None
    )
    # The worst finding comes first; a requirement says it shorter.
    return first.seen if first and (first.tick is not Tick.UNKNOWN or not found) else found[0].found


def _name(subject: str, observed: Observed) -> str:
    outputs = observed.recorded.outputs
    return {
        VAULT: words(outputs.get("vaultId")).rpartition("/")[2],
        KEY: words(outputs.get("keyUri")).rpartition("/")[2],
        ROLE: words(outputs.get("roleAssignmentId")).rpartition("/")[2],
        PRINCIPAL: words(outputs.get("servicePrincipalObjectId")),
        APP: words(outputs.get("applicationId")),
        CONFIGURATION: words(at_path(outputs, "configName")),
    }[subject]
