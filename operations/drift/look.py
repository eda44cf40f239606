"""The look that misses nothing and writes nothing: `pulumi preview --refresh`, through Pulumi's Automation API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi import automation

# Operations that change nothing, the reading that comes before the plan, and the halves of a replacement.
_QUIET = ("same", "refresh", "read", "create-replacement", "delete-replaced")
_ENGINES_OWN = ("pulumi:pulumi:", "pulumi:providers:", "adobe-cmk:components:")
_ACTIVATION = "pulumi-python:dynamic/adobe:Activation"
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """What the next `up` would do to a resource."""

    kind: str
    """Type token."""
    name: str
    operation: str
    paths: tuple[str, ...]
    """Properties that differ, in Pulumi's dotted form; none for a resource that would be created."""
    found: Json
    """Inputs and outputs as of now."""
    wanted: Json
    """Inputs as the program declares them."""


@dataclass
class Seen:
    """What a look saw."""

    changes: list[Change] = field(default_factory=list)
    verdict: list[str] = field(default_factory=list)
    """Findings of the preflight checks that count, for an activated organisation."""
    evidence: Json = field(default_factory=dict)
    """Results of the preflight checks by subject, for an activated organisation; empty when they did not all run."""
    read: dict[str, Json | None] = field(default_factory=dict)
    """Outputs of each resource as Azure and Adobe returned them just now, by type token; None for one that is gone.

    A resource whose read failed is not in it.
    """
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    was_taken: bool = False
    """Whether the engine came to the end of the preview."""

    def hear(self, event: automation.EngineEvent) -> None:
        """Take up one event of the engine."""
        if event.diagnostic_event:
            heard = {"warning": self.warnings, "error": self.errors}.get(event.diagnostic_event.severity)
            message = event.diagnostic_event.message.strip()
            if heard is not None and message and message not in heard:
                heard.append(message)
        if event.summary_event:
            self.was_taken = True
        if event.resource_pre_event:
            self._plan(event.resource_pre_event.metadata)
        if event.res_outputs_event and event.res_outputs_event.metadata.op == "refresh":
            step = event.res_outputs_event.metadata
            self.read[step.type] = dict(step.new.outputs or {}) if step.new else None

    def _plan(self, step: automation.StepEventMetadata) -> None:
        kind, name = step.type, step.urn.rsplit("::", 1)[1]
        wanted = dict((step.new and step.new.inputs) or {})
        if kind == _ACTIVATION and step.op not in ("refresh", "read"):
            findings = wanted.get("findings")
            # Unknown while a subject of the preflight checks is yet to be created.
            self.verdict = [str(finding) for finding in findings] if isinstance(findings, list) else []
            evidence = wanted.get("evidence")
            self.evidence = evidence if isinstance(evidence, dict) else {}
        if step.op.value in _QUIET or kind.startswith(_ENGINES_OWN):
            return
        old = step.old
        found = {**((old and old.outputs) or {}), **((old and old.inputs) or {})}
        paths = tuple(step.detailed_diff or step.diffs or ())
        self.changes.append(Change(kind, name, step.op.value, paths, found, wanted))


class _Workspace(automation.LocalWorkspace):
    """Leaves the stack selected that is: somebody's next command must not meet another one because of a check."""

    def select_stack(self, stack_name: str) -> None:
        """Nothing: each command names its stack."""


def look(stack: str, folder: Path, config_file: str | None = None) -> Seen:
    """Take the look at a stack; what fails is in `Seen.errors`.

    :param folder: of the program.
    :param config_file: of the stack, if not the usual one.
    """
    seen = Seen()
    try:
        selected = automation.Stack.select(stack, _Workspace(work_dir=str(folder)))
        selected.preview(refresh=True, on_event=seen.hear, config_file=config_file)
    except automation.CommandError as error:
        seen.was_taken = False
        if not seen.errors:
            seen.errors.append(str(error).strip())
    return seen
