"""python -m operations.organizations up|preview --stack STACK … | --all: one stack for each organisation, side by side."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from .environment import AmbiguousStacks, check_suffixes, own_environment
from .results import line, table
from .side_by_side import Task, run
from .stacks import NoStacks, add_options, chosen

ROOT = Path(__file__).parents[2]
# What a stack is previewed or brought up with; nobody answers questions.
COMMANDS = {"preview": ("pulumi", "preview"), "up": ("pulumi", "up", "--yes")}


def main(arguments: list[str]) -> int:
    """Run a command of Pulumi for each stack; returns 0 if all succeeded, else 1."""
    parser = argparse.ArgumentParser(prog="operations.organizations", description=__doc__)
    parser.add_argument("command", choices=COMMANDS, help="what to run for each stack")
    add_options(parser)
    parser.add_argument(
        "--logs", type=Path, default=ROOT / ".organizations", help="folder for the output of each (default: .organizations)"
    )
    options = parser.parse_args(arguments)
    try:
        stacks = chosen(options, ROOT)
        check_suffixes(stacks)
    except (NoStacks, AmbiguousStacks) as error:
        print(f"organizations: {error}", file=sys.stderr)
        return 1
    logs: Path = options.logs.absolute()
    logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    tasks = [
        Task(
            stack=stack,
            command=(*COMMANDS[options.command], "--non-interactive", "--stack", stack),
            environment=own_environment(os.environ, stack),
            output=logs / f"{stack.replace('/', '-')}.{options.command}.log",
        )
        for stack in stacks
    ]
    logs_of = {task.stack: task.output for task in tasks}
    say = partial(print, flush=True)
    say(f"{options.command} of {len(stacks)} stacks, {min(options.parallel, len(stacks))} at a time; output in {logs}")
    ended = run(tasks, ROOT, options.parallel, lambda one: say(line(one, logs_of[one.stack])))
    say(f"\n{table(ended)}")
    return int(any(one.exit_code != 0 for one in ended))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
