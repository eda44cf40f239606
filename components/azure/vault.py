"""The resource group and the Key Vault that hold the key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import keyvault, resources

from ..arguments import SettingNames, VaultArgs
from ..constants import ADOBE_ADDRESS, KEY_VAULT
from ..known import when_known
from ..safety.deletion_guards import child_of
from ..safety.error_advice import advice_on_errors


@dataclass(frozen=True, kw_only=True)
class KeyVaultArgs:
    """How the vault is declared."""

    vault: VaultArgs
    tenant_id: pulumi.Input[str]
    tags: Mapping[str, str]
    setting_names: SettingNames


class KeyVault(pulumi.ComponentResource):
    """Owns the resource group and a vault that keeps its keys: soft delete, purge protection, Azure RBAC.

    Purge protection is a constant: a purged key is data lost, and Adobe requires it.
    """

    resource_group_name: pulumi.Output[str]
    """Name of the resource group."""
    vault_id: pulumi.Output[str]
    """ARM id of the vault."""
    vault_name: pulumi.Output[str]
    """Name of the vault."""
    vault_uri: pulumi.Output[str]
    """https://<vault>.vault.azure.net, without a trailing slash."""
    tenant_id: pulumi.Output[str]
    """Tenant of the vault."""

    def __init__(self, name: str, args: KeyVaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(KEY_VAULT, name, None, opts)
        wanted = args.vault
        group = resources.ResourceGroup(
            f"{name}-rg",
            resource_group_name=wanted.resource_group_name or None,
            location=wanted.location or None,
            tags=args.tags,
            opts=child_of(self, opts),
        )
        vault = keyvault.Vault(
            f"{name}-vault",
            resource_group_name=group.name,
            vault_name=wanted.vault_name or None,
            location=wanted.location or None,
            properties=keyvault.VaultPropertiesArgs(
                tenant_id=args.tenant_id,
                sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName(wanted.sku)),
                enable_rbac_authorization=True,
                enable_soft_delete=True,
                soft_delete_retention_in_days=wanted.soft_delete_retention_days,
                enable_purge_protection=True,
                # Stated in full: what Azure assumes for a vault that does not say has changed over the years.
                public_network_access="Enabled",
                network_acls=_network_rules(wanted.network, wanted.canonical_ip_ranges),
            ),
            tags=args.tags,
            opts=child_of(self, opts, on_error=[advice_on_errors(f"{name}-vault-refused", _advice(args.setting_names))]),
        )
        self.resource_group_name = group.name
        self.vault_id = vault.id
        self.vault_name = vault.name
        tenant_id = vault.properties.apply(lambda properties: properties.tenant_id if properties else None)
        self.tenant_id = when_known(tenant_id, str)
        uri = vault.properties.apply(lambda properties: properties.vault_uri if properties else None)
        self.vault_uri = when_known(uri, lambda known: known.rstrip("/"))
        self.register_outputs(
            {
                "resourceGroupName": self.resource_group_name,
                "vaultId": self.vault_id,
                "vaultName": self.vault_name,
                "vaultUri": self.vault_uri,
            }
        )


def _network_rules(network: str, allowed_ip_ranges: Sequence[str]) -> keyvault.NetworkRuleSetArgs:
    """Trusted Microsoft services always pass: those that hold Adobe's data are among them."""
    bypass = keyvault.NetworkRuleBypassOptions.AZURE_SERVICES
    if network == "public":
        return keyvault.NetworkRuleSetArgs(bypass=bypass, default_action=keyvault.NetworkRuleAction.ALLOW)
    return keyvault.NetworkRuleSetArgs(
        bypass=bypass,
        default_action=keyvault.NetworkRuleAction.DENY,
        ip_rules=[keyvault.IPRuleArgs(value=value) for value in (f"{ADOBE_ADDRESS}/32", *allowed_ip_ranges)],
    )


def _advice(names: SettingNames) -> dict[str, str]:
    return {
        "in deleted state": (
            "a deleted vault holds the name {vaultName}. If its keys are in use, recover it now: az keyvault recover --name "
            f"{{vaultName}}, then pulumi up. Else choose another name: {names.instruction('vault.vault_name', '<name>')}"
        ),
        "VaultAlreadyExists": (
            "the name {vaultName} is taken: names of vaults are shared by all of Azure. Fix: "
            f"{names.instruction('vault.vault_name', '<another name>')}"
        ),
    }
