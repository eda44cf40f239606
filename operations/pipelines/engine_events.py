"""What a preview of Pulumi says, from the events that it prints with `--json`, one on each line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# Operations that change nothing.
QUIET = ("same", "read", "refresh")
# What must not be overlooked.
DESTRUCTIVE = ("delete", "replace", "create-replacement", "delete-replaced", "discard", "discard-replaced", "remove")
_STACK = "::pulumi:pulumi:Stack::"
# The program itself; and the providers, whose inputs hold what the sign-in says.
_ENGINES_OWN = ("pulumi:pulumi:", "pulumi:providers:")
_NOT_PROPERTIES = ("__provider", "__defaults")


@dataclass(frozen=True)
class Change:
    """One resource that would change; the values of its properties are left out."""

    operation: str
    type: str
    name: str
    properties: tuple[str, ...]


@dataclass(frozen=True)
class Violation:
    """One breach of a policy."""

    policy: str
    level: str
    resource: str
    """Type and name; empty when the policy is about the stack."""
    message: str


@dataclass
class Preview:
    """One preview."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    violations: list[Violation] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """With the findings about what exists in Azure."""
    other_lines: list[str] = field(default_factory=list)
    """What was said outside the events: the reason when the engine did not come to start."""


def preview_of(lines: Iterable[str]) -> Preview:
    """Read what a preview printed."""
    preview = Preview()
    for line in lines:
        event = _event(line)
        if event is None:
            preview.other_lines.append(line)
            continue
        _take_up(preview, event)
    return preview


def _event(line: str) -> Mapping[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "sequence" in event else None


def _take_up(preview: Preview, event: Mapping[str, Any]) -> None:
    if said := event.get("diagnosticEvent"):
        listed = {"error": preview.errors, "warning": preview.warnings}.get(said["severity"])
        message = str(said["message"]).strip()
        if listed is not None and message and message not in listed:
            listed.append(message)
    if broken := event.get("policyEvent"):
        urn, message = broken.get("resourceUrn", ""), str(broken["message"]).strip()
        resource = "" if _STACK in urn else " ".join([_type(urn), _name(urn)])
        preview.violations.append(Violation(broken["policyName"], broken["enforcementLevel"], resource.strip(), message))
    if planned := event.get("resourcePreEvent"):
        metadata = planned["metadata"]
        if not metadata["type"].startswith(_ENGINES_OWN) and metadata["op"] not in QUIET:
            name, properties = _name(metadata["urn"]), _properties(metadata)
            preview.changes.append(Change(metadata["op"], metadata["type"], name, properties))
    if summary := event.get("summaryEvent"):
        preview.unchanged = int(summary["resourceChanges"].get("same", 0))


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2] if urn else ""


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _properties(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the properties that an update changes."""
    if metadata["op"] in ("create", "import", "delete"):
        return ()
    told = metadata.get("detailedDiff") or metadata.get("diffs")
    if not told:
        # The engine says nothing more of a dynamic resource.
        old, new = ((metadata.get(side) or {}).get("inputs") or {} for side in ("old", "new"))
        told = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return tuple(sorted(name for name in told if name not in _NOT_PROPERTIES))
