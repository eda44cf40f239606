"""Who signs in at Azure's data plane: the identity that azure-native uses, by the same variables in the same order."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from azure import identity
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from components.azure.errors import SignInError
from components.azure.sign_in import credential
from simulation.cloud import Cloud
from simulation.entra.rules import TENANT
from simulation.entra.sign_in import CLIENT_ID, CLIENT_SECRET, FEDERATED
from tests.key_files import azure_at, pem, rsa_key

SCOPE = "https://vault.azure.net/.default"
WHO = {"ARM_TENANT_ID": TENANT, "ARM_CLIENT_ID": CLIENT_ID}
OIDC = {**WHO, "ARM_USE_OIDC": "true"}


@pytest.fixture
def outer_token() -> str:
    """As GitHub gives it to a job of the environment that the app trusts."""
    # By the machine's clock, as tokens are.
    ends = (datetime.now(UTC) + timedelta(minutes=5)).timestamp()
    claims = {**{name: value for name, (value, _) in FEDERATED.items()}, "exp": ends}
    parts = ({"alg": "RS256", "typ": "JWT"}, claims, "signature")
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


@pytest.fixture
def azure(cloud: Cloud, tmp_path: Path) -> Iterator[None]:
    with azure_at(cloud, tmp_path):
        yield


@contextmanager
def github(status: int, body: object) -> Iterator[tuple[str, list[Any]]]:
    """GitHub's issuer of tokens on this machine; yields its address, and what it was asked for."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((parse_qs(urlsplit(self.path).query), self.headers["Authorization"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/token?api-version=2.0", asked
        finally:
            server.shutdown()
            thread.join()


def signs_in(environment: dict[str, str]) -> bool:
    return bool(credential(environment).get_token(SCOPE).token)


@pytest.mark.usefixtures("azure")
def test_a_client_secret_signs_in() -> None:
    assert signs_in({**WHO, "ARM_CLIENT_SECRET": CLIENT_SECRET})


@pytest.mark.usefixtures("azure")
def test_a_token_of_another_issuer_signs_in(outer_token: str) -> None:
    assert signs_in({**OIDC, "ARM_OIDC_TOKEN": outer_token})


@pytest.mark.usefixtures("azure")
def test_a_token_in_a_file_signs_in_with_what_the_file_holds_by_then(outer_token: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    found = credential({**OIDC, "ARM_OIDC_TOKEN_FILE_PATH": str(file)})
    with pytest.raises(SignInError, match="the OIDC token in "):
        found.get_token(SCOPE)
    file.write_text(f"{outer_token}\n")
    assert found.get_token(SCOPE).token


@pytest.mark.usefixtures("azure")
@pytest.mark.parametrize("prefix", ["ARM_OIDC_REQUEST", "ACTIONS_ID_TOKEN_REQUEST"])
@pytest.mark.parametrize("audience", ["", "api://AzureADTokenExchangeUSGov"])
def test_a_job_at_github_asks_for_a_token_for_azure(outer_token: str, prefix: str, audience: str) -> None:
    with github(200, {"value": outer_token}) as (url, asked):
        given = {f"{prefix}_URL": url, f"{prefix}_TOKEN": "bearer-of-the-job"}
        assert signs_in({**OIDC, **given, **({"ARM_OIDC_AUDIENCE": audience} if audience else {})})
    wanted = {"api-version": ["2.0"], "audience": [audience or "api://AzureADTokenExchange"]}
    assert asked == [(wanted, "Bearer bearer-of-the-job")]


@pytest.mark.parametrize(("status", "body"), [(403, {}), (200, {}), (200, [])])
def test_a_token_that_github_does_not_give_is_an_error_without_the_jobs_bearer(
    status: int, body: object, azure: None
) -> None:
    with github(status, body) as (url, _):
        given = {"ARM_OIDC_REQUEST_URL": url, "ARM_OIDC_REQUEST_TOKEN": "bearer-of-the-job"}
        with pytest.raises(SignInError, match="permissions: id-token: write") as refused:
            signs_in({**OIDC, **given})
    assert "bearer-of-the-job" not in str(refused.value)
    assert url not in str(refused.value)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    name, now = x509.Name([]), datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(rsa_key(2048).public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    file = tmp_path / "client.pem"
    made = builder.sign(rsa_key(2048), hashes.SHA256())
    file.write_bytes(pem(rsa_key(2048), "of the certificate") + made.public_bytes(Encoding.PEM))
    return file


def test_the_order_is_that_of_azure_native(certificate: Path) -> None:
    steps = [
        ({"ARM_USE_DEFAULT_AZURE_CREDENTIAL": "true"}, identity.DefaultAzureCredential),
        (
            {
                "ARM_CLIENT_CERTIFICATE_PATH": str(certificate),
                "ARM_CLIENT_CERTIFICATE_PASSWORD": "of the certificate",
            },
            identity.CertificateCredential,
        ),
        ({"ARM_CLIENT_SECRET": CLIENT_SECRET}, identity.ClientSecretCredential),
        ({"ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "token"}, identity.ClientAssertionCredential),
        ({"ARM_USE_MSI": "true"}, identity.ManagedIdentityCredential),
        ({}, identity.AzureCliCredential),
    ]
    for number, (_, kind) in enumerate(steps):
        environment = {**WHO}
        for variables, _ in steps[number:]:
            environment |= variables
        assert type(credential(environment)) is kind


def test_without_any_variable_it_is_who_signed_in_at_the_azure_cli() -> None:
    assert type(credential({})) is identity.AzureCliCredential
    assert type(credential({"ARM_USE_OIDC": "false", "ARM_USE_MSI": "0"})) is identity.AzureCliCredential


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"ARM_CLIENT_SECRET": "s", "ARM_TENANT_ID": TENANT}, "a client secret requires ARM_CLIENT_ID, which is not set"),
        ({"ARM_CLIENT_SECRET": "s", "ARM_CLIENT_ID": CLIENT_ID}, "a client secret requires ARM_TENANT_ID"),
        ({"ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "t"}, "OpenID Connect requires ARM_TENANT_ID"),
        (OIDC, "OpenID Connect requires a token, and none is given. Fix: set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH"),
        ({"ARM_CLIENT_CERTIFICATE_PATH": "c.pem"}, "a client certificate requires ARM_TENANT_ID"),
        ({**WHO, "ARM_CLIENT_CERTIFICATE_PATH": "/nowhere.pem"}, "the certificate /nowhere.pem cannot be used"),
    ],
)
def test_what_is_missing_is_named(environment: dict[str, str], words: str) -> None:
    with pytest.raises(SignInError, match=words):
        credential(environment)


def test_a_wrong_password_of_the_certificate_is_told_without_it(certificate: Path) -> None:
    given = {"ARM_CLIENT_CERTIFICATE_PATH": str(certificate), "ARM_CLIENT_CERTIFICATE_PASSWORD": "wrong-password"}
    with pytest.raises(SignInError, match="ARM_CLIENT_CERTIFICATE_PASSWORD to its password") as refused:
        credential({**WHO, **given})
    assert "wrong-password" not in str(refused.value)
