"""The budgets, and the verdict on a figure. A budget is for people to read: no test and no exit code depends on it."""

from __future__ import annotations

from dataclasses import dataclass

OVER, WITHIN = "over", "within"

# Wall time as a multiple of the minimal program's, by operation.
RATIOS = {"preview": 1.10, "first up": 1.25, "unchanged up": 1.10, "refresh": 1.05}
# Calls to Adobe's platform by operation; a first up polls besides.
ADOBE_CALLS = {"first up": 4, "unchanged up": 0, "refresh": 2}
# Of a first up with latency, as a multiple of the longest chain of calls that depend on each other.
CHAIN = 1.20
# Of n stacks in parallel, as a multiple of n / cores times one stack.
PARALLEL = 1.30
# Peak memory of a stack among many, as a multiple of that of one alone.
MEMORY_PER_STACK = 1.10


@dataclass(frozen=True)
class Verdict:
    """A figure beside its budget."""

    budget: float
    is_within: bool

    @staticmethod
    def on(figure: float, budget: float) -> Verdict:
        return Verdict(budget, figure <= budget)

    def __str__(self) -> str:
        return f"{WITHIN if self.is_within else OVER} {self.budget:g}"
