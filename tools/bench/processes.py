"""Runs a command and measures it: wall time, CPU time of all its processes, and their peak memory by role."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

# Part of a command line to the role of its process; the first that fits counts.
ROLES = {
    "pulumi-language-python-exec": "program",
    "pulumi.dynamic": "dynamic provider",
    "pulumi-language-python": "language host",
    "pulumi": "engine",
}
# Seconds between two looks at the memory, and between two looks whether a command has ended.
PERIOD, PAUSE = 0.02, 0.01

Children = dict[int, list[psutil.Process]]
"""Processes of the machine by their parent."""


class CommandFailed(Exception):
    """The command that was to be measured failed; the message has its output."""


@dataclass(frozen=True)
class Usage:
    """What one command took."""

    wall_seconds: float
    cpu_seconds: float
    """User and system time of the command and of every process that it waited for."""
    peak_bytes: Mapping[str, int] = field(default_factory=dict[str, int])
    """Largest resident memory by role, and `all` for that of all at the same moment; empty when it was not looked at."""


class Command:
    """A command under way."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self._arguments = arguments
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by finish
        self._peaks: dict[str, int] = {}
        self._ended: tuple[float, float, int] | None = None
        self._start = time.perf_counter()
        self._process = subprocess.Popen(  # noqa: S603 - the benchmark's own commands
            arguments, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=self._said, stderr=subprocess.STDOUT
        )

    def is_running(self) -> bool:
        """Whether it has not ended yet; notes when it did."""
        return not self._has_ended(os.WNOHANG)

    def note_memory(self, children: Children) -> None:
        """Note the present memory of all its processes, if it is more than before."""
        if self.is_running():
            _note(self._process.pid, children, self._peaks)

    def finish(self, *, with_memory: bool = False, period: float = PERIOD) -> Usage:
        """Wait until it ends.

        :param with_memory: look at the memory every `period` seconds, which takes time of its own.
        :raises CommandFailed: with its output.
        """
        if with_memory:
            watch([self], period)
        self._has_ended(0)
        assert self._ended
        wall, cpu, code = self._ended
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace")
        self._said.close()
        if code:
            raise CommandFailed(f"{' '.join(self._arguments)} ended with {code}:\n{said}")
        return Usage(wall, cpu, self._peaks)

    def _has_ended(self, options: int) -> bool:
        if self._ended:
            return True
        pid, status, used = os.wait4(self._process.pid, options)
        if not pid:
            return False
        code = self._process.returncode = os.waitstatus_to_exitcode(status)
        self._ended = (time.perf_counter() - self._start, used.ru_utime + used.ru_stime, code)
        return True


def watch(commands: Sequence[Command], period: float) -> None:
    """Look at the memory of commands every so many seconds until all have ended, and notice each end at once."""
    look, running = time.perf_counter(), list(commands)
    while running:
        if time.perf_counter() >= look:
            look_at_memory(running)
            look = time.perf_counter() + period
        time.sleep(PAUSE)
        running = [command for command in running if command.is_running()]


def look_at_memory(commands: Sequence[Command]) -> None:
    """Note the present memory of each command, with one look at the machine's processes: a look for each would slow them."""
    children: Children = {}
    for process in psutil.process_iter(["ppid"]):
        children.setdefault(process.info["ppid"], []).append(process)
    for command in commands:
        command.note_memory(children)


def _note(pid: int, children: Children, peaks: dict[str, int]) -> None:
    """Raise the peaks to the present memory of a process and of those below it."""
    present: dict[str, int] = {}
    for role, resident in _resident(pid, children):
        present[role] = present.get(role, 0) + resident
    present["all"] = sum(present.values())
    for role, resident in present.items():
        peaks[role] = max(peaks.get(role, 0), resident)


def _resident(pid: int, children: Children) -> Iterator[tuple[str, int]]:
    try:
        processes = [psutil.Process(pid)]
    except psutil.Error:
        return
    while processes:
        process = processes.pop()
        processes += children.get(process.pid, [])
        try:
            yield role_of(process.cmdline()), process.memory_info().rss
        except psutil.Error:
            # It has ended since.
            continue


def role_of(command_line: Sequence[str]) -> str:
    """What a process is to a Pulumi command."""
    line = " ".join(command_line)
    return next((role for part, role in ROLES.items() if part in line), "other")
