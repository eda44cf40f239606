"""Changes to the saved clouds outside Pulumi, as made by people, policies and Adobe."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from components.constants import ADOBE_ADDRESS, KEY_OPERATIONS

from .cloud import Cloud
from .key_versions import add_version, earlier_version

Json = dict[str, Any]


def role_removed(cloud: Cloud) -> None:
    """someone removes the role assignment of Adobe's app"""
    cloud.state["azure"]["roleAssignments"].clear()


def role_under_another_name(cloud: Cloud) -> None:
    """someone takes the role of Adobe's app away and gives it again, under another name"""
    assignments = cloud.state["azure"]["roleAssignments"]
    for path, role in list(assignments.items()):
        name = str(uuid.uuid4())
        renamed = role["id"].replace(role["name"], name)
        del assignments[path]
        assignments[renamed.lower()] = {**role, "id": renamed, "name": name}


def key_disabled(cloud: Cloud) -> None:
    """someone disables the key"""
    for key in _keys(cloud):
        key["attributes"]["enabled"] = False


def key_expiring(cloud: Cloud) -> None:
    """someone gives the key an expiry date five days from now"""
    for key in _keys(cloud):
        key["attributes"]["expires"] = _seconds(cloud, timedelta(days=5))


def key_expired(cloud: Cloud) -> None:
    """the key's expiry date was yesterday"""
    for key in _keys(cloud):
        key["attributes"]["expires"] = _seconds(cloud, -timedelta(days=1))


def key_not_yet_valid(cloud: Cloud) -> None:
    """someone sets a date before which the key is not valid, five days from now"""
    for key in _keys(cloud):
        key["attributes"]["notBefore"] = _seconds(cloud, timedelta(days=5))


def key_operations_gone(cloud: Cloud) -> None:
    """someone makes a new version of the key that may neither wrap nor unwrap"""
    for key in _keys(cloud):
        add_version(key, cloud.clock.now(), keyOps=["encrypt", "decrypt"])


def key_deleted(cloud: Cloud) -> None:
    """someone deletes the key"""
    for key in list(_keys(cloud)):
        cloud.azure.delete_key(key["vault"], key["name"])


def key_recovered(cloud: Cloud) -> None:
    """someone recovers the deleted key"""
    for key in list(cloud.state["azure"]["deletedKeys"].values()):
        cloud.azure.recover_key(key["vault"], key["name"])


def vault_deleted(cloud: Cloud) -> None:
    """someone deletes the vault"""
    for vault in list(_vaults(cloud)):
        cloud.azure.delete_vault(vault["name"])


def vault_recovered(cloud: Cloud) -> None:
    """someone recovers the deleted vault"""
    for vault in list(cloud.state["azure"]["deletedVaults"].values()):
        cloud.azure.recover_vault(vault["name"])


def vault_tagged(cloud: Cloud) -> None:
    """a policy of the company's tags the vault"""
    for vault in _vaults(cloud):
        vault["tags"]["cost-centre"] = "4711"


def access_policies(cloud: Cloud) -> None:
    """someone turns the vault from Azure RBAC to access policies"""
    for vault in _vaults(cloud):
        vault["properties"]["enableRbacAuthorization"] = False


def key_rotated(cloud: Cloud) -> None:
    """the key gets a new version; no drift, Adobe follows the key"""
    for key in _keys(cloud):
        add_version(key, cloud.clock.now())


def old_version_disabled(cloud: Cloud) -> None:
    """someone disables the version before the key's current one; needs a rotation before"""
    for key in _keys(cloud):
        for version in key["versions"][-2:-1]:
            earlier_version(key, version)["attributes"]["enabled"] = False


def firewall_closed(cloud: Cloud) -> None:
    """someone restricts the vault's network and forgets Adobe"""
    for vault in _vaults(cloud):
        vault["properties"]["networkAcls"] |= {"defaultAction": "Deny", "bypass": "None"}


def public_access_disabled(cloud: Cloud) -> None:
    """someone turns the vault's public network access off"""
    for vault in _vaults(cloud):
        vault["properties"]["publicNetworkAccess"] = "Disabled"


