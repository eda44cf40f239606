"""Role assignments on the simulated vaults."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..errors import CloudError
from .arm import Json
from .locks import Locks

# Azure documents up to ten minutes; the simulation applies a role in this many seconds.
ROLE_PROPAGATION_SECONDS = 1.0
# What a PUT over an assignment may not change.
FIXED = ("principalId", "principalType", "roleDefinitionId")


class RoleAssignments(Locks):
    """Role assignments by ARM id."""

    role_propagation_seconds = ROLE_PROPAGATION_SECONDS

    def put_role_assignment(self, scope: str, name: str, properties: Mapping[str, Any]) -> Json:
        """As the PUT answers: `createdBy` is null, and a GET fills it (recorded by Azure's own SDKs)."""
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
        assignments = self._state["roleAssignments"]
        existing = assignments.get(path.lower())
        if existing and any(_differ(existing, properties, field) for field in FIXED):
            # https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
            raise CloudError(
                "RoleAssignmentUpdateNotPermitted",
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            )
        self._check_grant(scope, name, properties)
        grant = (properties["principalId"], properties["roleDefinitionId"].lower())
        for other in assignments.values():
            same_grant = (other["principalId"], other["roleDefinitionId"].lower()) == grant
            if other["id"].lower() != path.lower() and other["scope"].lower() == scope.lower() and same_grant:
                # https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
                raise CloudError(
                    "RoleAssignmentExists",
                    "The role assignment already exists. The ID of the existing role assignment is "
                    f"{other['name'].replace('-', '')}.",
                )
        now = self.timestamp()
        assignments[path.lower()] = existing or {
            "id": path,
            "name": name,
            "type": "Microsoft.Authorization/roleAssignments",
            "scope": scope,
            "principalId": properties["principalId"],
            "principalType": properties.get("principalType", "ServicePrincipal"),
            "roleDefinitionId": properties["roleDefinitionId"],
            "createdOn": now,
            "updatedOn": now,
            "createdBy": self._entra.operator_object_id,
            "updatedBy": self._entra.operator_object_id,
        }
        return {**self.role_assignment(path), "createdBy": None}

    def _check_grant(self, scope: str, name: str, properties: Mapping[str, Any]) -> None:
        try:
            uuid.UUID(name)
        except ValueError:
            # pulumi-azure-native#625
            raise CloudError(
                "InvalidRoleAssignmentId", f"The role assignment ID '{name}' is not valid. It must be a GUID."
            ) from None
        if not any(vault["id"].lower() in scope.lower() for vault in self._state["vaults"].values()):
            raise CloudError("ResourceNotFound", f"The scope '{scope}' was not found.")
        role = f"/subscriptions/{scope.split('/')[2]}/providers/Microsoft.Authorization/roleDefinitions/"
        if not properties["roleDefinitionId"].lower().startswith(role.lower()):
            # azurerm#4847: the service knows and returns the form under the scope's subscription only.
            raise CloudError(
                "RoleDefinitionDoesNotExist",
                f"The specified role definition '{properties['roleDefinitionId']}' does not exist.",
            )
        principal = self._entra.service_principal(properties["principalId"])
        if principal is None or properties.get("principalType") != "ServicePrincipal":
            # azurerm#17357: without the type, Azure looks a fresh principal up in a replica that does not know it.
            raise CloudError(
                "PrincipalNotFound",
                f"Principal {properties['principalId'].replace('-', '')} does not exist in the directory "
                f"{self._entra.tenant_id}. Check that you have the correct principal ID. If you are creating this principal "
                "and then immediately assigning a role, this error might be related to a replication delay. In this case, "
                "set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group. See "
                "https://aka.ms/docs-principaltype",
            )

    def role_assignment(self, path: str) -> Json:
        """As a GET answers."""
        absent = CloudError("RoleAssignmentNotFound", f"The role assignment '{path}' is not found.")
        return self.held("roleAssignments", path, absent)

    def delete_role_assignment(self, path: str) -> None:
        self.refuse_if_locked(path)
        self._state["roleAssignments"].pop(path.lower(), None)

    def effective_roles(self, principal_id: str, resource_id: str) -> set[str]:
        """Role definition GUIDs that the principal has on the resource by now, inherited ones included."""
        now = self._clock.now()
        return {
            assignment["roleDefinitionId"].rsplit("/", 1)[1].lower()
            for assignment in self._state["roleAssignments"].values()
            if assignment["principalId"] == principal_id
            and (resource_id.lower() + "/").startswith(assignment["scope"].lower() + "/")
            and now >= datetime.fromisoformat(assignment["createdOn"]) + timedelta(seconds=self.role_propagation_seconds)
        }


def _differ(existing: Json, properties: Mapping[str, Any], field: str) -> bool:
    return field in properties and str(properties[field]).lower() != str(existing[field]).lower()
