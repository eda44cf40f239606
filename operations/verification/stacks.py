"""This repository's program, unchanged, in a folder and with a backend of its own, through Pulumi's Automation API."""

from __future__ import annotations

import secrets
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pulumi
from pulumi import automation

ROOT = Path(__file__).parents[2]
# What Pulumi shows for a value that a preview does not know.
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
# Resources that are no part of what a run makes.
_ENGINES_OWN = ("pulumi:", "adobe-cmk:components:", "pulumi-python:")
# Operations that change nothing.
_QUIET = ("same", "refresh", "read")
Json = dict[str, Any]


class StepFailed(Exception):
    """A command of Pulumi failed that a run cannot go on without."""


@dataclass
class Outcome:
    """What a command of Pulumi did."""

    succeeded: bool = True
    operations: dict[str, list[str]] = field(default_factory=dict)
    """By the last word of the type, such as Vault, in order; without those that change nothing."""
    outputs: dict[str, Json] = field(default_factory=dict)
    """As last shown, likewise."""
    errors: list[str] = field(default_factory=list)
    said: str = ""
    """Every message."""

    def must(self) -> Outcome:
        """:raises StepFailed: when the command failed."""
        if not self.succeeded:
            raise StepFailed(self.reason())
        return self

    def reason(self) -> str:
        """The errors on one line."""
        return " ".join(" ".join(self.errors).split()) or "Pulumi failed without a message"

    def changes(self) -> str:
        """The operations on one line."""
        found = [f"{kind} {', '.join(operations)}" for kind, operations in sorted(self.operations.items())]
        return "; ".join(found) or "no change"

    def hear(self, event: automation.EngineEvent) -> None:
        """Take up one event of the engine."""
        told = event.diagnostic_event
        if told and told.severity != "debug":
            self.said += told.message
            if told.severity == "error":
                self.errors.append(told.message.strip())
        done = event.res_outputs_event or event.res_op_failed_event
        if not done or done.metadata.type.startswith(_ENGINES_OWN):
            return
        kind, operation = done.metadata.type.rsplit(":", 1)[1], str(done.metadata.op.value)
        if operation not in _QUIET:
            self.operations.setdefault(kind, []).append(operation)
        if done.metadata.new:
            self.outputs[kind] = dict(done.metadata.new.outputs or {})


class Stack:
    """One stack."""

    def __init__(self, stack: automation.Stack, say: Callable[[str], None]) -> None:
        self._stack, self._say = stack, say

    def configure(self, settings: Mapping[str, str]) -> None:
        """Set settings, by their path."""
        self._stack.set_all_config({key: automation.ConfigValue(value) for key, value in settings.items()}, path=True)

    def up(self, *, refresh: bool = False) -> Outcome:
        shown = "pulumi up --refresh" if refresh else "pulumi up"
        return self.heard(shown, lambda hear: self._stack.up(on_event=hear, refresh=refresh))

    def preview(self, *, refresh: bool = False) -> Outcome:
        shown = "pulumi preview --refresh" if refresh else "pulumi preview"
        return self.heard(shown, lambda hear: self._stack.preview(on_event=hear, refresh=refresh))

    def refresh(self) -> Outcome:
        return self.heard("pulumi refresh", lambda hear: self._stack.refresh(on_event=hear))

    def destroy(self) -> Outcome:
        return self.heard("pulumi destroy", lambda hear: self._stack.destroy(on_event=hear))

    def recorded(self) -> dict[str, Json]:
        """What the state holds of each resource in Azure and Entra ID, by the last word of its type."""
        resources = (self._stack.export_stack().deployment or {}).get("resources", [])
        return {entry["type"].rsplit(":", 1)[1]: entry for entry in resources if not entry["type"].startswith(_ENGINES_OWN)}

    def heard(self, shown: str, command: Callable[[Callable[[automation.EngineEvent], None]], Any]) -> Outcome:
        """Run a command, and take up its events."""
        self._say(f"$ {shown} --stack {self._stack.name}")
        outcome = Outcome()
        try:
            command(outcome.hear)
        except automation.CommandError as error:
            outcome.succeeded = False
            if not outcome.errors:
                outcome.errors.append(str(error).strip()[-2000:])
        self._say(f"  {outcome.changes()}" if outcome.succeeded else f"  failed: {outcome.reason()}")
        return outcome


class Stacks:
    """The stacks of one run; what they keep is in one folder, and goes with it."""

    def __init__(self, folder: Path, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        """
        :param folder: empty.
        :param environment: for the commands, over that of this process.
        """
        self._folder, self._say = folder, say
        self._program = folder / "program"
        self._program.mkdir()
        for name in ("__main__.py", "components", ".venv"):
            (self._program / name).symlink_to(ROOT / name)
        shutil.copy(ROOT / "Pulumi.yaml", self._program)
        (folder / "state").mkdir()
        self._environment = {
            **environment,
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": secrets.token_hex(),
        }

    def stack(self, name: str, settings: Mapping[str, str]) -> Stack:
        """A new stack of this repository's program."""
        workspace = automation.LocalWorkspace(
            work_dir=str(self._program), env_vars=self._environment, pulumi_command=_pulumi()
        )
        made = Stack(automation.Stack.create(name, workspace), self._say)
        made.configure(settings)
        return made

    def declared_again(self, recorded: Sequence[Json], settings: Mapping[str, str]) -> Outcome:
        """An `up` of a program that declares what another stack has recorded, as if nothing of it existed."""

        def program() -> None:
            for entry in recorded:
                inputs = {name: value for name, value in entry["inputs"].items() if name != "azureApiVersion"}
                opts = pulumi.ResourceOptions(version=version("pulumi_azure_native"))
                pulumi.CustomResource(entry["type"], "again", inputs, opts)

        (self._folder / "again").mkdir()
        workspace = automation.LocalWorkspace(
            work_dir=str(self._folder / "again"),
            program=program,
            project_settings=automation.ProjectSettings("adobe-cmk-again", "python"),
            env_vars=self._environment,
            pulumi_command=_pulumi(),
        )
        again = automation.Stack.create("again", workspace)
        stack = Stack(again, self._say)
        stack.configure({key: value for key, value in settings.items() if key.startswith("azure")})
        shown = "pulumi up, of a program that declares the same names again,"
        return stack.heard(shown, lambda hear: again.up(on_event=hear, continue_on_error=True))


def _pulumi() -> automation.PulumiCommand:
    """The CLI on PATH, else the one that set-up linked into the environment of this process."""
    return automation.PulumiCommand(root=None if shutil.which("pulumi") else str(Path(sys.executable).parents[1]))
