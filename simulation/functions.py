"""The functions of the azure-native and azuread providers that the program calls: they only read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .azure import API_VERSION, SUBSCRIPTION
from .cloud import Cloud
from .entra import OPERATOR, TENANT
from .errors import CloudError
from .stand_ins import STAND_INS, RoleAssignmentStandIn, without

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


def _get_vault(cloud: Cloud, args: Mapping[str, Any]) -> Json:
    record = cloud.azure.vault(args["vaultName"])
    return {"azureApiVersion": API_VERSION, **without(record, "resourceGroup")}


def _get_key(cloud: Cloud, args: Mapping[str, Any]) -> Json:
    record = cloud.azure.key(args["vaultName"], args["keyName"])
    return {"azureApiVersion": API_VERSION, **without(record, "vault", "versions")}


def _get_service_principal(cloud: Cloud, args: Mapping[str, Any]) -> Json:
    record = cloud.entra.find_service_principal(args["clientId"])
    if record is None:
        # The azuread data source's own words.
        raise CloudError("NotFound", f'No service principal found matching clientId: "{args["clientId"]}"')
    outputs = STAND_INS["azuread:index/servicePrincipal:ServicePrincipal"].read(cloud, record["id"])
    assert outputs is not None
    return {"id": record["id"], **without(outputs, "owners", "useExisting"), "samlSingleSignOns": []}


def _get_role_assignment(cloud: Cloud, args: Mapping[str, Any]) -> Json:
    path = f"{args['scope']}/providers/Microsoft.Authorization/roleAssignments/{args['roleAssignmentName']}"
    record = cloud.azure.role_assignment(path)
    return {"id": record["id"], **RoleAssignmentStandIn.outputs(record)}


FUNCTIONS: dict[str, tuple[frozenset[str], Callable[[Cloud, Mapping[str, Any]], Json]]] = {
    "azure-native:authorization:getClientConfig": (frozenset(), _client_config),
    "azure-native:keyvault:getVault": (frozenset({"resourceGroupName", "vaultName"}), _get_vault),
    "azure-native:keyvault:getKey": (frozenset({"resourceGroupName", "vaultName", "keyName"}), _get_key),
    "azure-native:authorization:getRoleAssignment": (frozenset({"scope", "roleAssignmentName"}), _get_role_assignment),
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
