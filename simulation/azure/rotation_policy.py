"""What Key Vault accepts as a key's rotation policy.

https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation and nagyesta/lowkey-vault#181. The words of
the refusals are the simulation's own; their code is Key Vault's for parameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import CloudError
from .arm import Json

LEAST_TRIGGER_DAYS, LEAST_EXPIRY_DAYS = 7, 28


def read_policy(body: Mapping[str, Any]) -> tuple[list[Json], str | None]:
    """The actions of a policy, nulls left out, and its expiry.

    :raises CloudError: naming what is wrong.
    """
    if set(body) - {"lifetimeActions", "attributes", "id"}:
        raise _bad(f"unknown properties in {sorted(body)}")
    attributes = body.get("attributes", {})
    if not isinstance(attributes, Mapping):
        raise _bad("attributes is not an object")
    expiry = attributes.get("expiryTime")
    if expiry is not None and _days(expiry) < LEAST_EXPIRY_DAYS:
        raise _bad(f"expiryTime must be at least P{LEAST_EXPIRY_DAYS}D and is {expiry}")
    given = body.get("lifetimeActions")
    if not isinstance(given, list):
        raise _bad("lifetimeActions is missing")
    actions = [_action(action, expiry) for action in given]
    kinds = [action["action"]["type"] for action in actions]
    if len(kinds) != len(set(kinds)):
        raise _bad("an action is there twice")
    return actions, expiry


def _action(given: Any, expiry: str | None) -> Json:
    if not isinstance(given, Mapping) or any(not isinstance(given.get(name), Mapping) for name in ("action", "trigger")):
        raise _bad("an entry of lifetimeActions has an action and a trigger")
    kind = str(given["action"].get("type", "")).capitalize()
    trigger = {name: value for name, value in given["trigger"].items() if value is not None}
    if kind not in {"Rotate", "Notify"}:
        raise _bad(f"the action must be Rotate or Notify and is {kind or 'missing'}")
    if len(trigger) != 1 or set(trigger) - {"timeAfterCreate", "timeBeforeExpiry"}:
        raise _bad("a trigger is either timeAfterCreate or timeBeforeExpiry")
    ((name, value),) = trigger.items()
    if _days(value) < LEAST_TRIGGER_DAYS:
        raise _bad(f"{name} must be at least P{LEAST_TRIGGER_DAYS}D and is {value}")
    if kind == "Notify" and name != "timeBeforeExpiry":
        raise _bad("Notify is triggered by timeBeforeExpiry alone")
    if kind == "Rotate" and name == "timeBeforeExpiry" and not expiry:
        raise _bad("Rotate by timeBeforeExpiry needs an expiryTime")
    if kind == "Rotate" and expiry and _days(value) > _days(expiry) - LEAST_TRIGGER_DAYS:
        raise _bad(f"Rotate must be triggered at least P{LEAST_TRIGGER_DAYS}D before the expiry")
    return {"trigger": trigger, "action": {"type": kind}}


def _days(duration: Any) -> int:
    """Days of an ISO 8601 duration in years, months and days."""
    parts = re.fullmatch(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?", str(duration))
    if not parts:
        raise _bad(f"{duration} is not a duration in years, months and days")
    years, months, days = (int(part or 0) for part in parts.groups())
    return years * 365 + months * 30 + days


def _bad(reason: str) -> CloudError:
    return CloudError("BadParameter", f"The key rotation policy is not valid: {reason}.")
