"""What the chain needs to know of the vault, whoever created it."""

import pulumi

from ..constants import KEY_VAULT


class VaultFacts(pulumi.ComponentResource):
    """Base class with the facts as outputs."""

    resource_group_name: pulumi.Output[str]
    """Name of the resource group."""
    vault_id: pulumi.Output[str]
    """ARM ID of the vault."""
    vault_name: pulumi.Output[str]
    """Name of the vault."""
    vault_uri: pulumi.Output[str]
    """https://<vault>.vault.azure.net, without a trailing slash."""
    tenant_id: pulumi.Output[str]
    """Tenant of the vault."""

    def as_properties(self) -> dict[str, pulumi.Output[str]]:
        """What the state records of it."""
        return {
            "resourceGroupName": self.resource_group_name,
            "vaultId": self.vault_id,
            "vaultName": self.vault_name,
            "vaultUri": self.vault_uri,
        }


class ExistingVault(VaultFacts):
    """A vault that exists: nothing of it is declared, and the preflight checks judge it."""

    def __init__(
        self,
        name: str,
        resource_group_name: str,
        vault_id: str,
        vault_uri: str,
        tenant_id: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """:param vault_uri: without a trailing slash. tenant_id: of the vault; the other facts likewise."""
        super().__init__(KEY_VAULT, name, None, opts)
        self.resource_group_name = pulumi.Output.from_input(resource_group_name)
        self.vault_id = pulumi.Output.from_input(vault_id)
        self.vault_name = pulumi.Output.from_input(vault_id.rsplit("/", 1)[1])
        self.vault_uri = pulumi.Output.from_input(vault_uri)
        self.tenant_id = pulumi.Output.from_input(tenant_id)
        self.register_outputs({**self.as_properties(), "readsVault": True})
