"""What only looks like a change: how Azure and Adobe may write the same thing another time."""

from __future__ import annotations

from ..cloud import Cloud
from .held import vaults_of


def vault_id_respelled(cloud: Cloud) -> None:
    """Azure answers with the vault's ID in another case"""
    for vault in vaults_of(cloud):
        vault["id"] = (
            vault["id"].replace("resourceGroups", "resourcegroups").replace("Microsoft.KeyVault", "microsoft.keyvault")
        )


def region_respelled(cloud: Cloud) -> None:
    """Azure answers with the region's display name"""
    for vault in vaults_of(cloud):
        vault["location"] = {"westeurope": "West Europe"}.get(vault["location"], vault["location"])


def new_default_appears(cloud: Cloud) -> None:
    """Azure shows properties that it has filled in by itself"""
    for vault in vaults_of(cloud):
        vault["properties"] |= {"enabledForDeployment": False, "enabledForDiskEncryption": False}


def uri_without_slash(cloud: Cloud) -> None:
    """Azure answers with the vault's URI without its trailing slash"""
    for vault in vaults_of(cloud):
        vault["properties"]["vaultUri"] = vault["properties"]["vaultUri"].rstrip("/")


def configuration_respelled(cloud: Cloud) -> None:
    """Adobe answers with the vault's URI in capitals and with a trailing slash"""
    for held in cloud.state["adobe"]["configurations"].values():
        for configuration in held.values():
            data = configuration["configData"]
            if "keyVaultUri" in data:
                host = data["keyVaultUri"].removeprefix("https://").rstrip("/")
                data["keyVaultUri"] = f"https://{host.capitalize()}/"
