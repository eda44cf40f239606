"""The stacks that a command over many is about, and the options that name them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

# Pulumi.dev.yaml is the example for the simulated clouds.
EXAMPLE = "dev"


class NoStacks(Exception):
    """The options name no stack; the message says how to name some."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add --stack (which can be repeated), --all and --parallel."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--stack", action="append", help="name of a stack; can be repeated")
    which.add_argument("--all", action="store_true", help=f"every stack with a file Pulumi.<stack>.yaml, except {EXAMPLE}")
    parser.add_argument(
        "--parallel", type=_positive, default=_cores(), metavar="N", help="stacks at a time (default: one for each core)"
    )


def chosen(options: argparse.Namespace, folder: Path) -> list[str]:
    """Names of the stacks, each once, in the order given.

    :param folder: of the program.
    :raises NoStacks: with --all, when there is no stack file.
    """
    names: Sequence[str] = options.stack or with_files(folder)
    if not names:
        raise NoStacks(f"there is no file Pulumi.<stack>.yaml in {folder}. Fix: pulumi stack init <stack>")
    return list(dict.fromkeys(names))


def with_files(folder: Path) -> list[str]:
    """Names of the stacks that have a file with settings in the folder, sorted."""
    names = (file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in folder.glob("Pulumi.*.yaml"))
    return sorted(name for name in names if name != EXAMPLE)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of stacks")
    return int(text)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
