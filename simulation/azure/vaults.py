"""Key Vaults under Azure Resource Manager, and who is let into their data plane."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..entra.rules import OPERATOR
from ..errors import CloudError
from .arm import Json, same_region
from .key_vault_api import LASTING, ManagementApi
from .locks import Locks

# For so long a new vault answers that its name is being registered (recorded by Azure's own SDKs).
DNS_REGISTRATION_SECONDS = 20.0


class Vaults(ManagementApi, Locks):
    """Vaults of one subscription. Names are global."""

    def put_vault(
        self,
        group: str,
        name: str,
        location: str,
        properties: Mapping[str, Any],
        tags: Mapping[str, str] | None,
        api_version: str = "",
    ) -> Json:
        """As the PUT answers: without the trailing slash of `vaultUri` that a GET has.

        :param api_version: from 2026-02-01 on a new vault has Azure RBAC unless the PUT says otherwise.
        """
        owner = self.resource_group(group)
        # https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates: names of objects.
        if not re.fullmatch(r"(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]", name):
            raise CloudError("VaultNameNotValid", f"The vault name '{name}' is invalid.")
        existing = self._state["vaults"].get(name.lower())
        self._check_place(existing, group, name, same_region(location))
        # https://learn.microsoft.com/azure/key-vault/general/access-control-default
        defaults: Json = {"enableRbacAuthorization": True} if api_version >= LASTING else {}
        merged = {**(existing["properties"] if existing else defaults), **properties}
        self._check_vault(existing, merged)
        now = self.timestamp()
        self._state["vaults"][name.lower()] = {
            "id": f"{owner['id'].rsplit('/', 1)[0]}/{group}/providers/Microsoft.KeyVault/vaults/{name}",
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
        answer = self.vault(name)
        answer["properties"]["vaultUri"] = answer["properties"]["vaultUri"].rstrip("/")
        return answer

    def _check_place(self, existing: Json | None, group: str, name: str, location: str) -> None:
        if existing is None:
            if name.lower() in self._state["deletedVaults"]:
                # pulumi-azure-native#2722: a soft-deleted vault holds its name until it is purged or recovered.
                raise CloudError(
                    "ConflictError",
                    "A vault with the same name already exists in deleted state. You need to either recover or purge "
                    "existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more "
                    "information on soft delete.",
                )
            return
        if existing["resourceGroup"].lower() != group.lower():
            raise CloudError(
                "VaultAlreadyExists",
                f"The vault name '{name}' is already in use. Vault names are globally unique so it is possible that the "
                "name is already taken.",
            )
        if existing["location"] != location:
            # https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-resource-location
            raise CloudError(
                "InvalidResourceLocation",
                f"The resource '{name}' already exists in location '{existing['location']}' in resource group '{group}'. A "
                f"resource with the same name cannot be created in location '{location}'. Please select a new resource "
                "name.",
            )

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

    def vault(self, name: str, group: str | None = None) -> Json:
        """As a GET answers.

        :param group: where it is looked for; None when the name alone says it.
        """
        record = self._state["vaults"].get(name.lower())
        if record is None or (group is not None and record["resourceGroup"].lower() != group.lower()):
            where = f" under resource group '{group}'" if group else ""
            raise CloudError("ResourceNotFound", f"The Resource 'Microsoft.KeyVault/vaults/{name}'{where} was not found.")
        age = self._clock.now() - datetime.fromisoformat(record["systemData"]["createdAt"])
        state = "RegisteringDns" if age < timedelta(seconds=DNS_REGISTRATION_SECONDS) else "Succeeded"
        return {**record, "properties": {**record["properties"], "provisioningState": state}}

    def delete_vault(self, name: str) -> None:
        """Soft delete: the name stays taken, keys and role assignments on the vault no longer work."""
        vault = self._state["vaults"].get(name.lower())
        if vault:
            self.refuse_if_locked(vault["id"])
            self._state["deletedVaults"][name.lower()] = self._state["vaults"].pop(name.lower())

    def recover_vault(self, name: str) -> None:
        """`az keyvault recover`: the vault is as it was."""
        vault = self._state["deletedVaults"].pop(name.lower(), None)
        if vault is None:
            raise CloudError("DeletedVaultNotFound", f"The specified deleted vault '{name}' does not exist.")
        self._state["vaults"][name.lower()] = vault

    def let_deployer_in(self, vault: str, resource: str, action: str) -> None:
        """Judge a call of the deployer to the vault's data plane: the firewall first, then the role.

        https://learn.microsoft.com/azure/key-vault/general/rest-error-codes

        :raises CloudError: in Key Vault's words.
        """
        self.data_actions.add(action)
        record = self._state["vaults"].get(vault.lower())
        if record is None:
            # The vault's address goes with the vault.
            raise CloudError("NoSuchHost", f"dial tcp: lookup {vault.lower()}.vault.azure.net: no such host")
        address = self.switches.get("deployer-address")
        caller = f"Caller: oid={OPERATOR};iss=https://sts.windows.net/{self._entra.tenant_id}/"
        place = f"Vault: {record['name']};location={record['location']}"
        properties = record["properties"]
        if str(properties.get("publicNetworkAccess", "Enabled")).lower() != "enabled":
            raise CloudError(
                "Forbidden",
                "Public network access is disabled and request is not from a trusted service nor via an approved private "
                f"link. {caller} {place}",
                "ForbiddenByConnection",
            )
        if not _passes(properties["networkAcls"], address):
            raise CloudError(
                "Forbidden",
                "Client address is not authorized and caller is not a trusted service. "
                f"Client address: {address} {caller} {place}",
                "ForbiddenByFirewall",
            )
        if self.switches.get("deployer-data-role") != "crypto-officer":
            raise CloudError(
                "Forbidden",
                "Caller is not authorized to perform action on resource. If role assignments, deny assignments or role "
                f"definitions were changed recently, please observe propagation time. {caller} Action: '{action}' "
                f"Resource: '{record['id'].lower()}{resource}' Assignment: (not found) {place}",
                "ForbiddenByRbac",
            )


def _network_rules(rules: Mapping[str, Any]) -> Json:
    """As Azure answers: an address is a range of one (azurerm, key_vault_resource: network_acls), in the order given."""
    values = [rule["value"] for rule in rules.get("ipRules") or []]
    ip_rules = [{"value": value if "/" in value else f"{value}/32"} for value in values]
    return {"virtualNetworkRules": [], **rules, "ipRules": ip_rules}


def _passes(rules: Mapping[str, Any], address: str) -> bool:
    if rules.get("defaultAction", "Allow") == "Allow":
        return True
    ranges = [ipaddress.ip_network(rule["value"], strict=False) for rule in rules.get("ipRules", [])]
    return any(ipaddress.ip_address(address) in network for network in ranges)
