"""python -m operations.drift --stack STACK [--format text|markdown|json], by `make drift`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from components.adobe.api.clock import Clock, SystemClock

from .classes import classed
from .look import look
from .report import FORMATS, Report
from .severity import Severity

ROOT = Path(__file__).parents[2]


class _Parser(argparse.ArgumentParser):
    """Ends with 1 where argparse would with 2, which means a recoverable drift here."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(Severity.UNKNOWN.exit_code, f"{self.prog}: {message}\n")


def main(arguments: list[str], clock: Clock | None = None) -> int:
    """Check a stack; returns the exit code: 0 none or benign, 1 check failed, 2 recoverable, 3 purge-class."""
    parser = _Parser(prog="operations.drift", description="Check a stack for drift. Writes nothing.")
    parser.add_argument("--stack", required=True, help="name of the stack")
    parser.add_argument("--format", choices=FORMATS, default="text", help="of the report (default: text)")
    parser.add_argument("--config-file", help="settings of the stack, if not Pulumi.<stack>.yaml")
    options = parser.parse_args(arguments)
    now = (clock or SystemClock()).now()
    report = Report(options.stack, now, classed(look(options.stack, ROOT, options.config_file)))
    print(FORMATS[options.format](report))
    return report.severity.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
