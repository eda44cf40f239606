"""What the types of Microsoft.KeyVault share, in either package: the version of the API and the subscription of a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..azure.arm import SIGN_IN_SUBSCRIPTION, SUBSCRIPTION
from ..azure.key_vault_api import API_VERSIONS, AZURE_NATIVE
from ..cloud import Cloud
from ..errors import CloudError
from .azure_native import AzureNative


class KeyVaultType(AzureNative):
    """A type of Microsoft.KeyVault."""

    arm_type = ""
    """Its name within Microsoft.KeyVault."""

    def __init__(self, package: str = AZURE_NATIVE) -> None:
        """
        :param package: whose provider calls Azure, with that provider's configuration alone.
        """
        self.package, self.api_version = package, API_VERSIONS[package]

    def subscription(self, cloud: Cloud) -> str:
        default = SUBSCRIPTION if self.package == AZURE_NATIVE else SIGN_IN_SUBSCRIPTION
        return str(cloud.provider_config(self.package).get("subscriptionId") or default)

    def take_call(self, cloud: Cloud, path: Mapping[str, Any]) -> None:
        """Let Azure judge the version of a call to the management API.

        :raises CloudError: when it no longer has that version.
        """
        cloud.azure.take_call(self.arm_type, self.api_version, path["resourceGroupName"], path["vaultName"])

    def refuse_put_elsewhere(self, cloud: Cloud, inputs: Mapping[str, Any]) -> None:
        """Refuse a PUT to a subscription that does not have the resource group.

        :raises CloudError: naming the subscription.
        """
        subscription = self.subscription(cloud)
        owner = cloud.azure.resource_group(inputs["resourceGroupName"])
        if owner["id"].split("/")[2].lower() != subscription.lower():
            raise CloudError(
                "ResourceGroupNotFound",
                f"Resource group '{inputs['resourceGroupName']}' could not be found in subscription '{subscription}'.",
            )
