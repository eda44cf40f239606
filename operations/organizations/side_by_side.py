"""Runs one command for each stack, each in a process of its own and some at a time; no failure stops the others."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Task:
    """What to run for a stack."""

    stack: str
    command: Sequence[str]
    environment: dict[str, str]
    output: Path
    """Gets what the command prints."""
    errors: Path | None = None
    """Gets what it prints on standard error; None: the same file."""
    seconds: float | None = None
    """After which it is ended, with all that it started; None: never."""


@dataclass(frozen=True)
class Ended:
    """How it ended."""

    stack: str
    exit_code: int | None
    """None: it did not start, or had to be ended."""
    seconds: float
    reason: str = ""
    """Why there is no exit code."""


class Interruption:
    """Ctrl-C or SIGTERM, while the commands run: each gets SIGINT once, and no other one starts.

    A second signal changes nothing: it would end an engine within a step, whose result would then not be in the state.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self.has_come = False

    @contextmanager
    def of(self, start: Callable[[], subprocess.Popen[bytes]]) -> Iterator[subprocess.Popen[bytes] | None]:
        """Start a process that gets the signal; None if the signal has come already."""
        with self._lock:
            process = None if self.has_come else start()
            if process:
                self._running.add(process)
        try:
            yield process
        finally:
            with self._lock:
                self._running.discard(process)  # pyright: ignore[reportArgumentType]

    def come(self) -> None:
        """Pass the first signal on."""
        with self._lock:
            if self.has_come:
                return
            self.has_come = True
            for process in self._running:
                # The engine, which then ends after the running step. Its plugins have groups of their own.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGINT)


def run(tasks: Sequence[Task], folder: Path, parallel: int, tell: Callable[[Ended], None]) -> list[Ended]:
    """Run all tasks; returns how each ended, in their order.

    :param folder: in which the commands run.
    :param parallel: how many at a time.
    :param tell: called with each one that has ended, as it ends.
    """
    interruption, told = Interruption(), threading.Lock()

    def run_one(task: Task) -> Ended:
        ended = _run(task, folder, interruption)
        with told:
            tell(ended)
        return ended

    with _interrupting(interruption), ThreadPoolExecutor(parallel) as pool:
        return list(pool.map(run_one, tasks))


@contextmanager
def _interrupting(interruption: Interruption) -> Iterator[None]:
    """Signals are passed on by a thread, so that the handler itself waits for no lock."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=interruption.come).start()

    before = {number: signal.signal(number, handle) for number in INTERRUPTS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(task: Task, folder: Path, interruption: Interruption) -> Ended:
    started = time.monotonic()
    try:
        with task.output.open("wb") as output, (task.errors or Path(os.devnull)).open("wb") as errors:

            def start() -> subprocess.Popen[bytes]:
                # A session of its own: the terminal's Ctrl-C reaches this process alone, which passes it on once.
                return subprocess.Popen(  # noqa: S603
                    task.command, cwd=folder, env=task.environment, stdin=subprocess.DEVNULL, stdout=output,
                    stderr=errors if task.errors else subprocess.STDOUT, start_new_session=True,
                )  # fmt: skip

            with interruption.of(start) as process:
                if process is None:
                    return Ended(task.stack, None, 0, "interrupted before it started")
                exit_code = _waited(process, task.seconds)
    except OSError as error:
        return Ended(task.stack, None, 0, f"{task.command[0]} could not be started ({error})")
    seconds = time.monotonic() - started
    if exit_code is None:
        return Ended(task.stack, None, seconds, f"did not end within {task.seconds:g} s")
    return Ended(task.stack, exit_code, seconds)


def _waited(process: subprocess.Popen[bytes], seconds: float | None) -> int | None:
    """The exit code; None if the time was up and the whole group was ended."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None
