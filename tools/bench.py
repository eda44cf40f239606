"""`make bench`: what the program costs beside the minimal program with the same three providers, on the real engine.

Clouds are simulated on this machine. It reports and judges nothing: no exit code depends on a time.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import distributions
from pathlib import Path
from statistics import median

from simulation.adobe.http import ORG
from simulation.cloud import Cloud, opened
from simulation.environment import cli, simulated, stack_file
from simulation.traffic import ADOBE
from tools.environments import PROGRAM, ROOT, SetupError, install_for_use

UP = ("up", "--yes", "--skip-preview")
# In the order of a stack's life.
OPERATIONS = {"preview": ("preview",), "first up": UP, "unchanged up": UP, "refresh": ("refresh", "--yes", "--skip-preview")}
# Wall time as a multiple of the minimal program's. For people to read: no test and no exit code depends on them.
BUDGETS = {"preview": 1.25, "first up": 1.40, "unchanged up": 1.25, "refresh": 1.15}
OURS, MINIMAL = "adobe-cmk", "minimal"
# What each program consists of.
FILES = {
    MINIMAL: [ROOT / "tools" / "minimal_program" / name for name in ("Pulumi.yaml", "__main__.py", "note.py")],
    OURS: [ROOT / name for name in ("Pulumi.yaml", "__main__.py", "components")],
}
SETTINGS = {
    MINIMAL: {},
    OURS: {
        "adobe-cmk:imsOrgId": ORG,
        "adobe-cmk:activate": f"{ORG}/cmk-config",
        # The wait for Azure is none of what is measured.
        "adobe-cmk:rolePropagationSeconds": "0",
    },
}
# What a user has after `make setup`: nothing of what lint and tests use, which makes imports slower.
USERS = replace(PROGRAM, folder=ROOT / ".bench" / ".venv")
PACKAGES = ("pulumi", "pulumi-azure-native", "pulumi-azuread", "requests")
STACK = "dev"


class CommandFailed(Exception):
    """The command that was to be measured failed; the message has its output."""


@dataclass(frozen=True)
class Sample:
    """One operation on one program in one round."""

    wall_seconds: float
    cpu_seconds: float
    """User and system time of the command and of every process that it waited for."""
    calls: Mapping[str, int]
    """To the clouds, by service; of a first up without the polls of Adobe's status after the submission."""


# By program and operation, in the order of the rounds.
Samples = dict[tuple[str, str], list[Sample]]


