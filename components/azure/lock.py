"""A management lock on the vault: it refuses deletions in the portal and by every tool, as the guards do in Pulumi."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import authorization

from ..constants import LOCK_TYPE, RUNBOOK
from .vault_addition import CreatedVault

LOCK = "adobe-cmk"
NOTES = (
    "The key in this vault protects the data of Adobe Experience Platform. If the vault or the role of Adobe's app is "
    "deleted, Adobe may treat it as deliberate revocation and permanently delete the data. Pulumi manages this lock and "
    f"removes it with the deletion guards ({RUNBOOK}, Releasing the deletion guards)."
)
ADVICE = {
    "AuthorizationFailed": (
        "the identity that runs this needs Microsoft.Authorization/locks/write on the vault. Role Based Access Control "
        "Administrator does not include it. Fix: grant it Owner or User Access Administrator on the vault or above it"
    )
}
# For what the lock holds: whatever is below the vault, and its private endpoint.
LOCKED = {
    "ScopeLocked": (
        "the lock on the vault prevents this deletion. Fix: az lock delete --ids <ID of the vault>/providers/"
        f"Microsoft.Authorization/locks/{LOCK}, then pulumi up, then pulumi up --refresh, which restores the lock"
    )
}


def lock(name: str, vault: CreatedVault, contents: Sequence[pulumi.Resource]) -> None:
    """Declare the lock, which has no deletion guards: it is removed with them, and before anything else.

    :param name: of the instance.
    :param contents: everything that the lock holds. Azure refuses to delete it while the lock exists, so the lock depends
        on it and Pulumi deletes the lock first.
    """
    if not vault.declares(LOCK_TYPE):
        return
    authorization.ManagementLockByScope(
        f"{name}-lock",
        scope=vault.scope,
        lock_name=LOCK,
        level=authorization.LockLevel.CAN_NOT_DELETE,
        notes=NOTES,
        opts=vault.options(
            f"{name}-lock",
            LOCK_TYPE,
            ADVICE,
            lambda: authorization.get_management_lock_by_scope(
                scope=vault.recorded_scope, lock_name=LOCK, opts=vault.lookups
            ),
            depends_on=contents,
        ),
    )
