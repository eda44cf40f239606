"""Azure's own SDKs on the simulated Azure, by nothing but the environment."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest import mock

import requests
from azure.identity import ClientSecretCredential
from azure.keyvault.keys import JsonWebKey, KeyClient
from cryptography.hazmat.primitives.asymmetric import rsa

from simulation.azure.arm import Clock
from simulation.azure.https import serving_azure
from simulation.by_hand import VAULT_PROPERTIES
from simulation.cloud import Cloud
from simulation.entra.sign_in import SCOPES
from simulation.environment import OVERRIDING

VAULT = "https://acme-vault.vault.azure.net"
VAULT_SCOPE, ARM_SCOPE = SCOPES
PREMIUM = {**VAULT_PROPERTIES, "sku": {"family": "A", "name": "premium"}}


@contextmanager
def azure_at(cloud: Cloud, home: Any, clock: Clock | None = None) -> Iterator[None]:
    """Serve Azure, and point this process's environment to it."""
    with serving_azure(cloud, home, clock) as variables, mock.patch.dict(os.environ, variables):
        for name in OVERRIDING:
            os.environ.pop(name, None)
        os.environ["NO_PROXY"] = "127.0.0.1,localhost"
        yield


@contextmanager
def signed_in(**changes: str) -> Iterator[ClientSecretCredential]:
    """The credential that the environment describes."""
    given = {name: os.environ[f"ARM_{name.upper()}"] for name in ("tenant_id", "client_id", "client_secret")}
    with ClientSecretCredential(**{**given, **changes}) as credential:
        yield credential


@contextmanager
def key_client(vault: str = VAULT, **changes: str) -> Iterator[KeyClient]:
    with signed_in(**changes) as credential, KeyClient(vault, credential, retry_total=0) as client:
        yield client


def call(method: str, url: str, scope: str = VAULT_SCOPE, **options: Any) -> requests.Response:
    """One call without the SDK for keys, with a token for a scope."""
    with signed_in() as credential:
        token = credential.get_token(scope).token
    return requests.request(method, url, headers={"Authorization": f"Bearer {token}"}, timeout=10, **options)


@cache
def private_key(size: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, size)


def numbers(key: rsa.RSAPrivateKey) -> dict[str, int]:
    """Every number of a key, by its name in a JSON Web Key."""
    held = key.private_numbers()
    private = {"d": held.d, "p": held.p, "q": held.q, "dp": held.dmp1, "dq": held.dmq1, "qi": held.iqmp}
    return {"n": held.public_numbers.n, "e": held.public_numbers.e, **private}


def web_key(key: rsa.RSAPrivateKey, kty: str = "RSA", **changes: Any) -> JsonWebKey:
    """As a program makes it from a PEM file; a change to None leaves a number out."""
    given = {name: bytes_of(number) for name, number in numbers(key).items()}
    return JsonWebKey(kty=kty, **{name: value for name, value in {**given, **changes}.items() if value is not None})


def bytes_of(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