def principal_disabled(cloud: Cloud) -> None:
    """someone disables Adobe's app in the tenant"""
    for principal in cloud.state["entra"]["servicePrincipals"].values():
        principal["accountEnabled"] = False


def principal_removed(cloud: Cloud) -> None:
    """someone deletes the service principal of Adobe's app, and with it the role assignment"""
    cloud.state["entra"]["servicePrincipals"].clear()
    role_removed(cloud)


def app_replaced(cloud: Cloud) -> None:
    """Adobe regenerates the organisation's app"""
    for app in cloud.state["adobe"]["apps"].values():
        app["applicationId"] = str(uuid.uuid4())
        cloud.entra.publish_application(app["applicationId"], app["name"])


def configuration_failed(cloud: Cloud) -> None:
    """Adobe reports the status FAILED for the configuration"""
    for configuration in _configurations(cloud):
        configuration["status"] = "FAILED"


def configuration_moved(cloud: Cloud) -> None:
    """Adobe has the configuration for another key"""
    for configuration in _configurations(cloud):
        elsewhere = "https://another-vault.vault.azure.net"
        data = configuration["configData"]
        if "keyVaultUri" in data:
            data |= {"keyVaultUri": elsewhere, "keyName": "another-key"}
        if "keyVaultKeyIdentifier" in data:
            data["keyVaultKeyIdentifier"] = f"{elsewhere}/keys/another-key/{uuid.uuid4().hex}"


def configuration_gone(cloud: Cloud) -> None:
    """Adobe no longer returns the configuration"""
    cloud.state["adobe"]["configurations"].clear()


def app_consented(cloud: Cloud) -> None:
    """an administrator opens the consent URL and consents to Adobe's app"""
    for app in cloud.state["adobe"]["apps"].values():
        # A second consent changes nothing.
        if not cloud.entra.find_service_principal(app["applicationId"]):
            cloud.entra.create_service_principal(app["applicationId"])


def everything_mended(cloud: Cloud) -> None:
    """someone follows the findings: vault, key, app and firewall are again as Adobe needs them"""
    vault_recovered(cloud)
    key_recovered(cloud)
    for key in _keys(cloud):
        key["attributes"]["enabled"] = True
        for date in ("expires", "notBefore"):
            key["attributes"].pop(date, None)
        key["keyOps"] = list(KEY_OPERATIONS)
        for version in key.get("earlier", {}).values():
            version["attributes"]["enabled"] = True
    for principal in cloud.state["entra"]["servicePrincipals"].values():
        principal["accountEnabled"] = True
    for vault in _vaults(cloud):
        rules = vault["properties"]["networkAcls"]
        vault["properties"] |= {"enableRbacAuthorization": True, "publicNetworkAccess": "Enabled"}
        rules["bypass"] = "AzureServices"
        adobe = {"value": f"{ADOBE_ADDRESS}/32"}
        if rules["defaultAction"] == "Deny" and adobe not in rules["ipRules"]:
            rules["ipRules"].append(adobe)


DRIFTS: dict[str, Callable[[Cloud], None]] = {
    drift.__name__.replace("_", "-"): drift
    for drift in (
        role_removed, role_under_another_name, key_disabled, key_expiring, key_expired, key_not_yet_valid,
        key_operations_gone, key_deleted, key_recovered, key_rotated, old_version_disabled, vault_deleted,
        vault_recovered, vault_tagged, access_policies, firewall_closed, public_access_disabled, principal_disabled,
        principal_removed, app_replaced, app_consented, configuration_failed, configuration_moved, configuration_gone,
        everything_mended,
    )
}  # fmt: skip


def _keys(cloud: Cloud) -> Iterator[Json]:
    yield from cloud.state["azure"]["keys"].values()


def _vaults(cloud: Cloud) -> Iterator[Json]:
    yield from cloud.state["azure"]["vaults"].values()


def _seconds(cloud: Cloud, from_now: timedelta) -> int:
    """Unix time, as keys hold their dates."""
    return int((cloud.clock.now() + from_now).timestamp())


def _configurations(cloud: Cloud) -> Iterator[Json]:
    for held in cloud.state["adobe"]["configurations"].values():
        yield from held.values()
