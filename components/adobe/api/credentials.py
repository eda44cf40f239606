"""Interface of a credential; `auth.py` has the two implementations."""

from typing import Protocol


class Credentials(Protocol):
    """Provides bearer tokens."""

    def token(self) -> str:
        """A valid token."""
        ...

    def renew(self, rejected: str) -> bool:
        """Discard a token that Adobe rejected; False when there is no other."""
        ...

    def secrets(self) -> list[str]:
        """Texts that must never appear in a message."""
        ...
