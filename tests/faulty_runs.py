"""Runs of the four Adobe resources under faults, one after the other as the engine makes them, on clouds of their own.

`python -m tests.faulty_runs table` prints what comes of every fault at every call; `… soak 200` creates that many
configurations in a row with random faults at three calls in ten.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from components.adobe.activation import ActivationProvider
from components.adobe.api import http
from components.adobe.api.errors import AdobeError
from components.adobe.app_registration import AppRegistrationProvider
from components.adobe.key_configuration import KeyConfigurationProvider
from components.adobe.provider import forget_everything
from components.adobe.submission_attempt import SubmissionAttemptProvider
from components.dynamic.provider import PluginProvider
from simulation.adobe import faults as simulated_faults
from simulation.adobe.faults import FAULTS, Faults
from simulation.adobe.http import CLIENT_ID, CLIENT_SECRET, ORG, AdobeServer
from simulation.cloud import Cloud
from tests.clock import ManualClock
from tests.fault_expectations import COMPLETES, STAGES, cells
from tests.landscape import Landscape, build

PROVIDERS = (AppRegistrationProvider(), SubmissionAttemptProvider(), KeyConfigurationProvider(), ActivationProvider())
POST = "POST /data/infrastructure/manager/customer/config"
# Faults that cost real time; the soak does without.
COSTLY = {"slow", "giant"}


@dataclass
class Run:
    """One stack: its inputs, what was made, and the errors that it met."""

    cloud: Cloud
    server: AdobeServer
    landscape: Landscape
    inputs: dict[str, Any]
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[AdobeError] = field(default_factory=list)

    def up(self, faults: Faults | None = None, stage: int = 0, only: int = len(PROVIDERS)) -> str:
        """Make what is missing, up to the first error; the faults come into force at the given resource.

        :returns: COMPLETES, or the class of the error.
        """
        forget_everything()
        self.server.faults = Faults()
        for number, provider in enumerate(PROVIDERS[:only]):
            if number == stage:
                self.server.faults = faults or Faults()
            name = type(provider).__name__
            try:
                if name not in self.state:
                    attempt = self.state.get(SubmissionAttemptProvider.__name__, {}).get("run")
                    inputs = {**self.inputs, "attempt": attempt, "evidence": self.landscape.evidence()}
                    self.state[name] = dict(provider.create(inputs).outs or {})
            except AdobeError as error:
                self.errors.append(error)
                return type(error).__name__
        return COMPLETES

    def posts(self) -> int:
        """How often a configuration was POSTed, as the server saw it."""
        return sum(entry["call"] == POST for entry in self.cloud.adobe.journal)

    def held(self) -> list[str]:
        """Names of the configurations that Adobe holds."""
        return list(self.cloud.state["adobe"]["configurations"].get(ORG, {}))


@contextmanager
def a_run(contract: str = "current", read_timeout: float = 10.0) -> Iterator[Run]:
    """A run on fresh clouds, with a clock that passes by sleeping alone.

    :param read_timeout: seconds that the client waits for an answer; a slow one takes half as long again.
    """
    clock = ManualClock()
    cloud = Cloud(clock=clock)
    forget_everything()
    with (
        AdobeServer(cloud).serving() as server,
        mock.patch.object(PluginProvider, "clock", clock),
        mock.patch.object(http, "READ_TIMEOUT", read_timeout),
        mock.patch.object(http, "POST_TIMEOUT", read_timeout),
        mock.patch.object(simulated_faults, "SLOW_SECONDS", 1.5 * read_timeout),
        mock.patch.dict(os.environ, _environment(server)),
    ):
        os.environ.pop("ADOBE_ACCESS_TOKEN", None)
        landscape = build(cloud)
        cloud.adobe.contract = contract
        yield Run(cloud, server, landscape, landscape.inputs(apiContract=contract, contract=contract))


def _environment(server: AdobeServer) -> dict[str, str]:
    return {
        "ADOBE_PLATFORM_URL": server.url,
        "ADOBE_IMS_URL": server.url,
        "ADOBE_CLIENT_ID": CLIENT_ID,
        "ADOBE_CLIENT_SECRET": CLIENT_SECRET,
    }


@dataclass(frozen=True)
class Cell:
    """What came of one fault at one call, and of the run without faults after it."""

    outcome: str
    posts: int
    afterwards: str
    held: list[str]
    errors: list[AdobeError]
    texts: str
    """All that was said, and the state."""


def run_cell(fault: str, stage: str, always: bool) -> Cell:
    """Run until the fault's outcome, then once more without it."""
    # Only the beta registers an app by POST, and there it comes before the app has a principal: that one runs alone.
    beta = stage == "app-post"
    said = io.StringIO()
    # Only a slow answer is worth a short time-out, which a busy machine could trip over.
    read_timeout = 0.4 if fault == "slow" else 10.0
    with a_run("beta" if beta else "current", read_timeout) as run, contextlib.redirect_stdout(said):
        if beta:
            run.cloud.state["adobe"]["apps"].clear()
        call, number = STAGES[stage]
        only = 1 if beta else len(PROVIDERS)
        outcome = run.up(Faults([f"{fault}@{call}" + ("" if always else "*1")]), number, only)
        posts = run.posts()
        afterwards = run.up(only=only)
        texts = "\n".join([*map(str, run.errors), said.getvalue(), str(run.state)])
        return Cell(outcome, posts, afterwards, run.held(), run.errors, texts)


class RandomFaults(Faults):
    """A fault of any kind at three calls in ten."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance

    def next(self, method: str, path: str, *, at_the_door: bool = False) -> str:
        # The door is asked first; each call gets its chance once.
        if at_the_door or self._chance.random() > 0.3:
            return ""
        fault = self._chance.choice(sorted(set(FAULTS) - COSTLY - {"refused"}))
        return Faults([fault]).next(method, path)


def soak(rounds: int, seed: int, tell: Callable[[str], None]) -> None:
    """Create configurations in a row under random faults, `up` after `up` until one completes.

    :raises AssertionError: when Adobe holds anything but one configuration at the end of a round.
    """
    chance = random.Random(seed)
    with a_run() as run, contextlib.redirect_stdout(io.StringIO()):
        for number in range(rounds):
            run.state.clear()
            run.cloud.state["adobe"]["configurations"].clear()
            ups = 1
            while run.up(RandomFaults(chance) if ups < 50 else None) != COMPLETES:
                ups += 1
                assert ups < 60, run.errors[-1]
            assert run.held() == ["cmk-config"], run.held()
            tell(f"{number + 1}: {ups} ups, {len(run.errors)} named errors so far")


def table() -> str:
    """Fault by call: what happens when it strikes once, and when it stays."""
    outcomes = {cell: run_cell(*cell).outcome for cell in cells()}
    lines = [f"{'fault':17}" + "".join(f"{stage:37}" for stage in STAGES)]
    for fault in FAULTS:
        row = f"{fault:17}"
        for stage in STAGES:
            if (fault, stage, False) not in outcomes:
                row += f"{'·':37}"
                continue
            once, always = outcomes[fault, stage, False], outcomes[fault, stage, True]
            row += f"{once if once == always else f'{once} / {always}':37}"
        lines.append(row.rstrip())
    return "\n".join(lines) + "\n\nonce / always; one word where both are the same; · where the fault cannot hit the call"


if __name__ == "__main__":
    if sys.argv[1] == "soak":
        console = sys.stdout
        soak(int(sys.argv[2]), seed=0, tell=lambda line: print(line, file=console))
    else:
        print(table())
