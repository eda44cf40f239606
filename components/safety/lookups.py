"""Lookups in Azure and Entra ID that several steps of a run need; each step asks anew."""

from collections.abc import Callable
from typing import Any, Protocol

import pulumi
import pulumi_azuread as azuread


class KeyVaultLookups(Protocol):
    """Vault and key, in whichever version of Azure's API the program uses; raises what Pulumi raises for a failed lookup."""

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        """As `keyvault.get_vault` of azure-native."""
        ...

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        """As `keyvault.get_key` of azure-native."""
        ...


GetPrincipal = Callable[[str], Any]
"""As `azuread.get_service_principal`, by the client id of the app."""


def principals(opts: pulumi.InvokeOptions) -> GetPrincipal:
    """:param opts: select the provider of Entra ID."""
    return lambda application_id: azuread.get_service_principal(client_id=application_id, opts=opts)
