"""Stacks that many tests start from: made once in a test run, whichever of its processes comes first, then copied."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.drivers import DRIVERS, Driver


def made_once(factory: pytest.TempPathFactory, kind: str, state: str, make: Callable[[Driver], None]) -> Path:
    """The home of a stack in a state, to be copied and never used itself.

    :param kind: engine or rehearsal.
    """
    # Processes of one run share the parent of their base folders; a run without them has the base folder alone.
    base = factory.getbasetemp()
    home = (base.parent if base.name.startswith("popen-") else base) / f"{kind}-{state}"
    home.mkdir(exist_ok=True)
    with (home / "making").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "made").exists():
            make(DRIVERS[kind](home / "home"))
            (home / "made").touch()
    return home / "home"


def settle(stack: Driver) -> None:
    """One complete `up`."""
    outcome = stack.up()
    assert outcome.exit_code == 0, outcome.text


def prepare(stack: Driver) -> None:
    """Everything but the configuration."""
    stack.configure(activate=None)
    settle(stack)