class Stack:
    """A stack of a program, on clouds of its own which have nothing in them yet."""

    def __init__(self, project: Path, settings: Path, cloud: Cloud, environment: Mapping[str, str]) -> None:
        self._project, self._settings, self._cloud = project, settings, cloud
        # Containers may keep Python from writing compiled files; a user's machine does not.
        self._environment = {name: value for name, value in environment.items() if not name.startswith("PYTHON")}
        self._run("stack", "init", STACK)

    def sample(self, operation: str) -> Sample:
        """Measure an operation."""
        before = self._calls()
        arguments = (*OPERATIONS[operation], "--stack", STACK, "--config-file", str(self._settings))
        wall, cpu = self._run(*arguments)
        calls = {service: count - before[service] for service, count in self._calls().items()}
        if operation == "first up":
            calls[ADOBE] -= self._polls()
        return Sample(wall, cpu, calls)

    def _run(self, *arguments: str) -> tuple[float, float]:
        command = [str(cli()), *arguments, "--non-interactive"]
        with tempfile.TemporaryFile() as said:
            start = time.perf_counter()
            process = subprocess.Popen(  # noqa: S603 - the CLI
                command,
                cwd=self._project,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            _, status, used = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                output = said.read().decode("utf-8", "replace")
                raise CommandFailed(f"{' '.join(command)} ended with {process.returncode}:\n{output}")
        return wall, used.ru_utime + used.ru_stime

    def _calls(self) -> dict[str, int]:
        return {service: sum(counts.values()) for service, counts in self._cloud.traffic.calls().items()}

    def _polls(self) -> int:
        """How often Adobe was asked for the status after the submission."""
        journal = [entry["call"] for entry in self._cloud.adobe.journal]
        posts = (number for number, call in enumerate(journal) if call.startswith("POST") and call.endswith("/config"))
        return sum("/config/" in call for call in journal[next(posts, len(journal)) :])


@contextmanager
def opened_stack(program: str, project: Path, home: Path) -> Iterator[Stack]:
    """A new stack of a program.

    :param home: folder for the clouds and Pulumi's backend; not used before.
    """
    with opened(home) as cloud, simulated(cloud, home) as environment:
        # The clouds' own time is none of what is measured: Azure applies a role, and Adobe switches over, at once.
        cloud.adobe.check_seconds = cloud.adobe.switch_seconds = 0.0
        cloud.azure.role_propagation_seconds = 0.0
        settings = {"azure-native:location": "westeurope", **SETTINGS[program]}
        if program == MINIMAL:
            with cloud.at_work():
                settings["bench-minimal:clientId"] = cloud.adobe.app(ORG)["applicationId"]
        file = home / "settings.yaml"
        file.write_text(stack_file(settings))
        yield Stack(project, file, cloud, environment)


def project_of(program: str, folder: Path) -> Path:
    """A folder with the program and with the environment that a user would have.

    :param folder: not used before.
    """
    folder.mkdir(parents=True)
    for file in FILES[program]:
        (folder / file.name).symlink_to(file)
    (folder / ".venv").symlink_to(USERS.folder)
    # The stack's salt goes with the public passphrase of the simulation.
    (folder / f"Pulumi.{STACK}.yaml").write_text(stack_file({}))
    return folder


def measure(rounds: int, folder: Path) -> Samples:
    """Measure every operation on both programs in turn, round after round: what else the machine does hits both alike."""
    projects = {program: project_of(program, folder / program) for program in FILES}
    samples: Samples = {(program, operation): [] for operation in OPERATIONS for program in projects}
    # The first round compiles what Python then keeps compiled, and does not count.
    for number in range(rounds + 1):
        print(f"bench: round {number} of {rounds}" if number else "bench: warm-up", file=sys.stderr, flush=True)
        home = folder / str(number)
        with (
            opened_stack(MINIMAL, projects[MINIMAL], home / MINIMAL) as minimal,
            opened_stack(OURS, projects[OURS], home / OURS) as ours,
        ):
            for operation in OPERATIONS if number else ("preview",):
                for program, stack in ((MINIMAL, minimal), (OURS, ours)):
                    sample = stack.sample(operation)
                    if number:
                        samples[program, operation].append(sample)
    return samples


def table(samples: Samples) -> str:
    """The figures as Markdown: medians, of ratios with the lowest and the highest."""
    lines = [
        "| operation | minimal, s | adobe-cmk, s | wall ratio | CPU ratio | budget (wall) | calls |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for operation, budget in BUDGETS.items():
        minimal, ours = samples[MINIMAL, operation], samples[OURS, operation]
        # By pairs that were measured one after the other.
        pairs = list(zip(ours, minimal, strict=True))
        wall = [one.wall_seconds / other.wall_seconds for one, other in pairs]
        cpu = [one.cpu_seconds / other.cpu_seconds for one, other in pairs]
        seconds = (f"{median(sample.wall_seconds for sample in taken):.2f}" for taken in (minimal, ours))
        verdict = "within" if median(wall) <= budget else f"over by {median(wall) - budget:.2f}"
        calls = ", ".join(f"{service} {max(sample.calls[service] for sample in ours)}" for service in ours[0].calls)
        cells = (operation, *seconds, _spread(wall), _spread(cpu), f"{budget:.2f}: {verdict}", calls)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _spread(ratios: Sequence[float]) -> str:
    return f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def environment() -> str:
    """What the figures depend on."""
    installed = [str(folder) for folder in USERS.folder.glob("lib/*/site-packages")]
    packages = {found.name.replace("_", "-"): found.version for found in distributions(path=installed)}
    engine = subprocess.run([str(cli()), "version"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    versions = {"CLI": engine, "Python": platform.python_version(), **{name: packages[name] for name in PACKAGES}}
    shown = ", ".join(f"{name} {version}" for name, version in versions.items())
    where = USERS.folder.relative_to(ROOT)
    return f"{shown}; {os.cpu_count()} cores; in {where}, which has what `make setup` installs and nothing of lint and tests"


def main(arguments: list[str]) -> int:
    """Measure and print the table; returns the exit code, on which no figure has an influence."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--repeat", type=int, choices=range(1, 100), default=5, metavar="N", help="rounds (default: 5)")
    options = parser.parse_args(arguments)
    if cli() is None:
        print(
            "bench: there is no Pulumi CLI, and only the real engine can be measured. Fix: install a CLI "
            "(https://www.pulumi.com/docs/install/), or run PULUMI_CLI_ARCHIVE=<official archive> make setup",
            file=sys.stderr,
        )
        return 1
    try:
        USERS.folder.parent.mkdir(exist_ok=True)
        install_for_use(USERS)
        print(environment(), flush=True)
        with tempfile.TemporaryDirectory(prefix="adobe-cmk-bench-") as folder:
            samples = measure(options.repeat, Path(folder))
    except (CommandFailed, SetupError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(f"\n{table(samples)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
