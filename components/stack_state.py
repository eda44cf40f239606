"""What this stack has made so far, as Pulumi's state holds it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import invoke

GROUP = "azure-native:resources:ResourceGroup"
VAULT = "azure-native:keyvault:Vault"
KEY = "azure-native:keyvault:Key"
APP = "pulumi-python:dynamic/adobe:AppRegistration"
CONFIGURATION = "pulumi-python:dynamic/adobe:KeyConfiguration"
# What the components append to the program's name; a vault that somebody adds to the program is none of ours.
_SUFFIXES = {GROUP: "-rg", VAULT: "-vault", KEY: "-key", APP: "", CONFIGURATION: ""}

STATE_FUNCTION = "pulumi:pulumi:readStackResourceOutputs"
# Seconds after each failed reading of the state.
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)

Made = Mapping[str, Mapping[str, Any]]


class StateUnreadable(pulumi.RunError):
    """Pulumi's state of the stack cannot be read."""


def made_by_stack(name: str) -> Made:
    """Outputs of the resources that matter, by type.

    :param name: the name that the program gives its components.
    :raises StateUnreadable: without it nothing may be changed.
    """
    ours = {f"{type_}::{name}{suffix}" for type_, suffix in _SUFFIXES.items()}
    entries = [(entry, urn.rsplit("::", 1)[1]) for urn, entry in _state().items()]
    return {entry["type"]: entry["outputs"] for entry, own_name in entries if f"{entry['type']}::{own_name}" in ours}


def _state() -> Mapping[str, Any]:
    """Type and outputs of each resource in Pulumi's state, by URN: the engine's function behind stack references.

    :raises StateUnreadable: when it cannot be had after some attempts.
    """
    stack, organization = pulumi.get_stack(), pulumi.get_organization()
    # Backends of one's own have no organisations, and the older of them no projects: they all go by the plain name.
    if organization != "organization":
        stack = f"{organization}/{pulumi.get_project()}/{stack}"
    for pause in PAUSES:
        try:
            resources: Mapping[str, Any] = invoke(STATE_FUNCTION, {"stackName": stack}).value["outputs"]
        except Exception as error:  # noqa: BLE001 - Pulumi raises no narrower class for a failed call
            reason = error
            # The file backend writes the attributes of its checkpoint in place: a reader may meet half of them.
            time.sleep(pause)
        else:
            return resources
    raise StateUnreadable(
        f"Pulumi's state of {stack} cannot be read, and without it nobody can tell what is made already; nothing was "
        f"changed ({reason}). Next: check that `pulumi stack export` works, and run the same command again"
    )
