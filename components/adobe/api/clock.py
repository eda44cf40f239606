"""The clock for all waits; tests inject their own."""

import re
import time
from collections.abc import Callable
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


def sleep_aloud(clock: Clock, seconds: float, tell: Callable[[float], None]) -> None:
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
