"""What people see of many runs: a line when one ends, and a table at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from .side_by_side import Ended

_ERROR = re.compile(r"^\s*error: (?P<text>.+)$", re.MULTILINE)
# The engine's own summaries of errors that it has told already.
_SUMMARIES = ("update failed", "preview failed", "resource registration failed", "an unhandled error occurred")
LONGEST = 160


def line(ended: Ended, log: Path) -> str:
    """One line: the stack, how it ended, when, and the first error of its output."""
    if ended.exit_code == 0:
        return f"{ended.stack}: succeeded after {ended.seconds:.0f} s"
    reason = ended.reason or first_error(log.read_text(errors="replace")) or f"exit code {ended.exit_code}"
    return f"{ended.stack}: failed after {ended.seconds:.0f} s: {reason} (see {log})"


def first_error(output: str) -> str:
    """The first error that the engine prints, other than its summaries; empty for none."""
    errors = (found["text"].strip() for found in _ERROR.finditer(output))
    first = next((text for text in errors if not text.startswith(_SUMMARIES)), "")
    return first if len(first) <= LONGEST else f"{first[:LONGEST]}…"


def table(ended: Sequence[Ended]) -> str:
    """A line for each stack, and one for all."""
    rows = [("stack", "result", "seconds"), *((one.stack, _result(one), f"{one.seconds:.0f}") for one in ended)]
    failed = sum(one.exit_code != 0 for one in ended)
    result = f"{failed} of {len(ended)} failed" if failed else f"all {len(ended)} succeeded"
    return f"{aligned(rows)}\n{result}"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns under each other, the last one as it is."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return "\n".join(_joined((cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]) for row in rows)


def _joined(cells: Iterable[str], last: str) -> str:
    return "  ".join((*cells, last)).rstrip()


def _result(ended: Ended) -> str:
    if ended.exit_code is None:
        return ended.reason
    return "succeeded" if ended.exit_code == 0 else f"failed, exit code {ended.exit_code}"
