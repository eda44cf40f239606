"""The request to Adobe: one configuration for one key, with the results of the preflight checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...constants import CUSTOMER_CONFIG, IMMUTABLE_AT_ADOBE, Contract, absence_confirmation
from .clock import azure_time
from .errors import ConfigurationConflict
from .key_reference import KeyReference


@dataclass(frozen=True)
class ConfigurationRequest:
    """The content of a configuration, and the facts that determine whether it may be submitted."""

    ims_org_id: str
    config_name: str
    key: KeyReference
    contract: Contract
    """The generation of Adobe's API whose body is sent: beta or current."""
    role_granted_at: datetime
    """When Azure created the role assignment of Adobe's app."""
    application_id: str
    """Client ID of Adobe's app, for messages."""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """Results of the preflight checks, by subject (`evidence.Look.property`)."""
    confirmed_absent: str = ""
    """The user's confirmation that Adobe has no such configuration: <imsOrgId>/<configName>/<YYYY-MM-DD>; empty for none."""

    @property
    def reading(self) -> str:
        """The call that reads the configuration, for messages."""
        return f"GET {CUSTOMER_CONFIG}/{self.config_name}"

    def is_confirmed_absent(self, now: datetime) -> bool:
        """Whether the user confirms today (UTC) that Adobe has no configuration of this name.

        On any other day the confirmation does nothing: a stack file that was left or copied must not act again.
        """
        return self.confirmed_absent == absence_confirmation(self.ims_org_id, self.config_name, now.date())

    def refuse_another_key(self, held: KeyReference) -> None:
        """Compare the key of the configuration at Adobe; every read does so.

        :raises ConfigurationConflict: when it is another key.
        """
        if not held.is_same_key(self.key):
            raise ConfigurationConflict(
                f"Adobe already has the configuration {self.config_name!r} for {held.identifier}, "
                f"but this stack's key is {self.key.identifier}; nothing was sent",
                call=self.reading,
                next_step="use the vault and key that Adobe has, or contact Adobe support: Adobe's API cannot change or "
                "remove a configuration. In any case, keep both keys and vaults",
            )

    @classmethod
    def from_properties(cls, properties: Mapping[str, Any]) -> ConfigurationRequest:
        """Create the request from a resource's inputs."""
        return cls(
            ims_org_id=properties["imsOrgId"],
            config_name=properties["configName"],
            key=KeyReference.parse(properties["keyIdentifier"]),
            contract=contract_of(properties),
            role_granted_at=azure_time(properties["roleGrantedAt"]),
            application_id=properties["applicationId"],
            evidence=properties.get("evidence") or {},
            confirmed_absent=str(properties.get("configurationAbsent") or ""),
        )


def contract_of(properties: Mapping[str, Any]) -> Contract:
    """The generation of Adobe's API that counts: the one that is set, else the one that the app registration has shown.

    It is `auto` as long as the app registration has not been asked.
    """
    wanted = Contract(properties["apiContract"])
    return wanted if wanted is not Contract.AUTO else Contract(properties.get("contract") or Contract.AUTO)


def immutable_changes(sent: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Property and reason of each submitted value that would change; a value that is absent on one side passes."""
    found = []
    for name, words in IMMUTABLE_AT_ADOBE.items():
        old, new = sent.get(name), wanted.get(name)
        if old is not None and new is not None and old != new:
            found.append(
                (
                    name,
                    f"the {words} cannot change from {old!r} to {new!r}: the configuration was sent to Adobe, whose API "
                    "cannot change it. Fix: set it back; for a change, contact Adobe support",
                )
            )
    return found
