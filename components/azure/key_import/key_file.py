"""The file to import: a PEM file with an RSA key, or a transfer blob for an HSM.

No byte of it leaves this process but to Key Vault: neither a message nor a returned fact holds any of it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from ...constants import KEY_SIZES
from ..errors import KeyFileError, PackagesMissing
from .keys import PemKey, TransferBlob

# The variable with the passphrase of an encrypted PEM file.
PASSPHRASE = "ADOBE_CMK_KEY_PASSPHRASE"  # noqa: S105 - a name
# Module to package; azure-identity brings cryptography.
_PACKAGES = {"azure.identity": "azure-identity", "azure.keyvault.keys": "azure-keyvault-keys"}
# Microsoft, "Bring your own key specification".
_BLOB = {"schema_version": "1.0.0", "alg": "dir", "enc": "CKM_RSA_AES_KEY_WRAP"}
_GENERATE = "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -aes-256-cbc -out key.pem"


def contents(path: str) -> bytes | None:
    """The bytes of a file; None when it does not exist.

    :raises KeyFileError: it cannot be read.
    """
    try:
        return Path(path).expanduser().read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise KeyFileError(
            f"{path} cannot be read ({error.strerror})", next_step="check the path and the file's permissions"
        ) from None


def require_packages() -> None:
    """:raises PackagesMissing: naming the commands that install them."""
    missing = [package for module, package in _PACKAGES.items() if not _is_installed(module)]
    if missing:
        raise PackagesMissing(
            f"the import of a key requires {' and '.join(missing)}, not installed in the environment that runs the program",
            next_step=".venv/bin/pip install azure-identity azure-keyvault-keys; a program that uses the package: "
            "pip install 'adobe-cmk[import]'",
        )


def parse(path: str, data: bytes, environment: Mapping[str, str]) -> PemKey | TransferBlob:
    """
    :param path: tells which of the two it is.
    :param environment: with the passphrase of an encrypted PEM file.
    :raises KeyFileError: it does not hold a key that Adobe accepts and Key Vault can import.
    """
    return _blob(path, data) if path.endswith(".byok") else _pem(path, data, environment)


def _pem(path: str, data: bytes, environment: Mapping[str, str]) -> PemKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = _private_key(path, data, environment.get(PASSPHRASE, ""))
    if not isinstance(key, rsa.RSAPrivateKey):
        raise KeyFileError(f"{path} does not hold an RSA key; Adobe requires RSA", next_step=f"generate one: {_GENERATE}")
    if key.key_size not in KEY_SIZES:
        raise KeyFileError(
            f"{path} holds an RSA key of {key.key_size} bits; Adobe requires at least 3072, and Key Vault has 3072 and 4096",
            next_step=f"generate one: {_GENERATE}",
        )
    return PemKey(key)


def _private_key(path: str, data: bytes, passphrase: str) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    is_encrypted = b"ENCRYPTED" in data
    try:
        return load_pem_private_key(data, passphrase.encode() if passphrase and is_encrypted else None)
    except TypeError:
        what, next_step = f"{path} is encrypted, and {PASSPHRASE} is not set", f"set {PASSPHRASE} to its passphrase"
    except UnsupportedAlgorithm:
        what = f"{path} uses an algorithm that cannot be read"
        next_step = f"write it anew: openssl pkey -in {path} -aes-256-cbc -out new.pem"
    except ValueError:
        if is_encrypted:
            what, next_step = f"{path} cannot be decrypted with {PASSPHRASE}", f"set {PASSPHRASE} to its passphrase"
        elif b"PUBLIC KEY-----" in data or b"CERTIFICATE-----" in data:
            what = f"{path} holds a public key or a certificate, and no private key"
            next_step = "use the file with the private key"
        else:
            what = f"{path} does not hold a private key in PEM"
            next_step = f"check it: openssl pkey -in {path} -noout -check"
    raise KeyFileError(what, next_step=next_step) from None


def _blob(path: str, data: bytes) -> TransferBlob:
    try:
        blob = json.loads(data)
        header = blob["header"]
        found = {"schema_version": blob["schema_version"], "alg": header["alg"], "enc": header["enc"]}
        kid, text = str(header["kid"]), str(blob["ciphertext"])
        ciphertext = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        host = urlsplit(kid).hostname
    except (ValueError, KeyError, TypeError):
        found, host, ciphertext = {}, None, b""
    if found != _BLOB or not host or not ciphertext:
        raise KeyFileError(
            f"{path} is not a transfer blob as Key Vault specifies it",
            next_step="make it with the tool of the HSM's vendor, for a key exchange key (RSA-HSM, operation import) in the "
            "vault (https://learn.microsoft.com/azure/key-vault/keys/byok-specification)",
        )
    return TransferBlob(data, host.lower())


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        # A package above it is missing.
        return False
