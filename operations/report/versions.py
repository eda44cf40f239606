"""Versions of the tools that made the report, and of those that wrote the state."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib import metadata

from pulumi import automation

from components.version import VERSION

from .model import Fact
from .observed import Observed
from .words import at_path, joined, words

_PACKAGES = ("pulumi", "pulumi-azure-native", "pulumi-azuread")


def versions(observed: Observed, engine: str) -> list[Fact]:
    """Name and version of each.

    :param engine: version of the Pulumi CLI that made the look.
    """
    return [fact for fact in _versions(observed, engine) if fact.value]


def engine_version() -> str:
    """Of the Pulumi CLI on PATH."""
    return str(automation.PulumiCommand().version or "")


def _versions(observed: Observed, engine: str) -> Iterator[Fact]:
    outputs = observed.recorded.outputs
    yield Fact(name="adobe-cmk", value=_both(VERSION, words(at_path(outputs, "handoff", "version"))))
    yield Fact(name="Pulumi CLI", value=_both(engine, observed.recorded.engine))
    yield Fact(name="Python", value=platform.python_version())
    for package in _PACKAGES:
        yield Fact(name=package, value=metadata.version(package))
    yield Fact(name="Key Vault management API", value=words(observed.outputs("Vault").get("azureApiVersion")))


def _both(now: str, at_last_up: str) -> str:
    return now if now == at_last_up else joined(now, f"{at_last_up} at the last up" if at_last_up else "")
