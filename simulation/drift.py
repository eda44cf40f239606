"""Every change to the saved clouds outside Pulumi, by name."""

from __future__ import annotations

from collections.abc import Callable

from components.constants import ADOBE_ADDRESS, ENCRYPTION_USER_ROLE, KEY_OPERATIONS

from .cloud import Cloud
from .drifts import at_adobe, of_access, of_keys, of_spelling, of_vaults


def everything_mended(cloud: Cloud) -> None:
    """someone follows the findings: vault, key, app and firewall are again as Adobe needs them"""
    of_vaults.vault_recovered(cloud)
    of_keys.key_recovered(cloud)
    for key in of_keys.keys_of(cloud):
        key["attributes"]["enabled"] = True
        for date in ("expires", "notBefore"):
            key["attributes"].pop(date, None)
        key["keyOps"] = list(KEY_OPERATIONS)
        for version in key.get("earlier", {}).values():
            version["attributes"]["enabled"] = True
    for role in cloud.state["azure"]["roleAssignments"].values():
        # Deleted, and given again under its name.
        role["roleDefinitionId"] = role["roleDefinitionId"].replace(of_access.CRYPTO_USER, ENCRYPTION_USER_ROLE)
    for principal in cloud.state["entra"]["servicePrincipals"].values():
        principal["accountEnabled"] = True
    for vault in of_vaults.vaults_of(cloud):
        rules = vault["properties"]["networkAcls"]
        vault["properties"] |= {
            "enableRbacAuthorization": True,
            "enableSoftDelete": True,
            "enablePurgeProtection": True,
            "publicNetworkAccess": "Enabled",
        }
        rules["bypass"] = "AzureServices"
        adobe = {"value": f"{ADOBE_ADDRESS}/32"}
        if rules["defaultAction"] == "Deny" and adobe not in rules["ipRules"]:
            rules["ipRules"].append(adobe)


_ALL = (
    of_access.role_removed,
    of_access.role_under_another_name,
    of_access.role_changed,
    of_access.role_scope_changed,
    of_access.principal_disabled,
    of_access.principal_removed,
    of_access.app_consented,
    of_keys.key_disabled,
    of_keys.key_expiring,
    of_keys.key_expired,
    of_keys.key_not_yet_valid,
    of_keys.key_operations_gone,
    of_keys.key_deleted,
    of_keys.key_recovered,
    of_keys.key_rotated,
    of_keys.key_tagged,
    of_keys.rotation_expires,
    of_keys.old_version_disabled,
    of_vaults.group_deleted,
    of_vaults.group_tagged,
    of_vaults.vault_deleted,
    of_vaults.vault_recovered,
    of_vaults.vault_tagged,
    of_vaults.soft_delete_gone,
    of_vaults.purge_protection_gone,
    of_vaults.access_policies,
    of_vaults.firewall_closed,
    of_vaults.bypass_removed,
    of_vaults.adobe_address_removed,
    of_vaults.public_access_disabled,
    of_vaults.in_a_perimeter,
    of_vaults.lock_removed,
    of_vaults.diagnostic_setting_removed,
    of_vaults.private_endpoint_removed,
    at_adobe.app_replaced,
    at_adobe.registration_gone,
    at_adobe.configuration_failed,
    at_adobe.configuration_moved,
    at_adobe.configuration_gone,
    of_spelling.vault_id_respelled,
    of_spelling.region_respelled,
    of_spelling.new_default_appears,
    of_spelling.uri_without_slash,
    of_spelling.configuration_respelled,
    everything_mended,
)
DRIFTS: dict[str, Callable[[Cloud], None]] = {drift.__name__.replace("_", "-"): drift for drift in _ALL}
