"""Keys that were generated elsewhere, the files that they are in, and the vault's data plane as somebody else uses it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest import mock

from azure.identity import ClientSecretCredential
from azure.keyvault.keys import KeyClient
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from simulation.azure.byok import transfer_blob
from simulation.azure.https import serving_azure
from simulation.by_hand import VAULT_PROPERTIES
from simulation.cloud import Cloud
from simulation.environment import OVERRIDING

PASSPHRASE = "correct horse battery staple 7f3a"
CRYPTO_OFFICER = ("deployer-data-role", "crypto-officer")


def rsa_key(size: int = 3072, which: int = 0) -> rsa.RSAPrivateKey:
    """Generated once in a process; another one for another number."""
    return _generated(size, which)


@cache
def _generated(size: int, which: int) -> rsa.RSAPrivateKey:
    # The cache takes a call that leaves a default out for another one than a call that states it.
    return rsa.generate_private_key(65537, size)


def pem(key: rsa.RSAPrivateKey, passphrase: str = "", form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, form, encryption)


def premium_vault(cloud: Cloud) -> None:
    """The vault `acme`, for somebody who may use its data plane."""
    cloud.azure.put_resource_group("g", "westeurope", {})
    sku = {"sku": {"family": "A", "name": "premium"}}
    cloud.azure.put_vault("g", "acme", "westeurope", {**VAULT_PROPERTIES, **sku}, {})
    cloud.azure.switches.set(*CRYPTO_OFFICER)


@contextmanager
def azure_at(cloud: Cloud, home: Path) -> Iterator[None]:
    """Serve Azure, and point this process's environment to it and to nothing else."""
    with serving_azure(cloud, home) as variables, mock.patch.dict(os.environ, variables):
        for name in OVERRIDING:
            os.environ.pop(name, None)
        os.environ["NO_PROXY"] = "127.0.0.1,localhost"
        yield


@contextmanager
def key_client(vault: str) -> Iterator[KeyClient]:
    """Azure's own client, within `azure_at`."""
    given = {name: os.environ[f"ARM_{name.upper()}"] for name in ("tenant_id", "client_id", "client_secret")}
    with ClientSecretCredential(**given) as credential, KeyClient(f"https://{vault}.vault.azure.net", credential) as client:
        yield client


def blob_for(cloud: Cloud, vault: str, key: rsa.RSAPrivateKey) -> bytes:
    """A transfer blob for a key exchange key that the vault is given, within `azure_at`."""
    with cloud.at_work():
        cloud.azure.put_key(vault, "kek", {"kty": "RSA-HSM", "keySize": 2048, "keyOps": ["import"]}, {})
    with key_client(vault) as client:
        kek = client.get_key("kek")
    n, e = (int.from_bytes(getattr(kek.key, name)) for name in ("n", "e"))
    return transfer_blob(str(kek.id), rsa.RSAPublicNumbers(e, n).public_key(), key)
