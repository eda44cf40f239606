"""Transfer blobs (.byok files): made as the tool of an HSM's vendor makes them, and opened as Key Vault's HSM opens them.

https://learn.microsoft.com/azure/key-vault/keys/byok-specification: a JSON document; the ciphertext is that of PKCS #11's
CKM_RSA_AES_KEY_WRAP: an ephemeral AES-256 key under RSA-OAEP with SHA-1, and under that key (AES key wrap with padding,
RFC 5649) the private key as PKCS #8.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap_with_padding, aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
)

from ..errors import CloudError
from .key_import import Numbers

_OAEP = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - the specification says SHA-1
_HEADER = {"alg": "dir", "enc": "CKM_RSA_AES_KEY_WRAP"}


class Hsm:
    """The private halves of key exchange keys, each generated when it is first asked for.

    They are in files beside the saved cloud, as one command reads the public half and a later one brings the blob. Nothing
    else is ever kept here: what is imported is forgotten but for its public numbers.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def public(self, version: str, size: int) -> Numbers:
        """The public numbers of a key exchange key."""
        numbers = self._private(version, size).public_key().public_numbers()
        return numbers.n, numbers.e

    def unwrap(self, version: str, size: int, ciphertext: bytes) -> Numbers:
        """The public numbers of the RSA key in a ciphertext.

        :raises CloudError: when it was not made for this key exchange key, or holds something else.
        """
        try:
            wrapping_key = self._private(version, size).decrypt(ciphertext[: size // 8], _OAEP)
            key = load_der_private_key(aes_key_unwrap_with_padding(wrapping_key, ciphertext[size // 8 :]), None)
        except (ValueError, TypeError, InvalidUnwrap, InvalidTag, UnsupportedAlgorithm):
            raise refused("the key exchange key cannot unwrap the ciphertext") from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise refused("the ciphertext does not hold an RSA key")
        numbers = key.public_key().public_numbers()
        return numbers.n, numbers.e

    def _private(self, version: str, size: int) -> rsa.RSAPrivateKey:
        file = self._folder / f"{version}.pem"
        if not file.exists():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = rsa.generate_private_key(65537, size)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        key = load_pem_private_key(file.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return key


def transfer_blob(kid: str, kek: rsa.RSAPublicKey, key: rsa.RSAPrivateKey) -> bytes:
    """What the vendor's tool writes for a key and a key exchange key.

    :param kid: identifier of the key exchange key, with its version.
    """
    ephemeral = secrets.token_bytes(32)
    target = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    ciphertext = kek.encrypt(ephemeral, _OAEP) + aes_key_wrap_with_padding(ephemeral, target)
    blob = {
        "schema_version": "1.0.0",
        "header": {"kid": kid, **_HEADER},
        "ciphertext": base64.urlsafe_b64encode(ciphertext).decode().rstrip("="),
        "generator": "simulated BYOK tool; simulated HSM",
    }
    return json.dumps(blob).encode()


def read_blob(data: bytes) -> tuple[str, bytes]:
    """Identifier of the key exchange key, and ciphertext, of a transfer blob.

    :raises CloudError: when it is not one as specified.
    """
    try:
        blob = json.loads(data)
        header, text = dict(blob["header"]), str(blob["ciphertext"])
        ciphertext = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        kid = header.pop("kid")
        is_whole = isinstance(kid, str) and isinstance(blob["generator"], str) and bool(ciphertext)
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise refused("it is not the JSON of a transfer blob") from None
    if blob["schema_version"] != "1.0.0" or header != _HEADER or not is_whole:
        raise refused(f"schema_version must be 1.0.0 and the header a kid with {json.dumps(_HEADER)}")
    return kid, ciphertext


def refused(reason: str) -> CloudError:
    """Nobody reported Key Vault's words."""
    return CloudError("BadParameter", f"The key transfer blob is not valid: {reason}.")
