"""Whether Adobe, looking into the simulated Azure at this moment, could use the key.

Adobe, "Configure an Azure Key Vault" and "Alert resolution reference": what vault, key, role and firewall must be like.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from components.constants import ADOBE_ADDRESS, ENCRYPTION_USER_ROLE

from ..azure.rules import Azure
from ..entra.rules import Entra
from ..errors import CloudError


def why_not(azure: Azure, entra: Entra, app_id: str, config_data: Mapping[str, Any], now: datetime) -> list[str]:
    """The reasons why Adobe cannot use the key; empty when it can. Adobe itself never tells them."""
    identifier = config_data.get("keyVaultKeyIdentifier") or f"{config_data['keyVaultUri']}/keys/{config_data['keyName']}"
    vault_name = identifier.removeprefix("https://").split(".")[0]
    key_name = identifier.split("/keys/")[1].split("/")[0]
    try:
        vault = azure.vault(vault_name)
        key = azure.key(vault_name, key_name)
    except CloudError as error:
        return [str(error)]
    reasons = _vault_reasons(vault["properties"], entra.tenant_id) + _key_reasons(key, now.timestamp())
    principal = entra.find_service_principal(app_id)
    if not principal or not principal["accountEnabled"]:
        reasons.append("the app has no enabled service principal in the tenant")
    if not principal or ENCRYPTION_USER_ROLE not in azure.effective_roles(principal["objectId"], key["id"]):
        reasons.append("the service principal has not (yet) the role Key Vault Crypto Service Encryption User")
    return reasons


def _vault_reasons(properties: Mapping[str, Any], tenant_id: str) -> list[str]:
    checks = {
        "the vault is in another tenant": properties["tenantId"] == tenant_id,
        "the vault has no purge protection": properties.get("enablePurgeProtection") is True,
        "the vault has no soft delete": properties.get("enableSoftDelete") is True,
        "the vault does not use Azure RBAC": properties.get("enableRbacAuthorization") is True,
        "the vault's firewall keeps Adobe out": _is_open(properties),
    }
    return [reason for reason, holds in checks.items() if not holds]


def _is_open(properties: Mapping[str, Any]) -> bool:
    rules = properties["networkAcls"]
    # Disabled leaves the bypass for trusted services alone, and keeps Adobe's own address out; under a perimeter
    # (SecuredByPerimeter) neither rules nor bypass apply (learn.microsoft.com/azure/key-vault/general/network-security).
    if str(properties.get("publicNetworkAccess", "Enabled")).lower() != "enabled":
        return False
    if rules.get("defaultAction", "Allow") == "Allow":
        return True
    addresses = {rule["value"].removesuffix("/32") for rule in rules.get("ipRules", [])}
    return rules.get("bypass") == "AzureServices" and ADOBE_ADDRESS in addresses


def _key_reasons(key: Mapping[str, Any], now: float) -> list[str]:
    attributes = key["attributes"]
    checks = {
        "the key is not RSA": key["kty"] in {"RSA", "RSA-HSM"},
        "the key has fewer than 3072 bits": key["keySize"] >= 3072,
        "the key may not wrap and unwrap": {"wrapKey", "unwrapKey"} <= set(key["keyOps"]),
        "the key is disabled": attributes["enabled"] is True,
        "the key is not valid yet": attributes.get("notBefore", 0) <= now,
        "the key has expired": attributes.get("expires", now + 1) > now,
    }
    return [reason for reason, holds in checks.items() if not holds]
