"""From samples to the figures that the table, the JSON file and the chart show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from . import budgets
from .budgets import Verdict
from .chain import FIRST_UP, longest
from .figures import Figure, ratio
from .operations import OPERATIONS, Sample
from .scaling import Batch
from .stacks import EMPTY, MINIMAL, OURS

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Operation:
    """One operation: wall and CPU seconds by program, ours as a multiple of the minimal program, and the calls of ours."""

    name: str
    latency_ms: int
    wall: Mapping[str, Figure]
    cpu: Mapping[str, Figure]
    wall_ratio: Figure
    cpu_ratio: Figure
    calls: Mapping[str, Figure]
    """By service; the polls of the status are not among those to Adobe."""
    polls: Figure
    verdicts: Mapping[str, Verdict]


@dataclass(frozen=True)
class Results:
    """Everything that was measured; what was not is empty."""

    environment: Mapping[str, str]
    operations: Sequence[Operation] = ()
    memory: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    """Peak resident memory in MiB by operation and by role of the process."""
    scaling: Sequence[Batch] = ()
    durations: Mapping[str, Figure] = field(default_factory=dict[str, Figure])
    """Seconds of set-up and of the tests."""
    verdicts: Mapping[str, Verdict] = field(default_factory=dict[str, Verdict])
    """On latency and scaling."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def operations(samples: Sequence[Sample], latency_ms: int) -> list[Operation]:
    """The figures of each operation."""
    return [_operation(name, samples, latency_ms) for name in OPERATIONS]


def _operation(name: str, samples: Sequence[Sample], latency_ms: int) -> Operation:
    by_program = {program: [s for s in samples if (s.program, s.operation) == (program, name)] for program in _PROGRAMS}
    ours, minimal = by_program[OURS], by_program[MINIMAL]

    def figures(of: Callable[[Sample], float]) -> dict[str, Figure]:
        return {program: Figure.of([of(sample) for sample in taken]) for program, taken in by_program.items()}

    def compared(of: Callable[[Sample], float]) -> Figure:
        return ratio([of(sample) for sample in ours], [of(sample) for sample in minimal])

    polls = Figure.of([sample.polls for sample in ours])
    calls = {service: Figure.of([sample.calls[service] for sample in ours]) for service in ours[0].calls}
    if name == "first up":
        calls["Adobe"] = Figure.of([sample.calls["Adobe"] - sample.polls for sample in ours])
    wall_ratio = compared(_wall)
    verdicts: dict[str, Verdict] = {}
    # Latency hits ours and the minimal program in their numbers of calls: the ratio has a budget without it.
    if not latency_ms and name in budgets.RATIOS:
        verdicts["wall"] = Verdict.on(wall_ratio.median, budgets.RATIOS[name])
    if name in budgets.ADOBE_CALLS:
        verdicts["calls to Adobe"] = Verdict.on(calls["Adobe"].high, budgets.ADOBE_CALLS[name])
    return Operation(name, latency_ms, figures(_wall), figures(_cpu), wall_ratio, compared(_cpu), calls, polls, verdicts)


_PROGRAMS = (EMPTY, MINIMAL, OURS)


def _wall(sample: Sample) -> float:
    return sample.usage.wall_seconds


def _cpu(sample: Sample) -> float:
    return sample.usage.cpu_seconds


def memory(samples: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """Peak memory of our program by operation and by role of the process, in MiB."""
    return {
        sample.operation: {role: peak / MEBIBYTE for role, peak in sorted(sample.usage.peak_bytes.items())}
        for sample in samples
        if sample.program == OURS
    }


def latency_verdicts(measured: Sequence[Operation]) -> dict[str, Verdict]:
    """A first `up` with latency beside the longest chain of calls: what the same `up` takes without, and the chain."""
    ups = {operation.latency_ms: operation.wall[OURS].median for operation in measured if operation.name == "first up"}
    if 0 not in ups:
        return {}
    verdicts: dict[str, Verdict] = {}
    for milliseconds, seconds in ups.items():
        if milliseconds:
            least = ups[0] + longest(FIRST_UP) * milliseconds / 1000
            verdicts[f"first up at {milliseconds} ms, {seconds / least:.2f} of the chain"] = Verdict.on(
                seconds / least, budgets.CHAIN
            )
    return verdicts


def scaling_verdicts(batches: Sequence[Batch], cores: int) -> dict[str, Verdict]:
    """Stacks in parallel beside one, by the stacks that ran one after the other: their time, and the memory of each."""
    alone = [batch for batch in batches if not batch.is_parallel]
    if not alone:
        return {}
    seconds = median(batch.wall_seconds / batch.stacks for batch in alone)
    peak = median(batch.peak_bytes for batch in alone)
    verdicts: dict[str, Verdict] = {}
    for batch in batches:
        if batch.is_parallel and batch.stacks > 1:
            times, more = batch.wall_seconds / seconds / (batch.stacks / cores), batch.peak_bytes / peak
            name = f"{batch.stacks} stacks in parallel"
            verdicts[f"{name}, {times:.2f} of {batch.stacks}/{cores} of one"] = Verdict.on(times, budgets.PARALLEL)
            verdicts[f"{name}, {more:.2f} of the memory of one"] = Verdict.on(more, budgets.MEMORY_PER_STACK)
    return verdicts
