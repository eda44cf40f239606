"""What drifts change: the records of the saved Azure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..cloud import Cloud

Json = dict[str, Any]


def keys_of(cloud: Cloud) -> Iterator[Json]:
    yield from cloud.state["azure"]["keys"].values()


def vaults_of(cloud: Cloud) -> Iterator[Json]:
    yield from cloud.state["azure"]["vaults"].values()
