"""Every change to the saved clouds outside Pulumi, by name: the functions of the modules in `drifts/`."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from components.constants import ADOBE_ADDRESS, ENCRYPTION_USER_ROLE, KEY_OPERATIONS

from .cloud import Cloud
from .drifts import at_adobe, of_access, of_keys, of_spelling, of_vaults
from .drifts.held import keys_of, vaults_of


def everything_mended(cloud: Cloud) -> None:
    """someone follows the findings: vault, key, app and firewall are again as Adobe needs them"""
    of_vaults.vault_recovered(cloud)
    of_keys.key_recovered(cloud)
    for key in keys_of(cloud):
        key["attributes"]["enabled"] = True
        for date in ("expires", "notBefore"):
            key["attributes"].pop(date, None)
        key["keyOps"] = list(KEY_OPERATIONS)
        for version in key.get("earlier", {}).values():
            version["attributes"]["enabled"] = True
        if "policy" in key:
            # Without an expiry; a rotation harms nobody.
            cloud.azure.set_key_policy(key["vault"], key["name"], cloud.azure.policy_of(key)["lifetimeActions"], None)
    for role in cloud.state["azure"]["roleAssignments"].values():
        # Deleted, and given again under its name.
        role["roleDefinitionId"] = role["roleDefinitionId"].replace(of_access.CRYPTO_USER, ENCRYPTION_USER_ROLE)
    for principal in cloud.state["entra"]["servicePrincipals"].values():
        principal["accountEnabled"] = True
    for vault in vaults_of(cloud):
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


DRIFTS: dict[str, Callable[[Cloud], None]] = {
    name.replace("_", "-"): drift
    for module in (of_access, of_keys, of_vaults, at_adobe, of_spelling)
    for name, drift in inspect.getmembers(module, inspect.isfunction)
    if drift.__module__ == module.__name__ and not name.startswith("_")
} | {"everything-mended": everything_mended}
