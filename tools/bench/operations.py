"""The operations on a stack, measured on the three programs in turn: round after round, so that noise hits all alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from .processes import Usage
from .stacks import OURS, PROGRAMS, UNPROTECTED, Stack, opened_stack

UP = ("up", "--yes", "--skip-preview")
DESTROY = "destroy"
# In the order of a stack's life.
OPERATIONS = {
    "preview": ("preview",),
    "first up": UP,
    "unchanged up": UP,
    "refresh": ("refresh", "--yes", "--skip-preview"),
    "refresh with the program": ("refresh", "--yes", "--skip-preview", "--run-program"),
    DESTROY: ("destroy", "--yes", "--skip-preview"),
}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Sample:
    """One operation on one program in one round."""

    program: str
    operation: str
    usage: Usage
    calls: dict[str, int]
    """To the clouds, by service."""
    polls: int
    """How many of the calls to Adobe asked for the status after the submission."""


def measure(rounds: int, folder: Path, say: Say, *, latency_seconds: float = 0.0, with_memory: bool = False) -> list[Sample]:
    """Measure every operation on every program.

    :param folder: for the clouds and Pulumi's backends; not used before.
    :param with_memory: look at the memory too, which takes time of its own: the times of such a run mean nothing.
    """
    samples: list[Sample] = []
    for number in range(1, rounds + 1):
        say(f"round {number} of {rounds}")
        samples += _round(folder / str(number), latency_seconds, with_memory)
    return samples


def _round(folder: Path, latency_seconds: float, with_memory: bool) -> Iterator[Sample]:
    with ExitStack() as opened:
        stacks = {
            program.name: opened.enter_context(opened_stack(program, folder / program.name, latency_seconds))
            for program in PROGRAMS
        }
        for operation in OPERATIONS:
            if operation == DESTROY:
                # A protected stack refuses it, and so does one that has sent something to Adobe.
                unprotected = opened.enter_context(opened_stack(UNPROTECTED, folder / "unprotected", latency_seconds))
                unprotected.start(*UP).finish()
                stacks[OURS] = unprotected
            for name, stack in stacks.items():
                yield _sample(name, operation, stack, with_memory)


def _sample(program: str, operation: str, stack: Stack, with_memory: bool) -> Sample:
    calls, polls = stack.calls(), stack.polls()
    usage = stack.start(*OPERATIONS[operation]).finish(with_memory=with_memory)
    made = {service: count - calls[service] for service, count in stack.calls().items()}
    return Sample(program, operation, usage, made, stack.polls() - polls)
