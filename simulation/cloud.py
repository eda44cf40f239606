"""The three simulated clouds as one saved state."""

from __future__ import annotations

import copy
import fcntl
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .adobe.rules import Adobe
from .azure.arm import Clock
from .azure.rules import Azure
from .entra.rules import Entra
from .traffic import Traffic


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class CloudInUse(Exception):
    """Another process uses this saved cloud."""


class Cloud:
    """Azure, Entra ID and Adobe; saved after every change, safe to share between threads."""

    def __init__(self, file: Path | None = None, clock: Clock | None = None) -> None:
        """
        :param file: where the state is saved; None keeps it in memory.
        :param clock: where all three take the time from.
        """
        self._file = file
        self._lock = threading.RLock()
        self._provider_config: dict[str, dict[str, Any]] = {}
        self.clock = clock = clock or WallClock()
        self.traffic = Traffic()
        self.state: dict[str, Any] = json.loads(file.read_text()) if file and file.exists() else {}
        self.entra = Entra(self.state.setdefault("entra", {}))
        self.azure = Azure(self.state.setdefault("azure", {}), self.entra, clock)
        self.adobe = Adobe(self.state.setdefault("adobe", {}), self.azure, self.entra, clock)

    def configure_provider(self, name: str, config: Mapping[str, Any]) -> None:
        """What the engine configured a provider with: tenant, subscription. The last one counts."""
        self._provider_config[name] = dict(config)

    def provider_config(self, name: str) -> Mapping[str, Any]:
        """What a provider was configured with."""
        return self._provider_config.get(name, {})

    def through(self, names: Iterable[str], config: Mapping[str, Any]) -> Cloud:
        """The same clouds, as one instance of these providers reaches them: with a configuration of its own."""
        reached = copy.copy(self)
        reached._provider_config = {**self._provider_config, **{name: dict(config) for name in names}}
        return reached

    @contextmanager
    def at_work(self) -> Iterator[Cloud]:
        """One operation: others wait, and what it changed is saved even if it failed."""
        with self._lock:
            try:
                yield self
            finally:
                self._save()

    def _save(self) -> None:
        if self._file:
            draft = self._file.with_suffix(".draft")
            draft.write_text(json.dumps(self.state, indent=1, sort_keys=True))
            draft.replace(self._file)


@contextmanager
def opened(home: Path, clock: Clock | None = None) -> Iterator[Cloud]:
    """The cloud saved in a folder, for this process alone.

    :raises CloudInUse: when another process has it open.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CloudInUse(f"the simulated cloud in {os.path.relpath(home)} is in use by another command") from None
        yield Cloud(home / "cloud.json", clock)
