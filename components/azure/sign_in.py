"""The identity for Azure's own SDK: the one that the azure-native provider signs in with.

The variables are azure-native's: https://www.pulumi.com/registry/packages/azure-native/installation-configuration/.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import requests
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    DefaultAzureCredential,
    ManagedIdentityCredential,
)

Identity = (
    CertificateCredential
    | ClientAssertionCredential
    | ClientSecretCredential
    | DefaultAzureCredential
    | ManagedIdentityCredential
)
# What a federated credential of Entra ID expects.
AUDIENCE = "api://AzureADTokenExchange"
# Seconds for the workflow's token.
PATIENCE = 30


def credential(environment: Mapping[str, str]) -> Identity:
    """A service principal by secret, certificate or OIDC, a managed identity, or whoever is signed in (`az login`).

    :param environment: variables of the process.
    """
    tenant, client = environment.get("ARM_TENANT_ID", ""), environment.get("ARM_CLIENT_ID", "")
    if tenant and client:
        if secret := environment.get("ARM_CLIENT_SECRET"):
            return ClientSecretCredential(tenant, client, secret)
        if path := environment.get("ARM_CLIENT_CERTIFICATE_PATH"):
            return CertificateCredential(tenant, client, path, password=environment.get("ARM_CLIENT_CERTIFICATE_PASSWORD"))
        if _is_true(environment.get("ARM_USE_OIDC")):
            return ClientAssertionCredential(tenant, client, lambda: _workflow_token(environment))
    if _is_true(environment.get("ARM_USE_MSI")):
        return ManagedIdentityCredential(client_id=client or None)
    return DefaultAzureCredential()


def _is_true(text: str | None) -> bool:
    return (text or "").lower() in ("true", "1")


def _workflow_token(environment: Mapping[str, str]) -> str:
    """The OIDC token of a workflow: given, in a file, or from the address that the CI service provides."""
    if token := environment.get("ARM_OIDC_TOKEN"):
        return token
    if path := environment.get("ARM_OIDC_TOKEN_FILE_PATH"):
        return Path(path).read_text().strip()
    address = environment.get("ARM_OIDC_REQUEST_URL") or environment.get("ACTIONS_ID_TOKEN_REQUEST_URL", "")
    bearer = environment.get("ARM_OIDC_REQUEST_TOKEN") or environment.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "")
    answer = requests.get(
        address, params={"audience": AUDIENCE}, headers={"Authorization": f"Bearer {bearer}"}, timeout=PATIENCE
    )
    answer.raise_for_status()
    return str(answer.json()["value"])
