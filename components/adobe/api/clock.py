"""The clock for all waits, and what is said in long ones; tests inject their own clock."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Protocol

# Longest time in seconds without a line of progress.
LONGEST_SILENCE = 30.0


class Clock(Protocol):
    """Provides `now` and `sleep`."""

    def now(self) -> datetime:
        """The current time in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class TimeIsUp(Exception):
    """A pause would go beyond the end of a wait."""


class WaitClock:
    """The clock of a wait with a limit: no pause goes beyond its end, and none is silent for long.

    It counts for every call to Adobe that is made `in_force`, with its retries: Adobe may ask for a pause of minutes.
    """

    def __init__(self, clock: Clock, end: datetime, progress: Callable[[], float]) -> None:
        """
        :param end: of the wait.
        :param progress: says a line if one is due, and returns the seconds until the next one is.
        """
        self._clock, self._end, self._progress = clock, end, progress

    def now(self) -> datetime:
        return self._clock.now()

    def left(self) -> float:
        """Seconds until the end of the wait; negative after it."""
        return (self._end - self._clock.now()).total_seconds()

    def sleep(self, seconds: float) -> None:
        """Wait.

        :raises TimeIsUp: at once, when the end of the wait comes before the end of the pause.
        """
        if seconds > self.left():
            raise TimeIsUp
        while seconds > 0:
            nap = min(seconds, self._progress())
            self._clock.sleep(nap)
            seconds -= nap

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Let this clock count for the pauses of all calls that are made within the block, in this thread."""
        token = _wait_in_force.set(self)
        try:
            yield
        finally:
            _wait_in_force.reset(token)


_wait_in_force: ContextVar[WaitClock | None] = ContextVar("wait in force", default=None)


def pause(clock: Clock, seconds: float, say: Callable[[str], object]) -> None:
    """Pause before a call is repeated: by the clock of the wait in force if there is one; long ones are not silent.

    :raises TimeIsUp: when the pause goes beyond the end of the wait in force.
    """
    wait = _wait_in_force.get()
    if wait:
        wait.sleep(seconds)
    elif seconds < LONGEST_SILENCE:
        clock.sleep(seconds)
    else:
        sleep_aloud(clock, seconds, lambda left: say(f"Adobe asks to wait; the call is repeated in {left:.0f} s"))


def sleep_aloud(clock: Clock, seconds: float, tell: Callable[[float], object]) -> None:
    """Wait, and report the remaining seconds at the start and every 30 seconds."""
    while seconds > 0:
        tell(seconds)
        nap = min(seconds, LONGEST_SILENCE)
        clock.sleep(nap)
        seconds -= nap


def azure_time(value: str) -> datetime:
    """Parse Azure's time stamps, such as 2026-11-23T10:15:00.1234567Z, whose seven digits Python does not accept.

    :raises ValueError: when it is not an ISO 8601 time.
    """
    moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value).replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
