"""The figures as tables in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from .figures import Figure
from .results import MEBIBYTE, Operation, Results
from .stacks import EMPTY, MINIMAL, OURS


def show(results: Results, console: Console) -> None:
    """Print everything that was measured."""
    console.print("  ".join(f"{name} {value}" for name, value in results.environment.items()), highlight=False)
    for latency in dict.fromkeys(operation.latency_ms for operation in results.operations):
        console.print(_operations([one for one in results.operations if one.latency_ms == latency], latency))
    if results.memory:
        console.print(_memory(results))
    if results.scaling:
        console.print(_scaling(results))
    for name, figure in results.durations.items():
        console.print(f"{name}: {_seconds(figure)} s", highlight=False)
    for name, verdict in results.verdicts.items():
        console.print(f"{name}: {verdict}", highlight=False)


def _operations(operations: list[Operation], latency: int) -> Table:
    table = Table(title=f"Seconds, with {latency} ms per call" if latency else "Seconds", title_justify="left")
    for column in ("operation", EMPTY, MINIMAL, OURS, "wall ratio", "CPU ratio", "calls", "budget"):
        table.add_column(column)
    for one in operations:
        calls = ", ".join(f"{service} {figure.high:g}" for service, figure in one.calls.items() if figure.high)
        polls = f", {one.polls.high:g} polls" if one.name == "first up" else ""
        table.add_row(
            one.name,
            *(_seconds(one.wall[program]) for program in (EMPTY, MINIMAL, OURS)),
            _seconds(one.wall_ratio),
            _seconds(one.cpu_ratio),
            (calls or "none") + polls,
            "; ".join(f"{name} {verdict}" for name, verdict in one.verdicts.items()),
        )
    return table


def _memory(results: Results) -> Table:
    roles = list(dict.fromkeys(role for peaks in results.memory.values() for role in peaks))
    table = Table(title="Peak memory, MiB", title_justify="left")
    for column in ("operation", *roles):
        table.add_column(column)
    for name, peaks in results.memory.items():
        table.add_row(name, *(f"{peaks[role]:.0f}" if role in peaks else "" for role in roles))
    return table


def _scaling(results: Results) -> Table:
    table = Table(title="First up of several stacks", title_justify="left")
    for column in ("stacks", "", "seconds", "MiB for each"):
        table.add_column(column)
    for batch in results.scaling:
        way = "in parallel" if batch.is_parallel else "one after the other"
        table.add_row(str(batch.stacks), way, f"{batch.wall_seconds:.1f}", f"{batch.peak_bytes / MEBIBYTE:.0f}")
    return table


def _seconds(figure: Figure) -> str:
    """Median, and the spread if it was measured more than once."""
    spread = f" ({figure.low:.2f}–{figure.high:.2f})" if figure.count > 1 else ""
    return f"{figure.median:.2f}{spread}"
