"""What happens to Adobe's app in the tenant, and to its role."""

from __future__ import annotations

import uuid

from ..cloud import Cloud

# "Key Vault Crypto User": may encrypt and sign, which Adobe's role may not.
CRYPTO_USER = "12338af0-0e69-4776-bea7-57ae8d297424"


def role_removed(cloud: Cloud) -> None:
    """someone removes the role assignment of Adobe's app"""
    cloud.state["azure"]["roleAssignments"].clear()


def role_under_another_name(cloud: Cloud) -> None:
    """someone takes the role of Adobe's app away and gives it again, under another name"""
    assignments = cloud.state["azure"]["roleAssignments"]
    for path, role in list(assignments.items()):
        name = str(uuid.uuid4())
        renamed = role["id"].replace(role["name"], name)
        del assignments[path]
        assignments[renamed.lower()] = {**role, "id": renamed, "name": name}


def role_changed(cloud: Cloud) -> None:
    """someone takes the role away and gives Adobe's app another role under the same name"""
    for role in cloud.state["azure"]["roleAssignments"].values():
        role["roleDefinitionId"] = f"{role['roleDefinitionId'].rsplit('/', 1)[0]}/{CRYPTO_USER}"


def role_scope_changed(cloud: Cloud) -> None:
    """someone takes the role on the vault away and gives it on another vault"""
    assignments = cloud.state["azure"]["roleAssignments"]
    for path, role in list(assignments.items()):
        scope = f"{role['scope'].rsplit('/', 1)[0]}/another-vault"
        moved = role["id"].replace(role["scope"], scope)
        del assignments[path]
        assignments[moved.lower()] = {**role, "id": moved, "scope": scope}


def principal_disabled(cloud: Cloud) -> None:
    """someone disables Adobe's app in the tenant"""
    for principal in cloud.state["entra"]["servicePrincipals"].values():
        principal["accountEnabled"] = False


def principal_removed(cloud: Cloud) -> None:
    """someone deletes the service principal of Adobe's app, and with it the role assignment"""
    cloud.state["entra"]["servicePrincipals"].clear()
    role_removed(cloud)


def app_consented(cloud: Cloud) -> None:
    """an administrator opens the consent URL and consents to Adobe's app"""
    for app in cloud.state["adobe"]["apps"].values():
        # A second consent changes nothing.
        if not cloud.entra.find_service_principal(app["applicationId"]):
            cloud.entra.create_service_principal(app["applicationId"])
