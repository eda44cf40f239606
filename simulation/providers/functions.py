"""The functions of the azure-native and azuread providers that the program calls: they only read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..azure.arm import SUBSCRIPTION
from ..azure.key_vault_api import API_VERSIONS
from ..cloud import Cloud
from ..entra.rules import OPERATOR, TENANT
from ..errors import CloudError
from .azure_native import AzureNative
from .azuread import ServicePrincipalStandIn, refuse_graph
from .resource_type import without
from .stand_ins import STAND_INS

Json = dict[str, Any]


def _client_config(cloud: Cloud, args: Mapping[str, Any]) -> Json:
    config = cloud.provider_config("azure-native")
    return {
        "clientId": "",
        "objectId": OPERATOR,
        "subscriptionId": config.get("subscriptionId") or SUBSCRIPTION,
        "tenantId": config.get("tenantId") or TENANT,
    }


def _entra_client_config(cloud: Cloud, args: Mapping[str, Any]) -> Json:
    tenant = cloud.provider_config("azuread").get("tenantId") or TENANT
    return {"id": f"{tenant}-{OPERATOR}", "clientId": "", "objectId": OPERATOR, "tenantId": tenant}


def _getter(token: str) -> Callable[[Cloud, Mapping[str, Any]], Json]:
    """The function that looks a resource up by its path parameters; an absent one is an error."""

    def look_up(cloud: Cloud, args: Mapping[str, Any]) -> Json:
        kind = STAND_INS[token]
        assert isinstance(kind, AzureNative)
        record = kind.readable_get(cloud, kind.resource_id(cloud, args))
        return {**kind.outputs(record), "id": record["id"]}

    return look_up


def _get_service_principal(cloud: Cloud, args: Mapping[str, Any]) -> Json:
    refuse_graph(cloud, "find a service principal")
    record = cloud.entra.find_service_principal(args["clientId"])
    if record is None:
        # The azuread data source's own words.
        raise CloudError("NotFound", f'No service principal found matching clientId: "{args["clientId"]}"')
    outputs = ServicePrincipalStandIn.outputs(record)
    return {"id": record["id"], **without(outputs, "owners", "useExisting"), "samlSingleSignOns": []}


_VAULT = frozenset({"resourceGroupName", "vaultName"})
_ENDPOINT = frozenset({"resourceGroupName", "privateEndpointName"})
_ROLE = frozenset({"scope", "roleAssignmentName"})

FUNCTIONS: dict[str, tuple[frozenset[str], Callable[[Cloud, Mapping[str, Any]], Json]]] = {
    "azure-native:authorization:getClientConfig": (frozenset(), _client_config),
    "azure-native:resources:getResourceGroup": (
        frozenset({"resourceGroupName"}),
        _getter("azure-native:resources:ResourceGroup"),
    ),
    **{f"{package}:keyvault:getVault": (_VAULT, _getter(f"{package}:keyvault:Vault")) for package in API_VERSIONS},
    **{f"{package}:keyvault:getKey": (_VAULT | {"keyName"}, _getter(f"{package}:keyvault:Key")) for package in API_VERSIONS},
    "azure-native:authorization:getRoleAssignment": (_ROLE, _getter("azure-native:authorization:RoleAssignment")),
    "azure-native:authorization:getManagementLockByScope": (
        frozenset({"scope", "lockName"}),
        _getter("azure-native:authorization:ManagementLockByScope"),
    ),
    "azure-native:network:getPrivateEndpoint": (_ENDPOINT, _getter("azure-native:network:PrivateEndpoint")),
    "azure-native:network:getPrivateDnsZoneGroup": (
        _ENDPOINT | {"privateDnsZoneGroupName"},
        _getter("azure-native:network:PrivateDnsZoneGroup"),
    ),
    "azure-native:monitor:getDiagnosticSetting": (
        frozenset({"resourceUri", "name"}),
        _getter("azure-native:monitor:DiagnosticSetting"),
    ),
    "azuread:index/getClientConfig:getClientConfig": (frozenset(), _entra_client_config),
    "azuread:index/getServicePrincipal:getServicePrincipal": (frozenset({"clientId"}), _get_service_principal),
}


def invoke(cloud: Cloud, token: str, args: Mapping[str, Any]) -> Json:
    """Call a provider function; every argument is required, and none besides is taken.

    :raises CloudError: for an unknown function, wrong arguments, or as the cloud refuses it.
    """
    if token not in FUNCTIONS:
        raise CloudError("NotSimulated", f"unknown function {token}")
    names, function = FUNCTIONS[token]
    given = frozenset(name for name, value in args.items() if value is not None)
    if given != names:
        raise CloudError("InvalidArguments", f"{token} takes {sorted(names)} and got {sorted(given)}")
    return function(cloud, args)
