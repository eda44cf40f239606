"""Signing in at the simulated Entra ID with Azure's SDK: secrets, federated assertions, tenants, scopes, expiry."""

import base64
import json
import os
from typing import Any

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientAssertionCredential

from simulation.cloud import Cloud
from simulation.entra.rules import TENANT
from simulation.entra.sign_in import ASSERTION_TYPE, CLIENT_ID, FEDERATED, TOKEN_SECONDS
from tests.azure_sdk import ARM_SCOPE, VAULT, VAULT_SCOPE, call, signed_in
from tests.clock import ManualClock

pytestmark = pytest.mark.usefixtures("vault_over_https")
KEY = f"{VAULT}/keys/acme-key?api-version=7.4"
TOKEN_URL = f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"


def assertion(clock: ManualClock, **changes: Any) -> str:
    claims = {name: value for name, (value, _) in FEDERATED.items()}
    claims |= {"exp": clock.now().timestamp() + 300, **changes}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{body}.c2lnbmF0dXJl"


def token_with(**form: str) -> requests.Response:
    given = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "scope": VAULT_SCOPE, **form}
    return requests.post(TOKEN_URL, data=given, timeout=10)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_secret": "wrong"}, "AADSTS7000215: Invalid client secret provided"),
        ({"client_id": "00000000-0000-4000-8000-000000000000"}, "AADSTS700016: Application with identifier"),
        # MSAL asks for the tenant's endpoints first, and has words of its own when there are none.
        ({"tenant_id": "00000000-0000-4000-8000-000000000000"}, "Unable to get authority configuration for"),
    ],
)
def test_a_wrong_secret_app_or_tenant_is_refused(changes: dict[str, str], words: str) -> None:
    with signed_in(**changes) as credential, pytest.raises(ClientAuthenticationError, match=words):
        credential.get_token(VAULT_SCOPE)


def test_a_wrong_secret_is_a_401_with_entras_code() -> None:
    answer = token_with(client_secret="wrong")
    assert (answer.status_code, answer.json()["error"], answer.json()["error_codes"]) == (401, "invalid_client", [7000215])


def test_an_unknown_tenant_has_no_endpoints() -> None:
    url = "https://login.microsoftonline.com/contoso.example/v2.0/.well-known/openid-configuration"
    answer = requests.get(url, timeout=10)
    assert (answer.status_code, answer.json()["error"], answer.json()["error_codes"]) == (400, "invalid_tenant", [90002])


def test_a_federated_assertion_signs_in(clock: ManualClock) -> None:
    with ClientAssertionCredential(TENANT, CLIENT_ID, lambda: assertion(clock)) as credential:
        token = credential.get_token(VAULT_SCOPE).token
    assert requests.get(KEY, headers={"Authorization": f"Bearer {token}"}, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": "https://issuer.example"}, 700211),
        ({"aud": "https://vault.azure.net"}, 700212),
        ({"sub": "repo:contoso/adobe-cmk:pull_request"}, 700213),
        ({"exp": 0}, 700024),
        ({"exp": "soon"}, 50027),
    ],
)
def test_an_assertion_that_the_app_does_not_trust_is_refused(clock: ManualClock, claims: dict[str, Any], code: int) -> None:
    answer = token_with(client_assertion=assertion(clock, **claims), client_assertion_type=ASSERTION_TYPE)
    assert (answer.status_code, answer.json()["error_codes"]) == (401, [code])


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 7000216),
        ({"client_assertion": "a.b.c"}, 7000216),
        ({"client_assertion": "a.b.c", "client_assertion_type": ASSERTION_TYPE}, 50027),
        ({"grant_type": "password"}, 70003),
    ],
)
def test_an_incomplete_request_is_refused(form: dict[str, str], code: int) -> None:
    assert token_with(**form).json()["error_codes"] == [code]


@pytest.mark.parametrize(("scope", "code"), [("openid", 1002012), ("https://graph.example/.default", 500011)])
def test_a_scope_that_is_not_simulated_is_refused(scope: str, code: int) -> None:
    answer = token_with(client_secret=os.environ["ARM_CLIENT_SECRET"], scope=scope)
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [code])


def test_a_token_ends_with_its_lifetime(clock: ManualClock) -> None:
    with signed_in() as credential:
        header = {"Authorization": f"Bearer {credential.get_token(VAULT_SCOPE).token}"}
    clock.sleep(TOKEN_SECONDS - 1)
    assert requests.get(KEY, headers=header, timeout=10).status_code == 200
    clock.sleep(1)
    answer = requests.get(KEY, headers=header, timeout=10)
    assert (answer.status_code, "TokenExpired" in answer.text) == (401, True)


def test_a_token_is_good_for_its_audience_alone() -> None:
    answer = call("GET", KEY, ARM_SCOPE)
    assert answer.status_code == 401
    assert (
        "AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://management.azure.com/." in answer.text
    )


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer made-up"}], ids=str)
def test_without_a_token_the_vault_says_where_to_get_one(header: dict[str, str]) -> None:
    answer = requests.get(KEY, headers=header, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer authorization="https://login.microsoftonline.com/{TENANT}", resource="https://vault.azure.net"'
    )


def test_tokens_are_not_saved_with_the_cloud(cloud: Cloud) -> None:
    with signed_in() as credential:
        assert credential.get_token(VAULT_SCOPE).token not in json.dumps(cloud.state)
