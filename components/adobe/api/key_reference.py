"""A key in a vault, in the notations of the generations of Adobe's API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# https://<vault>.vault.azure.net/keys/<key>[/<version>]; Managed HSM and national clouds have other suffixes.
_IDENTIFIER = re.compile(
    r"(?P<vault>https://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)(?:/keys/(?P<key>[A-Za-z0-9-]+)(?:/(?P<version>[A-Za-z0-9]+))?)?/?"
)


@dataclass(frozen=True)
class KeyReference:
    """A key: vault URI without trailing slash, key name, and version (empty when unknown)."""

    vault_uri: str
    key_name: str
    version: str = ""

    @property
    def vault_name(self) -> str:
        """Name of the vault, the first label of its host."""
        return self.vault_uri.removeprefix("https://").split(".")[0]

    @property
    def identifier(self) -> str:
        """The key identifier, with the version if known."""
        base = f"{self.vault_uri}/keys/{self.key_name}"
        return f"{base}/{self.version}" if self.version else base

    def is_same_key(self, other: KeyReference) -> bool:
        """Whether both name the same key in the same vault, ignoring the version and, like Azure, the case."""
        mine = (self.vault_uri.lower(), self.key_name.lower())
        return mine == (other.vault_uri.lower(), other.key_name.lower())

    @classmethod
    def parse(cls, identifier: str) -> KeyReference:
        """Parse a key identifier.

        :raises ValueError: when it is not https://<vault host>/keys/<name>[/<version>].
        """
        match = _IDENTIFIER.fullmatch(identifier)
        if not match or not match["key"]:
            raise ValueError(f"{identifier!r} is not https://<vault host>/keys/<name>[/<version>]")
        return cls(match["vault"], match["key"], match["version"] or "")

    @classmethod
    def from_config_data(cls, config_data: Mapping[str, Any]) -> KeyReference:
        """Parse the `configData` of Adobe's responses.

        Current responses name the key in `keyVaultKeyIdentifier`, and `keyName` is the name of the configuration. The beta
        returns the vault or the whole identifier in `keyVaultUri`, and the key in `keyName`.

        :raises ValueError: when neither names a key.
        """
        identifier = config_data.get("keyVaultKeyIdentifier")
        if isinstance(identifier, str):
            return cls.parse(identifier)
        uri, name = config_data.get("keyVaultUri"), config_data.get("keyName")
        match = _IDENTIFIER.fullmatch(uri) if isinstance(uri, str) else None
        if match and match["key"]:
            return cls.parse(match[0])
        if match and isinstance(name, str) and name:
            return cls(match["vault"], name)
        raise ValueError("configData does not name a key")
