"""Calls that the simulated clouds answered."""

from __future__ import annotations

import threading
from collections import Counter

ADOBE, ADOBE_SIGN_IN, AZURE, ENTRA = "Adobe", "Adobe IMS", "Azure", "Entra ID"
SERVICES = (ADOBE, ADOBE_SIGN_IN, AZURE, ENTRA)


class Traffic:
    """Counts calls by service and call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Counter[tuple[str, str]] = Counter()

    def add(self, service: str, call: str, times: int = 1) -> None:
        """Count a call."""
        with self._lock:
            self._counted[service, call] += times

    def calls(self) -> dict[str, dict[str, int]]:
        """Number of calls so far by service, and by call within it."""
        with self._lock:
            counted = dict(self._counted)
        return {one: {call: n for (service, call), n in counted.items() if service == one} for one in SERVICES}
