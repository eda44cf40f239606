"""python -m operations.pipelines: the steps of the workflows. A step that shows a report ends with the report's verdict."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from .comment import show_on_pull_request
from .drift_check import check_drift
from .environment import commands_environment, run_address
from .federation import NoToken, federated
from .github import GhFailed, GitHub
from .issue import keep_issue
from .pulumi import deploy, preview, simulated_preview
from .report import Report
from .summary import show_on_run

REPORT = Path("pipeline-report.json")


def main(arguments: list[str]) -> int:
    """Run one step; returns the exit code."""
    options = _parser().parse_args(arguments)
    environment = commands_environment(os.environ)
    try:
        if options.step in ("preview", "drift", "deploy"):
            return _run(options, environment)
        return _show(options, environment)
    except (NoToken, GhFailed) as error:
        print(f"pipelines: {error}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace, environment: dict[str, str]) -> int:
    # An earlier step's must not pass for this one's.
    REPORT.unlink(missing_ok=True)
    if options.step == "preview" and options.simulated:
        simulated_preview(environment).write(REPORT)
        return 0
    with federated(environment) as signed_in:
        if options.step == "deploy":
            return deploy(options.stack, signed_in)
        report = check_drift(options.stack, signed_in) if options.step == "drift" else preview(options.stack, signed_in)
        report.write(REPORT)
    return 0


def _show(options: argparse.Namespace, environment: dict[str, str]) -> int:
    report = Report.read(REPORT)
    if options.step == "comment":
        show_on_pull_request(GitHub(environment), report, options.stack, options.pull_request)
    elif options.step == "issue":
        keep_issue(GitHub(environment), report, options.stack, run_address(environment))
    else:
        show_on_run(report, environment, REPORT.with_suffix(".md"))
    return report.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m operations.pipelines", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")

    step = steps.add_parser("preview", help="preview a stack, with the policy pack; the verdict is the report's")
    which = step.add_mutually_exclusive_group(required=True)
    which.add_argument("--stack")
    which.add_argument("--simulated", action="store_true", help="the example stack on the simulated clouds")

    for name, about in {"drift": "check a stack for drift; the verdict is the report's", "deploy": "pulumi up"}.items():
        steps.add_parser(name, help=about).add_argument("--stack", required=True)

    step = steps.add_parser("comment", help="show the report as the one comment of a pull request")
    step.add_argument("--stack", required=True)
    step.add_argument("--pull-request", type=int, required=True, metavar="NUMBER")

    step = steps.add_parser("issue", help="open, update or close the one issue for the drift of a stack")
    step.add_argument("--stack", required=True)

    steps.add_parser("summary", help="show the report on the page of the run")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
