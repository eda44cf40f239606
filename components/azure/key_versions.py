"""The versions of a key, as Azure Resource Manager lists them: needs no right on the vault's data plane.

azure-native has no function for it, so that Azure's own SDK is asked. It is optional: a program without it is told.
"""

from __future__ import annotations

import os
from typing import Any

from ..constants import KEY_VAULT_API
from ..safety.key_versions import KeyVersion, VersionsNotRead

ENDPOINT = "https://management.azure.com"
PACKAGES = "azure-identity"


def key_versions(key_id: str) -> list[KeyVersion]:
    """List the versions of a key.

    https://learn.microsoft.com/rest/api/keyvault/keyvault/keys/list-versions

    :param key_id: ARM ID of the key.
    :raises VersionsNotRead: Azure's SDK is not installed.
    :raises azure.core.exceptions.AzureError: Azure refuses, or does not answer.
    """
    try:
        from azure.core import PipelineClient
        from azure.core.pipeline.policies import BearerTokenCredentialPolicy, RetryPolicy
        from azure.core.rest import HttpRequest

        from .sign_in import credential

        signed_in = credential(os.environ)
    except ImportError:
        raise VersionsNotRead(
            f"not checked, because the package {PACKAGES} is not installed; an earlier version that is disabled makes data "
            f"unreadable. Fix: install it in the program's virtual environment (pip install {PACKAGES})"
        ) from None
    policies = [RetryPolicy(retry_total=3), BearerTokenCredentialPolicy(signed_in, f"{ENDPOINT}/.default")]
    with PipelineClient(ENDPOINT, policies=policies) as client:
        page, found = f"{ENDPOINT}{key_id}/versions?api-version={KEY_VAULT_API}", []
        while page:
            answer: Any = client.send_request(HttpRequest("GET", page))
            answer.raise_for_status()
            listed = answer.json()
            found += [_version(entry) for entry in listed["value"]]
            page = listed.get("nextLink")
    return found


def _version(entry: dict[str, Any]) -> KeyVersion:
    attributes = entry["properties"]["attributes"]
    return KeyVersion(str(entry["name"]), float(attributes["created"]), attributes.get("enabled") is not False)
