"""The simulated Azure: resource groups, Key Vaults, keys, role assignments, what surrounds a vault, and their rules.

Every rule names its source: Microsoft's documentation, answers that Azure's own SDKs recorded, or the behaviour that others
reported (an issue's number). State is plain JSON data, so that it can be saved, printed and changed behind Pulumi's back.
"""

from __future__ import annotations

from .diagnostic_settings import DiagnosticSettings
from .key_versions import KeyVersions
from .private_endpoints import PrivateEndpoints
from .role_assignments import RoleAssignments


class Azure(KeyVersions, RoleAssignments, DiagnosticSettings, PrivateEndpoints):
    """One subscription. Names ignore case, as in Azure."""

    def delete_resource_group(self, name: str) -> None:
        """Delete the group with all that it holds; its vaults are soft-deleted."""
        group = self._state["resourceGroups"].get(name.lower())
        if group:
            self.refuse_if_locked(group["id"])
        for vault in [v for v in self._state["vaults"].values() if v["resourceGroup"].lower() == name.lower()]:
            self.delete_vault(vault["name"])
        self._state["resourceGroups"].pop(name.lower(), None)
