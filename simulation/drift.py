"""Changes to the saved clouds behind Pulumi's back: what people, policies and Adobe do."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from .cloud import Cloud

Json = dict[str, Any]


def role_removed(cloud: Cloud) -> None:
    """somebody takes the role of Adobe's app away"""
    cloud.state["azure"]["roleAssignments"].clear()


def key_disabled(cloud: Cloud) -> None:
    """somebody disables the key"""
    for key in cloud.state["azure"]["keys"].values():
        key["attributes"]["enabled"] = False


def key_deleted(cloud: Cloud) -> None:
    """somebody deletes the key"""
    for key in list(cloud.state["azure"]["keys"].values()):
        cloud.azure.delete_key(key["vault"], key["name"])


def vault_deleted(cloud: Cloud) -> None:
    """somebody deletes the vault"""
    for vault in list(cloud.state["azure"]["vaults"].values()):
        cloud.azure.delete_vault(vault["name"])


def vault_recovered(cloud: Cloud) -> None:
    """somebody recovers the deleted vault"""
    azure = cloud.state["azure"]
    azure["vaults"] |= azure["deletedVaults"]
    azure["deletedVaults"].clear()


def key_rotated(cloud: Cloud) -> None:
    """the key gets a new version; no drift, Adobe follows the key"""
    for key in cloud.state["azure"]["keys"].values():
        key["versions"].append(uuid.uuid4().hex)


def firewall_closed(cloud: Cloud) -> None:
    """somebody restricts the vault's network and forgets Adobe"""
    for vault in cloud.state["azure"]["vaults"].values():
        vault["properties"]["networkAcls"] |= {"defaultAction": "Deny", "bypass": "None"}


def principal_removed(cloud: Cloud) -> None:
    """somebody deletes Adobe's app from the tenant, and its role goes with it"""
    cloud.state["entra"]["servicePrincipals"].clear()
    role_removed(cloud)


def app_replaced(cloud: Cloud) -> None:
    """Adobe regenerates the organisation's app"""
    for app in cloud.state["adobe"]["apps"].values():
        app["applicationId"] = str(uuid.uuid4())
        cloud.entra.publish_application(app["applicationId"], app["name"])


def configuration_failed(cloud: Cloud) -> None:
    """Adobe reports the configuration as FAILED"""
    for configuration in _configurations(cloud):
        configuration["status"] = "FAILED"


def configuration_moved(cloud: Cloud) -> None:
    """somebody had Adobe point the configuration at another key"""
    for configuration in _configurations(cloud):
        elsewhere = "https://another-vault.vault.azure.net"
        data = configuration["configData"]
        if "keyVaultUri" in data:
            data |= {"keyVaultUri": elsewhere, "keyName": "another-key"}
        if "keyVaultKeyIdentifier" in data:
            data["keyVaultKeyIdentifier"] = f"{elsewhere}/keys/another-key/{uuid.uuid4().hex}"


def configuration_gone(cloud: Cloud) -> None:
    """Adobe no longer knows the configuration"""
    cloud.state["adobe"]["configurations"].clear()


def app_consented(cloud: Cloud) -> None:
    """an administrator opens the consent URL and accepts Adobe's app"""
    for app in cloud.state["adobe"]["apps"].values():
        cloud.entra.create_service_principal(app["applicationId"])


DRIFTS: dict[str, Callable[[Cloud], None]] = {
    drift.__name__.replace("_", "-"): drift
    for drift in (
        role_removed, key_disabled, key_deleted, key_rotated, vault_deleted, vault_recovered, firewall_closed,
        principal_removed, app_replaced, app_consented, configuration_failed, configuration_moved, configuration_gone,
    )
}  # fmt: skip


def _configurations(cloud: Cloud) -> Iterator[Json]:
    for held in cloud.state["adobe"]["configurations"].values():
        yield from held.values()
