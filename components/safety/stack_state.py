"""What this stack has created so far, as Pulumi's state holds it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import invoke

from ..constants import (
    APP_REGISTRATION_TYPE,
    ENCRYPTION_KEY,
    KEY_CONFIGURATION_TYPE,
    KEY_TYPE,
    KEY_VAULT,
    RESOURCE_GROUP_TYPE,
    ROLE_PROPAGATION_TYPE,
    SUBMISSION_ATTEMPT_TYPE,
    VAULT_TYPE,
)

# Parent's type and end of the name of each; anything else in the program is none of ours.
_OURS = {
    RESOURCE_GROUP_TYPE: (f"{KEY_VAULT}$", "-rg"),
    VAULT_TYPE: (f"{KEY_VAULT}$", "-vault"),
    KEY_TYPE: (f"{ENCRYPTION_KEY}$", "-key"),
    APP_REGISTRATION_TYPE: ("", ""),
    ROLE_PROPAGATION_TYPE: ("", ""),
    SUBMISSION_ATTEMPT_TYPE: ("", ""),
    KEY_CONFIGURATION_TYPE: ("", ""),
    KEY_VAULT: ("", ""),
}

STATE_FUNCTION = "pulumi:pulumi:readStackResourceOutputs"
# Seconds between the attempts to read the state.
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)

StackResources = Mapping[str, Mapping[str, Any]]


class StateUnreadable(pulumi.RunError):
    """Pulumi's state of the stack cannot be read."""


def created_by_stack(name: str) -> StackResources:
    """Outputs of the resources that matter, by type.

    :param name: of the instance of `CustomerManagedKeys`.
    :raises StateUnreadable: without it nothing may be changed.
    """
    created = {}
    for urn, entry in _state().items():
        kind, (*_, qualified_type, own_name) = entry["type"], urn.split("::")
        parent, suffix = _OURS.get(kind, ("", None))
        if suffix is not None and own_name == f"{name}{suffix}" and qualified_type.endswith(f"{parent}{kind}"):
            created[kind] = entry["outputs"]
    return created


def _state() -> Mapping[str, Any]:
    """Type and outputs of each resource in Pulumi's state, by URN: the engine's function behind stack references.

    :raises StateUnreadable: when it cannot be had after some attempts.
    """
    stack, organization = pulumi.get_stack(), pulumi.get_organization()
    # Self-managed backends have no organisations; Pulumi Cloud adds the project of the command by itself.
    if organization != "organization":
        stack = f"{organization}/{stack}"
    pauses = iter(PAUSES)
    while True:
        try:
            resources: Mapping[str, Any] = invoke(STATE_FUNCTION, {"stackName": stack}).value["outputs"]
        except Exception as error:  # noqa: BLE001 - Pulumi raises no narrower class for a failed call
            # The file backend writes the attributes of its checkpoint in place: a reader may meet half of them.
            pause = next(pauses, None)
            if pause is None:
                raise StateUnreadable(
                    f"Pulumi's state of {stack} cannot be read, and without it nobody can tell what was created "
                    f"already; nothing was changed ({error}). Fix: check that `pulumi stack export` works, and run the "
                    "same command again"
                ) from None
            time.sleep(pause)
        else:
            return resources
