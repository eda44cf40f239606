"""Management locks of the simulated Azure: what lies at or below a locked scope cannot be deleted through ARM.

https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
"""

from __future__ import annotations

from ..entra.rules import OPERATOR
from ..errors import CloudError
from .arm import Json, ResourceManager

LEVELS = ("CanNotDelete", "ReadOnly")
LONGEST_NOTES = 512


class Locks(ResourceManager):
    """Locks by ARM id. The data plane, such as the deletion of a key, knows none of them."""

    def put_lock(self, scope: str, name: str, level: str, notes: str | None) -> Json:
        self.require_scope(scope)
        if level not in LEVELS:
            raise CloudError("InvalidLockLevel", f"The lock level '{level}' is not valid. Known: {', '.join(LEVELS)}.")
        if len(notes or "") > LONGEST_NOTES:
            raise CloudError("InvalidLockNotes", f"The notes of a lock have at most {LONGEST_NOTES} characters.")
        path, now = f"{scope}/providers/Microsoft.Authorization/locks/{name}", self.timestamp()
        existing = self._state["locks"].get(path.lower())
        self._state["locks"][path.lower()] = {
            "id": path,
            "name": name,
            "type": "Microsoft.Authorization/locks",
            "scope": scope,
            "level": level,
            "notes": notes,
            "owners": None,
            "systemData": {
                "createdAt": existing["systemData"]["createdAt"] if existing else now,
                "createdBy": OPERATOR,
                "createdByType": "User",
                "lastModifiedAt": now,
                "lastModifiedBy": OPERATOR,
                "lastModifiedByType": "User",
            },
        }
        return self.lock(path)

    def lock(self, path: str) -> Json:
        """As a GET answers. Which code ARM has for a lock that is not there was never seen."""
        return self.held("locks", path, CloudError("ResourceNotFound", f"The lock '{path}' could not be found."))

    def delete_lock(self, path: str) -> None:
        self._state["locks"].pop(path.lower(), None)

    def require_scope(self, scope: str) -> None:
        """:raises CloudError: when the vault of an extension resource does not exist."""
        if not any(vault["id"].lower() == scope.lower() for vault in self._state["vaults"].values()):
            raise CloudError("ResourceNotFound", f"The scope '{scope}' was not found.")

    def refuse_if_locked(self, path: str, caller: str = "") -> None:
        """Refuse to delete what is locked: itself, from above, or with something in it.

        :param caller: words in front of ARM's own, where another service meets the lock.
        :raises CloudError: in ARM's words (azure-cli#2688, azurerm#17478), with status 409.
        """
        locked = [lock["scope"] for lock in self._state["locks"].values() if _touch(path, lock["scope"])]
        if locked:
            raise CloudError(
                "ScopeLocked",
                f"{caller}The scope '{path}' cannot perform delete operation because following scope(s) are locked: "
                f"'{','.join(locked)}'. Please remove the lock and try again.",
            )


def _touch(path: str, scope: str) -> bool:
    one, other = f"{path.lower()}/", f"{scope.lower()}/"
    return one.startswith(other) or other.startswith(one)
