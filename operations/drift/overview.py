"""The overview of several stacks: one table, whose class is the worst of all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..organizations.results import aligned
from .report import MEANING, Report
from .severity import Severity, worst

LONGEST = 120


@dataclass(frozen=True)
class Overview:
    """The reports of all stacks that were to be checked."""

    reports: Sequence[Report]

    @property
    def severity(self) -> Severity:
        """Of the worst finding of any stack."""
        return worst(finding for report in self.reports for finding in report.findings)

    def text(self) -> str:
        """A line for each stack, and one for all."""
        rows = [("stack", "class", "findings", "first finding"), *map(_row, self.reports)]
        return f"{aligned(rows)}\n{self._result()}"

    def markdown(self) -> str:
        """A table, ready for an issue or a comment."""
        rows = (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in _row(report))} |" for report in self.reports)
        head = [f"## Drift of {len(self.reports)} stacks: {self.severity.word}", "", MEANING[self.severity], ""]
        table = ["| stack | class | findings | first finding |", "| --- | --- | --- | --- |", *rows]
        return "\n".join([*head, *table, ""])

    def json(self) -> str:
        """One object, with the whole report of each stack."""
        stacks = [json.loads(report.json()) for report in self.reports]
        return json.dumps({"class": self.severity.word, "exitCode": self.severity.exit_code, "stacks": stacks}, indent=2)

    def _result(self) -> str:
        counts = [(severity, sum(report.severity is severity for report in self.reports)) for severity in reversed(Severity)]
        listed = ", ".join(f"{count} {severity.word}" for severity, count in counts if count)
        return f"{len(self.reports)} stacks: {listed}. {MEANING[self.severity]}"


FORMATS: Mapping[str, Callable[[Overview], str]] = {
    "text": Overview.text, "markdown": Overview.markdown, "json": Overview.json,
}  # fmt: skip


def _row(report: Report) -> tuple[str, str, str, str]:
    """The findings of a report are sorted, the worst first."""
    first = next(iter(report.findings), None)
    text = " ".join(f"{first.resource}: {first.found}".split()) if first else ""
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return report.stack, report.severity.word, str(len(report.findings)), text
