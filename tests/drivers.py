"""The two drivers that every scenario runs on: the real engine, and the rehearsal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from unittest import mock

import pytest

from components.dynamic.provider import PluginProvider
from components.safety import preflight
from simulation.adobe.faults import Faults
from simulation.adobe.http import ORG
from simulation.cloud import opened
from simulation.drift import DRIFTS
from simulation.environment import ROOT, cli, simulated, stack_file
from simulation.rehearsal.run import rehearse
from tests.clock import ManualClock

SETTINGS = {
    "adobe-cmk:imsOrgId": ORG,
    "adobe-cmk:activate": f"{ORG}/cmk-config",
    "adobe-cmk:rolePropagationSeconds": "1",
    "azure-native:location": "westeurope",
}
ENGINES_OWN = ("adobe-cmk:components:", "pulumi:")
# Seconds: what an earlier run may have sent is looked for two minutes long.
LONGEST_COMMAND = 240


@dataclass
class Outcome:
    """What a command did: exit code, operations by resource name and type (`same` left out), outputs, all that was said."""

    exit_code: int
    operations: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    def changed(self) -> dict[str, str]:
        """Operations other than same, by the last word of the type."""
        return {_kind(label): op for label, op in self.operations.items() if op != "same"}


class Driver:
    """One stack on clouds of its own."""

    settings: ClassVar[Mapping[str, str]] = SETTINGS
    clock: ManualClock | None = None
    """Of the clouds; None: the machine's."""
    faults: Sequence[str] = ()
    """Between the program and Adobe."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.config_file = home / "settings.yaml"
        home.mkdir(parents=True, exist_ok=True)
        self.configure(**settings)

    def configure(self, **settings: Any) -> None:
        """Set settings of the stack over those of every scenario; None takes one away."""
        values = {**self.settings, **{key if ":" in key else f"adobe-cmk:{key}": value for key, value in settings.items()}}
        config = {key: value for key, value in values.items() if value is not None}
        self.config_file.write_text(stack_file(config))

    def drift(self, name: str) -> None:
        """Change the clouds behind the stack's back."""
        with opened(self.home, self.clock) as cloud, cloud.at_work():
            DRIFTS[name](cloud)

    def switch(self, name: str, value: str) -> None:
        """Set a switch of the simulated Azure (`simulation/switches.py`)."""
        with opened(self.home) as cloud, cloud.at_work():
            cloud.azure.switches.set(name, value)

    def contract(self, name: str) -> None:
        """Choose what the simulated Adobe accepts."""
        with opened(self.home) as cloud, cloud.at_work():
            cloud.adobe.contract = name

    def state(self) -> dict[str, Any]:
        """The saved clouds."""
        with opened(self.home) as cloud:
            return cloud.state

    def clouds(self) -> str:
        """All that Azure, Entra ID and Adobe hold, to be compared: the calls that were made left out."""
        state = self.state()
        adobe = {name: value for name, value in state["adobe"].items() if name != "journal"}
        return json.dumps([state["azure"], state["entra"], adobe], sort_keys=True)

    def calls(self) -> list[str]:
        """Every call that reached Adobe, the token endpoint left out."""
        return [entry["call"] for entry in self.journal() if "/ims/" not in entry["call"]]

    def journal(self) -> list[dict[str, Any]]:
        """Adobe's journal."""
        entries: list[dict[str, Any]] = self.state()["adobe"]["journal"]
        return entries

    def recorded(self) -> str:
        """Pulumi's state of the stack as text; empty when there is none."""
        raise NotImplementedError

    def forget(self, *kinds: str) -> None:
        """Lose the state of the stack, or its entries of some kinds; what depends on others comes first.

        On the engine, an entry takes along what depends on it.
        """
        raise NotImplementedError

    def preview(self, **environment: str) -> Outcome:
        raise NotImplementedError

    def up(self, **environment: str) -> Outcome:
        raise NotImplementedError

    def refresh(self, **environment: str) -> Outcome:
        raise NotImplementedError

    def watch(self, **environment: str) -> Outcome:
        """The look that misses nothing and writes nothing."""
        raise NotImplementedError


