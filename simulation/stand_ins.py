"""What the azure-native and azuread providers do for the types that the program uses, on top of the simulated clouds.

One class a type, in plain dictionaries under Pulumi's property names; `providers.py` puts them behind gRPC, `rehearsal.py`
calls them directly. Both check inputs against the SDKs' typed classes and give complete outputs.
"""

from __future__ import annotations

import copy
import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pulumi_azuread as azuread
from pulumi._types import input_type_types
from pulumi.runtime import rpc
from pulumi_azure_native import authorization, keyvault, resources

from .azure import API_VERSION, same_region
from .cloud import Cloud
from .entra import TENANT
from .errors import CloudError
from .typed_properties import input_mistakes

# The tenant that Adobe's app lives in; made up.
ADOBE_TENANT = "ad0be000-7b34-4387-94ae-d2c178decee1"

Json = dict[str, Any]


class StandIn:
    """A resource type: how its inputs become calls to the cloud, and the cloud's state its outputs."""

    resource_class: type
    args_class: type
    name_property = ""
    """Input that Pulumi names when the program does not."""
    replace_on: frozenset[str] = frozenset()
    """Inputs whose change replaces the resource."""

    def check(
        self, logical_name: str, olds: Mapping[str, Any], news: Mapping[str, Any], seed: bytes, location: str
    ) -> tuple[Json, list[str]]:
        """Inputs with what the provider fills in, and the mistakes in them."""
        inputs = dict(news)
        if self.name_property and self.name_property not in inputs:
            inputs[self.name_property] = olds.get(self.name_property) or self.made_up_name(logical_name, seed)
        if "location" in self.inputs_known() and "location" not in inputs:
            if location:
                inputs["location"] = location
            else:
                # The azure-native provider's own hint.
                hint = "Set it explicitly or configure it with 'pulumi config set azure-native:location <value>'"
                return inputs, [f"missing required property 'location'. {hint}"]
        return inputs, input_mistakes(self.args_class, inputs)

    def inputs_known(self) -> set[str]:
        """Names of the type's inputs."""
        return set(input_type_types(self.args_class))

    def made_up_name(self, logical_name: str, seed: bytes) -> str:
        """Logical name and eight hex digits, as azure-native names things."""
        return logical_name + hashlib.sha256(seed or uuid.uuid4().bytes).hexdigest()[:8]

    def changes(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, bool]:
        """Changed inputs by name, each with whether it replaces the resource."""
        names = {name for name in {*olds, *news} if not name.startswith("__")}
        changed = {name for name in names if olds.get(name) != news.get(name)}
        if same_region(olds.get("location", "")) == same_region(news.get("location", "")):
            changed.discard("location")
        return {name: name in self.replace_on for name in sorted(changed)}

    def observed(self, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Json:
        """The declared inputs with the values that the cloud has now, so that drift shows as a change of inputs."""
        return _project(inputs, outputs)

    def create(self, cloud: Cloud, inputs: Mapping[str, Any]) -> tuple[str, Json]:
        """Make it; returns the id and the outputs.

        :raises CloudError: as the cloud refuses it.
        """
        raise NotImplementedError

    def read(self, cloud: Cloud, id_: str) -> Json | None:
        """Outputs as of now; None when it is gone."""
        raise NotImplementedError

    def update(self, cloud: Cloud, id_: str, inputs: Mapping[str, Any]) -> Json:
        """Azure's PUT makes and changes alike."""
        return self.create(cloud, inputs)[1]

    def delete(self, cloud: Cloud, id_: str) -> None:
        """Remove it, or soft-delete it."""
        raise NotImplementedError


class ResourceGroupStandIn(StandIn):
    resource_class, args_class = resources.ResourceGroup, resources.ResourceGroupArgs
    name_property = "resourceGroupName"
    replace_on = frozenset({"resourceGroupName", "location"})

    def create(self, cloud: Cloud, inputs: Mapping[str, Any]) -> tuple[str, Json]:
        record = cloud.azure.put_resource_group(inputs["resourceGroupName"], inputs["location"], inputs.get("tags"))
        return record["id"], self.outputs(record)

    def read(self, cloud: Cloud, id_: str) -> Json | None:
        return _absent(lambda: self.outputs(cloud.azure.resource_group(id_.split("/")[4])))

    def delete(self, cloud: Cloud, id_: str) -> None:
        cloud.azure.delete_resource_group(id_.split("/")[4])

    @staticmethod
    def outputs(record: Json) -> Json:
        return {"managedBy": None, "azureApiVersion": API_VERSION, **without(record, "id")}


class VaultStandIn(StandIn):
    resource_class, args_class = keyvault.Vault, keyvault.VaultArgs
    name_property = "vaultName"
    replace_on = frozenset({"vaultName", "resourceGroupName", "location"})

    def create(self, cloud: Cloud, inputs: Mapping[str, Any]) -> tuple[str, Json]:
        record = cloud.azure.put_vault(
            inputs["resourceGroupName"],
            inputs["vaultName"],
            inputs["location"],
            inputs["properties"],
            inputs.get("tags"),
        )
        return record["id"], self.outputs(record)

    def read(self, cloud: Cloud, id_: str) -> Json | None:
        return _absent(lambda: self.outputs(cloud.azure.vault(id_.split("/")[8])))

    def delete(self, cloud: Cloud, id_: str) -> None:
        cloud.azure.delete_vault(id_.split("/")[8])

    @staticmethod
    def outputs(record: Json) -> Json:
        return {"azureApiVersion": API_VERSION, **without(record, "id", "resourceGroup")}


class KeyStandIn(StandIn):
    resource_class, args_class = keyvault.Key, keyvault.KeyArgs
    name_property = "keyName"
    # kty, keySize and keyOps do not replace: Azure's PUT leaves an existing key as it is (pitfall 1).
    replace_on = frozenset({"keyName", "vaultName", "resourceGroupName"})

    def create(self, cloud: Cloud, inputs: Mapping[str, Any]) -> tuple[str, Json]:
        record = cloud.azure.put_key(inputs["vaultName"], inputs["keyName"], inputs["properties"], inputs.get("tags"))
        return record["id"], self.outputs(record)

    def read(self, cloud: Cloud, id_: str) -> Json | None:
        return _absent(lambda: self.outputs(cloud.azure.key(id_.split("/")[8], id_.split("/")[10])))

    def delete(self, cloud: Cloud, id_: str) -> None:
        cloud.azure.delete_key(id_.split("/")[8], id_.split("/")[10])

    def observed(self, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Json:
        # The inputs nest under `properties` what the outputs hold at the top.
        return {**_project(inputs, outputs), "properties": _project(inputs["properties"], outputs)}

    @staticmethod
    def outputs(record: Json) -> Json:
        extra = {"curveName": None, "releasePolicy": None, "rotationPolicy": None, "azureApiVersion": API_VERSION}
        return {**extra, **without(record, "id", "vault", "versions")}


class RoleAssignmentStandIn(StandIn):
    resource_class, args_class = authorization.RoleAssignment, authorization.RoleAssignmentArgs
    name_property = "roleAssignmentName"
    replace_on = frozenset({"roleAssignmentName", "scope", "principalId", "principalType", "roleDefinitionId"})

    def made_up_name(self, logical_name: str, seed: bytes) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, seed.hex() or uuid.uuid4().hex))

    def create(self, cloud: Cloud, inputs: Mapping[str, Any]) -> tuple[str, Json]:
        record = cloud.azure.put_role_assignment(inputs["scope"], inputs["roleAssignmentName"], inputs)
        return record["id"], self.outputs(record)

    def read(self, cloud: Cloud, id_: str) -> Json | None:
        return _absent(lambda: self.outputs(cloud.azure.role_assignment(id_)))

    def delete(self, cloud: Cloud, id_: str) -> None:
        cloud.azure.delete_role_assignment(id_)

    @staticmethod
    def outputs(record: Json) -> Json:
        unset = ("condition", "conditionVersion", "delegatedManagedIdentityResourceId", "description")
        system = {"createdAt": record["createdOn"], "createdBy": record["createdBy"]}
        return {**dict.fromkeys(unset), "systemData": system, "azureApiVersion": "2022-04-01", **without(record, "id")}


