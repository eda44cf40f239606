"""Figures from repeated measurements: the median, with the spread beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """The median of repeated measurements, and the lowest and the highest of them."""

    median: float
    low: float
    high: float
    count: int

    @staticmethod
    def of(samples: Sequence[float]) -> Figure:
        """:raises ValueError: without a sample."""
        if not samples:
            raise ValueError("nothing was measured")
        return Figure(median(samples), min(samples), max(samples), len(samples))


def ratio(ours: Sequence[float], others: Sequence[float]) -> Figure:
    """How many times the others ours is, by pairs that were measured one after the other.

    The noise of a machine that has more to do for a while is in both of a pair.
    """
    return Figure.of([one / other for one, other in zip(ours, others, strict=True)])
