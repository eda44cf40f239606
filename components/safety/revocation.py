"""Revocation on purpose: the role of Adobe's app is removed, and nothing else, and comes back under the same name.

Pulumi deletes nothing that its state calls protected or retained, and an update changes that only for what it declares. So
the first `up` takes these guards off the role assignment and ends with an error, and the second one removes it. The lock on
the vault holds the role assignment too: it goes with it, and comes back with the next `up`.

Adobe, "Customer-managed keys overview" and "Revoke key access": how long Adobe can still read, and what may follow.
"""

from __future__ import annotations

import pulumi

from ..arguments.component import CustomerManagedKeysArgs
from ..constants import ADOBE_ACCESS, KEY_CONFIGURATION_TYPE, ROLE_ASSIGNMENT_TYPE, RUNBOOK
from .revocation_step import Revocation
from .stack_state import StackResources

# How the warnings begin, for whoever reads the events of the engine.
PENDING, REVOKED = "REVOCATION PENDING", "REVOKED"
CONSEQUENCE = (
    "Within minutes to 24 hours, Adobe's primary data stores become inaccessible, and within 7 days its caches. Adobe may "
    "treat it as deliberate revocation and permanently delete the data"
)


class NothingToRevoke(pulumi.RunError):
    """`revoked` is set on a stack that has sent nothing to Adobe."""


def revocation(args: CustomerManagedKeysArgs, created: StackResources) -> Revocation:
    """How far the revocation is that the arguments ask for.

    :param created: what the state holds.
    :raises NothingToRevoke: when no configuration was sent.
    """
    if not args.revoked:
        return Revocation.NONE
    if KEY_CONFIGURATION_TYPE not in created:
        raise NothingToRevoke(
            f"{args.setting_names.name('revoked')} is set, but this stack has not sent a configuration to Adobe; nothing "
            f"was changed. Fix: unset {args.setting_names.name('revoked')}"
        )
    if ROLE_ASSIGNMENT_TYPE not in created:
        return Revocation.IN_FORCE
    # Written after Pulumi has recorded the role assignment without its guards.
    is_guarded = created.get(ADOBE_ACCESS, {}).get("roleIsGuarded", True)
    return Revocation.PREPARED if is_guarded else Revocation.REMOVED


def announce(step: Revocation, args: CustomerManagedKeysArgs, created: StackResources) -> None:
    """Warn of a revocation, in previews too, with its consequence and the way back."""
    role = f"the role of Adobe's app on the key ({created.get(ADOBE_ACCESS, {}).get('roleAssignmentId', 'not recorded')})"
    unset = f"unset {args.setting_names.name('revoked')}, then run pulumi up ({RUNBOOK}, Revoke and restore)"
    if step is Revocation.PREPARED:
        pulumi.log.warn(
            f"{PENDING}: {role} is still there. This update only releases its deletion guards. Fix: run pulumi up, then run "
            f"it again, which removes the role; or, to keep it, {unset}"
        )
    if step is Revocation.REMOVED:
        pulumi.log.warn(
            f"{PENDING}: this update removes {role}, and until the next update the lock on the vault. {CONSEQUENCE}. "
            f"Fix: run pulumi up; or, to keep it, {unset}"
        )
    if step is Revocation.IN_FORCE:
        pulumi.log.warn(f"{REVOKED}: {role} is removed on purpose. {CONSEQUENCE}. To restore it: {unset}")


def status(args: CustomerManagedKeysArgs) -> str:
    """The output `status` of a stack whose role assignment is removed."""
    return (
        f"{REVOKED}: the role of Adobe's app on the key is removed on purpose. To restore it: unset "
        f"{args.setting_names.name('revoked')}, then run pulumi up"
    )
