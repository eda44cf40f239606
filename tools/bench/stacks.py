"""The stacks that are measured: each with clouds of its own, which have nothing in them yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from simulation.adobe.http import ORG
from simulation.cloud import Cloud, opened
from simulation.environment import ROOT, cli, simulated, stack_file

from .processes import Command

# The stack whose file is in each folder: its salt goes with the simulation's public passphrase.
STACK = "dev"
_PROGRAMS = Path(__file__).parent / "programs"
_SETTINGS = {
    "adobe-cmk:imsOrgId": ORG,
    # The wait for Azure is the same for every program, and it is none of what is measured.
    "adobe-cmk:rolePropagationSeconds": "0",
    "azure-native:location": "westeurope",
}


@dataclass(frozen=True)
class Program:
    """A program, and its settings."""

    name: str
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict[str, str])


EMPTY, MINIMAL, OURS = "empty", "minimal", "adobe-cmk"
PROGRAMS = (
    Program(EMPTY, _PROGRAMS / "empty"),
    Program(MINIMAL, _PROGRAMS / "minimal", {"azure-native:location": "westeurope"}),
    Program(OURS, ROOT, {**_SETTINGS, "adobe-cmk:activate": f"{ORG}/cmk-config"}),
)
UNPROTECTED = Program(OURS, ROOT, {**_SETTINGS, "adobe-cmk:protect": "false"})


class Stack:
    """One stack on clouds of its own."""

    def __init__(self, program: Program, cloud: Cloud, environment: Mapping[str, str], settings: Path) -> None:
        self.cloud = cloud
        # As on a user's machine: what Python compiled once, it keeps. Containers often forbid that.
        self._environment = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self._program, self._settings = program, settings

    def start(self, *arguments: str) -> Command:
        """Start a Pulumi command on the stack."""
        on = ("--stack", STACK, "--config-file", str(self._settings)) if arguments[0] != "stack" else ()
        command = [str(cli()), *arguments, *on, "--non-interactive"]
        return Command(command, self._environment, self._program.folder)

    def calls(self) -> dict[str, int]:
        """Number of calls that reached the clouds so far, by service."""
        return {service: sum(calls.values()) for service, calls in self.cloud.traffic.calls().items()}

    def polls(self) -> int:
        """How often Adobe was asked for the status of a configuration that it had already: after the POST."""
        journal = [entry["call"] for entry in self.cloud.adobe.journal]
        posts = [number for number, call in enumerate(journal) if call.startswith("POST") and call.endswith("/config")]
        return sum("/config/" in call for call in journal[posts[0] :]) if posts else 0


@contextmanager
def opened_stack(program: Program, home: Path, latency_seconds: float = 0.0) -> Iterator[Stack]:
    """A new stack of a program.

    :param home: folder for the clouds and Pulumi's backend, not used before.
    :param latency_seconds: what each call takes on the network.
    """
    home.mkdir(parents=True)
    with opened(home) as cloud, simulated(cloud, home) as environment:
        # The clouds' own time is none of what is measured: Azure applies a role, and Adobe switches over, at once.
        cloud.adobe.check_seconds = cloud.adobe.switch_seconds = 0.0
        cloud.azure.role_propagation_seconds = 0.0
        settings = dict(program.settings)
        with cloud.at_work():
            # A deletion of the key needs it.
            cloud.azure.switches.set("deployer-data-role", "crypto-officer")
            if program.name == MINIMAL:
                settings["bench-minimal:clientId"] = cloud.adobe.app(ORG)["applicationId"]
        file = home / "settings.yaml"
        file.write_text(stack_file(settings))
        stack = Stack(program, cloud, environment, file)
        stack.start("stack", "init", STACK).finish()
        cloud.traffic.latency_seconds = latency_seconds
        yield stack
