"""The stand-ins of the azure-native and azuread providers, by Pulumi's type.

All check inputs against the SDKs' typed classes and give the outputs that the real provider gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..azure.key_vault_api import API_VERSIONS
from ..errors import CloudError
from .azure_native_types import KeyStandIn, LockStandIn, ResourceGroupStandIn, RoleAssignmentStandIn, VaultStandIn
from .azuread import ServicePrincipalStandIn
from .resource_type import StandIn

_ALWAYS: dict[str, StandIn] = {
    "azure-native:resources:ResourceGroup": ResourceGroupStandIn(),
    **{f"{package}:keyvault:Vault": VaultStandIn(package) for package in API_VERSIONS},
    **{f"{package}:keyvault:Key": KeyStandIn(package) for package in API_VERSIONS},
    "azure-native:authorization:RoleAssignment": RoleAssignmentStandIn(),
    "azure-native:authorization:ManagementLockByScope": LockStandIn(),
    "azuread:index/servicePrincipal:ServicePrincipal": ServicePrincipalStandIn(),
}
_ON_USE = {
    "azure-native:network:PrivateEndpoint": "PrivateEndpointStandIn",
    "azure-native:network:PrivateDnsZoneGroup": "ZoneGroupStandIn",
    "azure-native:monitor:DiagnosticSetting": "DiagnosticSettingStandIn",
}


class _StandIns(Mapping[str, StandIn]):
    """Imports what takes long, most of a second, with the first use of its type."""

    def __init__(self) -> None:
        self._made = dict(_ALWAYS)

    def __getitem__(self, token: str) -> StandIn:
        if token not in self._made and token in _ON_USE:
            from . import vault_surroundings

            self._made[token] = getattr(vault_surroundings, _ON_USE[token])()
        return self._made[token]

    def __iter__(self) -> Iterator[str]:
        return iter((*_ALWAYS, *_ON_USE))

    def __len__(self) -> int:
        return len(_ALWAYS) + len(_ON_USE)


STAND_INS: Mapping[str, StandIn] = _StandIns()


def stand_in(token: str) -> StandIn:
    """The stand-in of a type.

    :raises CloudError: when the simulation has none.
    """
    if token not in STAND_INS:
        raise CloudError("NotSimulated", f"the simulation has no resource type {token}")
    return STAND_INS[token]
