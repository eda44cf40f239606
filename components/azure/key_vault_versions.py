"""Chooses the version of Key Vault's management API: the one of the installed azure-native, or that of the local package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import distribution
from importlib.metadata import version as package_version
from pathlib import Path

import pulumi

from .key_vault_api import KeyVaultApi, ProvidersApi
from .key_vault_package import PackageApi


def key_vault_api(
    name: str,
    version: str,
    configuration: Mapping[str, pulumi.Input[str]],
    parent: pulumi.Resource,
    lookups: pulumi.InvokeOptions,
    subscription: str,
) -> KeyVaultApi:
    """:param name: of the instance.

    :param version: `provider` or 2026-02-01.
    :param configuration: of azure-native.
    :param parent: of what is declared for it. lookups: whose providers are asked.
    :param subscription: of the vault, which may be another one than the provider's.
    """
    of_vault = {**configuration, "subscriptionId": subscription}
    if version != "provider":
        return PackageApi(name, of_vault, parent)
    if subscription == configuration["subscriptionId"]:
        return ProvidersApi(lookups)
    opts = pulumi.ResourceOptions(parent=parent, version=package_version("pulumi_azure_native"))
    provider = pulumi.ProviderResource("azure-native", f"{name}-subscription", of_vault, opts)
    return ProvidersApi(pulumi.InvokeOptions(parent=parent, provider=provider), provider)


def version_in_use(version: str) -> str:
    """The version that a setting leads to: `provider` is what the installed azure-native declares."""
    return declared_version() if version == "provider" else version


def declared_version() -> str:
    """The API version that the installed azure-native declares for a vault, as its own documentation says."""
    # The class's own docstrings are those of overloads, which are gone at run time.
    source = distribution("pulumi_azure_native").locate_file("pulumi_azure_native/keyvault/vault.py")
    found = re.search(r"Azure REST API version (\d{4}-\d{2}-\d{2})", Path(str(source)).read_text())
    if not found:
        raise ValueError("the documentation of azure-native's Vault names no API version")
    return found[1]
