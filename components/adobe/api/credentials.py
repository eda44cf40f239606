"""Interface of a credential; `auth.py` has the two implementations."""

from typing import Protocol


class Credentials(Protocol):
    """Provides bearer tokens."""

    @property
    def client_id(self) -> str:
        """Client ID of the credential; empty when it is not known, as with a token that somebody else requested."""
        ...

    def token(self) -> str:
        """A valid token."""
        ...

    def renew(self, rejected: str) -> bool:
        """Discard a token that Adobe rejected; False when there is no other."""
        ...

    def secrets(self) -> list[str]:
        """Texts that must never appear in a message."""
        ...
