"""Declares the vault and the key, or reads those that exist."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from .arguments.component import CustomerManagedKeysArgs
from .azure.key import EncryptionKey, EncryptionKeyArgs
from .azure.key_facts import ExistingKey, KeyFacts
from .azure.key_import.encryption_key import ImportedEncryptionKey, ImportedEncryptionKeyArgs
from .azure.key_import.imported_key import ImportedKeyArgs
from .azure.key_vault_api import KeyVaultApi
from .azure.vault import KeyVault, KeyVaultArgs
from .azure.vault_facts import ExistingVault, VaultFacts
from .known import unknown
from .safety.creation_guards import creation_guards
from .safety.existing_resources import ExistingFacts
from .safety.takeover import Existing, Names


@dataclass(frozen=True, kw_only=True)
class VaultAndKey:
    """The two, from the arguments and from what a run starts from."""

    name: str
    """Of the instance."""
    args: CustomerManagedKeysArgs
    names: Names
    existing: Existing
    facts: ExistingFacts | None
    """Of a vault that is only read."""
    group_name: pulumi.Input[str]
    """Of the vault's resource group."""
    vault_name: pulumi.Input[str]
    key_exists: bool
    """Whether the state holds a key of that name."""
    tenant_id: str
    """Of the provider."""
    api: KeyVaultApi
    recorded_identifier: str
    """Of the key in the state, with version; empty when there is none."""

    def declare(self, opts: pulumi.ResourceOptions) -> tuple[VaultFacts, KeyFacts]:
        """Vault and key; what is created gets the options of what Adobe depends on."""
        names = self.names
        guard = creation_guards(self.name, names.vault, names.key) if names.is_sent else None
        vault = self._existing_vault(self.facts, opts) if self.facts else self._own_vault(guard, opts)
        if self.facts and self.args.key.existing_id:
            return vault, self._existing_key(self.facts, opts)
        if self.args.key.file:
            return vault, self._imported_key(vault, opts)
        return vault, self._own_key(vault, guard, opts)

    def _existing_vault(self, facts: ExistingFacts, opts: pulumi.ResourceOptions) -> VaultFacts:
        names = self.names
        return ExistingVault(self.name, names.resource_group, names.vault_id, facts.vault_uri, facts.tenant_id, opts)

    def _own_vault(self, guard: pulumi.ResourceHook | None, opts: pulumi.ResourceOptions) -> VaultFacts:
        args = self.args
        return KeyVault(
            self.name,
            KeyVaultArgs(
                vault=args.vault,
                resource_group_name=self.group_name,
                reads_group=self.names.reads_group,
                vault_name=self.vault_name,
                tenant_id=self.tenant_id,
                tags=args.tags,
                setting_names=args.setting_names,
                api=self.api,
                group_import_id=self.existing.resource_group,
                vault_import_id=self.existing.vault,
                keeps_differences=args.adopt,
                creation_guard=guard,
            ),
            opts,
        )

    def _existing_key(self, facts: ExistingFacts, opts: pulumi.ResourceOptions) -> KeyFacts:
        return ExistingKey(self.name, self.names.key, facts.key_identifier or unknown(), opts)

    def _imported_key(self, vault: VaultFacts, opts: pulumi.ResourceOptions) -> KeyFacts:
        key, names = self.args.key, self.names
        return ImportedEncryptionKey(
            self.name,
            ImportedEncryptionKeyArgs(
                imported=ImportedKeyArgs(
                    vault_uri=vault.vault_uri,
                    key_name=names.key,
                    file=key.file,
                    key_type=key.key_type,
                    tags=self.args.tags,
                    # In place of a creation guard: the state may have lost the import of a key that Adobe was sent.
                    is_sent=names.is_sent,
                ),
                resource_group_name=vault.resource_group_name,
                vault_name=vault.vault_name,
                api=self.api,
                recorded_identifier=self.recorded_identifier,
            ),
            opts,
        )

    def _own_key(self, vault: VaultFacts, guard: pulumi.ResourceHook | None, opts: pulumi.ResourceOptions) -> KeyFacts:
        return EncryptionKey(
            self.name,
            EncryptionKeyArgs(
                key=self.args.key,
                key_name=self.names.key,
                resource_group_name=vault.resource_group_name,
                vault_name=vault.vault_name,
                tags=self.args.tags,
                api=self.api,
                exists=self.key_exists or bool(self.existing.key),
                key_import_id=self.existing.key,
                creation_guard=guard,
            ),
            opts,
        )
