"""python -m operations.report --stack STACK [--output DIR], by `make report`."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path
from typing import NoReturn

from components.adobe.api.clock import Clock, SystemClock

from ..drift.look import look
from ..drift.severity import Severity
from .documents import documents
from .gather import gathered
from .state import recorded
from .versions import engine_version

ROOT = Path(__file__).parents[2]
NO_LIBRARY = "Not written: the report needs the package jinja2. Fix: make report, or .venv/bin/pip install 'jinja2>=3.1,<4'"

NO_CLI = (
    "Not written: there is no Pulumi CLI on PATH. Fix: activate the environment (source .venv/bin/activate), or install one "
    "(https://www.pulumi.com/docs/install/)"
)


class _Parser(argparse.ArgumentParser):
    """Ends with 1, as each failure of the report does."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(Severity.UNKNOWN.exit_code, f"{self.prog}: {message}\n")


def main(arguments: list[str], clock: Clock | None = None) -> int:
    """Write the report; returns the exit code: 0 written and complete, 1 something could not be checked or written."""
    parser = _Parser(prog="operations.report", description="Write the evidence report of a stack. Changes nothing.")
    parser.add_argument("--stack", required=True, help="name of the stack")
    parser.add_argument("--output", type=Path, default=Path("reports"), help="folder of the files (default: reports)")
    parser.add_argument("--config-file", help="settings of the stack, if not Pulumi.<stack>.yaml")
    options = parser.parse_args(arguments)
    if not importlib.util.find_spec("jinja2"):
        parser.error(NO_LIBRARY)
    try:
        engine = engine_version()
    except OSError:
        parser.error(NO_CLI)
    state = recorded(options.stack, ROOT)
    seen = look(options.stack, ROOT, options.config_file)
    report = gathered(options.stack, state, seen, (clock or SystemClock()).now(), engine)
    try:
        for file in write(documents(report, os.environ), options.stack, options.output):
            print(file)
    except OSError as error:
        parser.error(f"Not written: {error}. Fix: name a folder that you may write to with --output")
    print(
        f"{options.stack}: {report.severity.word}, {'complete' if report.is_complete else 'not everything could be checked'}"
    )
    return 0 if report.is_complete else Severity.UNKNOWN.exit_code


def write(contents: dict[str, str], stack: str, folder: Path) -> list[Path]:
    """Write each document under the stack's name; a reader never meets half a file."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for ending, content in contents.items():
        # A fully qualified name has slashes.
        file = folder / f"{stack.replace('/', '_')}.{ending}"
        unfinished = folder / f".{file.name}.{os.getpid()}"
        try:
            unfinished.write_text(content, encoding="utf-8")
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
        files.append(file)
    return files


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