class ServicePrincipalStandIn(StandIn):
    """As measured of the azuread provider: present is an error without `useExisting`, which the program never sets."""

    resource_class, args_class = azuread.ServicePrincipal, azuread.ServicePrincipalArgs
    replace_on = frozenset({"clientId", "useExisting"})

    def create(self, cloud: Cloud, inputs: Mapping[str, Any]) -> tuple[str, Json]:
        if set(inputs) - {"clientId"}:
            raise CloudError("NotSimulated", f"the simulation takes clientId alone, and not {sorted(inputs)}")
        record = cloud.entra.create_service_principal(inputs["clientId"])
        return record["id"], self.outputs(record)

    def read(self, cloud: Cloud, id_: str) -> Json | None:
        # Another tenant does not know the principal.
        if cloud.provider_config("azuread").get("tenantId", TENANT) != TENANT:
            return None
        record = cloud.entra.service_principal(id_.rsplit("/", 1)[1])
        return self.outputs(record) if record else None

    def delete(self, cloud: Cloud, id_: str) -> None:
        cloud.entra.delete_service_principal(id_.rsplit("/", 1)[1])

    @staticmethod
    def outputs(record: Json) -> Json:
        lists = ("alternativeNames", "appRoles", "featureTags", "features", "notificationEmailAddresses", "owners", "tags")
        return {
            **dict.fromkeys(("description", "loginUrl", "notes", "samlSingleSignOn", "useExisting")),
            **dict.fromkeys(("homepageUrl", "logoutUrl", "preferredSingleSignOnMode", "samlMetadataUrl"), ""),
            **{name: [] for name in (*lists, "oauth2PermissionScopes", "redirectUris")},
            "appRoleIds": {},
            "oauth2PermissionScopeIds": {},
            "servicePrincipalNames": [record["clientId"]],
            "applicationTenantId": ADOBE_TENANT,
            "signInAudience": "AzureADMultipleOrgs",
            "type": "Application",
            **without(record, "id"),
        }


