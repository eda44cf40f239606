"""The credential for Azure's data plane and management API: of the same identity that azure-native uses.

The variables and their order are those of the provider: Pulumi, "Azure Native: Installation & Configuration", and
pulumi-azure-native, auth_azidentity.go. Azure's packages and the HTTP client are imported when they are called: most runs
need none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import SignInError, first_line

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

# GitHub, "Configuring OpenID Connect in Azure".
_AUDIENCE = "api://AzureADTokenExchange"
_SECONDS = 30


def credential(environment: Mapping[str, str]) -> TokenCredential:
    """What signs in when the first token is asked for.

    :param environment: with the ARM_* variables; without any, it is who signed in with `az login`.
    :raises SignInError: the variables are not complete.
    """
    from azure import identity

    def given(name: str, purpose: str) -> str:
        if value := environment.get(name):
            return value
        raise SignInError(f"{purpose} requires {name}, which is not set", next_step=f"set {name} in the environment")

    def is_on(name: str) -> bool:
        return environment.get(name, "").lower() == "true"

    if is_on("ARM_USE_DEFAULT_AZURE_CREDENTIAL"):
        return identity.DefaultAzureCredential()
    if path := environment.get("ARM_CLIENT_CERTIFICATE_PATH"):
        tenant, client = (given(name, "a client certificate") for name in ("ARM_TENANT_ID", "ARM_CLIENT_ID"))
        password = environment.get("ARM_CLIENT_CERTIFICATE_PASSWORD") or None
        try:
            return identity.CertificateCredential(tenant, client, path, password=password)
        except (OSError, ValueError) as error:
            raise SignInError(
                f"the certificate {path} cannot be used ({first_line(error)})",
                next_step="set ARM_CLIENT_CERTIFICATE_PATH to a PEM or PKCS #12 file with the certificate and its private "
                "key, and ARM_CLIENT_CERTIFICATE_PASSWORD to its password",
            ) from None
    if secret := environment.get("ARM_CLIENT_SECRET"):
        tenant, client = (given(name, "a client secret") for name in ("ARM_TENANT_ID", "ARM_CLIENT_ID"))
        return identity.ClientSecretCredential(tenant, client, secret)
    if is_on("ARM_USE_OIDC"):
        tenant, client = (given(name, "OpenID Connect") for name in ("ARM_TENANT_ID", "ARM_CLIENT_ID"))
        return identity.ClientAssertionCredential(tenant, client, _assertion(environment))
    if is_on("ARM_USE_MSI"):
        return identity.ManagedIdentityCredential(client_id=environment.get("ARM_CLIENT_ID") or None)
    return identity.AzureCliCredential(tenant_id=environment.get("ARM_TENANT_ID", ""))


def _assertion(environment: Mapping[str, str]) -> Callable[[], str]:
    """Where the token of the outer identity comes from, each time that one is needed."""
    token, path = environment.get("ARM_OIDC_TOKEN"), environment.get("ARM_OIDC_TOKEN_FILE_PATH")
    url, bearer = (
        environment.get(f"ARM_OIDC_REQUEST_{name}") or environment.get(f"ACTIONS_ID_TOKEN_REQUEST_{name}")
        for name in ("URL", "TOKEN")
    )
    if token:
        return lambda: token
    if path:
        return lambda: _from_file(path)
    if url and bearer:
        audience = environment.get("ARM_OIDC_AUDIENCE") or _AUDIENCE
        return lambda: _requested(url, bearer, audience)
    raise SignInError(
        "OpenID Connect requires a token, and none is given",
        next_step="set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH; in GitHub Actions, give the job permissions: id-token: "
        "write, which sets ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    )


def _from_file(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SignInError(
            f"the OIDC token in {path} cannot be read ({first_line(error)})",
            next_step="set ARM_OIDC_TOKEN_FILE_PATH to the file that holds the token",
        ) from None


def _requested(url: str, bearer: str, audience: str) -> str:
    import requests

    headers = {"Authorization": f"Bearer {bearer}", "Accept": "application/json"}
    try:
        answer = requests.get(url, params={"audience": audience}, headers=headers, timeout=_SECONDS)
        answer.raise_for_status()
        return str(answer.json()["value"])
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        # The class alone: the text may quote the address, which is the workflow's own.
        raise SignInError(
            f"no OIDC token came from ACTIONS_ID_TOKEN_REQUEST_URL ({type(error).__name__})",
            next_step="give the job permissions: id-token: write, and run it again",
        ) from None
