"""The rotation policy of the key in Azure: a new version by age does no harm, an expiry of new versions loses the data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from .finding import Finding

# Azure's own policy of a key that has none; Azure refuses one without an action.
_NEVER = [{"trigger": {"timeBeforeExpiry": "P30D"}, "action": {"type": "Notify"}}]


def of_rotation_policy(vault_name: str, key: Any, wanted_days: int | None) -> Iterator[Finding]:
    """Compare the key's rotation policy with Adobe's requirements, and with the setting, because Azure never updates it.

    :param key: as `get_key` returns it.
    :param wanted_days: age at which a version is followed by another, 0 for never; None: another team decides.
    """
    policy = key.rotation_policy
    expiry = policy.attributes.expiry_time if policy and policy.attributes else None
    days = _rotates_after(policy)
    if expiry:
        yield Finding(
            f"key {key.name}: no version may expire; found: a rotation policy that gives each new version an expiry of "
            f"{expiry}. Adobe loses access to the key on that day. Fix: {_update(vault_name, key.name, wanted_days or days)}"
        )
    if wanted_days is not None and days != wanted_days:
        yield Finding(
            f"key {key.name}: this stack declares {_words(wanted_days)}; found: {_words(days)}, which Azure does not change "
            f"on an existing key. Fix: {_update(vault_name, key.name, wanted_days)}",
            is_blocking=False,
        )


def _rotates_after(policy: Any) -> int:
    """Age in days at which the policy rotates, 0 for never, -1 for one that cannot be told in days."""
    for each in (policy.lifetime_actions if policy else None) or []:
        if each.action and str(each.action.type).lower() == "rotate":
            parts = re.fullmatch(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?", str(each.trigger and each.trigger.time_after_create))
            if not parts:
                return -1
            years, months, days = (int(part or 0) for part in parts.groups())
            return years * 365 + months * 30 + days
    return 0


def _words(days: int) -> str:
    if days < 0:
        return "a rotation before an expiry"
    return f"a rotation after {days} days" if days else "no rotation"


def _update(vault_name: str, name: str, days: int) -> str:
    rotate = [{"trigger": {"timeAfterCreate": f"P{days}D"}, "action": {"type": "Rotate"}}]
    policy = json.dumps({"lifetimeActions": rotate if days > 0 else _NEVER, "attributes": {}})
    return f"az keyvault key rotation-policy update --vault-name {vault_name} --name {name} --value '{policy}'"
