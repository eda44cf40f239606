"""The same first `up` on 1, 4, 16 and 64 stacks: one after the other, and all at the same time."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from .operations import UP, Say
from .processes import Command, Usage, watch
from .stacks import OURS, PROGRAMS, opened_stack

NUMBERS = (1, 4, 16, 64)
# A look at the processes of 64 stacks takes a while itself.
PERIOD = 0.5


@dataclass(frozen=True)
class Batch:
    """One `up` of each of so many stacks."""

    stacks: int
    is_parallel: bool
    wall_seconds: float
    """From the first start to the last end."""
    peak_bytes: int
    """Largest resident memory of one stack's processes at the same moment; pages that they share count for each."""


def measure(numbers: tuple[int, ...], folder: Path, say: Say) -> list[Batch]:
    """Measure each number of stacks both ways.

    :param folder: for the clouds and Pulumi's backends; not used before.
    """
    batches: list[Batch] = []
    for number in numbers:
        for is_parallel in (False, True):
            way = "in parallel" if is_parallel else "one after the other"
            say(f"{number} stacks {way}")
            batches.append(_batch(number, is_parallel, folder / f"{number}-{is_parallel}"))
    return batches


def _batch(number: int, is_parallel: bool, folder: Path) -> Batch:
    program = next(program for program in PROGRAMS if program.name == OURS)
    with ExitStack() as opened:
        stacks = [opened.enter_context(opened_stack(program, folder / str(one))) for one in range(number)]
        start = time.perf_counter()
        if is_parallel:
            usages = _together([stack.start(*UP) for stack in stacks])
        else:
            usages = [stack.start(*UP).finish(with_memory=True, period=PERIOD) for stack in stacks]
        return Batch(number, is_parallel, time.perf_counter() - start, max(usage.peak_bytes["all"] for usage in usages))


def _together(commands: list[Command]) -> list[Usage]:
    """Wait for all, looking at the memory of each in turn."""
    watch(commands, PERIOD)
    return [command.finish() for command in commands]
