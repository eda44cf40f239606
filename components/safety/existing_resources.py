"""What exists and is only read (`existing_resource_group`, `existing_id`), looked at before anything is declared.

Here it is told what is missing, or cannot work at all; whether it is as Adobe requires is for the preflight checks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import is_dry_run
from pulumi_azure_native import resources

from ..arguments.component import CustomerManagedKeysArgs
from ..constants import VAULT_TYPE
from .absence import READER, is_absence, unreadable
from .lookups import KeyVaultLookups
from .stack_state import StackResources, submitted


class CannotUseExisting(pulumi.RunError):
    """Something that the arguments name does not exist, or cannot be used; nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class ExistingFacts:
    """Facts of a vault that is only read, and of a key in it."""

    vault_uri: str
    """Without a trailing slash."""
    tenant_id: str
    key_identifier: str | None
    """With the current version; None when it could not be read, or the key is not an existing one."""


@dataclass(frozen=True)
class ExistingResources:
    """Looks at them: once something was sent to Adobe, what cannot be seen is for the preflight checks to tell."""

    _args: CustomerManagedKeysArgs
    _created: StackResources
    _key_vault: KeyVaultLookups
    _opts: pulumi.InvokeOptions
    """Whose providers the lookup of the resource group uses."""

    def check_group(self) -> None:
        """:raises CannotUseExisting: the resource group does not exist or cannot be read."""
        name = self._args.vault.existing_resource_group
        if name and VAULT_TYPE not in self._created:
            self._seen(
                "vault.existing_resource_group",
                f"the resource group {name}",
                lambda: resources.get_resource_group(resource_group_name=name, opts=self._opts),
                "check the name and the subscription of azure-native",
            )

    def facts(self, tenant_id: str) -> ExistingFacts:
        """
        :param tenant_id: what a vault that cannot be read is taken to be in, for previews.
        :raises CannotUseExisting: vault or key does not exist, cannot be read, or cannot hold the key.
        """
        vault = self._args.existing_vault
        assert vault
        seen = self._seen(
            "vault.existing_id" if self._args.vault.existing_id else "key.existing_id",
            f"the vault {vault.name} in {vault.resource_group}",
            lambda: self._key_vault.get_vault(vault.resource_group, vault.name),
            f"check the ID; if the vault was deleted: az keyvault recover --name {vault.name}",
        )
        if seen:
            self._refuse_sku(vault.name, str(seen.properties.sku.name))
        sent = submitted(self._created)
        # Azure's public cloud, for a preview that could not read it.
        derived = sent.get("keyVaultUri") or f"https://{vault.name.lower()}.vault.azure.net"
        uri = seen.properties.vault_uri if seen else derived
        return ExistingFacts(
            vault_uri=str(uri).rstrip("/"),
            tenant_id=str(seen.properties.tenant_id) if seen else tenant_id,
            key_identifier=self._key_identifier(),
        )

    def _key_identifier(self) -> str | None:
        vault, name = self._args.existing_vault, self._args.key_name
        if not (vault and self._args.key.existing_id):
            return None
        seen = self._seen(
            "key.existing_id",
            f"the key {name} in the vault {vault.name}",
            lambda: self._key_vault.get_key(vault.resource_group, vault.name, name),
            f"check the ID; if the key was deleted: az keyvault key recover --vault-name {vault.name} --name {name}",
        )
        return str(seen.key_uri_with_version) if seen else submitted(self._created).get("keyIdentifier")

    def _refuse_sku(self, vault: str, sku: str) -> None:
        if self._args.key.key_type == "RSA-HSM" and sku.lower() != "premium":
            names = self._args.setting_names
            raise CannotUseExisting(
                f"{names.name('key.key_type')} is 'RSA-HSM', but the vault {vault} is {sku}: an RSA-HSM key requires a "
                f"premium vault; nothing was changed. Fix: use a premium vault, or "
                f"{names.instruction('key.key_type', 'RSA')}"
            )

    def _seen(self, argument: str, what: str, look: Callable[[], Any], if_absent: str) -> Any:
        """What the lookup returns; None where the run goes on without it.

        :param argument: that names it.
        :raises CannotUseExisting: it does not exist, or an `up` cannot read it.
        """
        try:
            return look()
        except Exception as error:  # noqa: BLE001 - Pulumi raises no narrower class for a failed lookup
            if submitted(self._created):
                return None
            name = self._args.setting_names.name(argument)
            if is_absence(error):
                raise CannotUseExisting(
                    f"{name} names {what}, which does not exist; nothing was changed. The provider says: {error}. "
                    f"Fix: {if_absent}"
                ) from None
            reason = f"{name}: {what} {unreadable(error, f'{READER} on it')}"
            if not is_dry_run():
                raise CannotUseExisting(f"{reason}. Nothing was changed") from None
            pulumi.log.warn(reason)
            return None
