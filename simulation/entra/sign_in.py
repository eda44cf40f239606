"""Entra ID's endpoints for a service principal that signs in, at login.microsoftonline.com.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow; which addresses are called: MSAL for
Python, authority.py. Signatures of client assertions are not checked: the simulation has no key of their issuer. Tokens
expire by the machine's clock, as it is the one that Azure's SDKs go by.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from ..azure.arm import Clock
from ..azure.wire import Answer, Json, Request
from .rules import TENANT
from .sign_in_refusals import Refused

HOST = "login.microsoftonline.com"
CLIENT_ID = "c11e0000-5555-4666-8777-888899990000"
CLIENT_SECRET = "simu8Q~lated-client-secret-0123456789abc"  # noqa: S105 - opens nothing but the simulation
# What the app trusts besides its secret: claim to value, and the code of the refusal of another one. The subject has the
# form that GitHub documents for an environment.
FEDERATED = {
    "iss": ("https://token.actions.githubusercontent.com", 700211),
    "sub": ("repo:contoso/adobe-cmk:environment:production", 700213),
    "aud": ("api://AzureADTokenExchange", 700212),
}
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

VAULT_AUDIENCE = "https://vault.azure.net"
ARM_AUDIENCE = "https://management.azure.com/"
# Scope to the audience of the token that is given out for it.
SCOPES = {"https://vault.azure.net/.default": VAULT_AUDIENCE, "https://management.azure.com/.default": ARM_AUDIENCE}
TOKEN_SECONDS = 3599


@dataclass(frozen=True)
class _Token:
    audience: str
    expires: datetime


class SignIn:
    """Gives out tokens, and judges them; they are in memory alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: dict[str, _Token] = {}

    def wrong_with(self, request: Request, audience: str) -> tuple[str, str]:
        """What is wrong with a request's token (missing, unknown, expired, audience) and the detail; empty: nothing."""
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not value:
            return "missing", ""
        token = self._tokens.get(value.strip())
        if token is None:
            return "unknown", ""
        if self._clock.now() >= token.expires:
            return "expired", token.expires.isoformat()
        return ("audience", token.audience) if token.audience != audience else ("", "")

    def answer(self, request: Request) -> Answer:
        try:
            tenant, _, rest = request.path.lstrip("/").partition("/")
            if (request.method, request.path) == ("GET", "/common/discovery/instance"):
                return Answer(200, _instances(request))
            if (request.method, rest) == ("GET", "v2.0/.well-known/openid-configuration"):
                _check_tenant(tenant)
                return Answer(200, _openid_configuration(tenant))
            if (request.method, rest) == ("POST", "oauth2/v2.0/token"):
                _check_tenant(tenant)
                return Answer(200, self._token(dict(parse_qsl(request.body.decode("utf-8", "replace")))))
        except Refused as refused:
            return refused.answer(HOST, self._clock.now())
        return Answer(404, {"error": "not_simulated", "error_description": f"{request.method} {request.path}"})

    def _token(self, form: dict[str, str]) -> Json:
        if form.get("grant_type") != "client_credentials":
            raise Refused(70003, form.get("grant_type", ""))
        if form.get("client_id", "").lower() != CLIENT_ID:
            raise Refused(700016, form.get("client_id", ""))
        if "client_secret" in form:
            if not secrets.compare_digest(form["client_secret"].encode(), CLIENT_SECRET.encode()):
                raise Refused(7000215, CLIENT_ID)
        elif "client_assertion" in form and form.get("client_assertion_type") == ASSERTION_TYPE:
            self._check_assertion(form["client_assertion"])
        else:
            raise Refused(7000216)
        scope = form.get("scope", "")
        if not scope.endswith("/.default"):
            raise Refused(1002012, scope)
        if scope not in SCOPES:
            raise Refused(500011, scope.removesuffix("/.default"))
        token = secrets.token_urlsafe(48)
        self._tokens[token] = _Token(SCOPES[scope], self._clock.now() + timedelta(seconds=TOKEN_SECONDS))
        lifetime = {"expires_in": TOKEN_SECONDS, "ext_expires_in": TOKEN_SECONDS}
        return {"token_type": "Bearer", **lifetime, "access_token": token}

    def _check_assertion(self, assertion: str) -> None:
        """https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations#errors"""
        try:
            _, payload, _ = assertion.split(".")
            claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            expires = float(claims["exp"])
        except (ValueError, KeyError, TypeError):
            raise Refused(50027) from None
        now = self._clock.now()
        if now.timestamp() >= expires:
            raise Refused(700024, f"Current time: {now.isoformat()}, the assertion ended at {expires:.0f}.")
        for claim, (trusted, code) in FEDERATED.items():
            if claims.get(claim) != trusted:
                raise Refused(code, str(claims.get(claim)))


def _check_tenant(tenant: str) -> None:
    if tenant.lower() != TENANT:
        raise Refused(90002, tenant)


def _openid_configuration(tenant: str) -> Json:
    base = f"https://{HOST}/{tenant}"
    return {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
    }


def _instances(request: Request) -> Json:
    tenant = request.query.get("authorization_endpoint", "").removesuffix("/oauth2/authorize").rsplit("/", 1)[-1]
    names = [HOST, "login.windows.net", "login.microsoft.com", "sts.windows.net"]
    return {
        "tenant_discovery_endpoint": f"https://{HOST}/{tenant}/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [{"preferred_network": HOST, "preferred_cache": "login.windows.net", "aliases": names}],
    }
