"""Wall time of set-up in a clone, from nothing and again, and of `make test`."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from simulation.environment import ROOT

from .operations import Say


def set_up(rounds: int, folder: Path, say: Say) -> dict[str, list[float]]:
    """Seconds of `make setup`: cold in a new clone without uv's cache, and warm right after it.

    :param folder: for the clones; not used before.
    """
    seconds: dict[str, list[float]] = {"set-up, cold": [], "set-up, warm": []}
    for number in range(1, rounds + 1):
        say(f"set-up {number} of {rounds}")
        clone = folder / str(number)
        _run(["git", "clone", "--quiet", str(ROOT), str(clone)], ROOT)
        # `make` hands its own variables on to what it starts.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        environment["UV_CACHE_DIR"] = str(clone / "cache")
        for kind in seconds:
            seconds[kind].append(_run(["make", "setup"], clone, environment))
        shutil.rmtree(clone)
    return seconds


def tests(say: Say) -> dict[str, list[float]]:
    """Seconds of `make test`, once."""
    say("make test")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return {"make test": [_run(["make", "test"], ROOT, environment)]}


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    return time.perf_counter() - start
