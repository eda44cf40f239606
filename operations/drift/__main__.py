"""python -m operations.drift --stack STACK … | --all [--format text|markdown|json], by `make drift`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from components.adobe.api.clock import Clock, SystemClock

from ..organizations.environment import AmbiguousStacks, check_suffixes
from ..organizations.stacks import NoStacks, add_options, chosen
from . import overview
from .classes import classed
from .look import look
from .overview import Overview
from .report import FORMATS, Report
from .several import check_all
from .severity import Severity

ROOT = Path(__file__).parents[2]


class _Parser(argparse.ArgumentParser):
    """Ends with 1 where argparse would with 2, which means a recoverable drift here."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(Severity.UNKNOWN.exit_code, f"{self.prog}: {message}\n")


def main(arguments: list[str], clock: Clock | None = None) -> int:
    """Check stacks; returns the exit code: 0 none or benign, 1 check failed, 2 recoverable, 3 purge-class.

    One stack has a report with each finding; several have an overview, and the worst class of all.
    """
    parser = _Parser(prog="operations.drift", description="Check stacks for drift. Writes nothing.")
    add_options(parser)
    parser.add_argument("--format", choices=FORMATS, default="text", help="of the report (default: text)")
    parser.add_argument("--config-file", help="settings of the one stack, if not Pulumi.<stack>.yaml")
    options = parser.parse_args(arguments)
    now = (clock or SystemClock()).now()
    try:
        stacks = chosen(options, ROOT)
        check_suffixes(stacks)
    except (NoStacks, AmbiguousStacks) as error:
        parser.error(str(error))
    if len(stacks) == 1 and not options.all:
        (stack,) = stacks
        report = Report(stack, now, classed(look(stack, ROOT, options.config_file)))
        print(FORMATS[options.format](report))
        return report.severity.exit_code
    if options.config_file:
        parser.error("--config-file belongs to one stack; the settings of several are in Pulumi.<stack>.yaml")
    seen = Overview(check_all(stacks, ROOT, options.parallel, now))
    print(overview.FORMATS[options.format](seen))
    return seen.severity.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
