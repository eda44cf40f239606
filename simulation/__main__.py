"""python -m simulation: run a command against the simulated clouds, change them behind its back, or look at them."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

from .cloud import CloudInUse, opened
from .drift import DRIFTS
from .environment import simulated
from .faults import CALLS, FAULTS, Faults

HOME = Path(".simulation")


def main(arguments: list[str]) -> int:
    """Run one subcommand; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.action(options))
    except CloudInUse as error:
        print(f"simulation: {error}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    if options.list_faults:
        for name, fault in FAULTS.items():
            print(f"{name:18}{fault.about}")
        print(f"\nwritten NAME[@CALL][*COUNT]; calls: {', '.join(CALLS)}")
        return 0
    command = [part for i, part in enumerate(options.command) if i or part != "--"]
    if not command:
        print("simulation: name a command, for example: python -m simulation run -- pulumi preview", file=sys.stderr)
        return 2
    try:
        faults = Faults(options.fault)
    except ValueError as error:
        print(f"simulation: {error}", file=sys.stderr)
        return 2
    with opened(options.home) as cloud, simulated(cloud, options.home, faults) as environment:
        program = shutil.which(command[0], path=environment["PATH"])
        if not program:
            print(f"simulation: {command[0]} is not on PATH", file=sys.stderr)
            return 127
        process = subprocess.Popen([program, *command[1:]], env=environment)  # noqa: S603 - the user's own command
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                # The terminal interrupts the command too; the clouds stay up until it has wound up.
                continue


def _rehearse(options: argparse.Namespace) -> int:
    from .rehearsal import rehearse

    with opened(options.home) as cloud:
        return rehearse(cloud, options.home, options.operation, options.config_file).exit_code


def _demo(options: argparse.Namespace) -> int:
    from .story import tell

    return tell(options.home / "demo")


def _drift(options: argparse.Namespace) -> int:
    if options.list or not options.name:
        for name, drift in DRIFTS.items():
            print(f"{name:22}{drift.__doc__}")
        return 0
    with opened(options.home) as cloud, cloud.at_work():
        DRIFTS[options.name](cloud)
    print(f"simulation: {DRIFTS[options.name].__doc__}")
    return 0


def _show(options: argparse.Namespace) -> int:
    with opened(options.home) as cloud:
        print(json.dumps(cloud.state, indent=2, sort_keys=True))
    return 0


def _reset(options: argparse.Namespace) -> int:
    with opened(options.home):
        for entry in options.home.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink() if entry.name != "lock" else None
    with opened(options.home) as cloud, cloud.at_work():
        cloud.adobe.contract = options.contract
    print(f"simulation: the clouds are empty, and so is Pulumi's backend; Adobe's contract: {options.contract}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--home", type=Path, default=HOME, help="folder of the saved state (default: .simulation)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run a command against the simulated clouds; the exit code is the command's")
    run.add_argument(
        "--fault", action="append", default=[], metavar="NAME[@CALL][*COUNT]", help="a fault at Adobe; may be repeated"
    )
    run.add_argument("--list-faults", action="store_true", help="name all faults")
    run.add_argument("command", nargs=argparse.REMAINDER, help="-- COMMAND …")
    run.set_defaults(action=_run)

    rehearse = commands.add_parser("rehearse", help="run the program without a Pulumi CLI")
    rehearse.add_argument("operation", choices=("preview", "up", "refresh"))
    rehearse.add_argument("--config-file", type=Path, default=Path("Pulumi.dev.yaml"), help="the stack's settings")
    rehearse.set_defaults(action=_rehearse)

    demo = commands.add_parser("demo", help="play the whole story, on clouds of its own")
    demo.set_defaults(action=_demo)

    drift = commands.add_parser("drift", help="change the clouds behind Pulumi's back")
    drift.add_argument("name", nargs="?", choices=DRIFTS)
    drift.add_argument("--list", action="store_true", help="name all drifts")
    drift.set_defaults(action=_drift)

    show = commands.add_parser("show", help="print the clouds and the journal of calls to Adobe")
    show.set_defaults(action=_show)

    reset = commands.add_parser("reset", help="empty the clouds")
    reset.add_argument(
        "--contract", choices=("auto", "beta", "current"), default="auto", help="what Adobe accepts (auto: either)"
    )
    reset.set_defaults(action=_reset)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
