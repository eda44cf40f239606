"""Lookups of vault and key, in whichever version of Azure's API the program uses."""

from typing import Any, Protocol


class KeyVaultLookups(Protocol):
    """Raises what Pulumi raises for a lookup that failed."""

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        """As `keyvault.get_vault` of azure-native."""
        ...

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        """As `keyvault.get_key` of azure-native."""
        ...
