"""The functions of the azure-native and azuread providers that the program calls: they only read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..azure.arm import SUBSCRIPTION
from ..cloud import Cloud
from ..entra.rules import OPERATOR, TENANT
from ..errors import CloudError
from .azure_native import AzureNative
from .azuread import ServicePrincipalStandIn, refuse_graph
from .resource_type import Json, without
from .stand_ins import STAND_INS

Function = Callable[[Cloud, Mapping[str, Any]], Json]


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


def _get_service_principal(cloud: Cloud, args: Mapping[str, Any]) -> Json:
    refuse_graph(cloud, "find a service principal")
    record = cloud.entra.find_service_principal(args["clientId"])
    if record is None:
        # The azuread data source's own words.
        raise CloudError("NotFound", f'No service principal found matching clientId: "{args["clientId"]}"')
    outputs = ServicePrincipalStandIn.outputs(record)
    return {"id": record["id"], **without(outputs, "owners", "useExisting"), "samlSingleSignOns": []}


# What a function takes, and what it answers.
FUNCTIONS: dict[str, tuple[frozenset[str], Function]] = {
    "azure-native:authorization:getClientConfig": (frozenset(), _client_config),
    "azuread:index/getClientConfig:getClientConfig": (frozenset(), _entra_client_config),
    "azuread:index/getServicePrincipal:getServicePrincipal": (frozenset({"clientId"}), _get_service_principal),
}


def _function(token: str) -> tuple[frozenset[str], Function]:
    """One of those above, or azure-native's function that looks a resource up: an absent one is an error."""
    if token in FUNCTIONS:
        return FUNCTIONS[token]
    kind = STAND_INS.get(re.sub(r":get(\w+)$", r":\1", token))
    if token in STAND_INS or not isinstance(kind, AzureNative):
        raise CloudError("NotSimulated", f"unknown function {token}")

    def look_up(cloud: Cloud, args: Mapping[str, Any]) -> Json:
        record = kind.readable_get(cloud, kind.resource_id(cloud, args))
        return {**kind.outputs(record), "id": record["id"]}

    return frozenset(kind.path_parameters(kind.id_path)), look_up


def invoke(cloud: Cloud, token: str, args: Mapping[str, Any]) -> Json:
    """Call a provider function; every argument is required, and none besides is taken.

    :raises CloudError: for an unknown function, wrong arguments, or as the cloud refuses it.
    """
    names, function = _function(token)
    given = frozenset(name for name, value in args.items() if value is not None)
    if given != names:
        raise CloudError("InvalidArguments", f"{token} takes {sorted(names)} and got {sorted(given)}")
    return function(cloud, args)
