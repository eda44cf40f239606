"""What is asked of Adobe: one configuration, for one key, on the evidence of what was seen in Azure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...constants import CUSTOMER_CONFIG, IMMUTABLE_AT_ADOBE, Contract
from .clock import azure_time
from .errors import ConfigurationConflict
from .key_reference import KeyReference


@dataclass(frozen=True)
class ConfigurationRequest:
    """The facts that a configuration is made of, and the ones that decide whether it may be submitted."""

    config_name: str
    key: KeyReference
    contract: Contract
    role_granted_at: datetime
    """When Azure created the role assignment of Adobe's app."""
    application_id: str
    """Client id of Adobe's app, for messages."""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """What was seen in Azure, by subject (`evidence.Look.property`)."""

    @property
    def reading(self) -> str:
        """The call that shows the configuration, for messages."""
        return f"GET {CUSTOMER_CONFIG}/{self.config_name}"

    def refuse_another_key(self, held: KeyReference | None) -> None:
        """Every look at the configuration compares the key.

        :param held: the key that Adobe's answer names; None when it names none.
        :raises ConfigurationConflict: when it is another one.
        """
        if held and not held.is_same_key(self.key):
            raise ConfigurationConflict(
                f"Adobe already holds the configuration {self.config_name!r} for {held.identifier}, "
                f"and this stack's key is {self.key.identifier}; nothing was sent",
                call=self.reading,
                next_step="Adobe's API has no call that changes or removes a configuration: point the stack at the vault "
                "and key that Adobe holds, or ask Adobe's support. Keep the old key and vault in any case",
            )

    @classmethod
    def from_properties(cls, properties: Mapping[str, Any]) -> ConfigurationRequest:
        """Read a resource's inputs; numbers arrive as floats from the engine."""
        return cls(
            config_name=properties["configName"],
            key=KeyReference.parse(properties["keyIdentifier"]),
            contract=Contract(properties["apiContract"]),
            role_granted_at=azure_time(properties["roleGrantedAt"]),
            application_id=properties["applicationId"],
            evidence=properties.get("evidence") or {},
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
