"""Ends the plugin process together with its engine.

Pulumi does not: a plugin whose engine was killed goes on for ever, with the credential in its environment, and its long
waits go on too (measured with engine 3.260).
"""

import os
import select
import sys
import threading

_started = threading.Event()


def end_with_engine() -> None:
    """Watch, from now on, the pipe that the engine reads this process's output from; its end is the engine's death."""
    if _started.is_set() or not hasattr(select, "poll"):
        return
    _started.set()
    threading.Thread(target=_watch, args=(sys.stdout.fileno(),), name="engine-watch", daemon=True).start()


def _watch(stdout: int) -> None:
    # Asking for no event leaves the errors alone, and those come when nobody reads the pipe any more.
    pipe = select.poll()
    pipe.register(stdout, 0)
    pipe.poll()
    # At once: a call to Adobe must not be started, and nobody is there to be told.
    os._exit(1)
