"""Customer-managed keys that people set up by hand, in the portal and in Adobe's UI, for the adoption to be tried on."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from .adobe.http import ORG
from .azure.arm import PLATFORM_SUBSCRIPTION, SUBSCRIPTION
from .cloud import Cloud
from .entra.rules import TENANT

NAMES = {"resourceGroupName": "contoso-cmk", "vaultName": "contoso-cmk-vault", "keyName": "adobe-key"}
PLATFORM = {"resourceGroupName": "platform-keys", "vaultName": "platform-vault", "keyName": "ceremony-key"}
PLATFORM_VAULT_ID = (
    f"/subscriptions/{PLATFORM_SUBSCRIPTION}/resourceGroups/platform-keys/providers/Microsoft.KeyVault/vaults/platform-vault"
)
ROLE = (
    f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/e147488a-f6f5-4113-8e2d-b22465e65bf6"
)
# The portal's default operations of an RSA key.
PORTAL_OPERATIONS = ("encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey")
VAULT_PROPERTIES: Mapping[str, Any] = {
    "tenantId": TENANT,
    "sku": {"family": "A", "name": "standard"},
    "enableRbacAuthorization": True,
    "enableSoftDelete": True,
    "enablePurgeProtection": True,
    "softDeleteRetentionInDays": 90,
    "publicNetworkAccess": "Enabled",
    "networkAcls": {"bypass": "AzureServices", "defaultAction": "Allow"},
}
_FIREWALL = {
    "bypass": "AzureServices",
    "defaultAction": "Deny",
    "ipRules": [{"value": "203.0.113.7/32"}, {"value": "20.88.123.53/32"}],
}


def as_documented(cloud: Cloud) -> None:
    """set up by hand as Adobe's documentation says, and activated"""
    _set_up(cloud, VAULT_PROPERTIES, {"kty": "RSA", "keySize": 3072}, {})


def with_differences(cloud: Cloud) -> None:
    """set up by hand with tags, firewall rules, a retention and key operations of its own, and activated"""
    properties = {**VAULT_PROPERTIES, "softDeleteRetentionInDays": 30, "networkAcls": _FIREWALL}
    key = {"kty": "RSA", "keySize": 3072, "keyOps": list(PORTAL_OPERATIONS)}
    _set_up(cloud, properties, key, {"costCentre": "4711", "owner": "platform"})


def with_a_fault(cloud: Cloud) -> None:
    """set up by hand with a key of 2048 bits and no trusted services, which Adobe reports as FAILED"""
    properties = {**VAULT_PROPERTIES, "networkAcls": {"bypass": "None", "defaultAction": "Deny"}}
    _set_up(cloud, properties, {"kty": "RSA", "keySize": 2048}, {})


def platform_team(cloud: Cloud) -> None:
    """an empty resource group, and, in another subscription, a premium vault with a key, that a platform team set up"""
    azure, (group, vault, key) = cloud.azure, PLATFORM.values()
    azure.put_resource_group("platform-empty", "westeurope", {})
    azure.put_resource_group(group, "westeurope", {}, PLATFORM_SUBSCRIPTION)
    azure.put_vault(group, vault, "westeurope", {**VAULT_PROPERTIES, "sku": {"family": "A", "name": "premium"}}, {})
    azure.put_key(vault, key, {"kty": "RSA", "keySize": 4096, "keyOps": ["wrapKey", "unwrapKey"]}, {})


SET_UPS: Mapping[str, Callable[[Cloud], None]] = {
    set_up.__name__.replace("_", "-"): set_up for set_up in (as_documented, with_differences, with_a_fault, platform_team)
}


def _set_up(cloud: Cloud, vault: Mapping[str, Any], key: Mapping[str, Any], tags: Mapping[str, str]) -> None:
    azure, (group, vault_name, key_name) = cloud.azure, NAMES.values()
    azure.put_resource_group(group, "westeurope", tags)
    vault_id = azure.put_vault(group, vault_name, "westeurope", vault, tags)["id"]
    identifier = azure.put_key(vault_name, key_name, key, tags)["keyUriWithVersion"]
    app = cloud.adobe.app(ORG)["applicationId"]
    principal = cloud.entra.create_service_principal(app)["objectId"]
    # The portal gives a role assignment a random name.
    azure.put_role_assignment(
        vault_id,
        str(uuid.uuid4()),
        {"principalId": principal, "principalType": "ServicePrincipal", "roleDefinitionId": ROLE},
    )
    cloud.adobe.submit(
        ORG,
        {
            "name": "cmk-config",
            "type": "BYOK_CONFIG",
            "imsOrgId": ORG,
            "configData": {"providerType": "AZURE_KEYVAULT", "keyVaultKeyIdentifier": identifier},
        },
    )
