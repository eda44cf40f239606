"""python -m operations.pipelines: the steps of the workflows that no action does."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from .command import run
from .drift_check import check_drift
from .environment import commands_environment, run_address
from .federation import NoToken, federated
from .github import GhFailed, GitHub
from .issue import keep_issue
from .report import Report
from .summary import show_on_run

# What the check of drift hands to the step that keeps the issue.
REPORT = Path("pipeline-report.json")


def main(arguments: list[str]) -> int:
    """Run one step; returns the exit code."""
    options = _parser().parse_args(arguments)
    environment = commands_environment(os.environ)
    try:
        if options.step == "issue":
            keep_issue(GitHub(environment), Report.read(REPORT), options.stack, run_address(environment))
            return 0
        # An earlier check's must not pass for this one's.
        REPORT.unlink(missing_ok=True)
        with federated(environment) as signed_in:
            if options.step == "run":
                return run(options.command, signed_in)
            report = check_drift(options.stack, signed_in)
    except (NoToken, GhFailed, FileNotFoundError) as error:
        print(f"pipelines: {error}", file=sys.stderr)
        return 1
    report.write(REPORT)
    show_on_run(report, environment, REPORT.with_suffix(".md"))
    return report.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m operations.pipelines", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    step = steps.add_parser("run", help="run a command, signed in for as long as it takes; it is interrupted once at most")
    step.add_argument("command", nargs="+", metavar="-- COMMAND …")
    step = steps.add_parser("drift", help="check a stack for drift, and show the report; the exit code is the class")
    step.add_argument("--stack", required=True)
    step = steps.add_parser("issue", help="open, update or close the one issue for the drift of a stack")
    step.add_argument("--stack", required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
