"""How far a revocation of Adobe's role is."""

from enum import StrEnum


class Revocation(StrEnum):
    """How far it is."""

    NONE = ""
    """Adobe's app has its role."""
    PREPARED = "prepared"
    """This `up` takes the guards off the role assignment; nothing is revoked yet."""
    REMOVED = "removed"
    """This `up` removes the role assignment."""
    IN_FORCE = "in force"
    """An earlier `up` removed it, or it was not there."""

    @property
    def recorded(self) -> str:
        """As the Adobe resources record it: empty, prepared, or revoked."""
        return self.value if self.declares_role else "revoked"

    @property
    def declares_role(self) -> bool:
        """Whether the role assignment is part of the program."""
        return self in (Revocation.NONE, Revocation.PREPARED)
