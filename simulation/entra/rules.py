"""The simulated Entra ID: applications of the world, and the service principals of one tenant."""

from __future__ import annotations

import uuid
from typing import Any

from ..errors import CloudError

TENANT = "7e4a0000-aaaa-4bbb-8ccc-ddddeeeeffff"
OPERATOR = "0be7a70c-1234-4321-8765-abcdefabcdef"

Json = dict[str, Any]


class Entra:
    """One tenant, and the registry of apps of many tenants that it can consent to."""

    def __init__(self, state: Json) -> None:
        self._state = state
        self.tenant_id = TENANT
        self.operator_object_id = OPERATOR
        state.setdefault("applications", {})
        state.setdefault("servicePrincipals", {})

    def publish_application(self, app_id: str, display_name: str) -> None:
        """Make an app of many tenants known to Entra ID, as its owner does."""
        self._state["applications"][app_id] = {"appId": app_id, "displayName": display_name}

    def delete_application(self, app_id: str) -> None:
        """DELETE /applications/{id}: an app of this tenant, which takes its service principal with it."""
        if self._state["applications"].pop(app_id, None) is None:
            raise CloudError("Request_ResourceNotFound", f"Resource '{app_id}' does not exist.")
        principal = self.find_service_principal(app_id)
        if principal:
            self.delete_service_principal(principal["objectId"])

    def create_service_principal(self, app_id: str) -> Json:
        """POST /servicePrincipals of Microsoft Graph; also what a consent in the browser does."""
        application = self._state["applications"].get(app_id)
        if application is None:
            # Microsoft Graph, servicePrincipal create; the azuread provider retries this one until its time-out.
            raise CloudError("Request_BadRequest", f"The appId '{app_id}' does not reference a valid application object.")
        existing = self.find_service_principal(app_id)
        if existing:
            # The azuread provider's own words for a principal that is there already.
            raise CloudError(
                "ImportAsExistsError",
                f"A resource with the ID {existing['id']} already exists - to be managed via Pulumi this resource "
                "needs to be imported",
            )
        object_id = str(uuid.uuid4())
        self._state["servicePrincipals"][object_id] = {
            "id": f"/servicePrincipals/{object_id}",
            "objectId": object_id,
            "clientId": app_id,
            "displayName": application["displayName"],
            "accountEnabled": True,
            "appRoleAssignmentRequired": False,
        }
        return dict(self._state["servicePrincipals"][object_id])

    def service_principal(self, object_id: str) -> Json | None:
        """The service principal of that object id, if the tenant has it."""
        found = self._state["servicePrincipals"].get(object_id)
        return dict(found) if found else None

    def find_service_principal(self, app_id: str) -> Json | None:
        """The app's service principal, if the tenant has one."""
        for principal in self._state["servicePrincipals"].values():
            if principal["clientId"] == app_id:
                return dict(principal)
        return None

    def delete_service_principal(self, object_id: str) -> None:
        """DELETE /servicePrincipals/{id}: Adobe's app is no longer in the tenant."""
        self._state["servicePrincipals"].pop(object_id, None)
