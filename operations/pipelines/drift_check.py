"""The check of drift, as a report: `make drift` itself would turn each exit code into 2."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from ..drift.severity import Severity
from .report import Report, presentable, quoted

NO_DRIFT, FAILED = Severity.BENIGN.exit_code, Severity.UNKNOWN.exit_code
RECOVERABLE, PURGE = Severity.RECOVERABLE.exit_code, Severity.PURGE.exit_code


def check_drift(stack: str, environment: Mapping[str, str]) -> Report:
    """Run the check. What cannot be its result counts as its failure, never as the absence of drift."""
    command = [sys.executable, "-m", "operations.drift", "--stack", stack, "--format", "markdown"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    # The interpreter also ends with 1, and argparse with 2; the check itself says what it found.
    is_result = done.returncode == NO_DRIFT or (done.returncode in (RECOVERABLE, PURGE) and bool(done.stdout.strip()))
    if is_result:
        return Report(done.returncode, presentable(done.stdout, environment))
    said = done.stdout.strip() or f"The check ended with exit code {done.returncode}."
    text = f"{said}\n\n{quoted(done.stderr)}" if done.stderr.strip() else said
    return Report(FAILED, presentable(text, environment))
