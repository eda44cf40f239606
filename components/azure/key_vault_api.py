"""Key Vault's management API as the installed azure-native declares it, and what every version of it offers here.

The installed azure-native declares vault and key with one version for its whole major version; `key_vault_package` has the
other one. Aliases in both directions keep the resources when the version changes.
"""

from __future__ import annotations

from typing import Any, Protocol

import pulumi
from pulumi_azure_native import keyvault

from ..constants import KEY_TYPE, PACKAGE_TYPES, VAULT_TYPE


class KeyVaultApi(Protocol):
    """Declares vault and key, and looks them up."""

    def vault(self, name: str, inputs: keyvault.VaultArgs, opts: pulumi.ResourceOptions) -> keyvault.Vault:
        """Declare the vault."""
        ...

    def key(self, name: str, inputs: keyvault.KeyArgs, opts: pulumi.ResourceOptions) -> keyvault.Key:
        """Declare the key."""
        ...

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        """As `keyvault.get_vault`."""
        ...

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        """As `keyvault.get_key`."""
        ...


class ProvidersApi:
    """The version that the installed azure-native declares."""

    def __init__(self, lookups: pulumi.InvokeOptions, provider: pulumi.ProviderResource | None = None) -> None:
        """
        :param lookups: whose providers are asked.
        :param provider: declares what is created; None: the one of its parent.
        """
        self._lookups, self._provider = lookups, provider

    def vault(self, name: str, inputs: keyvault.VaultArgs, opts: pulumi.ResourceOptions) -> keyvault.Vault:
        return keyvault.Vault(name, inputs, by_either_version(PACKAGE_TYPES[VAULT_TYPE], opts))

    def key(self, name: str, inputs: keyvault.KeyArgs, opts: pulumi.ResourceOptions) -> keyvault.Key:
        of_provider = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(provider=self._provider))
        return keyvault.Key(name, inputs, by_either_version(PACKAGE_TYPES[KEY_TYPE], of_provider))

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        return keyvault.get_vault(resource_group_name=resource_group_name, vault_name=vault_name, opts=self._lookups)

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        return keyvault.get_key(
            resource_group_name=resource_group_name, vault_name=vault_name, key_name=key_name, opts=self._lookups
        )


def by_either_version(type_token: str, opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """Options of a vault or key that may have been declared by the other version.

    :param type_token: of the other version.
    """
    # The provider keeps the version among the inputs, and would send a PUT for another one.
    more = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_=type_token)], ignore_changes=["azureApiVersion"])
    return pulumi.ResourceOptions.merge(opts, more)
