"""The types of azure-native that the program uses."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from pulumi_azure_native import authorization, keyvault, resources

from ..cloud import Cloud
from ..errors import CloudError
from .azure_native import AzureNative
from .key_vault_type import KeyVaultType
from .resource_type import Json, without

GROUP_PATH = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
VAULT_PATH = f"{GROUP_PATH}/providers/Microsoft.KeyVault/vaults/{{vaultName}}"


class ResourceGroupStandIn(AzureNative):
    resource_class, args_class = resources.ResourceGroup, resources.ResourceGroupArgs
    api_version, id_path = "2024-03-01", GROUP_PATH
    operation, action = "group", "Microsoft.Resources/subscriptions/resourceGroups"
    name_property = "resourceGroupName"
    replace_on = frozenset({"resourceGroupName", "location"})

    def get(self, cloud: Cloud, id_: str) -> Json:
        return cloud.azure.resource_group(id_.split("/")[4])

    def put(self, cloud: Cloud, inputs: Mapping[str, Any]) -> Json:
        return cloud.azure.put_resource_group(inputs["resourceGroupName"], inputs["location"], inputs.get("tags"))

    def remove(self, cloud: Cloud, id_: str) -> None:
        cloud.azure.delete_resource_group(id_.split("/")[4])


class VaultStandIn(KeyVaultType):
    resource_class, args_class = keyvault.Vault, keyvault.VaultArgs
    arm_type, id_path = "vaults", VAULT_PATH
    no_outputs = ("id", "resourceGroup")
    operation, action = "vault", "Microsoft.KeyVault/vaults"
    name_property = "vaultName"
    # The location is in the body, and only path parameters replace: Azure refuses the PUT.
    replace_on = frozenset({"vaultName", "resourceGroupName"})

    def get(self, cloud: Cloud, id_: str) -> Json:
        path = self.path_parameters(id_)
        self.take_call(cloud, path)
        return cloud.azure.vault(path["vaultName"], path["resourceGroupName"])

    def put(self, cloud: Cloud, inputs: Mapping[str, Any]) -> Json:
        self.take_call(cloud, inputs)
        self.refuse_put_elsewhere(cloud, inputs)
        return cloud.azure.put_vault(
            inputs["resourceGroupName"],
            inputs["vaultName"],
            inputs["location"],
            inputs["properties"],
            inputs.get("tags"),
            self.api_version,
        )

    def after_create(self, cloud: Cloud, id_: str, answer: Json) -> Json:
        # The provider polls until the vault's name is registered; nobody waits for it here.
        outputs = super().after_create(cloud, id_, answer)
        return {**outputs, "properties": {**outputs["properties"], "provisioningState": "Succeeded"}}

    def update(self, cloud: Cloud, id_: str, inputs: Mapping[str, Any]) -> Json:
        # Before the PUT it reads what access policies there are (MaintainSubResourcePropertiesIfNotSet).
        self.readable_get(cloud, self.resource_id(cloud, inputs))
        return self.after_create(cloud, self.resource_id(cloud, inputs), self.written(cloud, inputs))

    def remove(self, cloud: Cloud, id_: str) -> None:
        path = self.path_parameters(id_)
        self.take_call(cloud, path)
        cloud.azure.delete_vault(path["vaultName"])

    def body(self, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Json:
        # Access policies are a type of their own: undeclared ones never become an input (resetUnsetSubResourceProperties).
        body = super().body(inputs, outputs)
        declared = "accessPolicies" in (inputs.get("properties") or {})
        return body if declared or not inputs else {**body, "properties": without(body["properties"], "accessPolicies")}


class KeyStandIn(KeyVaultType):
    """The outputs hold at the top (`attributes`, `kty`, …) what the inputs hold under `properties`.

    So a read, which compares under the names of the PUT's body, finds none of it: no drift of a key is ever seen.
    """

    resource_class, args_class = keyvault.Key, keyvault.KeyArgs
    arm_type, id_path = "vaults/keys", f"{VAULT_PATH}/keys/{{keyName}}"
    no_outputs = ("id", "vault", "versions")
    operation, action = "key", "Microsoft.KeyVault/vaults/keys"
    name_property = "keyName"
    # kty, keySize and keyOps do not replace: the PUT makes a first version or refuses.
    replace_on = frozenset({"keyName", "vaultName", "resourceGroupName"})

    def get(self, cloud: Cloud, id_: str) -> Json:
        path = self.path_parameters(id_)
        self.take_call(cloud, path)
        return cloud.azure.key(path["vaultName"], path["keyName"], path["resourceGroupName"])

    def put(self, cloud: Cloud, inputs: Mapping[str, Any]) -> Json:
        self.take_call(cloud, inputs)
        self.refuse_put_elsewhere(cloud, inputs)
        return cloud.azure.put_key(
            inputs["vaultName"],
            inputs["keyName"],
            inputs["properties"],
            inputs.get("tags"),
            inputs["resourceGroupName"],
        )

    def create(self, cloud: Cloud, inputs: Mapping[str, Any]) -> tuple[str, Json]:
        try:
            return super().create(cloud, inputs)
        except CloudError as error:
            if error.code != "Conflict":
                raise
            # custom_keyvault.go recovers over the data plane and PUTs again; refused that, it gives the PUT's own error.
            try:
                self._let_in(cloud, inputs, "Microsoft.KeyVault/vaults/keys/recover/action")
            except CloudError:
                raise error from None
        cloud.azure.recover_key(inputs["vaultName"], inputs["keyName"])
        return self.resource_id(cloud, inputs), self.outputs(self.written(cloud, inputs))

    def after_create(self, cloud: Cloud, id_: str, answer: Json) -> Json:
        # Its create is custom_keyvault.go's, which gives the PUT's answer: no rotation policy until a refresh.
        return self.outputs(answer)

    def delete(self, cloud: Cloud, id_: str) -> None:
        # Azure Resource Manager has no DELETE of keys: custom_keyvault.go calls the vault, and takes a 404 for done.
        path = self.path_parameters(id_)
        self._let_in(cloud, path, "Microsoft.KeyVault/vaults/keys/delete")
        cloud.azure.delete_key(path["vaultName"], path["keyName"])

    @staticmethod
    def _let_in(cloud: Cloud, path: Mapping[str, Any], action: str) -> None:
        cloud.azure.let_deployer_in(path["vaultName"], f"/keys/{path['keyName']}", action)

    def changes(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, bool]:
        # An import leaves no `properties` in the state, and shows no difference.
        changed = super().changes(olds, news)
        return changed if "properties" in olds else {name: how for name, how in changed.items() if name != "properties"}

    def body(self, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Json:
        return {name: value for name, value in super().body(inputs, outputs).items() if name == "tags" and value}


class RoleAssignmentStandIn(AzureNative):
    resource_class, args_class = authorization.RoleAssignment, authorization.RoleAssignmentArgs
    api_version = "2022-04-01"
    id_path = "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}"
    operation, action = "role", "Microsoft.Authorization/roleAssignments"
    name_property = "roleAssignmentName"
    # roleDefinitionId and principalType are in the body: Azure refuses the PUT.
    replace_on = frozenset({"roleAssignmentName", "scope", "principalId"})

    def made_up_name(self, logical_name: str, seed: bytes) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, seed.hex() or uuid.uuid4().hex))

    def get(self, cloud: Cloud, id_: str) -> Json:
        return cloud.azure.role_assignment(id_)

    def put(self, cloud: Cloud, inputs: Mapping[str, Any]) -> Json:
        scope = "/" + str(inputs["scope"]).strip("/")
        return cloud.azure.put_role_assignment(scope, inputs["roleAssignmentName"], inputs)

    def remove(self, cloud: Cloud, id_: str) -> None:
        cloud.azure.delete_role_assignment(id_)


class LockStandIn(AzureNative):
    resource_class, args_class = authorization.ManagementLockByScope, authorization.ManagementLockByScopeArgs
    api_version, id_path = "2020-05-01", "/{scope}/providers/Microsoft.Authorization/locks/{lockName}"
    no_outputs = ("id", "scope")
    operation, action = "lock", "Microsoft.Authorization/locks"
    name_property = "lockName"
    replace_on = frozenset({"lockName", "scope"})

    def get(self, cloud: Cloud, id_: str) -> Json:
        return cloud.azure.lock(id_)

    def put(self, cloud: Cloud, inputs: Mapping[str, Any]) -> Json:
        scope = f"/{inputs['scope'].strip('/')}"
        return cloud.azure.put_lock(scope, inputs["lockName"], inputs["level"], inputs.get("notes"))

    def remove(self, cloud: Cloud, id_: str) -> None:
        cloud.azure.delete_lock(id_)
