"""What happens to the vault, its network and what surrounds it."""

from __future__ import annotations

from components.constants import ADOBE_ADDRESS

from ..cloud import Cloud
from .held import vaults_of


def vault_deleted(cloud: Cloud) -> None:
    """someone removes the lock and deletes the vault"""
    lock_removed(cloud)
    for vault in list(vaults_of(cloud)):
        cloud.azure.delete_vault(vault["name"])


def vault_recovered(cloud: Cloud) -> None:
    """someone recovers the deleted vault, and creates its resource group again if that is gone too"""
    for vault in list(cloud.state["azure"]["deletedVaults"].values()):
        if vault["resourceGroup"].lower() not in cloud.state["azure"]["resourceGroups"]:
            cloud.azure.put_resource_group(vault["resourceGroup"], vault["location"], {})
        cloud.azure.recover_vault(vault["name"])


def lock_removed(cloud: Cloud) -> None:
    """someone removes the lock of the vault"""
    for lock in list(cloud.state["azure"]["locks"]):
        cloud.azure.delete_lock(lock)


def diagnostic_setting_removed(cloud: Cloud) -> None:
    """someone removes the diagnostic setting of the vault, and with it the audit log"""
    cloud.state["azure"]["diagnosticSettings"].clear()


def private_endpoint_removed(cloud: Cloud) -> None:
    """someone removes the private endpoint of the vault, with its entries in the DNS zone"""
    locks = dict(cloud.state["azure"]["locks"])
    lock_removed(cloud)
    for endpoint in list(cloud.state["azure"]["privateEndpoints"]):
        cloud.azure.delete_private_endpoint(endpoint)
    cloud.state["azure"]["locks"] |= locks


def vault_tagged(cloud: Cloud) -> None:
    """a policy of the company's tags the vault"""
    for vault in vaults_of(cloud):
        vault["tags"]["cost-centre"] = "4711"


def access_policies(cloud: Cloud) -> None:
    """someone turns the vault from Azure RBAC to access policies"""
    for vault in vaults_of(cloud):
        vault["properties"]["enableRbacAuthorization"] = False


def firewall_closed(cloud: Cloud) -> None:
    """someone restricts the vault's network and forgets Adobe"""
    for vault in vaults_of(cloud):
        vault["properties"]["networkAcls"] |= {"defaultAction": "Deny", "bypass": "None"}


def public_access_disabled(cloud: Cloud) -> None:
    """someone turns the vault's public network access off"""
    for vault in vaults_of(cloud):
        vault["properties"]["publicNetworkAccess"] = "Disabled"


def group_deleted(cloud: Cloud) -> None:
    """someone removes the lock and deletes the resource group with all that it holds"""
    lock_removed(cloud)
    for group in list(cloud.state["azure"]["resourceGroups"].values()):
        cloud.azure.delete_resource_group(group["name"])


def group_tagged(cloud: Cloud) -> None:
    """a policy of the company's tags the resource group"""
    for group in cloud.state["azure"]["resourceGroups"].values():
        group["tags"]["cost-centre"] = "4711"


def soft_delete_gone(cloud: Cloud) -> None:
    """the vault has no soft delete, as vaults made before Azure enforced it"""
    for vault in vaults_of(cloud):
        vault["properties"]["enableSoftDelete"] = False


def purge_protection_gone(cloud: Cloud) -> None:
    """the vault has no purge protection, as if support had restored it without"""
    for vault in vaults_of(cloud):
        vault["properties"].pop("enablePurgeProtection", None)


def bypass_removed(cloud: Cloud) -> None:
    """someone takes the exception for trusted Microsoft services away from a firewall that lets Adobe's address in"""
    for vault in vaults_of(cloud):
        rules = vault["properties"]["networkAcls"]
        rules |= {"defaultAction": "Deny", "bypass": "None", "ipRules": [{"value": f"{ADOBE_ADDRESS}/32"}]}


def adobe_address_removed(cloud: Cloud) -> None:
    """someone restricts the vault's network to trusted Microsoft services, and Adobe's address is not let in"""
    for vault in vaults_of(cloud):
        vault["properties"]["networkAcls"] |= {"defaultAction": "Deny", "bypass": "AzureServices", "ipRules": []}


def in_a_perimeter(cloud: Cloud) -> None:
    """the platform team puts the vault into a network security perimeter"""
    for vault in vaults_of(cloud):
        vault["properties"]["publicNetworkAccess"] = "SecuredByPerimeter"
