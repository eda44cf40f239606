"""What people do about an error, and about what is lost: the settings that it names, and what others bring back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from simulation.cloud import Cloud

# What only Adobe's support or Entra ID's list of deleted apps brings back: the drift, and where it happens.
BROUGHT_BACK = {
    "configuration-gone": ("adobe", "configurations"),
    "configuration-moved": ("adobe", "configurations"),
    "app-replaced": ("adobe", "apps"),
    "registration-gone": ("adobe", "apps"),
    "principal-removed": ("entra", "servicePrincipals"),
}
# The drifts after which Adobe does not show what it was sent.
HIDING = ("configuration-gone", "configuration-moved")
# The vault that `configuration-moved` makes up.
ELSEWHERE = "another-vault.vault.azure.net"
# A setting that cannot change, with the value that it had; and one that an error says to set.
WAS = re.compile(r"((?:adobe-cmk|azure-native):\w+)(?:: the .*?)? cannot change from '?(.*?)'? to ")
MEANT = re.compile(r"pulumi config set (adobe-cmk:\w+) (<[^>]*>|[^\s;.,)]+)")


def is_worth_bringing_back(kind: str, held: dict[str, Any], recorded: str) -> bool:
    """Not what was falsified already, nor an app that the stack has never seen."""
    if kind == "apps":
        return any(app["applicationId"] in recorded for app in held.values())
    return bool(held) and ELSEWHERE not in str(held)


def role_named(cloud: Cloud, said: str) -> str:
    """Name of the role that Azure's own error names, or that the `az role assignment list` of an error lists; else empty."""
    for role in cloud.state["azure"]["roleAssignments"].values():
        if role["name"].replace("-", "") in said or f"--scope {role['scope']} --assignee {role['principalId']} " in said:
            return str(role["name"])
    return ""


def create_role(cloud: Cloud, said: str) -> str:
    """Run the `az role assignment create` that an error names; returns the role's name."""
    command = re.search(r"create --name (\S+) --scope (\S+) --role (\S+) --assignee-object-id (\S+)", said)
    assert command, said
    name, scope, role, principal = command.groups()
    subscription = scope.split("/")[2]
    definition = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    grant = {"principalId": principal, "principalType": "ServicePrincipal", "roleDefinitionId": definition}
    cloud.azure.put_role_assignment(scope, name, grant)
    return name


def bring_back(cloud: Cloud, where: str, kind: str, lost: dict[str, Any]) -> None:
    """What Adobe's support and Entra ID's administrator do, unless something new has taken its place."""
    held = cloud.state[where][kind]
    if kind == "servicePrincipals":
        # A principal that somebody created anew in the meantime stays.
        apps = {principal["clientId"] for principal in held.values()}
        held.update({id_: principal for id_, principal in lost.items() if principal["clientId"] not in apps})
        return
    is_replaced = _has_a_role(cloud, held) if kind == "apps" else any(held.values()) and ELSEWHERE not in str(held)
    if not is_replaced:
        held.clear()
        held.update(lost)


def _has_a_role(cloud: Cloud, apps: dict[str, Any]) -> bool:
    """Whether one of these apps was given a role already."""
    ids = {app["applicationId"] for app in apps.values()}
    principals = cloud.state["entra"]["servicePrincipals"].values()
    ours = {principal["objectId"] for principal in principals if principal["clientId"] in ids}
    return any(role["principalId"] in ours for role in cloud.state["azure"]["roleAssignments"].values())


def were(said: str) -> Iterable[tuple[str, str]]:
    """Setting and value of each one that an error says to set back."""
    for line in said.splitlines():
        setting = WAS.search(line)
        if setting:
            yield setting[1], setting[2]


def advice(said: str) -> Iterable[tuple[str, str]]:
    """Setting and value of each fix that an error names; the first one where it names another after `else`."""
    for line in said.splitlines():
        # A warning names what may be done, and not what is needed.
        setting = None if "warning:" in line else MEANT.search(line)
        if setting:
            yield setting[1], setting[2]
        elif "RoleAssignmentExists" in line:
            yield "adobe-cmk:roleAssignmentName", "<its name>"
        elif "needs to be imported" in line:
            yield "adobe-cmk:servicePrincipal", "existing"
