"""Classes what a look saw by what it can cost.

Adobe, "Alert resolution reference": what raises "key access disabled", which may end in a purge, and "key access failure",
which does not. A removed role and a deleted vault are in both lists, and are taken for the worse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from components.safety.finding import LOSS
from components.safety.requirements import SINCE
from components.safety.revocation import PENDING, REVOKED

from .look import Change, Seen
from .severity import Finding, Severity

REPAIR = "pulumi up --refresh"
UNREAD = "could not be read, which does not mean that it is gone"
# What Adobe cannot do without: whoever took it away may be taken to have meant it.
_VITAL = {
    "Vault": "vault",
    "Key": "key",
    "ImportedKey": "key",
    "RoleAssignment": "role assignment",
    "ServicePrincipal": "service principal",
    "AppRegistration": "Adobe's app",
}
_OTHERS = {
    "ResourceGroup": "resource group",
    "KeyConfiguration": "configuration at Adobe",
    "Activation": "status at Adobe",
    "ManagementLockByScope": "lock on the vault",
    "DiagnosticSetting": "audit log",
    "PrivateEndpoint": "private endpoint",
    "PrivateDnsZoneGroup": "DNS zone group",
}
_SUPPORT = "contact Adobe support before any pulumi up"
# How to get back what an `up` would create anew.
_RESTORED = {"ServicePrincipal": "restore it in Entra ID (deleted applications) before any pulumi up"}
_BLOCKED = "Creation blocked"
_BLOCKED_RESOURCE = re.compile(rf"{_BLOCKED}: (?P<kind>\S+:\S+) (?P<name>\S+)\. ")
_PROTECTED = re.compile(r"unable to (?:replace|delete) resource \"urn:\S+[$:](?P<kind>\w[^$\"]*)::(?P<name>[^\"]+)\"")
# The engine's own summaries of errors that it has told already.
_SUMMARIES = ("preview failed", "update failed", "resource registration failed", "")


def classed(seen: Seen) -> list[Finding]:
    """One finding for each thing, the worst first."""
    verdict = [_of_verdict(text) for text in seen.verdict]
    subjects = {finding.resource.split()[0] for finding in verdict}
    kinds, is_blocked = {last_word(change.kind) for change in seen.changes}, any(_BLOCKED in text for text in seen.errors)
    is_pending = any(text.startswith(PENDING) for text in seen.warnings)
    changes = [
        _of_change(change)
        for change in seen.changes
        if not _is_told(change, subjects, kinds, is_blocked) and not (is_pending and _is_of_revocation(change))
    ]
    told = set(seen.verdict)
    warnings = [_of_warning(text) for text in seen.warnings if text not in told]
    found = [*verdict, *changes, *_of_errors(seen, {finding.resource for finding in changes}), *warnings]
    order = list(Severity)
    return sorted(found, key=lambda finding: -order.index(finding.severity))


def _is_told(change: Change, subjects: set[str], kinds: set[str], is_blocked: bool) -> bool:
    """Whether the verdict, an error or another change has said it in better words; tags are none of their business."""
    kind = last_word(change.kind)
    if kind == "Activation":
        # A change without another status: the checks cannot be run before what else is found is mended.
        return bool(subjects) or "KeyConfiguration" in kinds or change.found.get("status") == "COMPLETED"
    if change.operation == "create" and kind in ("ResourceGroup", "Vault", "Key", "ImportedKey"):
        return is_blocked
    word = {**_VITAL, **_OTHERS}.get(kind, "").split(" ")[0]
    return bool(word) and word in subjects and not _is_cosmetic(change)


def _is_of_revocation(change: Change) -> bool:
    """Whether it is a part of the revocation that is announced."""
    kind = last_word(change.kind)
    return kind == "Activation" or (change.operation == "delete" and kind in ("RoleAssignment", "ManagementLockByScope"))


def _of_verdict(text: str) -> Finding:
    resource, _, rest = text.partition(": ")
    found, _, fix = rest.partition(" Fix: ")
    severity = Severity.PURGE if LOSS in text else Severity.UNKNOWN if UNREAD in text else Severity.RECOVERABLE
    since = re.search(rf"{re.escape(SINCE)}(\S+ \S+ UTC)", found)
    return Finding(
        severity=severity,
        resource=resource.removesuffix(f" {UNREAD}"),
        found=(found or rest).replace(since[0] if since else "", "").rstrip("."),
        fix=fix.replace(f". {LOSS}", ""),
        since=since[1] if since else "",
    )


def _of_change(change: Change) -> Finding:
    kind = last_word(change.kind)
    resource = _resource(change.kind, str(change.found.get("name") or change.name))
    if _is_cosmetic(change):
        return Finding(severity=Severity.BENIGN, resource=resource, found=f"changed: {_differences(change)}", fix=REPAIR)
    if kind == "AppRegistration" and change.operation == "update":
        found = f"Adobe has another app: {change.found.get('applicationIdAtAdobe') or 'none'}"
        return Finding(
            severity=Severity.PURGE, resource=resource, found=found, fix="contact Adobe support before any pulumi up"
        )
    if kind in ("KeyConfiguration", "Activation") and change.operation == "update":
        return Finding(
            severity=Severity.RECOVERABLE,
            resource=resource,
            found=f"Adobe reports the status {change.found.get('status')}",
            fix="docs/runbook.md, Incidents: configuration FAILED, or not returned by Adobe",
        )
    if kind in ("NameClaim", "RolePropagation", "SubmissionAttempt"):
        return Finding(
            severity=Severity.BENIGN, resource=resource, found=f"the next up would {change.operation} it", fix=REPAIR
        )
    severity = Severity.PURGE if kind in _VITAL and kind != "Vault" else Severity.RECOVERABLE
    if change.operation == "update":
        return Finding(severity=severity, resource=resource, found=f"changed: {_differences(change)}", fix=REPAIR)
    if change.operation == "import":
        found = "recovered, and not in Pulumi's state"
        return Finding(severity=Severity.RECOVERABLE, resource=resource, found=found, fix="pulumi up")
    severity = Severity.PURGE if kind in _VITAL else Severity.RECOVERABLE
    found = "gone" if change.operation == "create" else f"the program would {change.operation} it"
    return Finding(severity=severity, resource=resource, found=found, fix=_RESTORED.get(kind, REPAIR))


def _of_errors(seen: Seen, changed: set[str]) -> Iterator[Finding]:
    """:param changed: what the plan changes, whose protection says nothing new."""
    told = {each for text in seen.errors if (each := _error(text))}
    protected = {each for each in told if each.resource in changed and each.severity is Severity.RECOVERABLE}
    yield from sorted(told - protected, key=lambda finding: finding.found)
    if not seen.was_taken and not told:
        found = "Pulumi ended without a result and without an error"
        yield Finding(severity=Severity.UNKNOWN, resource="the check", found=found)


def _error(text: str) -> Finding | None:
    """What an error of the engine says; None for its summaries of what it has told already."""
    text = text.removeprefix("Preview failed: ").strip()
    if text in _SUMMARIES:
        return None
    blocked = _BLOCKED_RESOURCE.search(text)
    reason, _, fix = text.partition(" Fix: ")
    if blocked:
        severity, resource, reason = Severity.PURGE, _resource(blocked["kind"], blocked["name"]), reason[blocked.end() :]
    elif "ConfigurationConflict" in text:
        severity, resource = Severity.RECOVERABLE, "configuration at Adobe"
    elif protected := _PROTECTED.search(text):
        reason, fix = "the plan would replace or delete it; its protection refuses that", "see what else is found"
        severity, resource = Severity.RECOVERABLE, _resource(protected["kind"], protected["name"])
    else:
        severity, resource = Severity.UNKNOWN, "the check"
    return Finding(
        severity=severity, resource=resource, found=" ".join(reason.split()).rstrip("."), fix=" ".join(fix.split())
    )


def _of_warning(text: str) -> Finding:
    reason, _, fix = text.partition(" Fix: ")
    revoked = {f"{PENDING}: ": Severity.RECOVERABLE, f"{REVOKED}: ": Severity.REVOKED}
    for beginning, severity in revoked.items():
        if text.startswith(beginning):
            return Finding(severity=severity, resource=beginning[:-2], found=reason.partition(": ")[2].rstrip("."), fix=fix)
    resource, separator, found = reason.partition(": ")
    subject, fact = (resource, found) if separator and len(resource) < 60 else ("note", reason)
    return Finding(severity=Severity.BENIGN, resource=subject, found=fact.rstrip("."), fix=fix)


def _is_cosmetic(change: Change) -> bool:
    return bool(change.paths) and all(re.split(r"[.\[]", path)[0] == "tags" for path in change.paths)


def _differences(change: Change) -> str:
    return "; ".join(_difference(path, change.found, change.wanted) for path in change.paths) or "unknown properties"


def _difference(path: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    return f"{path} is {_value(found, path)}, declared is {_value(wanted, path)}"


def _value(properties: Any, path: str) -> str:
    for part in re.findall(r"[^.\[\]\"]+", path):
        if isinstance(properties, Mapping):
            properties = properties.get(part)
        elif isinstance(properties, list) and part.isdigit() and int(part) < len(properties):
            properties = properties[int(part)]
        else:
            properties = None
    return "not set" if properties is None else repr(properties)


def _resource(kind: str, name: str) -> str:
    return f"{_VITAL.get(last_word(kind)) or _OTHERS.get(last_word(kind)) or last_word(kind)} {name}"


def last_word(kind: str) -> str:
    """Of a type token, which differs between the versions of a provider in front of it."""
    return re.split(r"[:/]", kind)[-1]
