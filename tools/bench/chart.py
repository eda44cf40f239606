"""The chart of the scaling: time and memory by number of stacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from .results import MEBIBYTE
from .scaling import Batch

# No display is needed, the text stays text, and the same figures give the same file.
mpl.use("svg")
mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "adobe-cmk", "font.family": "sans-serif"})


def draw(batches: Sequence[Batch], file: Path) -> None:
    """Write the chart as SVG."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    time, memory = figure.subplots(1, 2)
    panels: tuple[tuple[object, str, Callable[[Batch], float]], ...] = (
        (time, "seconds for a first up of all", lambda batch: batch.wall_seconds),
        (memory, "peak memory of one stack, MiB", lambda batch: batch.peak_bytes / MEBIBYTE),
    )
    for axes, label, of in panels:
        for is_parallel, name, style in ((False, "one after the other", "o-"), (True, "in parallel", "s--")):
            chosen = [batch for batch in batches if batch.is_parallel is is_parallel]
            axes.plot([batch.stacks for batch in chosen], [of(batch) for batch in chosen], style, label=name)
        numbers = sorted({batch.stacks for batch in batches})
        axes.set_xscale("log", base=2)
        axes.set_xticks(numbers, [str(number) for number in numbers])
        axes.set_ylim(bottom=0)
        axes.set_xlabel("stacks")
        axes.set_ylabel(label)
        axes.legend()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
