"""What surrounds a vault that this program creates: a private endpoint, an audit log and a lock."""

from __future__ import annotations

from collections.abc import Container, Sequence

import pulumi

from ..arguments.component import CustomerManagedKeysArgs
from ..constants import VAULT_TYPE
from .audit import audit_log
from .lock import lock
from .private_endpoint import private_endpoint
from .vault import KeyVault
from .vault_addition import CreatedVault


def surround(
    name: str,
    args: CustomerManagedKeysArgs,
    parent: pulumi.Resource,
    vault: KeyVault,
    contents: Sequence[pulumi.Resource],
    recorded: Container[str],
    vault_id: str,
    lookups: pulumi.InvokeOptions,
    *,
    removes_role: bool = False,
) -> None:
    """Declare them, as far as the arguments say. Nothing depends on them.

    :param contents: what else the lock holds: the vault itself, its key and its role assignment.
    :param recorded: types of the resources that the state holds.
    :param vault_id: ARM id of the vault as it is known from the start; empty when it is not.
    :param removes_role: whether this update removes the role assignment, which Azure refuses below a lock.
    """
    created = CreatedVault(
        vault_id=vault.vault_id,
        vault_name=vault.vault_name,
        resource_group_name=vault.resource_group_name,
        location=vault.location,
        tags=args.tags,
        setting_names=args.setting_names,
        parent=parent,
        lookups=lookups,
        recorded=recorded,
        recorded_id=vault_id if VAULT_TYPE in recorded else "",
        is_adoption=args.adopt,
    )
    wanted = args.vault
    endpoint = private_endpoint(name, created, wanted.private_endpoint_subnet_id, wanted.private_dns_zone_id)
    audit = audit_log(name, created, wanted.log_analytics_workspace_id)
    if args.has_guards and not removes_role:
        lock(name, created, [*contents, *endpoint, *audit])
