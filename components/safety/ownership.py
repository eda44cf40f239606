"""Changes of what a stack created into what it only reads, or the other way round: each deletes or replaces something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..arguments.arm_ids import vault_of
from ..arguments.groups import AccessArgs, KeyArgs, VaultArgs
from ..constants import (
    ENCRYPTION_KEY,
    IMPORTED_KEY_TYPE,
    KEY_TYPE,
    KEY_VAULT,
    RESOURCE_GROUP_TYPE,
    ROLE_ASSIGNMENT_TYPE,
    VAULT_TYPE,
)
from .stack_state import StackResources

UNSET = "unset"


class Change(NamedTuple):
    """A change that is not possible once something was created."""

    argument: str
    current: str
    wanted: str
    reason: str


def ownership_changes(vault: VaultArgs, key: KeyArgs, adopt: bool, created: StackResources) -> Iterator[Change]:
    """Every such change of vault and key.

    :param created: what the state holds.
    """
    of_vault, of_key = created.get(KEY_VAULT, {}), created.get(ENCRYPTION_KEY, {})
    brought = vault_of(vault.existing_id or key.existing_id)
    vault_argument = "key.existing_id" if key.existing_id and not vault.existing_id else "vault.existing_id"
    # What is created is in the state by its own type, and what is only read by a mark of its component.
    subjects = (
        (
            "vault.existing_resource_group",
            "resource group",
            vault.existing_resource_group,
            RESOURCE_GROUP_TYPE in created,
            str(of_vault.get("resourceGroupName") or "") if of_vault.get("readsGroup") and VAULT_TYPE in created else "",
        ),
        (
            vault_argument,
            "vault",
            brought.arm_id if brought else "",
            VAULT_TYPE in created,
            str(of_vault.get("vaultId") or "") if of_vault.get("readsVault") else "",
        ),
        (
            "key.existing_id",
            "key",
            key.existing_id,
            KEY_TYPE in created or IMPORTED_KEY_TYPE in created,
            # Adopting is the way from a key that is read to one that is managed.
            str(of_key.get("keyUri") or "") if of_key.get("readsKey") and not (key.existing_id or adopt) else "",
        ),
    )
    for argument, what, wanted, is_own, read in subjects:
        if is_own and wanted:
            yield Change(argument, UNSET, wanted, f"this stack created the {what}, and the change would delete it")
        elif read and wanted.lower() != read.lower():
            yield Change(
                argument, read, wanted or UNSET, f"the change would use another {what} in place of the existing one"
            )
    yield from _origin_changes(key, created)


def _origin_changes(key: KeyArgs, created: StackResources) -> Iterator[Change]:
    """A generated key in place of an imported one, or the other way round."""
    if KEY_TYPE in created and key.file:
        reason = "Azure generated the key for this stack, and the change would delete it and import another one"
        yield Change("key.file", UNSET, key.file, reason)
    elif IMPORTED_KEY_TYPE in created and key.is_generated:
        reason = "this stack imported the key, and the change would delete it and let Azure generate another one"
        yield Change("key.file", str(created[IMPORTED_KEY_TYPE]["file"]), UNSET, reason)


def scope_changes(access: AccessArgs, created: StackResources) -> Iterator[Change]:
    """A change of the scope of Adobe's role."""
    scope = str(created.get(ROLE_ASSIGNMENT_TYPE, {}).get("scope") or "").lower()
    current, wanted = "key" if "/keys/" in scope else "vault", access.role_scope
    if scope and current != wanted:
        yield Change(
            "access.role_scope",
            current,
            wanted,
            "the change would remove Adobe's role before it assigns it again, and Adobe would lose access to the key",
        )
