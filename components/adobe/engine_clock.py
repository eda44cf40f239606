"""Time as long as the engine lives: a plugin that outlives its engine must not send what nobody waits for any more.

Pulumi starts the plugin of dynamic providers in a process group of its own, so that neither a signal nor the engine's
death reaches it. It gets the engine's address as its argument; a closed port means that the engine is gone.
"""

import re
import socket
import sys

from .clock import SystemClock
from .errors import Abandoned

# How long a dead engine may go unnoticed, in seconds.
LONGEST_SLICE = 2.0


class EngineClock(SystemClock):
    """The machine's clock; sleep ends with an error when the engine has gone in the meantime."""

    def sleep(self, seconds: float) -> None:
        left = seconds
        while left > 0:
            super().sleep(min(left, LONGEST_SLICE))
            left -= LONGEST_SLICE
            if not engine_lives(sys.argv):
                raise Abandoned(
                    "the Pulumi engine that asked for this is gone; nothing more is sent to Adobe",
                    next_step="run `pulumi cancel` if the stack is still locked, then `pulumi up`: it goes on where it was",
                )


def engine_lives(arguments: list[str]) -> bool:
    """Whether the engine named in the plugin's arguments still listens; True outside a plugin process."""
    address = re.fullmatch(r"([0-9.]+|localhost):([0-9]{1,5})", arguments[-1])
    if not address or len(arguments) < 2:
        return True
    try:
        socket.create_connection((address[1], int(address[2])), timeout=1).close()
    except OSError:
        return False
    return True
