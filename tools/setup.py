"""Installs what the program and the policy pack need, with --development what lint and tests use: `python -m tools.setup`.

Uses the standard library only, and never prompts. Without a Pulumi CLI, demo and tests use Pulumi's mock engine.
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
    parser = argparse.ArgumentParser(prog="python -m tools.setup", description="Installs the requirements of this project.")
    parser.add_argument(
        "--development",
        action="store_true",
        help="install what lint and tests use, too",
    )
    parser.add_argument(
        "--resolution", choices=RESOLUTIONS, default=LOCKED, help="versions of the requirements (with --development)"
    )
    parser.add_argument(
        "--retry-download", action="store_true", help="download the Pulumi CLI even if an earlier download failed"
    )
    options = parser.parse_args(arguments)
    try:
        if sys.version_info < LEAST_PYTHON:
            raise SetupError(
                f"this project requires Python {dotted(LEAST_PYTHON)} or newer; found: {sys.version.split()[0]}"
            )
        for environment in (PROGRAM, POLICY):
            if options.development:
                install_for_development(environment, options.resolution)
            else:
                install_for_use(environment)
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
            "setup: ready, without a Pulumi CLI: there is none on PATH, and the download from "
            f"{pulumi_cli.DOWNLOAD_SITE} failed. The demo and the tests use Pulumi's mock engine. To install a CLI, see "
            "https://www.pulumi.com/docs/install/, or run PULUMI_CLI_ARCHIVE=<official archive> make setup",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
