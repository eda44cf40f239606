"""What guards a stack against a loss, as the last `pulumi up` recorded it and as the look saw it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components.settings import NAMESPACE

from .model import Guard, Requirement, Tick
from .observed import Observed
from .requirements import PURGE_PROTECTION
from .words import words

# Resources that Adobe depends on, by the last words of their types (components/customer_managed_keys.py).
_GUARDED = (
    "ResourceGroup",
    "Vault",
    "Key",
    "ImportedKey",
    "ServicePrincipal",
    "RoleAssignment",
    "AppRegistration",
    "SubmissionAttempt",
    "KeyConfiguration",
)
_SETTINGS = ("protect", "releaseGuards", "revoked", "activate")
_NOT_SET = "not set"


def guards(observed: Observed, requirements: Sequence[Requirement]) -> list[Guard]:
    """Every guard, on or off; none for a stack without a state."""
    return list(_guards(observed, requirements)) if observed.recorded.resources else []


def _guards(observed: Observed, requirements: Sequence[Requirement]) -> Iterator[Guard]:
    settings = {name: words(observed.recorded.settings.get(f"{NAMESPACE}:{name}")) for name in _SETTINGS}
    owned = [resource for kind, resource in observed.recorded.resources.items() if kind in _GUARDED and not resource.is_read]
    protected = sum(resource.is_protected for resource in owned)
    retained = sum(resource.is_retained for resource in owned)
    yield Guard(name="Deletion guards (protect)", value=settings["protect"] or _NOT_SET, is_on=settings["protect"] == "true")
    released = settings["releaseGuards"]
    yield Guard(name="Guards not released (releaseGuards)", value=released or _NOT_SET, is_on=not released)
    revoked = settings["revoked"]
    yield Guard(name="Access not revoked (revoked)", value=revoked or _NOT_SET, is_on=not revoked)
    yield Guard(
        name="Pulumi refuses to delete",
        value=f"{protected} of {len(owned)} resources",
        is_on=protected == len(owned) > 0,
    )
    yield Guard(
        name="Kept in the cloud when removed from Pulumi",
        value=f"{retained} of {len(owned)} resources",
        is_on=retained == len(owned) > 0,
    )
    lock = words(observed.fresh("ManagementLockByScope").get("level"))
    yield Guard(name="Azure lock on the vault", value=lock or "none seen", is_on=lock in ("CanNotDelete", "ReadOnly"))
    purge = next(each for each in requirements if each.text == PURGE_PROTECTION)
    yield Guard(name="Purge protection of the vault", value=purge.seen, is_on=purge.tick is Tick.MET)
    confirmed = words(observed.outputs("KeyConfiguration").get("activate")) or settings["activate"]
    yield Guard(name="Sent on purpose alone (activate)", value=confirmed or f"{_NOT_SET}: nothing is sent", is_on=True)
    is_recorded = "SubmissionAttempt" in observed.recorded.resources
    without = "not in the state" if observed.is_activated else "nothing was sent"
    yield Guard(
        name="Sent once (record of the submission)",
        value="in the state" if is_recorded else without,
        is_on=is_recorded or not observed.is_activated,
    )
