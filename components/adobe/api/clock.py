"""The time that waits are measured in; tests put in a clock of their own."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

# Nobody should look at a silent terminal for longer, in seconds.
LONGEST_SILENCE = 30.0


class Clock(Protocol):
    """Where `now` and `sleep` come from."""

    def now(self) -> datetime:
        """The present moment, with time zone UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def sleep_aloud(clock: Clock, seconds: float, tell: Callable[[float], None]) -> None:
    """Wait, telling how many seconds are left at the start and every half minute."""
    while seconds > 0:
        tell(seconds)
        nap = min(seconds, LONGEST_SILENCE)
        clock.sleep(nap)
        seconds -= nap


def azure_time(value: str) -> datetime:
    """Read Azure's time stamps, such as 2026-11-23T10:15:00.1234567Z (seven digits, which Python does not take).

    :raises ValueError: when it is not an ISO 8601 time.
    """
    moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value).replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
