"""python -m simulation: run a command against the simulated clouds, change the clouds outside Pulumi, or show them."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from .adobe.faults import CALLS, FAULTS, Faults
from .by_hand import NAMES, SET_UPS
from .cloud import Cloud, CloudInUse, opened
from .drift import DRIFTS
from .environment import simulated
from .switches import SWITCHES, InvalidSwitch

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
        print(f"\nSyntax: NAME[@CALL][*COUNT]; calls: {', '.join(CALLS)}")
        return 0
    command = [part for i, part in enumerate(options.command) if i or part != "--"]
    if not command:
        print("simulation: the command is missing, for example: python -m simulation run -- pulumi preview", file=sys.stderr)
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
                # The terminal interrupts the command too; the clouds keep running until it ends.
                continue


def _rehearse(options: argparse.Namespace) -> int:
    from .rehearsal.run import NOTICE, rehearse

    print(f"{NOTICE}\n", flush=True)
    with opened(options.home) as cloud:
        return rehearse(cloud, options.home, options.operation, options.config_file).exit_code


def _demo(options: argparse.Namespace) -> int:
    from .story import tell

    return tell(options.home / "demo")


def _listed(options: argparse.Namespace, about: Mapping[str, str | None]) -> bool:
    """Print what there is to choose from, unless something was chosen."""
    if options.name and not options.list:
        return False
    for name, text in about.items():
        print(f"{name:28}{text}")
    return True


def _changed(options: argparse.Namespace, changes: Mapping[str, Callable[[Cloud], None]]) -> bool:
    """Change the clouds as chosen, or list the changes."""
    if _listed(options, {name: change.__doc__ for name, change in changes.items()}):
        return False
    with opened(options.home) as cloud, cloud.at_work():
        changes[options.name](cloud)
    print(f"simulation: {changes[options.name].__doc__}")
    return True


def _drift(options: argparse.Namespace) -> int:
    _changed(options, DRIFTS)
    return 0


def _by_hand(options: argparse.Namespace) -> int:
    if _changed(options, SET_UPS):
        for name, value in NAMES.items():
            print(f"  {name}: {value}")
    return 0


def _set(options: argparse.Namespace) -> int:
    if _listed(options, {name: f"{one.about}; default: {one.default or 'empty'}" for name, one in SWITCHES.items()}):
        return 0
    with opened(options.home) as cloud, cloud.at_work():
        try:
            cloud.azure.switches.set(options.name, options.value)
        except InvalidSwitch as error:
            print(f"simulation: {error}", file=sys.stderr)
            return 2
    print(f"simulation: {options.name} is now {options.value or 'empty'}")
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
    print(f"simulation: the clouds and Pulumi's backend are empty; Adobe's contract: {options.contract}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--home", type=Path, default=HOME, help="folder of the saved state (default: .simulation)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run a command against the simulated clouds and return its exit code")
    run.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[@CALL][*COUNT]",
        help="inject a fault at Adobe; can be repeated",
    )
    run.add_argument("--list-faults", action="store_true", help="list all faults")
    run.add_argument("command", nargs=argparse.REMAINDER, help="-- COMMAND …")
    run.set_defaults(action=_run)

    rehearse = commands.add_parser("rehearse", help="run the program on Pulumi's mock engine, without a Pulumi CLI")
    rehearse.add_argument("operation", choices=("preview", "up", "refresh", "watch"))
    rehearse.add_argument(
        "--config-file",
        type=Path,
        default=Path("Pulumi.dev.yaml"),
        help="stack file with the settings (default: Pulumi.dev.yaml)",
    )
    rehearse.set_defaults(action=_rehearse)

    demo = commands.add_parser("demo", help="run the whole demo, on separate clouds")
    demo.set_defaults(action=_demo)

    drift = commands.add_parser("drift", help="change the clouds outside Pulumi")
    drift.add_argument("name", nargs="?", choices=DRIFTS)
    drift.add_argument("--list", action="store_true", help="list all drifts")
    drift.set_defaults(action=_drift)

    by_hand = commands.add_parser("by-hand", help="set customer-managed keys up as people do, without Pulumi")
    by_hand.add_argument("name", nargs="?", choices=SET_UPS)
    by_hand.add_argument("--list", action="store_true", help="list all of them")
    by_hand.set_defaults(action=_by_hand)

    switches = commands.add_parser("set", help="set a switch: what nobody knows of Azure, or what differs between customers")
    switches.add_argument("name", nargs="?", metavar="NAME")
    switches.add_argument("value", nargs="?", default="", metavar="VALUE")
    switches.add_argument("--list", action="store_true", help="name all switches")
    switches.set_defaults(action=_set)

    show = commands.add_parser("show", help="print the state of the clouds and the journal of calls to Adobe")
    show.set_defaults(action=_show)

    reset = commands.add_parser("reset", help="empty the clouds")
    reset.add_argument(
        "--contract",
        choices=("current", "beta"),
        default="current",
        help="generation of the API that Adobe accepts (default: current)",
    )
    reset.set_defaults(action=_reset)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
