"""What the client needs of a credential; `auth.py` has the two kinds there are."""

from typing import Protocol


class Credentials(Protocol):
    """Where bearer tokens come from."""

    def token(self) -> str:
        """A token that is valid now."""
        ...

    def renew(self, rejected: str) -> bool:
        """Drop a token that Adobe rejected; False when no other can be had."""
        ...

    def secrets(self) -> list[str]:
        """What must never appear in a message."""
        ...
