"""The report: a table for people, Markdown for a comment or an issue, JSON for an alerting system."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .severity import Finding, Severity, worst

MEANING = {
    Severity.BENIGN: "No drift that matters to Adobe.",
    Severity.REVOKED: "Adobe has no access to the key, on purpose. Adobe may permanently delete the data.",
    Severity.RECOVERABLE: (
        "Adobe cannot reach the key, is about to lose it, or a guard is gone. No data is deleted. Fix it today."
    ),
    Severity.UNKNOWN: "The check could not be completed. This does not mean that there is no drift.",
    Severity.PURGE: "Adobe may treat this as deliberate revocation and permanently delete the data. Act immediately.",
}


@dataclass(frozen=True)
class Report:
    """What a check found on a stack."""

    stack: str
    checked_at: datetime
    findings: Sequence[Finding]

    @property
    def severity(self) -> Severity:
        """Of the worst finding."""
        return worst(self.findings)

    def text(self) -> str:
        """One line for each finding, and one for the result."""
        lines = [
            f"{finding.severity.word:<12}  {finding.resource}: {finding.found}{_since(finding)}{_fix(finding)}"
            for finding in self.findings
        ]
        return "\n".join([*lines, f"{self.stack}: {self.severity.word}. {MEANING[self.severity]}"])

    def markdown(self) -> str:
        """A table, ready for an issue or a comment."""
        head = [
            f"## Drift of `{self.stack}`: {self.severity.word}",
            "",
            MEANING[self.severity],
            "",
            f"Checked {self.checked_at:%Y-%m-%d %H:%M} UTC.",
            "",
        ]
        if not self.findings:
            return "\n".join(head)
        rows = [
            f"| {finding.severity.word} | {_cell(finding.resource)} | {_cell(finding.found)} | {finding.since or '-'} "
            f"| {_cell(finding.fix) or '-'} |"
            for finding in self.findings
        ]
        table = ["| class | resource | found | last changed | fix |", "| --- | --- | --- | --- | --- |", *rows]
        return "\n".join([*head, *table, ""])

    def json(self) -> str:
        """One object."""
        return json.dumps(
            {
                "stack": self.stack,
                "checkedAt": self.checked_at.isoformat(),
                "class": self.severity.word,
                "exitCode": self.severity.exit_code,
                "findings": [as_json(finding) for finding in self.findings],
            },
            indent=2,
        )


FORMATS: Mapping[str, Callable[[Report], str]] = {"text": Report.text, "markdown": Report.markdown, "json": Report.json}


def as_json(finding: Finding) -> dict[str, str | None]:
    """A finding under the names that it has in JSON."""
    return {
        "class": finding.severity.word,
        "resource": finding.resource,
        "found": finding.found,
        "lastChanged": finding.since or None,
        "fix": finding.fix or None,
    }


def _since(finding: Finding) -> str:
    return f" (last changed {finding.since})" if finding.since else ""


def _fix(finding: Finding) -> str:
    return f". Fix: {finding.fix}" if finding.fix else ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
