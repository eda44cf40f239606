"""Sets up what a run, or with --development the tests, need; run as `python -m tools.setup`. Standard library only.

Without any Pulumi CLI, demo and tests use the rehearsal. Done already, it takes a fraction of a second; it never asks.
"""

from __future__ import annotations

import argparse
import sys

from tools import pulumi_cli
from tools.environments import (
    LOCKED,
    POLICY,
    PROGRAM,
    RESOLUTIONS,
    SetupError,
    install_for_development,
    install_for_use,
)
from tools.pulumi_cli import dotted

LEAST_PYTHON = (3, 11)


def main(arguments: list[str]) -> int:
    """Set up everything that is missing; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.setup", description="Installs what this project needs.")
    parser.add_argument(
        "--development", action="store_true", help="also what lint and tests use, and the policy pack's environment"
    )
    parser.add_argument(
        "--resolution", choices=RESOLUTIONS, default=LOCKED, help="versions of the requirements (with --development)"
    )
    parser.add_argument(
        "--retry-download", action="store_true", help="try to download the Pulumi CLI even if that failed before"
    )
    options = parser.parse_args(arguments)
    try:
        if sys.version_info < LEAST_PYTHON:
            raise SetupError(f"Python {dotted(LEAST_PYTHON)} or newer is needed, and this is {sys.version.split()[0]}")
        if options.development:
            install_for_development(PROGRAM, options.resolution)
            install_for_development(POLICY, options.resolution)
        else:
            install_for_use(PROGRAM)
        _report(pulumi_cli.provide(options.retry_download))
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


def _report(cli: str | None) -> None:
    if cli:
        print(f"setup: ready; Pulumi {dotted(pulumi_cli.version(cli))}", flush=True)
    else:
        print(
            "setup: ready, without a Pulumi CLI: none is on PATH, and none could be downloaded from "
            f"{pulumi_cli.DOWNLOAD_SITE}. The demo and the tests use the rehearsal. To get a CLI: "
            "https://www.pulumi.com/docs/install/, or PULUMI_CLI_ARCHIVE=<official archive> make setup",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
