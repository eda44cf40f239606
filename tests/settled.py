"""Stacks that many tests start from: made once in a test run, whichever of its processes comes first, then copied."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.drivers import DRIVERS, Driver


def made_once(factory: pytest.TempPathFactory, kind: str, state: str, make: Callable[[Driver], None]) -> Path:
    """The home of a stack in a state, to be copied and never used itself.

    :param kind: engine or rehearsal.
    """

    def make_in(folder: Path) -> None:
        make(DRIVERS[kind](folder / "home"))

    return once(factory, f"{kind}-{state}", make_in) / "home"


def copied(kind: str, made: Path, folder: Path) -> Driver:
    """A stack of one's own in the state that was made once."""
    shutil.copytree(made, folder / "home")
    return DRIVERS[kind](folder / "home")


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that is filled by whichever process of the test run comes first."""
    # Processes of one run share the parent of their base folders; a run without them has the base folder alone.
    base = factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / name
    folder.mkdir(exist_ok=True)
    with (folder / "making").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            make(folder)
            (folder / "made").touch()
    return folder


def settle(stack: Driver) -> None:
    """One complete `up`."""
    outcome = stack.up()
    assert outcome.exit_code == 0, outcome.text


def prepare(stack: Driver) -> None:
    """Everything but the configuration."""
    stack.configure(activate=None)
    settle(stack)
