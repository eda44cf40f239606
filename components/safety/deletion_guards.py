"""Deletion guards: no destroy, rename, replacement or removal from the program deletes what Adobe depends on.

There are three guards, because each one alone can be bypassed. `protect` fails the preview, but a flag turns it off.
`retain_on_delete` leaves the cloud resource in place. A `before_delete` hook ends the operation and states the consequence.
Pulumi runs a hook only while the program registers it, so the hook is registered independently of any resource.
"""

from collections.abc import Sequence

import pulumi

from ..adobe.api.errors import PACKAGE
from ..constants import RUNBOOK


class DeletionBlocked(Exception):
    """A resource that Adobe depends on would have been deleted."""

    __module__ = PACKAGE


def deletion_guards(name: str) -> pulumi.ResourceOptions:
    """Options for a component whose resources must not be deleted.

    :param name: name of the component instance; hook names must be unique in a program.
    """
    hook = pulumi.ResourceHook(f"{name}-keep", _refuse)
    return pulumi.ResourceOptions(
        protect=True, retain_on_delete=True, hooks=pulumi.ResourceHookBinding(before_delete=[hook])
    )


def child_of(
    component: pulumi.ComponentResource,
    opts: pulumi.ResourceOptions | None,
    *,
    is_guarded: bool = True,
    on_error: Sequence[pulumi.ErrorHook] = (),
    create_timeout: str | None = None,
    ignore_changes: Sequence[str] = (),
    before_create: pulumi.ResourceHook | None = None,
    import_id: str = "",
) -> pulumi.ResourceOptions:
    """Options for a component's child: Pulumi passes protection and providers on to children, but not hooks.

    :param is_guarded: whether the child has the component's guards, if that has any.
    :param on_error: the child's own error hooks.
    :param create_timeout: for example 2m.
    :param ignore_changes: properties that keep the values that the child was created with.
    :param before_create: refuses to create the child (`creation_guards`).
    :param import_id: ARM id of what exists already and becomes the child; empty to create it.
    """
    before_delete = opts.hooks.before_delete if opts and opts.hooks and is_guarded else None
    return pulumi.ResourceOptions(
        parent=component,
        protect=None if is_guarded else False,
        retain_on_delete=None if is_guarded else False,
        hooks=pulumi.ResourceHookBinding(
            before_create=[before_create] if before_create else None,
            before_delete=before_delete,
            on_error=list(on_error) or None,
        ),
        import_=import_id or None,
        custom_timeouts=pulumi.CustomTimeouts(create=create_timeout) if create_timeout else None,
        ignore_changes=list(ignore_changes),
    )


def _refuse(doomed: pulumi.ResourceHookArgs) -> None:
    raise DeletionBlocked(
        f"Deletion blocked: {doomed.type} {doomed.name}. Adobe may treat the loss of the key, the vault, the app or its "
        "role as deliberate revocation and permanently delete the organisation's data. Customer-managed keys cannot be "
        "switched off. Fix: undo the change that caused the deletion; for a tainted resource, run pulumi state untaint. "
        f"If deletion stays blocked, see {RUNBOOK}, When deletion stays blocked"
    )
