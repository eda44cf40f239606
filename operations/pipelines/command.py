"""A command of a pipeline that is interrupted once and never killed, such as `pulumi up` while it waits for Adobe."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping, Sequence


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run it; returns its exit code.

    The engine gets the first interrupt alone: it then ends after the step that is running. A second one would end it within
    the step, and what the step has made would not be in the state.
    """
    process = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603 - the workflow's own
    interrupts: list[int] = []

    def interrupt(number: int, _frame: object) -> None:
        interrupts.append(number)
        if len(interrupts) == 1:
            process.send_signal(signal.SIGINT)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    return process.wait()
