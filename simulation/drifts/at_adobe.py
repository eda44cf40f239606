"""What happens at Adobe."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from ..cloud import Cloud

Json = dict[str, Any]


def app_replaced(cloud: Cloud) -> None:
    """Adobe regenerates the organisation's app"""
    for app in filter(None, cloud.state["adobe"]["apps"].values()):
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


def registration_gone(cloud: Cloud) -> None:
    """Adobe no longer has the organisation's app registration"""
    apps = cloud.state["adobe"]["apps"]
    apps.update({org: {} for org in apps})


def _configurations(cloud: Cloud) -> Iterator[Json]:
    for held in cloud.state["adobe"]["configurations"].values():
        yield from held.values()
