"""The stand-ins of the azure-native and azuread providers, by Pulumi's type.

All check inputs against the SDKs' typed classes and give the outputs that the real provider gives.
"""

from __future__ import annotations

from .azure_native_types import KeyStandIn, ResourceGroupStandIn, RoleAssignmentStandIn, VaultStandIn
from .azuread import ServicePrincipalStandIn
from .errors import CloudError
from .key_vault_api import API_VERSIONS
from .resource_type import StandIn
from .vault_surroundings import DiagnosticSettingStandIn, LockStandIn, PrivateEndpointStandIn, ZoneGroupStandIn

STAND_INS: dict[str, StandIn] = {
    "azure-native:resources:ResourceGroup": ResourceGroupStandIn(),
    **{f"{package}:keyvault:Vault": VaultStandIn(package) for package in API_VERSIONS},
    **{f"{package}:keyvault:Key": KeyStandIn(package) for package in API_VERSIONS},
    "azure-native:authorization:RoleAssignment": RoleAssignmentStandIn(),
    "azure-native:authorization:ManagementLockByScope": LockStandIn(),
    "azure-native:network:PrivateEndpoint": PrivateEndpointStandIn(),
    "azure-native:network:PrivateDnsZoneGroup": ZoneGroupStandIn(),
    "azure-native:monitor:DiagnosticSetting": DiagnosticSettingStandIn(),
    "azuread:index/servicePrincipal:ServicePrincipal": ServicePrincipalStandIn(),
}


def stand_in(token: str) -> StandIn:
    """The stand-in of a type.

    :raises CloudError: when the simulation has none.
    """
    if token not in STAND_INS:
        raise CloudError("NotSimulated", f"the simulation has no resource type {token}")
    return STAND_INS[token]