class Engine(Driver):
    """The real `pulumi` on the stand-ins."""

    stack = "dev"
    project = "adobe-cmk"
    folder = ROOT
    """Where the program is."""

    def recorded(self) -> str:
        file = self.home / "pulumi" / ".pulumi" / "stacks" / self.project / f"{self.stack}.json"
        return file.read_text() if file.exists() else ""

    def urn(self, kind: str) -> str:
        """URN of the stack's resource of a kind, by the last word of its type."""
        urns = self.plain("stack", "--show-urns", "--stack", self.stack)[1].split()
        return next(word for word in urns if word.startswith("urn:") and f":{kind}::" in word)

    def forget(self, *kinds: str) -> None:
        for kind in kinds:
            delete = ("state", "delete", self.urn(kind), "--target-dependents", "--force", "--yes")
            code, text = self.plain(*delete, "--stack", self.stack)
            assert code == 0, text
        if kinds:
            return
        code, text = self.plain("stack", "rm", "--force", "--yes", "--preserve-config", self.stack)
        assert code == 0, text

    def preview(self, **environment: str) -> Outcome:
        return self.pulumi("preview", environment=environment)

    def up(self, **environment: str) -> Outcome:
        return self.pulumi("up", "--yes", "--skip-preview", environment=environment)

    def refresh(self, **environment: str) -> Outcome:
        return self.pulumi("refresh", "--yes", "--skip-preview", "--run-program", environment=environment)

    def watch(self, **environment: str) -> Outcome:
        return self.pulumi("preview", "--refresh", "--expect-no-changes", environment=environment)

    @property
    def on(self) -> tuple[str, ...]:
        """The stack, and its settings."""
        return ("--stack", self.stack, "--config-file", str(self.config_file))

    def plain_up(self, *more: str, environment: Mapping[str, str] | None = None, cwd: Path | None = None) -> tuple[int, str]:
        """An `up` as a person sees it; exit code and all that it printed."""
        return self.plain("up", "--yes", "--skip-preview", *self.on, *more, environment=environment, cwd=cwd)

    def started_up(self, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """An `up` under way, in an environment of `simulated`; the stack must be there."""
        command = [str(cli()), "up", "--yes", "--skip-preview", *self.on]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            command, env=environment, cwd=self.folder, stdout=quiet, stderr=quiet, start_new_session=True
        )

    def pulumi(self, *arguments: str, environment: Mapping[str, str] | None = None, cwd: Path | None = None) -> Outcome:
        """Run one command with `--json`, and read its events."""
        code, said = self.plain(*arguments, "--json", *self.on, environment=environment, cwd=cwd)
        events = []
        for line in said.splitlines():
            try:
                events.append(json.loads(line))
            except ValueError:
                continue
        return _outcome(code, said, events)

    def drift_check(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """`python -m operations.drift` on the stack; exit code and all that it printed."""
        with opened(self.home) as cloud, simulated(cloud, self.home, Faults(self.faults)) as simulation:
            command = [sys.executable, "-m", "operations.drift", "--stack", self.stack]
            run = subprocess.run(
                [*command, "--config-file", str(self.config_file), *arguments], env={**simulation, **environment},
                cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
            )  # fmt: skip
            return run.returncode, run.stdout

    def plain(
        self, *arguments: str, environment: Mapping[str, str] | None = None, cwd: Path | None = None, stack: bool = True
    ) -> tuple[int, str]:
        """Run one command; exit code and all that it printed."""
        pulumi, cwd = cli(), cwd or self.folder
        assert pulumi
        with opened(self.home) as cloud, simulated(cloud, self.home, Faults(self.faults)) as simulation:
            merged = {**simulation, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true", **(environment or {})}
            merged = {name: value for name, value in merged.items() if value != "UNSET"}
            stacks = self.home / "pulumi" / ".pulumi" / "stacks" / self.project
            if stack and not (stacks / f"{self.stack}.json").exists():
                init = [pulumi, "stack", "init", self.stack]
                subprocess.run(init, env=merged, cwd=cwd, check=True, capture_output=True)
            run = subprocess.run(
                [pulumi, *arguments], env=merged, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                timeout=LONGEST_COMMAND, check=False,
            )  # fmt: skip
            return run.returncode, run.stdout


def _outcome(code: int, said: str, events: list[dict[str, Any]]) -> Outcome:
    outcome = Outcome(code)
    lines = [line for line in said.splitlines() if not line.startswith('{"sequence"')]
    for event in events:
        diagnostic = event.get("diagnosticEvent")
        if diagnostic and diagnostic["severity"] != "debug":
            lines.append(f"{diagnostic['severity']}: {diagnostic['message'].strip()}")
        for kind in ("resourcePreEvent", "resOutputsEvent"):
            metadata = event.get(kind, {}).get("metadata")
            if not metadata:
                continue
            urn = metadata["urn"]
            token, name = urn.split("::")[2].rsplit("$", 1)[-1], urn.rsplit("::", 1)[1]
            if token == "pulumi:pulumi:Stack":
                outcome.outputs = (metadata.get("new") or {}).get("outputs") or outcome.outputs
            label, operation = f"{token} {name}", metadata["op"]
            # A refresh with the program registers each resource once more, as same, after what it found.
            is_news = operation != "same" or label not in outcome.operations
            if not token.startswith(ENGINES_OWN) and operation != "refresh" and is_news:
                outcome.operations[label] = operation
    outcome.text = "\n".join(lines)
    return outcome


class Rehearsal(Driver):
    """The program in this process; time passes by sleeping alone, for the clouds and for the providers."""

    clock = ManualClock()

    def __init__(self, home: Path, **settings: str) -> None:
        super().__init__(home, **settings)
        # What the last command needed, by Azure's names of permissions.
        self.actions: set[str] = set()
        self.data_actions: set[str] = set()
        self._moment = home / "moment"
        if self._moment.exists():
            # Another process of the test run, with a clock of its own, may have made the clouds.
            self.clock.moment = max(self.clock.moment, datetime.fromisoformat(self._moment.read_text()))

    def recorded(self) -> str:
        file = self.home / "rehearsal.json"
        return file.read_text() if file.exists() else ""

    def forget(self, *kinds: str) -> None:
        file = self.home / "rehearsal.json"
        if not kinds:
            file.unlink()
            return
        kept = {label: entry for label, entry in json.loads(file.read_text()).items() if _kind(label) not in kinds}
        file.write_text(json.dumps(kept))

    def preview(self, **environment: str) -> Outcome:
        return self._rehearse("preview", environment)

    def up(self, **environment: str) -> Outcome:
        return self._rehearse("up", environment)

    def refresh(self, **environment: str) -> Outcome:
        return self._rehearse("refresh", environment)

    def watch(self, **environment: str) -> Outcome:
        return self._rehearse("watch", environment)

    def _rehearse(self, operation: str, environment: Mapping[str, str]) -> Outcome:
        with (
            opened(self.home, self.clock) as cloud,
            mock.patch.object(PluginProvider, "clock", self.clock),
            mock.patch.object(preflight, "clock", self.clock),
        ):
            faults = Faults(self.faults)
            result = rehearse(cloud, self.home, operation, self.config_file, environment, faults=faults)
            self.actions, self.data_actions = cloud.azure.actions, cloud.azure.data_actions
        self._moment.write_text(self.clock.moment.isoformat())
        text = "\n".join([*result.lines, *(f"error: {error}" for error in result.errors)])
        operations = {label: op for label, op in result.operations.items() if not label.startswith(ENGINES_OWN)}
        return Outcome(result.exit_code, operations, result.outputs, text)


def _kind(label: str) -> str:
    return label.split()[0].rsplit(":", 1)[1]


DRIVERS: dict[str, type[Driver]] = {"engine": Engine, "rehearsal": Rehearsal}
NO_CLI = "no Pulumi CLI: only the mock engine was used (https://www.pulumi.com/docs/install/)"


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for a command that is under way to come so far."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    assert holds()


def need_the_engine() -> None:
    """Skip what needs a CLI where there is none; fail instead where REQUIRE_PULUMI=1 says that there must be one."""
    if cli() is None:
        if os.environ.get("REQUIRE_PULUMI") == "1":
            pytest.fail(f"REQUIRE_PULUMI=1, and {NO_CLI}")
        pytest.skip(NO_CLI)
