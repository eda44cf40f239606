"""python -m tools.bench: measure, and show the figures as a table, a JSON file and a chart."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from simulation.environment import ROOT, cli

from . import operations, results, scaling, setup_time
from .figures import Figure
from .processes import CommandFailed
from .results import Results
from .table import show

FOLDER = ROOT / ".bench"
SECTIONS = ("operations", "memory", "latency", "scaling", "setup", "tests")
LATENCIES_MS = (50, 200)
# With latency, and of set-up, fewer rounds say enough.
FEWER = 3
# Columns of what is not a terminal.
WIDTH = 160


def main(arguments: list[str]) -> int:
    """Measure the sections that are asked for; returns the exit code, on which no figure has an influence."""
    options = _options(arguments)
    if cli() is None:
        print(
            "bench: there is no Pulumi CLI, and only the real engine can be measured. Fix: install a CLI "
            "(https://www.pulumi.com/docs/install/), or run PULUMI_CLI_ARCHIVE=<official archive> make setup",
            file=sys.stderr,
        )
        return 1
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    try:
        with tempfile.TemporaryDirectory(prefix="adobe-cmk-bench-") as folder:
            measured = measure(options.sections, options.repeat, tuple(options.stacks), Path(folder))
    except CommandFailed as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    show(measured, console)
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / "bench.json").write_text(json.dumps(measured.as_json(), indent=1) + "\n")
    written = [options.folder / "bench.json"]
    if measured.scaling:
        from .chart import draw

        written.append(options.folder / "scaling.svg")
        draw(measured.scaling, written[-1])
    console.print(f"written: {', '.join(os.path.relpath(file) for file in written)}", highlight=False)
    return 0


def measure(sections: list[str], rounds: int, stacks: tuple[int, ...], folder: Path) -> Results:
    """Measure; each section in a folder of its own.

    :param stacks: numbers of stacks for the scaling.
    """
    taken: list[results.Operation] = []
    if "operations" in sections:
        taken += results.operations(operations.measure(rounds, folder / "operations", _say), 0)
    memory: dict[str, dict[str, float]] = {}
    if "memory" in sections:
        memory = results.memory(operations.measure(1, folder / "memory", _say, with_memory=True))
    if "latency" in sections:
        for milliseconds in LATENCIES_MS:
            _say(f"with {milliseconds} ms per call")
            samples = operations.measure(
                min(rounds, FEWER), folder / f"latency-{milliseconds}", _say, latency_seconds=milliseconds / 1000
            )
            taken += results.operations(samples, milliseconds)
    batches = scaling.measure(stacks, folder / "scaling", _say) if "scaling" in sections else []
    durations: dict[str, list[float]] = {}
    if "setup" in sections:
        durations |= setup_time.set_up(min(rounds, FEWER), folder / "setup", _say)
    if "tests" in sections:
        durations |= setup_time.tests(_say)
    cores = os.cpu_count() or 1
    return Results(
        environment=_environment(cores),
        operations=taken,
        memory=memory,
        scaling=batches,
        durations={name: Figure.of(seconds) for name, seconds in durations.items()},
        verdicts={**results.latency_verdicts(taken), **results.scaling_verdicts(batches, cores)},
    )


def _environment(cores: int) -> dict[str, str]:
    """What the figures depend on."""
    pulumi = subprocess.run([str(cli()), "version"], capture_output=True, text=True, check=True)  # noqa: S603 - the CLI
    packages = {name: version(name) for name in ("pulumi", "pulumi-azure-native", "pulumi-azuread")}
    return {"CLI": pulumi.stdout.strip(), **packages, "Python": platform.python_version(), "cores": str(cores)}


def _say(line: str) -> None:
    print(f"bench: {line}", file=sys.stderr, flush=True)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--repeat", type=_positive, default=5, metavar="N", help="rounds (default: 5)")
    parser.add_argument(
        "--sections",
        type=_sections,
        default=list(SECTIONS),
        metavar="NAME,…",
        help=f"what is measured: {', '.join(SECTIONS)} (default: all)",
    )
    parser.add_argument(
        "--stacks", type=_numbers, default=list(scaling.NUMBERS), metavar="N,…", help="stacks of the section scaling"
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="for bench.json and scaling.svg (default: .bench)")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def _numbers(text: str) -> list[int]:
    return [_positive(part) for part in text.split(",")]


def _sections(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in SECTIONS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not one of {', '.join(SECTIONS)}")
    return names


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
