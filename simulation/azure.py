"""The simulated Azure: resource groups, Key Vaults, keys, role assignments and their rules.

Every rule names its source: Microsoft's documentation, or the behaviour that others reported (an issue's number). State is
plain JSON data, so that it can be saved, printed and changed behind Pulumi's back.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from .entra import Entra
from .errors import CloudError

SUBSCRIPTION = "5e0cafe0-1111-4222-8333-444455556666"
# Azure documents up to ten minutes; the simulation applies a role in this many seconds.
ROLE_PROPAGATION_SECONDS = 1.0
API_VERSION = "2024-11-01"

Json = dict[str, Any]


class Clock(Protocol):
    """Where the simulated clouds take the time from."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        ...


class Azure:
    """One subscription. Names ignore case, as in Azure."""

    def __init__(self, state: Json, entra: Entra, clock: Clock) -> None:
        self._state = state
        self._entra = entra
        self._clock = clock
        for kind in ("resourceGroups", "vaults", "deletedVaults", "keys", "deletedKeys", "roleAssignments"):
            state.setdefault(kind, {})

    # Resource groups

    def put_resource_group(self, name: str, location: str, tags: Mapping[str, str] | None) -> Json:
        groups, location = self._state["resourceGroups"], same_region(location)
        existing = groups.get(name.lower())
        if existing and existing["location"] != location:
            # https://learn.microsoft.com/azure/azure-resource-manager/management/overview: location is fixed.
            raise CloudError("InvalidResourceGroupLocation", f"The resource group '{name}' exists in another location")
        groups[name.lower()] = {
            "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}",
            "name": name,
            "type": "Microsoft.Resources/resourceGroups",
            "location": location,
            "tags": dict(tags or {}),
            "properties": {"provisioningState": "Succeeded"},
        }
        return self.resource_group(name)

    def resource_group(self, name: str) -> Json:
        try:
            return dict(self._state["resourceGroups"][name.lower()])
        except KeyError:
            raise CloudError("ResourceGroupNotFound", f"Resource group '{name}' could not be found.") from None

    def delete_resource_group(self, name: str) -> None:
        for vault in [v for v in self._state["vaults"].values() if v["resourceGroup"].lower() == name.lower()]:
            self.delete_vault(vault["name"])
        self._state["resourceGroups"].pop(name.lower(), None)

    # Vaults

    def put_vault(
        self, group: str, name: str, location: str, properties: Mapping[str, Any], tags: Mapping[str, str] | None
    ) -> Json:
        self.resource_group(group)
        # https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates: names of objects.
        if not re.fullmatch(r"(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]", name):
            raise CloudError("VaultNameNotValid", f"The vault name '{name}' is invalid.")
        existing = self._state["vaults"].get(name.lower())
        if existing is None and name.lower() in self._state["deletedVaults"]:
            # pulumi-azure-native#2722: a soft-deleted vault holds its name until it is purged or recovered.
            raise CloudError(
                "ConflictError",
                f"A vault with the same name already exists in deleted state. '{name}' must be purged or recovered",
            )
        if existing and existing["resourceGroup"].lower() != group.lower():
            raise CloudError("VaultAlreadyExists", f"The vault name '{name}' is already in use. Vault names are global.")
        merged = {**(existing["properties"] if existing else {}), **properties}
        self._check_vault(existing, merged)
        now = _timestamp(self._clock.now())
        self._state["vaults"][name.lower()] = {
            "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{name}",
            "name": name,
            "type": "Microsoft.KeyVault/vaults",
            "resourceGroup": group,
            "location": same_region(location),
            "tags": dict(tags or {}),
            "properties": {
                "accessPolicies": [],
                "hsmPoolResourceId": "",
                "privateEndpointConnections": [],
                **merged,
                "networkAcls": _network_rules(merged.get("networkAcls") or {}),
                "provisioningState": "Succeeded",
                "vaultUri": f"https://{name.lower()}.vault.azure.net/",
            },
            "systemData": existing["systemData"] if existing else {"createdAt": now, "lastModifiedAt": now},
        }
        return self.vault(name)

    def _check_vault(self, existing: Json | None, properties: Mapping[str, Any]) -> None:
        if properties.get("tenantId") != self._entra.tenant_id:
            raise CloudError("InvalidTenantId", f"The tenant '{properties.get('tenantId')}' is not that of the subscription")
        if properties.get("enablePurgeProtection") is False:
            # pulumi-azure-native#4742: false is refused even on create.
            raise CloudError(
                "BadRequest",
                'The property "enablePurgeProtection" cannot be set to false. Enabling it is irreversible.',
            )
        if properties.get("enableSoftDelete") is False:
            raise CloudError(
                "BadRequest", 'The property "enableSoftDelete" can be set to false only for creating new vault.'
            )
        days = properties.get("softDeleteRetentionInDays", 90)
        if not 7 <= days <= 90:
            raise CloudError("BadRequest", "softDeleteRetentionInDays must be between 7 and 90")
        if existing and existing["properties"]["softDeleteRetentionInDays"] != days:
            # azurerm, key_vault_resource: immutable once set.
            raise CloudError(
                "BadRequest", 'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.'
            )

    def vault(self, name: str) -> Json:
        try:
            return dict(self._state["vaults"][name.lower()])
        except KeyError:
            raise CloudError("ResourceNotFound", f"The vault '{name}' was not found.") from None

    def delete_vault(self, name: str) -> None:
        """Soft delete: the name stays taken, keys and role assignments on the vault no longer work."""
        vault = self._state["vaults"].pop(name.lower(), None)
        if vault:
            self._state["deletedVaults"][name.lower()] = vault

    # Keys

    def put_key(self, vault: str, name: str, properties: Mapping[str, Any], tags: Mapping[str, str] | None) -> Json:
        """Create if not exist: an existing key is returned as it is, whatever is asked for.

        https://github.com/Azure/azure-rest-api-specs, keyvault keys.json, Keys_CreateIfNotExist.
        """
        sku = self.vault(vault)["properties"]["sku"]["name"]
        path = f"{vault}/{name}".lower()
        if path in self._state["keys"]:
            return self.key(vault, name)
        if path in self._state["deletedKeys"]:
            # azurerm#14442
            raise CloudError("ObjectIsDeletedButRecoverable", f"Key {name} is currently in a deleted but recoverable state")
        kty = properties.get("kty", "RSA")
        if kty == "RSA-HSM" and sku != "premium":
            raise CloudError("BadParameter", "The 'RSA-HSM' key type needs a vault of the premium SKU")
        size = int(properties.get("keySize", 2048))
        if kty in {"RSA", "RSA-HSM"} and size not in {2048, 3072, 4096}:
            raise CloudError("BadParameter", f"Property size has an invalid value {size}")
        now = int(self._clock.now().timestamp())
        attributes = {"enabled": True, "exportable": False, **(properties.get("attributes") or {})}
        self._state["keys"][path] = {
            "vault": vault.lower(),
            "name": name,
            "kty": kty,
            "keySize": size,
            "keyOps": list(properties.get("keyOps") or ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"]),
            "attributes": {**attributes, "created": now, "updated": now, "recoveryLevel": "Recoverable"},
            "tags": dict(tags or {}),
            "versions": [uuid.uuid4().hex],
        }
        return self.key(vault, name)

    def key(self, vault: str, name: str) -> Json:
        record = self._state["keys"].get(f"{vault}/{name}".lower())
        if record is None:
            raise CloudError("KeyNotFound", f"A key with (name/id) {name} was not found in this key vault.")
        owner = self.vault(vault)
        base = f"{owner['properties']['vaultUri']}keys/{record['name']}"
        return {
            **record,
            "id": f"{owner['id']}/keys/{record['name']}",
            "type": "Microsoft.KeyVault/vaults/keys",
            "location": owner["location"],
            "keyUri": base,
            "keyUriWithVersion": f"{base}/{record['versions'][-1]}",
        }

    def delete_key(self, vault: str, name: str) -> None:
        """A real delete over the data plane (pulumi-azure-native, custom_keyvault.go): Adobe loses the key."""
        record = self._state["keys"].pop(f"{vault}/{name}".lower(), None)
        if record:
            self._state["deletedKeys"][f"{vault}/{name}".lower()] = record

    # Role assignments

    def put_role_assignment(self, scope: str, name: str, properties: Mapping[str, Any]) -> Json:
        self._check_grant(scope, name, properties)
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
        assignments = self._state["roleAssignments"]
        grant = (properties["principalId"], properties["roleDefinitionId"].lower())
        for other in assignments.values():
            same_grant = (other["principalId"], other["roleDefinitionId"].lower()) == grant
            if other["id"].lower() != path.lower() and other["scope"].lower() == scope.lower() and same_grant:
                # https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
                raise CloudError("RoleAssignmentExists", f"The role assignment already exists. The ID is {other['name']}.")
        existing = assignments.get(path.lower())
        now = _timestamp(self._clock.now())
        assignments[path.lower()] = existing or {
            "id": path,
            "name": name,
            "type": "Microsoft.Authorization/roleAssignments",
            "scope": scope,
            "principalId": properties["principalId"],
            "principalType": properties.get("principalType", "ServicePrincipal"),
            "roleDefinitionId": properties["roleDefinitionId"],
            "createdOn": now,
            "updatedOn": now,
            "createdBy": self._entra.operator_object_id,
            "updatedBy": self._entra.operator_object_id,
        }
        return self.role_assignment(path)

    def _check_grant(self, scope: str, name: str, properties: Mapping[str, Any]) -> None:
        try:
            uuid.UUID(name)
        except ValueError:
            # pulumi-azure-native#625
            raise CloudError(
                "InvalidRoleAssignmentId", f"The role assignment ID '{name}' is not valid. It must be a GUID."
            ) from None
        if not any(vault["id"].lower() in scope.lower() for vault in self._state["vaults"].values()):
            raise CloudError("ResourceNotFound", f"The scope '{scope}' was not found.")
        role = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/"
        if not properties["roleDefinitionId"].lower().startswith(role.lower()):
            # azurerm#4847: the service knows and returns the form under the scope's subscription only.
            raise CloudError(
                "RoleDefinitionDoesNotExist",
                f"The specified role definition '{properties['roleDefinitionId']}' does not exist.",
            )
        principal = self._entra.service_principal(properties["principalId"])
        if principal is None or properties.get("principalType") != "ServicePrincipal":
            # azurerm#17357: without the type, Azure looks a fresh principal up in a replica that does not know it.
            raise CloudError(
                "PrincipalNotFound",
                f"Principal {properties['principalId']} does not exist in the directory {self._entra.tenant_id}.",
            )

    def role_assignment(self, path: str) -> Json:
        try:
            return dict(self._state["roleAssignments"][path.lower()])
        except KeyError:
            raise CloudError("RoleAssignmentNotFound", f"The role assignment '{path}' is not found.") from None

    def delete_role_assignment(self, path: str) -> None:
        self._state["roleAssignments"].pop(path.lower(), None)

    def effective_roles(self, principal_id: str, resource_id: str) -> set[str]:
        """Role definition GUIDs that the principal has on the resource by now, inherited ones included."""
        now = self._clock.now()
        return {
            assignment["roleDefinitionId"].rsplit("/", 1)[1].lower()
            for assignment in self._state["roleAssignments"].values()
            if assignment["principalId"] == principal_id
            and (resource_id.lower() + "/").startswith(assignment["scope"].lower() + "/")
            and now >= datetime.fromisoformat(assignment["createdOn"]) + timedelta(seconds=ROLE_PROPAGATION_SECONDS)
        }


def _network_rules(rules: Mapping[str, Any]) -> Json:
    """As Azure answers: an address is a range of one (azurerm, key_vault_resource: network_acls)."""
    values = [rule["value"] for rule in rules.get("ipRules") or []]
    ip_rules = [{"value": value if "/" in value else f"{value}/32"} for value in values]
    return {"virtualNetworkRules": [], **rules, "ipRules": ip_rules}


def same_region(location: str) -> str:
    """The spelling that Azure answers with: "West Europe" and WestEurope are westeurope."""
    return location.replace(" ", "").lower()


def _timestamp(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
