"""Ends the plugin process together with its engine.

Pulumi does not do this: a plugin whose engine was killed keeps running, with the credential in its environment, and finishes
its long waits (measured with engine 3.260).
"""

import os
import select
import sys
import threading

_started = threading.Event()


def end_with_engine() -> None:
    """Start to watch the pipe from which the engine reads this process's output; it closes when the engine dies."""
    if _started.is_set() or not hasattr(select, "poll"):
        return
    _started.set()
    threading.Thread(target=_watch, args=(sys.stdout.fileno(),), name="engine-watch", daemon=True).start()


def _watch(stdout: int) -> None:
    # No event is requested, so that only errors are reported: they occur when nobody reads the pipe any more.
    pipe = select.poll()
    pipe.register(stdout, 0)
    pipe.poll()
    # Immediately: no further call to Adobe may start, and no one can receive a message.
    os._exit(1)
