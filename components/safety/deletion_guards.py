"""Keeps what Adobe depends on from being deleted: by a destroy, a rename, a replacement, or a removal from the program.

Three guards, since each alone can be got round: `protect` stops in preview, and a flag turns it off; `retain_on_delete`
keeps the cloud as it is; a `before_delete` hook ends the operation with the consequence in words. Pulumi runs hooks only
while the program registers them, so the hook is registered apart from any resource.
"""

from collections.abc import Sequence

import pulumi

from ..adobe.api.errors import PACKAGE
from ..constants import RUNBOOK


class DeletionBlocked(Exception):
    """A resource that Adobe depends on was about to be deleted."""

    __module__ = PACKAGE


def deletion_guards(name: str) -> pulumi.ResourceOptions:
    """Options for a component whose resources must not be deleted.

    :param name: of the instance; a hook's name is unique in a program.
    """
    hook = pulumi.ResourceHook(f"{name}-keep", _refuse)
    return pulumi.ResourceOptions(
        protect=True, retain_on_delete=True, hooks=pulumi.ResourceHookBinding(before_delete=[hook])
    )


def child_of(
    component: pulumi.ComponentResource,
    opts: pulumi.ResourceOptions | None,
    *,
    on_error: Sequence[pulumi.ErrorHook] = (),
    create_timeout: str | None = None,
    ignore_changes: Sequence[str] = (),
) -> pulumi.ResourceOptions:
    """Options for a component's child: protection and providers come down from the parent by themselves, hooks do not.

    :param on_error: hooks of the child's own.
    :param create_timeout: such as 2m.
    :param ignore_changes: properties that stay as they were when the child was created.
    """
    before_delete = opts.hooks.before_delete if opts and opts.hooks else None
    return pulumi.ResourceOptions(
        parent=component,
        hooks=pulumi.ResourceHookBinding(before_delete=before_delete, on_error=list(on_error) or None),
        custom_timeouts=pulumi.CustomTimeouts(create=create_timeout) if create_timeout else None,
        ignore_changes=list(ignore_changes),
    )


def _refuse(doomed: pulumi.ResourceHookArgs) -> None:
    raise DeletionBlocked(
        f"Deletion blocked: {doomed.type} {doomed.name}. Adobe may treat the loss of the key, the vault, the app or its "
        "role as "
        "deliberate revocation and permanently delete the organisation's data, and customer-managed keys cannot be switched "
        f"off. Fix: undo the change that led here; a resource that was tainted by pulumi state untaint; {RUNBOOK} "
        "describes the "
        "rest (When the hook goes on refusing)"
    )
