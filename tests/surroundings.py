"""What surrounds a vault: inputs that lead to it, as the stand-ins of azure-native check them, and all of it made."""

from dataclasses import dataclass
from typing import Any

from simulation.azure.arm import SUBSCRIPTION
from simulation.cloud import Cloud
from simulation.providers.stand_ins import STAND_INS
from tests.landscape import Landscape, build

Json = dict[str, Any]

ENDPOINT = "azure-native:network:PrivateEndpoint"
ZONE_GROUP = "azure-native:network:PrivateDnsZoneGroup"
SETTING = "azure-native:monitor:DiagnosticSetting"
LOCK = "azure-native:authorization:ManagementLockByScope"
# In the order of their creation.
SURROUNDINGS = (ENDPOINT, ZONE_GROUP, SETTING, LOCK)

OF_OTHERS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/network/providers"
SUBNET = f"{OF_OTHERS}/Microsoft.Network/virtualNetworks/hub/subnets/endpoints"
ZONE = f"{OF_OTHERS}/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net"
WORKSPACE = f"{OF_OTHERS}/Microsoft.OperationalInsights/workspaces/security-logs"
AUDIT = [{"category": "AuditEvent", "enabled": True}]


@dataclass
class Surroundings:
    """Inputs, ids and outputs by type."""

    made: Landscape
    inputs: dict[str, Json]
    ids: dict[str, str]
    outputs: dict[str, Json]


def inputs_of(token: str, made: Landscape, **changes: Any) -> Json:
    """Inputs as the provider's check gives them."""
    place = {"resourceGroupName": "cmk", "privateEndpointName": "acme-endpoint"}
    connection = {"name": "acme-endpoint", "privateLinkServiceId": made.vault_id, "groupIds": ["vault"]}
    news: Json = {
        ENDPOINT: {
            **place,
            "location": "westeurope",
            "subnet": {"id": SUBNET},
            "privateLinkServiceConnections": [connection],
            "customDnsConfigs": [],
            "tags": {},
        },
        ZONE_GROUP: {
            **place,
            "privateDnsZoneGroupName": "default",
            "privateDnsZoneConfigs": [{"name": "vault", "privateDnsZoneId": ZONE}],
        },
        SETTING: {"resourceUri": made.vault_id.lstrip("/"), "name": "audit", "workspaceId": WORKSPACE, "logs": AUDIT},
        LOCK: {"scope": made.vault_id.lstrip("/"), "lockName": "cmk", "level": "CanNotDelete", "notes": "why"},
    }[token]
    inputs, mistakes = STAND_INS[token].check("acme", {}, {**news, **changes}, b"", "")
    assert mistakes == []
    return inputs


def surrounded(cloud: Cloud, *tokens: str) -> Surroundings:
    """Make the vault, and around it what is named, or everything."""
    result = Surroundings(build(cloud), {}, {}, {})
    for token in tokens or SURROUNDINGS:
        result.inputs[token] = inputs_of(token, result.made)
        result.ids[token], result.outputs[token] = STAND_INS[token].create(cloud, result.inputs[token])
    return result
