"""The resource group and the Key Vault that contain the key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import keyvault, resources

from ..arguments.groups import VaultArgs
from ..arguments.naming import SettingNames
from ..constants import ADOBE_ADDRESS, KEY_VAULT
from ..known import when_known
from ..safety.deletion_guards import child_of
from ..safety.error_advice import EXISTS, advice_on_errors
from .key_vault_api import KeyVaultApi
from .vault_facts import VaultFacts


@dataclass(frozen=True, kw_only=True)
class KeyVaultArgs:
    """How the vault is declared."""

    vault: VaultArgs
    resource_group_name: pulumi.Input[str]
    reads_group: bool = False
    """Whether the group is somebody else's, and only named."""
    vault_name: pulumi.Input[str]
    tenant_id: pulumi.Input[str]
    tags: Mapping[str, str]
    setting_names: SettingNames
    api: KeyVaultApi
    group_import_id: str = ""
    """ARM id of a group that exists and is taken over; empty to create it."""
    vault_import_id: str = ""
    """ARM id of a vault, likewise."""
    keeps_differences: bool = False
    """Whether what differs from the arguments in Azure stays as it is (`adopt`)."""
    creation_guard: pulumi.ResourceHook | None = None
    """Refuses to create group and vault."""


class KeyVault(VaultFacts):
    """Owns the resource group, unless it exists, and a vault with soft delete, purge protection and Azure RBAC.

    Purge protection is not configurable: Adobe requires it, and a purged key means that the data is lost.
    """

    location: pulumi.Output[str]
    """Azure region of the vault."""

    def __init__(self, name: str, args: KeyVaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(KEY_VAULT, name, None, opts)
        wanted = args.vault
        self.resource_group_name = self._group(name, args, opts)
        inputs = keyvault.VaultArgs(
            resource_group_name=self.resource_group_name,
            vault_name=args.vault_name,
            location=wanted.location or None,
            properties=keyvault.VaultPropertiesArgs(
                tenant_id=args.tenant_id,
                sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName(wanted.sku)),
                enable_rbac_authorization=True,
                enable_soft_delete=True,
                soft_delete_retention_in_days=wanted.soft_delete_retention_days,
                enable_purge_protection=True,
                # Stated explicitly, because Azure's defaults have changed over time.
                public_network_access="Enabled",
                network_acls=_network_rules(wanted.network, wanted.canonical_ip_ranges),
            ),
            tags=args.tags,
        )
        vault = args.api.vault(
            f"{name}-vault",
            inputs,
            child_of(
                self,
                opts,
                on_error=[advice_on_errors(f"{name}-vault-refused", _advice(args.setting_names))],
                ignore_changes=[*_unmanaged_tags(args), *(["properties", "location"] if args.keeps_differences else [])],
                before_create=args.creation_guard,
                import_id=args.vault_import_id,
            ),
        )
        self.vault_id = vault.id
        self.vault_name = vault.name
        self.location = when_known(vault.location, str)
        tenant_id = vault.properties.apply(lambda properties: properties.tenant_id if properties else None)
        self.tenant_id = when_known(tenant_id, str)
        uri = vault.properties.apply(lambda properties: properties.vault_uri if properties else None)
        self.vault_uri = when_known(uri, lambda known: known.rstrip("/"))
        self.register_outputs({**self.as_properties(), **({"readsGroup": True} if args.reads_group else {})})

    def _group(self, name: str, args: KeyVaultArgs, opts: pulumi.ResourceOptions | None) -> pulumi.Output[str]:
        if args.reads_group:
            return pulumi.Output.from_input(args.resource_group_name)
        group = resources.ResourceGroup(
            f"{name}-rg",
            resource_group_name=args.resource_group_name,
            location=args.vault.location or None,
            tags=args.tags,
            opts=child_of(
                self,
                opts,
                on_error=[advice_on_errors(f"{name}-rg-refused", _group_advice(args.setting_names))],
                # A group may be elsewhere than its vault, and another location would replace it.
                ignore_changes=["location", *_unmanaged_tags(args)],
                before_create=args.creation_guard,
                import_id=args.group_import_id,
            ),
        )
        return group.name


def _unmanaged_tags(args: KeyVaultArgs) -> list[str]:
    """Tags are managed where some are set: those that a policy of the company adds are none of this program's then."""
    return ["tags"] if args.keeps_differences or not args.tags else []


def _network_rules(network: str, allowed_ip_ranges: Sequence[str]) -> keyvault.NetworkRuleSetArgs:
    """Trusted Microsoft services always bypass the firewall: Adobe's data stores are among them."""
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
        EXISTS: (
            "Azure has a vault {vaultName} in the resource group already. Fix: if this stack is meant to manage it, "
            f"{names.instruction('adopt', 'true')}; else {names.instruction('vault.vault_name', '<another name>')}"
        ),
        "in deleted state": (
            "a deleted vault reserves the name {vaultName}. Fix: if its keys are in use, recover it immediately: az "
            "keyvault recover --name {vaultName}, then pulumi up. Otherwise choose another name: "
            f"{names.instruction('vault.vault_name', '<name>')}"
        ),
        "VaultAlreadyExists": (
            "the vault name {vaultName} is already in use: vault names are unique across Azure. Fix: "
            f"{names.instruction('vault.vault_name', '<another name>')}"
        ),
    }


def _group_advice(names: SettingNames) -> dict[str, str]:
    return {
        EXISTS: (
            "Azure has a resource group {resourceGroupName} already. Fix: if this stack is meant to manage it, "
            f"{names.instruction('adopt', 'true')}; else {names.instruction('vault.resource_group_name', '<another name>')}"
        )
    }
