"""What is asked of Adobe: one configuration, for one key, once the app's role on the vault is old enough."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ...constants import CUSTOMER_CONFIG, IMMUTABLE_AT_ADOBE, Contract
from .key_reference import KeyReference


@dataclass(frozen=True)
class ConfigurationRequest:
    """The facts that a configuration is made of, and the ones that decide when it may be sent."""

    config_name: str
    key: KeyReference
    contract: Contract
    role_granted_at: datetime
    """When Azure created the role assignment of Adobe's app."""
    role_wait_seconds: int
    """How old the role assignment must be: Azure takes minutes to apply it."""
    application_id: str
    """Client id of Adobe's app, for messages."""
    findings: tuple[str, ...] = ()
    """What a look at Azure found wrong; with any of it nothing is sent."""

    @property
    def reading(self) -> str:
        """The call that shows the configuration, for messages."""
        return f"GET {CUSTOMER_CONFIG}/{self.config_name}"

    @classmethod
    def from_properties(cls, properties: Mapping[str, Any]) -> ConfigurationRequest:
        """Read a resource's inputs; numbers arrive as floats from the engine."""
        return cls(
            config_name=properties["configName"],
            key=KeyReference.parse(properties["keyIdentifier"]),
            contract=Contract(properties["apiContract"]),
            role_granted_at=azure_time(properties["roleGrantedAt"]),
            role_wait_seconds=int(properties["rolePropagationSeconds"]),
            application_id=properties["applicationId"],
            findings=tuple(properties.get("findings") or ()),
        )


def immutable_changes(sent: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Property and reason of each thing that was sent to Adobe and would change; what is absent on a side passes."""
    found = []
    for name, words in IMMUTABLE_AT_ADOBE.items():
        old, new = sent.get(name), wanted.get(name)
        if old is not None and new is not None and old != new:
            found.append(
                (
                    name,
                    f"the {words} was {old!r} when the configuration was sent to Adobe and would become {new!r}. "
                    "Adobe has no call to change it: set it back, and ask Adobe's support about a change",
                )
            )
    return found


def azure_time(value: str) -> datetime:
    """Read Azure's time stamps, such as 2026-11-23T10:15:00.1234567Z (seven digits, which Python does not take).

    :raises ValueError: when it is not an ISO 8601 time.
    """
    moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value).replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
