"""ARM ids of what exists and is used: subscription, resource group and name. Azure ignores the case of all three."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_GROUP = (
    r"/subscriptions/(?P<subscription>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/resourceGroups/(?P<group>[\w.()-]{1,90})"
)
VAULT_ID = rf"{_GROUP}/providers/Microsoft\.KeyVault/vaults/(?P<vault>[a-z][a-z0-9-]{{1,22}}[a-z0-9])"
KEY_ID = rf"{VAULT_ID}/keys/(?P<key>[a-z0-9-]{{1,127}})"
SUBNET_ID = rf"{_GROUP}/providers/Microsoft\.Network/virtualNetworks/[\w.-]{{1,80}}/subnets/[\w.-]{{1,80}}"
# The zone that resolves a vault's name to its private endpoint.
# https://learn.microsoft.com/azure/private-link/private-endpoint-dns
VAULT_ZONE = "privatelink.vaultcore.azure.net"
ZONE_ID = rf"{_GROUP}/providers/Microsoft\.Network/privateDnsZones/{re.escape(VAULT_ZONE)}"
WORKSPACE_ID = rf"{_GROUP}/providers/Microsoft\.OperationalInsights/workspaces/[a-z0-9-]{{4,63}}"


class VaultId(NamedTuple):
    """The vault of an ARM id."""

    subscription: str
    resource_group: str
    name: str

    @property
    def arm_id(self) -> str:
        """In the form in which the program builds ids itself."""
        group = f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
        return f"{group}/providers/Microsoft.KeyVault/vaults/{self.name}"


def not_an_id(name: str, value: str, pattern: str, allowed: str) -> Iterator[tuple[str, object, str]]:
    """What is wrong with an ARM id; an empty one is none."""
    if value and not re.fullmatch(pattern, value, re.IGNORECASE | re.ASCII):
        yield name, value, allowed


def vault_of(arm_id: str) -> VaultId | None:
    """The vault that an id of a vault or of a key names; None when it is neither."""
    match = re.fullmatch(rf"{VAULT_ID}(?:/keys/[a-z0-9-]{{1,127}})?", arm_id, re.IGNORECASE | re.ASCII)
    return VaultId(match["subscription"].lower(), match["group"], match["vault"]) if match else None


def key_of(arm_id: str) -> str:
    """Name of the key that an id names; empty when it is no id of a key."""
    match = re.fullmatch(KEY_ID, arm_id, re.IGNORECASE | re.ASCII)
    return match["key"] if match else ""
