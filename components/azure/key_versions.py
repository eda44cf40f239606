"""The versions of a key, as Azure Resource Manager lists them: needs no right on the vault's data plane.

azure-native has no function for it, so that Azure's own SDK is asked, which signs in as the environment says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any

from ..constants import KEY_VAULT_API
from ..safety.key_versions import KeyVersion, VersionsNotRead
from .errors import SignInError, first_line

ENDPOINT = "https://management.azure.com"
PACKAGE = "azure-identity"
# Settings of azure-native that say who it is (its provider, "Configuration").
_CREDENTIAL = re.compile(r"(?:client|msi|oidc|use)[A-Z]\w*")


def names_a_credential(settings: Iterable[str]) -> bool:
    """Whether one of these settings of azure-native is of its credential: then it is not the environment's."""
    return any(_CREDENTIAL.fullmatch(name) for name in settings)


def key_versions(key_id: str, *, is_providers_credential: bool) -> list[KeyVersion]:
    """List the versions of a key.

    https://learn.microsoft.com/rest/api/keyvault/keyvault/keys/list-versions

    :param key_id: ARM ID of the key.
    :param is_providers_credential: whether azure-native signs in as the environment says, too.
    :raises VersionsNotRead: Azure's SDK is not installed, or it is the sign-in that fails.
    :raises azure.core.exceptions.AzureError: Azure refuses, or does not answer.
    """
    try:
        return _listed(key_id)
    except ImportError:
        raise VersionsNotRead(
            f"The package {PACKAGE} is not installed in the environment that runs the program. Fix: pip install {PACKAGE}"
        ) from None
    except SignInError as error:
        raise VersionsNotRead(f"The sign-in of this check failed: {error}") from None
    except Exception as error:
        if not _is_about_the_sign_in(error, is_providers_credential):
            raise
        who, other = "as azure-native does", ""
        if not is_providers_credential:
            who = "as the identity that azure-native uses"
            other = ", not with the credential that azure-native is configured with"
        raise VersionsNotRead(
            f"This check signs in by the ARM_* variables or az login{other}, which failed: {first_line(error).rstrip('.')}. "
            f"Fix: sign in {who}, by the ARM_* variables or az login"
        ) from None


def _is_about_the_sign_in(error: Exception, is_providers_credential: bool) -> bool:
    from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

    # To another identity, or in another tenant, Azure does not show what azure-native has just read.
    refusals = (401,) if is_providers_credential else (401, 403, 404)
    is_refused = isinstance(error, HttpResponseError) and error.status_code in refusals
    return is_refused or isinstance(error, ClientAuthenticationError)


def _listed(key_id: str) -> list[KeyVersion]:
    from azure.core import PipelineClient
    from azure.core.pipeline.policies import BearerTokenCredentialPolicy, RetryPolicy
    from azure.core.rest import HttpRequest

    from .sign_in import credential

    policies = [RetryPolicy(retry_total=3), BearerTokenCredentialPolicy(credential(os.environ), f"{ENDPOINT}/.default")]
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
