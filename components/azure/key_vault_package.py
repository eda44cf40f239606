"""Version 2026-02-01 of Key Vault's management API, by a local package of the installed azure-native.

Such a package (`pulumi package add azure-native keyvault 2026-02-01`) has other type tokens and the same properties.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Awaitable, Mapping
from importlib.metadata import version as package_version
from typing import Any

import pulumi
from pulumi.runtime.settings import register_package
from pulumi_azure_native import keyvault

from ..constants import KEY_TYPE, KEY_VAULT_API, KEY_VAULT_PACKAGE, PACKAGE_TYPES, VAULT_TYPE
from .key_vault_api import by_either_version

# The parameter of the local package, as `pulumi package add` writes it.
_PARAMETER = json.dumps({"module": "keyvault", "version": f"v{KEY_VAULT_API.replace('-', '')}"}, separators=(",", ":"))


class PackageApi:
    """Version 2026-02-01, by the local package of the same provider.

    The package's own default provider would get nothing of azure-native's configuration, and work in whatever subscription
    the sign-in has: so a provider is declared, with the same tenant and subscription.
    """

    def __init__(self, name: str, configuration: Mapping[str, pulumi.Input[str]], parent: pulumi.Resource) -> None:
        """
        :param configuration: of azure-native: tenant, subscription, location, credentials.
        :param parent: of the provider.
        """
        opts = pulumi.ResourceOptions(parent=parent)
        self._provider = pulumi.ProviderResource(
            KEY_VAULT_PACKAGE, f"{name}-keyvault", configuration, opts, package_ref=_package()
        )
        self._lookups = pulumi.InvokeOptions(parent=parent, provider=self._provider)

    def vault(self, name: str, inputs: keyvault.VaultArgs, opts: pulumi.ResourceOptions) -> keyvault.Vault:
        return _PackageVault(name, inputs, self._options(VAULT_TYPE, opts))

    def key(self, name: str, inputs: keyvault.KeyArgs, opts: pulumi.ResourceOptions) -> keyvault.Key:
        return _PackageKey(name, inputs, self._options(KEY_TYPE, opts))

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        arguments = {"resourceGroupName": resource_group_name, "vaultName": vault_name}
        return self._invoke("getVault", arguments, keyvault.GetVaultResult)

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        arguments = {"resourceGroupName": resource_group_name, "vaultName": vault_name, "keyName": key_name}
        return self._invoke("getKey", arguments, keyvault.GetKeyResult)

    def _invoke(self, function: str, arguments: Mapping[str, str], typ: type) -> Any:
        token = f"{KEY_VAULT_PACKAGE}:keyvault:{function}"
        return pulumi.runtime.invoke(token, arguments, opts=self._lookups, typ=typ, package_ref=_package()).value

    def _options(self, other: str, opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
        return by_either_version(other, pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(provider=self._provider)))


class _PackageVault(keyvault.Vault):
    """The SDK's class under the package's type."""

    def __init__(self, name: str, inputs: keyvault.VaultArgs, opts: pulumi.ResourceOptions) -> None:
        properties = _with_outputs(inputs, "azure_api_version", "name", "system_data", "type")
        pulumi.CustomResource.__init__(self, PACKAGE_TYPES[VAULT_TYPE], name, properties, opts, package_ref=_package())


class _PackageKey(keyvault.Key):
    """The SDK's class under the package's type."""

    def __init__(self, name: str, inputs: keyvault.KeyArgs, opts: pulumi.ResourceOptions) -> None:
        properties = _with_outputs(
            inputs, "attributes", "azure_api_version", "curve_name", "key_ops", "key_size", "key_uri",
            "key_uri_with_version", "kty", "location", "name", "release_policy", "rotation_policy", "type",
        )  # fmt: skip
        pulumi.CustomResource.__init__(self, PACKAGE_TYPES[KEY_TYPE], name, properties, opts, package_ref=_package())


def _with_outputs(inputs: Any, *names: str) -> Any:
    """Inputs with the outputs beside them, unset, as the SDK's own constructors do."""
    properties = copy.copy(inputs)
    properties.__dict__.update(dict.fromkeys(names))
    return properties


def _package() -> Awaitable[str]:
    """The engine's reference of the local package."""
    sdk = package_version("pulumi_azure_native")
    # Encoded twice: Pulumi's SDK decodes it once, and the provider expects base64 (provider_parameterize.go).
    parameter = base64.b64encode(base64.b64encode(_PARAMETER.encode())).decode()
    return register_package("azure-native", sdk, "", KEY_VAULT_PACKAGE, sdk, parameter)
