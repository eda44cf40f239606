"""Azure Resource Manager as the simulation needs it: one subscription, its state, and resource groups."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from ..entra.rules import Entra
from ..errors import CloudError
from ..switches import Switches

SUBSCRIPTION = "5e0cafe0-1111-4222-8333-444455556666"
# Another subscription of the same tenant, that of a platform team.
PLATFORM_SUBSCRIPTION = "9d1a7f00-1111-4222-8333-444455556666"
# Where a package's provider goes that has no subscription configured: the one that the sign-in has selected. It is empty.
SIGN_IN_SUBSCRIPTION = "0de1ca7e-1111-4222-8333-444455556666"

# What is saved, each by name or ARM id.
KINDS = (
    "resourceGroups", "vaults", "deletedVaults", "keys", "deletedKeys", "roleAssignments", "locks", "privateEndpoints",
    "privateDnsZoneGroups", "diagnosticSettings",
)  # fmt: skip

Json = dict[str, Any]


class Clock(Protocol):
    """Where the simulated clouds take the time from."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        ...


class ResourceManager:
    """The subscriptions of one tenant. Names ignore case, as in Azure."""

    def __init__(self, state: Json, entra: Entra, clock: Clock) -> None:
        self._state = state
        self._entra = entra
        self._clock = clock
        self.switches = Switches(state)
        # What the deployer's calls needed since this process opened the clouds, by Azure's names; not saved.
        self.actions: set[str] = set()
        self.data_actions: set[str] = set()
        for kind in KINDS:
            state.setdefault(kind, {})

    def put_resource_group(
        self, name: str, location: str, tags: Mapping[str, str] | None, subscription: str = SUBSCRIPTION
    ) -> Json:
        groups, location = self._state["resourceGroups"], same_region(location)
        existing = groups.get(name.lower())
        if existing and existing["location"] != location:
            # https://learn.microsoft.com/azure/azure-resource-manager/management/overview: location is fixed.
            raise CloudError(
                "InvalidResourceGroupLocation",
                f"Invalid resource group location '{location}'. The Resource group already exists in location "
                f"'{existing['location']}'.",
            )
        groups[name.lower()] = {
            "id": f"/subscriptions/{subscription}/resourceGroups/{name}",
            "name": name,
            "type": "Microsoft.Resources/resourceGroups",
            "location": location,
            "tags": dict(tags or {}),
            "properties": {"provisioningState": "Succeeded"},
        }
        return self.resource_group(name)

    def resource_group(self, name: str) -> Json:
        absent = CloudError("ResourceGroupNotFound", f"Resource group '{name}' could not be found.")
        return self.held("resourceGroups", name, absent)

    def held(self, kind: str, path: str, absent: CloudError) -> Json:
        """What is saved of a kind under a name or id.

        :raises CloudError: the one given, when there is none.
        """
        record = self._state[kind].get(path.lower())
        if record is None:
            raise absent
        return dict(record)

    def timestamp(self) -> str:
        """The present moment, as ARM writes it."""
        return self._clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z")


def same_region(location: str) -> str:
    """The spelling that Azure answers with: "West Europe" and WestEurope are westeurope."""
    return location.replace(" ", "").lower()


def is_elsewhere(arm_id: str) -> bool:
    """Whether an id leads to another subscription than the simulated one, in which the deployer has no role."""
    return not arm_id.lower().startswith(f"/subscriptions/{SUBSCRIPTION}/")


def is_missing(arm_id: str) -> bool:
    """Whether a network, a zone or a workspace does not exist: one with a name that starts with `missing-`.

    They are not modelled, so any other well-formed id is taken for one that exists.
    """
    return any(part.startswith("missing-") for part in arm_id.lower().split("/"))
