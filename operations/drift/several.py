"""The check of several stacks, each in a process of its own: what cannot be its result is a failed check of that stack."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..organizations.environment import own_environment
from ..organizations.side_by_side import Ended, Task, run
from .report import Report
from .severity import Finding, Severity

# A check reads everything anew; Azure's provider repeats a read that is answered with 503 for minutes.
SECONDS = 900.0
LONGEST = 300
_SEVERITIES = {severity.word: severity for severity in Severity}


def check_all(stacks: Sequence[str], folder: Path, parallel: int, now: datetime, seconds: float = SECONDS) -> list[Report]:
    """Check each stack; returns a report for each, in the order given.

    :param folder: of the program.
    :param parallel: how many at a time.
    :param now: the time of a check that failed.
    :param seconds: after which a check is ended and has failed.
    """
    with TemporaryDirectory() as outputs:
        tasks = [
            Task(
                stack=stack,
                command=(sys.executable, "-m", "operations.drift", "--stack", stack, "--format", "json"),
                environment=own_environment(os.environ, stack),
                output=Path(outputs, f"{number}.json"),
                errors=Path(outputs, f"{number}.txt"),
                seconds=seconds,
            )
            for number, stack in enumerate(stacks)
        ]
        ended = run(tasks, folder, parallel, tell=lambda one: print(f"checked {one.stack}", file=sys.stderr, flush=True))
        return [_report(one, task, now) for one, task in zip(ended, tasks, strict=True)]


def _report(ended: Ended, task: Task, now: datetime) -> Report:
    """What a check has found, or that it failed."""
    try:
        report = _parsed(json.loads(task.output.read_text()))
        if report.stack == ended.stack and report.severity.exit_code == ended.exit_code:
            return report
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    said = " ".join(task.errors.read_text(errors="replace").split()) if task.errors and task.errors.exists() else ""
    reason = ended.reason or f"it ended with exit code {ended.exit_code} and without a result"
    # The last words of an error say what happened.
    found = f"{reason}: …{said[-LONGEST:]}" if len(said) > LONGEST else f"{reason}: {said}" if said else reason
    return Report(ended.stack, now, [Finding(severity=Severity.UNKNOWN, resource="the check", found=found)])


def _parsed(report: Mapping[str, Any]) -> Report:
    """A report from its JSON; any other JSON raises what its use raises."""
    findings = [
        Finding(
            severity=_SEVERITIES[finding["class"]],
            resource=str(finding["resource"]),
            found=str(finding["found"]),
            fix=str(finding["fix"] or ""),
            since=str(finding["lastChanged"] or ""),
        )
        for finding in report["findings"]
    ]
    return Report(str(report["stack"]), datetime.fromisoformat(report["checkedAt"]), findings)
