"""The versions of Key Vault's management API: azure-native's own, and that of a package made from the same provider.

From pulumi/pulumi-azure-native, provider_parameterize.go, and
https://learn.microsoft.com/azure/key-vault/general/migrate-api-version.
"""

from __future__ import annotations

import base64
import binascii
import json

from ..errors import CloudError
from .arm import ResourceManager

AZURE_NATIVE = "azure-native"
PACKAGE = "azure-native_keyvault_v20260201"
PARAMETER = {"module": "keyvault", "version": "v20260201"}

# Package to the version with which its types and functions call Azure.
API_VERSIONS = {AZURE_NATIVE: "2024-11-01", PACKAGE: "2026-02-01"}
# The first version that Azure still serves after 27 February 2027, and that gives new vaults Azure RBAC.
LASTING = "2026-02-01"


class WrongParameter(ValueError):
    """The parameter does not name the package."""


def check_parameter(name: str, version: str, value: bytes) -> None:
    """Check a parameter as the SDK of a package sends it: base64 of JSON that names module and version.

    :raises WrongParameter: naming what is expected.
    """
    try:
        parameter = json.loads(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError):
        raise WrongParameter(f"the parameter must be base64 of JSON and is {value!r}") from None
    if parameter != PARAMETER:
        raise WrongParameter(f"the simulation knows the parameter {json.dumps(PARAMETER)}, not {json.dumps(parameter)}")
    if name != PACKAGE or not version:
        raise WrongParameter(
            f"the parameter makes the package {PACKAGE} with a version, not {name or 'a package without a name'} "
            f"{version or 'without a version'}"
        )


class ManagementApi(ResourceManager):
    """Azure as it serves Key Vault's management API; the data plane has versions of its own."""

    def take_call(self, kind: str, api_version: str, group: str, vault: str) -> None:
        """Judge the version of a call to the management API.

        No document says how Azure refuses a retired version. ARM's word for a version that a type does not have is this one,
        with status 400, on GET and PUT alike: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/
        error-register-resource-provider, Azure/azure-cli#28496, pulumi-azure-nextgen#170. (`InvalidApiVersionParameter` is
        for versions that ARM itself does not know.)

        :param kind: the type within Microsoft.KeyVault.
        :raises CloudError: after the older versions have been switched off.
        """
        if api_version >= LASTING or self.switches.get("key-vault-api-retired") == "no":
            return
        places = (self._state["vaults"].get(vault.lower()), self._state["resourceGroups"].get(group.lower()))
        location = next((place["location"] for place in places if place), "")
        raise CloudError(
            "NoRegisteredProviderFound",
            f"No registered resource provider found for location '{location}' and API version '{api_version}' for type "
            f"'{kind}'. The supported api-versions are '{LASTING}'. The supported locations are '{location}'.",
        )
