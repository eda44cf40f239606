"""What this stack has created so far, read from Pulumi's state."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import invoke

from ..adobe.api.key_reference import KeyReference
from ..constants import (
    ACTIVATION_TYPE,
    ADOBE_ACCESS,
    APP_REGISTRATION_TYPE,
    DIAGNOSTIC_SETTING_TYPE,
    ENCRYPTION_KEY,
    IMPORTED_KEY_TYPE,
    KEY_CONFIGURATION_TYPE,
    KEY_TYPE,
    KEY_VAULT,
    LOCK_TYPE,
    NAME_CLAIM_TYPE,
    PACKAGE_TYPES,
    PRIVATE_ENDPOINT_TYPE,
    RESOURCE_GROUP_TYPE,
    ROLE_ASSIGNMENT_TYPE,
    ROLE_PROPAGATION_TYPE,
    SERVICE_PRINCIPAL_TYPE,
    SUBMISSION_ATTEMPT_TYPE,
    VAULT_TYPE,
    ZONE_GROUP_TYPE,
)

# Parent type and name suffix of each; other resources in the program are ignored.
_OURS = {
    RESOURCE_GROUP_TYPE: (f"{KEY_VAULT}$", "-rg"),
    VAULT_TYPE: (f"{KEY_VAULT}$", "-vault"),
    KEY_TYPE: (f"{ENCRYPTION_KEY}$", "-key"),
    IMPORTED_KEY_TYPE: (f"{ENCRYPTION_KEY}$", "-key-import"),
    ROLE_ASSIGNMENT_TYPE: (f"{ADOBE_ACCESS}$", "-role"),
    SERVICE_PRINCIPAL_TYPE: (f"{ADOBE_ACCESS}$", "-sp"),
    ADOBE_ACCESS: ("", ""),
    NAME_CLAIM_TYPE: ("", ""),
    APP_REGISTRATION_TYPE: ("", ""),
    ROLE_PROPAGATION_TYPE: ("", ""),
    SUBMISSION_ATTEMPT_TYPE: ("", ""),
    KEY_CONFIGURATION_TYPE: ("", ""),
    ACTIVATION_TYPE: ("", ""),
    KEY_VAULT: ("", ""),
    ENCRYPTION_KEY: ("", ""),
    PRIVATE_ENDPOINT_TYPE: ("", "-endpoint"),
    ZONE_GROUP_TYPE: ("", "-dns"),
    DIAGNOSTIC_SETTING_TYPE: ("", "-audit"),
    LOCK_TYPE: ("", "-lock"),
}

_PROVIDERS_TYPES = {of_package: of_provider for of_provider, of_package in PACKAGE_TYPES.items()}

STATE_FUNCTION = "pulumi:pulumi:readStackResourceOutputs"
# Seconds between attempts to read the state.
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)

StackResources = Mapping[str, Mapping[str, Any]]
State = Mapping[str, Mapping[str, Any]]
"""Type and outputs of each resource, by URN."""


def submitted(created: StackResources) -> Mapping[str, Any]:
    """Properties of the configuration that was sent to Adobe, or that an interrupted run may have sent; empty for none."""
    return created.get(KEY_CONFIGURATION_TYPE) or created.get(SUBMISSION_ATTEMPT_TYPE) or {}


def sent_version(created: StackResources) -> str | None:
    """Version of the key that Adobe was sent; None before a submission, empty when Adobe's answer did not name one."""
    sent = submitted(created)
    return KeyReference.parse(sent["keyIdentifier"]).version if sent else None


def never_shown(created: StackResources) -> bool:
    """Whether a configuration is recorded that Adobe accepted and that no read has shown since."""
    configuration = created.get(KEY_CONFIGURATION_TYPE)
    shown = [resource.get("shown") for resource in (configuration, created.get(ACTIVATION_TYPE)) if resource]
    return configuration is not None and not any(shown)


def sent_key(properties: Mapping[str, Any]) -> KeyReference:
    """The key that such a configuration names."""
    return KeyReference(properties["keyVaultUri"], properties["keyName"])


def key_in_state(created: StackResources) -> Mapping[str, Any]:
    """The key of the stack in the words of azure-native, whether Azure generated it or it was imported; empty for none."""
    imported = created.get(IMPORTED_KEY_TYPE)
    if not imported:
        return created.get(KEY_TYPE, {})
    return {"name": imported["keyName"], "kty": imported["keyType"], "tags": imported.get("tags")}


class StateUnreadable(pulumi.RunError):
    """Pulumi's state of the stack cannot be read."""


def created_by_stack(name: str, state: State) -> StackResources:
    """Outputs of the resources of an instance, by type.

    :param name: name of the `CustomerManagedKeys` instance.
    """
    found = {}
    for urn, entry in state.items():
        declared, (*_, qualified_type, own_name) = str(entry["type"]), urn.split("::")
        # The same resource, by whichever version of Azure's API.
        kind = _PROVIDERS_TYPES.get(declared, declared)
        parent, suffix = _OURS.get(kind, ("", None))
        if suffix is not None and own_name == f"{name}{suffix}" and qualified_type.endswith(f"{parent}{declared}"):
            found[kind] = entry["outputs"]
    return found


def read_state() -> State:
    """Type and outputs of each resource in Pulumi's state, by URN: the engine's function behind stack references.

    :raises StateUnreadable: when all attempts fail; nothing may be changed then.
    """
    stack, organization = pulumi.get_stack(), pulumi.get_organization()
    # Self-managed backends have no organisations; Pulumi Cloud adds the project of the command itself.
    if organization != "organization":
        stack = f"{organization}/{stack}"
    pauses = iter(PAUSES)
    while True:
        try:
            resources: State = invoke(STATE_FUNCTION, {"stackName": stack}).value["outputs"]
        except Exception as error:  # noqa: BLE001 - Pulumi raises no narrower class for a failed call
            # The file backend writes checkpoint attributes in place, so a read may see a half-written file.
            pause = next(pauses, None)
            if pause is None:
                raise StateUnreadable(
                    f"Pulumi's state of {stack} cannot be read ({error}), so it is unknown what this stack has created; "
                    "nothing was changed. Fix: check that pulumi stack export works, then run the same command again"
                ) from None
            time.sleep(pause)
        else:
            return resources
