"""Pulumi's state of a stack, as `pulumi stack export` gives it without `--show-secrets`: every secret is ciphertext."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi import automation

from components.constants import CUSTOMER_MANAGED_KEYS

from ..drift.classes import last_word
from ..drift.look import Json
from .words import words

# Its inputs are the settings of the stack at the last `up`.
_SETTINGS = "pulumi:providers:pulumi-python"
_STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What the state has of one resource."""

    outputs: Json
    is_protected: bool
    is_retained: bool
    """Whether Pulumi leaves it in the cloud when it leaves the state."""
    is_read: bool
    """Whether another team owns it, and Pulumi only reads it."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What the state has of a stack."""

    resources: Mapping[str, Resource] = field(default_factory=dict)
    """Those of `CustomerManagedKeys`, by the last word of their type."""
    settings: Json = field(default_factory=dict)
    outputs: Json = field(default_factory=dict)
    """Of the stack."""
    engine: str = ""
    """Version of the engine that wrote it."""
    written_at: str = ""
    """ISO 8601."""
    problem: str = ""
    """Why it could not be read; empty when it was."""

    def outputs_of(self, kind: str) -> Json:
        """Of a resource by the last word of its type; empty for none."""
        resource = self.resources.get(kind)
        return resource.outputs if resource else {}


def recorded(stack: str, folder: Path) -> Recorded:
    """Read the state.

    :param folder: of the program.
    """
    try:
        done = automation.PulumiCommand().run(["stack", "export", "--stack", stack], str(folder), {})
        return parsed(json.loads(done.stdout))
    except (automation.CommandError, ValueError) as error:
        return Recorded(problem=f"Pulumi's state could not be read: {' '.join(str(error).split())}")


def parsed(exported: Any) -> Recorded:
    """What counts of an export; what has another form than Pulumi's is left out."""
    deployment = _mapping(_mapping(exported).get("deployment"))
    manifest = _mapping(deployment.get("manifest"))
    listed = deployment.get("resources")
    entries = [_mapping(entry) for entry in (listed if isinstance(listed, list) else [])]
    found = {str(entry.get("type")): entry for entry in entries}
    return Recorded(
        resources={
            last_word(str(entry.get("type"))): Resource(
                outputs=_mapping(entry.get("outputs")),
                is_protected=entry.get("protect") is True,
                is_retained=entry.get("retainOnDelete") is True,
                is_read=entry.get("external") is True,
            )
            for entry in entries
            if f"::{CUSTOMER_MANAGED_KEYS}$" in str(entry.get("urn"))
        },
        settings=_mapping(found.get(_SETTINGS, {}).get("inputs")),
        outputs=_mapping(found.get(_STACK, {}).get("outputs")),
        engine=words(manifest.get("version")).removeprefix("v"),
        written_at=words(manifest.get("time")),
    )


def _mapping(value: Any) -> Json:
    return value if isinstance(value, Mapping) else {}
