"""The simulated Azure: resource groups, Key Vaults, keys, role assignments and their rules.

Every rule names its source: Microsoft's documentation, answers that Azure's own SDKs recorded, or the behaviour that others
reported (an issue's number). State is plain JSON data, so that it can be saved, printed and changed behind Pulumi's back.
"""

from __future__ import annotations

from .key_versions import KeyVersions
from .role_assignments import RoleAssignments


class Azure(KeyVersions, RoleAssignments):
    """One subscription. Names ignore case, as in Azure."""

    def delete_resource_group(self, name: str) -> None:
        """Delete the group with all that it holds; its vaults are soft-deleted."""
        for vault in [v for v in self._state["vaults"].values() if v["resourceGroup"].lower() == name.lower()]:
            self.delete_vault(vault["name"])
        self._state["resourceGroups"].pop(name.lower(), None)
