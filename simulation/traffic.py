"""Calls that the simulated clouds answered, and the time that the network takes for each."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

ADOBE, ADOBE_SIGN_IN, AZURE, ENTRA = "Adobe", "Adobe IMS", "Azure", "Entra ID"
SERVICES = (ADOBE, ADOBE_SIGN_IN, AZURE, ENTRA)


class Traffic:
    """Counts calls by service and call. Calls in parallel take their time in parallel."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self.latency_seconds = 0.0
        """What each call takes on the network, there and back."""
        self._sleep = sleep
        self._lock = threading.Lock()
        self._counted: Counter[tuple[str, str]] = Counter()
        self._here = threading.local()

    def add(self, service: str, call: str, times: int = 1) -> None:
        """Count a call of this thread."""
        with self._lock:
            self._counted[service, call] += times
        self._here.pending = self._pending() + times

    def pass_time(self) -> None:
        """Let the time of this thread's last calls pass; whoever answers does it while nobody waits for the clouds."""
        seconds, self._here.pending = self._pending() * self.latency_seconds, 0
        if seconds > 0:
            self._sleep(seconds)

    def calls(self) -> dict[str, dict[str, int]]:
        """Number of calls so far by service, and by call within it."""
        with self._lock:
            counted = dict(self._counted)
        return {one: {call: n for (service, call), n in counted.items() if service == one} for one in SERVICES}

    def _pending(self) -> int:
        return int(getattr(self._here, "pending", 0))
