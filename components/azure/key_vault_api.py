"""Key Vault's management API in the version that is chosen: the only room that knows that there are two.

The installed azure-native declares vault and key with one version for its whole major version. Any other is a local
package of the same provider (`pulumi package add azure-native keyvault 2026-02-01`): other type tokens, the same properties.
Aliases in both directions keep the resources when the version changes.
"""

from __future__ import annotations

import base64
import copy
import inspect
import json
import re
from collections.abc import Awaitable, Mapping
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any, Protocol

import pulumi
from pulumi.runtime.settings import register_package
from pulumi_azure_native import keyvault

from ..constants import KEY_TYPE, KEY_VAULT_API, KEY_VAULT_PACKAGE, PACKAGE_TYPES, VAULT_TYPE

# The parameter of the local package, as `pulumi package add` writes it.
_PARAMETER = json.dumps({"module": "keyvault", "version": f"v{KEY_VAULT_API.replace('-', '')}"}, separators=(",", ":"))


class KeyVaultApi(Protocol):
    """Declares vault and key, and looks them up."""

    def vault(self, name: str, inputs: keyvault.VaultArgs, opts: pulumi.ResourceOptions) -> keyvault.Vault:
        """Declare the vault."""
        ...

    def key(self, name: str, inputs: keyvault.KeyArgs, opts: pulumi.ResourceOptions) -> keyvault.Key:
        """Declare the key."""
        ...

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        """As `keyvault.get_vault`."""
        ...

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        """As `keyvault.get_key`."""
        ...


class ProvidersApi:
    """The version that the installed azure-native declares."""

    def __init__(self, lookups: pulumi.InvokeOptions, provider: pulumi.ProviderResource | None = None) -> None:
        """
        :param lookups: whose providers are asked.
        :param provider: declares what is created; None: the one of its parent.
        """
        self._lookups, self._provider = lookups, provider

    def vault(self, name: str, inputs: keyvault.VaultArgs, opts: pulumi.ResourceOptions) -> keyvault.Vault:
        return keyvault.Vault(name, inputs, _by_either_version(PACKAGE_TYPES[VAULT_TYPE], opts))

    def key(self, name: str, inputs: keyvault.KeyArgs, opts: pulumi.ResourceOptions) -> keyvault.Key:
        of_provider = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(provider=self._provider))
        return keyvault.Key(name, inputs, _by_either_version(PACKAGE_TYPES[KEY_TYPE], of_provider))

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        return keyvault.get_vault(resource_group_name=resource_group_name, vault_name=vault_name, opts=self._lookups)

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        return keyvault.get_key(
            resource_group_name=resource_group_name, vault_name=vault_name, key_name=key_name, opts=self._lookups
        )


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
        return _by_either_version(other, pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(provider=self._provider)))


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
    found = re.search(r"Azure REST API version (\d{4}-\d{2}-\d{2})", Path(inspect.getfile(keyvault.Vault)).read_text())
    if not found:
        raise ValueError("the documentation of azure-native's Vault names no API version")
    return found[1]


def _by_either_version(type_token: str, opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    # The provider keeps the version among the inputs, and would send a PUT for another one.
    more = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_=type_token)], ignore_changes=["azureApiVersion"])
    return pulumi.ResourceOptions.merge(opts, more)


def _package() -> Awaitable[str]:
    """The engine's reference of the local package."""
    sdk = package_version("pulumi_azure_native")
    # Encoded twice: Pulumi's SDK decodes it once, and the provider expects base64 (provider_parameterize.go).
    parameter = base64.b64encode(base64.b64encode(_PARAMETER.encode())).decode()
    return register_package("azure-native", sdk, "", KEY_VAULT_PACKAGE, sdk, parameter)
