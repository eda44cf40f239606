"""Processes by a variable of their environment: what an engine started, and what is left of a run of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from contextlib import suppress

import psutil

# Not one of the names that the simulated environment leaves out.
RUN = "CMK_TEST_RUN"
# Seconds in which what a dead engine left has to be gone.
PATIENCE = 10.0
# The engine's own host of programs ends by itself once it has missed the engine for minutes.
VENDORS = ("pulumi-language-python",)


def marked(name: str, value: str) -> list[psutil.Process]:
    """Every other process that has the variable with this value in its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(name) == value and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    mine = psutil.Process()
    return [process for process in found if process not in (mine, *mine.parents())]


def ours(processes: list[psutil.Process]) -> list[str]:
    """Command lines of the processes that run the project's code."""
    lines = []
    for process in processes:
        try:
            command = process.cmdline()
        except psutil.Error:
            continue
        if command and not command[0].endswith(VENDORS):
            lines.append(" ".join(command))
    return lines


def left_after(name: str, value: str, seconds: float = PATIENCE) -> list[str]:
    """What of the project's code still runs when the time is up; the vendor's hosts are ended then."""
    end = time.monotonic() + seconds
    while ours(marked(name, value)) and time.monotonic() < end:
        time.sleep(0.1)
    left = marked(name, value)
    lines = ours(left)
    for process in left:
        with suppress(psutil.Error):
            process.kill()
    return lines


def main(arguments: list[str]) -> int:
    """Run pytest, and fail when a process of the run outlives it."""
    value = uuid.uuid4().hex
    code = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], env={**os.environ, RUN: value}, check=False
    ).returncode
    left = left_after(RUN, value)
    for line in left:
        print(f"left behind: {line}", file=sys.stderr)
    return code or (1 if left else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