STAND_INS: dict[str, StandIn] = {
    "azure-native:resources:ResourceGroup": ResourceGroupStandIn(),
    "azure-native:keyvault:Vault": VaultStandIn(),
    "azure-native:keyvault:Key": KeyStandIn(),
    "azure-native:authorization:RoleAssignment": RoleAssignmentStandIn(),
    "azuread:index/servicePrincipal:ServicePrincipal": ServicePrincipalStandIn(),
}


def stand_in(token: str) -> StandIn:
    """The stand-in of a type.

    :raises CloudError: when the simulation has none.
    """
    if token not in STAND_INS:
        raise CloudError("NotSimulated", f"the simulation has no resource type {token}")
    return STAND_INS[token]


def _absent(read: Callable[[], Json]) -> Json | None:
    try:
        return read()
    except CloudError:
        return None


def without(record: Mapping[str, Any], *names: str) -> Json:
    return {name: copy.deepcopy(value) for name, value in record.items() if name not in names}


def _project(declared: Mapping[str, Any], live: Mapping[str, Any]) -> Json:
    """The declared values, with the live one wherever there is one of that name; lists are taken whole."""
    result: Json = {}
    for name, value in declared.items():
        if name not in live or live[name] is None or value == rpc.UNKNOWN:
            result[name] = value
        elif isinstance(value, Mapping) and isinstance(live[name], Mapping):
            result[name] = _project(value, live[name])
        else:
            result[name] = live[name]
    return result
