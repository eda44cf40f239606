"""The commands of Pulumi that the pipelines run, with the policy pack."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from .engine_events import preview_of
from .preview_text import preview_text
from .report import Report, presentable

SIMULATED_STACK = "dev"
# Levels and settings of the policies, for those who need others than the pack's own.
POLICY_CONFIG = Path("policies.json")
_POLICIES = ("--policy-pack", "policy")


def preview(stack: str, environment: Mapping[str, str]) -> Report:
    """Preview a stack with the policy pack; writes nothing, neither in a cloud nor in the state."""
    return _previewed(["pulumi"], stack, f"`{stack}`", _policies(), environment)


def simulated_preview(environment: Mapping[str, str]) -> Report:
    """Preview the example stack on the simulated clouds: needs no credential, and shows that the program works."""
    with TemporaryDirectory() as home:
        pulumi = [sys.executable, "-m", "simulation", "--home", home, "run", "--", "pulumi"]
        _run([*pulumi, "stack", "init", SIMULATED_STACK], environment)
        subject = f"the example stack `{SIMULATED_STACK}` on the simulated clouds"
        return _previewed(pulumi, SIMULATED_STACK, subject, list(_POLICIES), environment)


def deploy(stack: str, environment: Mapping[str, str]) -> int:
    """Run `pulumi up`, whose own preview enforces the policies first; returns its exit code.

    The engine gets the first interrupt alone: it then ends after the step that is running. A second one would end it within
    the step, and what the step has made would not be in the state.
    """
    command = ["pulumi", "up", "--yes", "--non-interactive", "--stack", stack, *_policies()]
    process = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603
    interrupts: list[int] = []

    def interrupt(number: int, _frame: object) -> None:
        interrupts.append(number)
        if len(interrupts) == 1:
            process.send_signal(signal.SIGINT)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    return process.wait()


def _policies() -> list[str]:
    config = ["--policy-pack-config", str(POLICY_CONFIG)] if POLICY_CONFIG.exists() else []
    return [*_POLICIES, *config]


def _previewed(
    pulumi: Sequence[str], stack: str, subject: str, policies: Sequence[str], environment: Mapping[str, str]
) -> Report:
    streaming = {**environment, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
    done = _run([*pulumi, "preview", "--json", "--non-interactive", "--stack", stack, *policies], streaming)
    text = preview_text(preview_of([*done.stdout.splitlines(), *done.stderr.splitlines()]), subject, done.returncode)
    return Report(done.returncode, presentable(text, environment))


def _run(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
