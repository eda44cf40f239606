"""A private endpoint of the vault, for the company's own access.

Adobe does not use it: it keeps coming through the firewall's rule for its address and the bypass for trusted services.
"""

from __future__ import annotations

import pulumi
from pulumi_azure_native import network

from ..arguments.naming import SettingNames
from ..constants import PRIVATE_ENDPOINT_TYPE, ZONE_GROUP_TYPE
from ..known import when_known
from .lock import LOCKED
from .vault_addition import CreatedVault

# The sub-resource of a Key Vault. https://learn.microsoft.com/azure/private-link/private-endpoint-overview
SUB_RESOURCE = "vault"
# As Azure's portal names them.
ZONE_GROUP = "default"
ZONE_CONFIG = "privatelink-vaultcore-azure-net"


def private_endpoint(name: str, vault: CreatedVault, subnet_id: str, zone_id: str) -> list[pulumi.Resource]:
    """Declare the endpoint, and its entry in a private DNS zone.

    :param name: of the instance.
    :param zone_id: ARM id of the zone; empty: whoever runs the company's DNS registers the endpoint.
    """
    if not (subnet_id and vault.declares(PRIVATE_ENDPOINT_TYPE)):
        return []
    endpoint_name = when_known(vault.vault_name, _endpoint_name)
    endpoint = network.PrivateEndpoint(
        f"{name}-endpoint",
        resource_group_name=vault.resource_group_name,
        private_endpoint_name=endpoint_name,
        location=vault.location,
        # The typed class would add policies of the subnet, which is not this program's.
        subnet={"id": subnet_id},
        private_link_service_connections=[
            network.PrivateLinkServiceConnectionArgs(
                name=endpoint_name, private_link_service_id=vault.vault_id, group_ids=[SUB_RESOURCE]
            )
        ],
        # Azure fills them, and empties them when a zone group registers the endpoint, whoever created that group. Unless
        # they are declared, that would show as drift.
        custom_dns_configs=[],
        tags=vault.tags,
        opts=vault.options(
            f"{name}-endpoint",
            PRIVATE_ENDPOINT_TYPE,
            endpoint_advice(vault.setting_names),
            lambda: network.get_private_endpoint(**_recorded(vault), opts=vault.lookups),
            # CannotChangeSubnetOnExistingPrivateEndpoint (pulumi-azure-native#3883).
            replace_on_changes=["subnet"],
        ),
    )
    if not (zone_id and vault.declares(ZONE_GROUP_TYPE)):
        return [endpoint]
    zone_group = network.PrivateDnsZoneGroup(
        f"{name}-dns",
        resource_group_name=vault.resource_group_name,
        private_endpoint_name=endpoint.name,
        private_dns_zone_group_name=ZONE_GROUP,
        private_dns_zone_configs=[network.PrivateDnsZoneConfigArgs(name=ZONE_CONFIG, private_dns_zone_id=zone_id)],
        opts=vault.options(
            f"{name}-dns",
            ZONE_GROUP_TYPE,
            zone_advice(vault.setting_names),
            lambda: network.get_private_dns_zone_group(
                **_recorded(vault), private_dns_zone_group_name=ZONE_GROUP, opts=vault.lookups
            ),
            # Azure moves no entry to another zone (azurerm#27559).
            replace_on_changes=["privateDnsZoneConfigs"],
        ),
    )
    return [endpoint, zone_group]


def endpoint_advice(names: SettingNames) -> dict[str, str]:
    """What to do about an endpoint that cannot be created."""
    return {
        "InvalidResourceReference": (
            "the subnet does not exist, or its virtual network is not in {location}: a private endpoint is created in the "
            "vault's region, and Azure requires the region of the virtual network. Fix: "
            f"{names.instruction('vault.private_endpoint_subnet_id', '<a subnet in that region>')}"
        ),
        "LinkedAuthorizationFailed": (
            "the identity that runs this needs Microsoft.Network/virtualNetworks/subnets/join/action on the subnet. Fix: "
            "grant it Network Contributor on the subnet, and check the subnet's ID"
        ),
        **LOCKED,
    }


def zone_advice(names: SettingNames) -> dict[str, str]:
    """What to do about an endpoint that cannot be registered in the zone."""
    zone = "vault.private_dns_zone_id"
    return {
        "MoreThanOnePrivateDnsZoneGroup": (
            "the private endpoint is registered in a private DNS zone already, usually by an Azure policy. Fix: unset "
            f"{names.name(zone)}"
        ),
        "InvalidResourceReference": (
            f"the private DNS zone does not exist. Fix: {names.instruction(zone, '<ID of the zone>')}"
        ),
        "LinkedAuthorizationFailed": (
            "the identity that runs this needs Microsoft.Network/privateDnsZones/join/action on the zone. Fix: grant it "
            "Private DNS Zone Contributor on the zone, and check the zone's ID"
        ),
    }


def _endpoint_name(vault_name: str) -> str:
    return f"{vault_name}-endpoint"


def _recorded(vault: CreatedVault) -> dict[str, str]:
    """Where the endpoint of the vault that the state holds is looked up."""
    _, _, _, _, group, *_, vault_name = vault.recorded_id.split("/")
    return {"resource_group_name": group, "private_endpoint_name": _endpoint_name(vault_name)}
