"""Keys as the rooms of an import hand them to each other: one from a file, and one in the vault."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa

# Marks the import of a transfer blob, of which only the HSM knows the public key.
BLOB_TAG = "adobe-cmk-key-file"


@dataclass(frozen=True)
class PemKey:
    """A private key."""

    private: rsa.RSAPrivateKey

    @property
    def thumbprint(self) -> str:
        """Of the public key."""
        return thumbprint(self.private.public_key())


@dataclass(frozen=True)
class TransferBlob:
    """A key that only an HSM can unwrap."""

    data: bytes = field(repr=False)
    vault_host: str
    """Host name of the vault that has the key exchange key."""


@dataclass(frozen=True)
class HeldKey:
    """The current version of a key in the vault."""

    identifier: str
    """With version."""
    kty: str
    thumbprint: str
    """Of the public key; empty for a key that is not RSA."""
    tags: Mapping[str, str]
    is_first: bool = True
    """Whether it is the key's only version."""

    def is_from(self, key: PemKey | TransferBlob) -> bool:
        """Whether it is the key in a file."""
        if isinstance(key, TransferBlob):
            return self.tags.get(BLOB_TAG) == digest(key.data)
        return self.thumbprint == key.thumbprint


def thumbprint(key: rsa.RSAPublicKey) -> str:
    """SHA-256 over the public key as DER, in hex: `openssl pkey -in key.pem -pubout -outform DER | sha256sum`."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return digest(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def digest(data: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(data).hexdigest()
