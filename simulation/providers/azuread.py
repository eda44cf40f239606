"""The azuread provider, as measured against a stand-in of Microsoft Graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi_azuread as azuread

from ..cloud import Cloud
from ..entra.rules import TENANT
from ..errors import CloudError
from ..traffic import ENTRA
from .resource_type import Json, StandIn, without

# The tenant that Adobe's app lives in; made up.
ADOBE_TENANT = "ad0be000-7b34-4387-94ae-d2c178decee1"


class ServicePrincipalStandIn(StandIn):
    """Present is an error without `useExisting`, which the program never sets."""

    resource_class, args_class = azuread.ServicePrincipal, azuread.ServicePrincipalArgs
    replace_on = frozenset({"clientId", "useExisting"})

    def create(self, cloud: Cloud, inputs: Mapping[str, Any]) -> tuple[str, Json]:
        if set(inputs) - {"clientId"}:
            raise CloudError("NotSimulated", f"the simulation takes clientId alone, and not {sorted(inputs)}")
        refuse_graph(cloud, "create a service principal")
        # After the POST: a PATCH, and the caller's ownership is removed.
        cloud.traffic.add(ENTRA, "create a service principal", 2)
        record = cloud.entra.create_service_principal(inputs["clientId"])
        return record["id"], self.outputs(record)

    def read(self, cloud: Cloud, id_: str) -> Json | None:
        refuse_graph(cloud, "read a service principal")
        # Another tenant does not know the principal.
        if cloud.provider_config("azuread").get("tenantId", TENANT) != TENANT:
            return None
        record = cloud.entra.service_principal(id_.rsplit("/", 1)[1])
        return self.outputs(record) if record else None

    def delete(self, cloud: Cloud, id_: str) -> None:
        cloud.traffic.add(ENTRA, "delete a service principal")
        cloud.entra.delete_service_principal(id_.rsplit("/", 1)[1])

    @staticmethod
    def outputs(record: Json) -> Json:
        lists = ("alternativeNames", "appRoles", "featureTags", "features", "notificationEmailAddresses", "owners", "tags")
        return {
            **dict.fromkeys(("description", "loginUrl", "notes", "samlSingleSignOn", "useExisting")),
            **dict.fromkeys(("homepageUrl", "logoutUrl", "preferredSingleSignOnMode", "samlMetadataUrl"), ""),
            **{name: [] for name in (*lists, "oauth2PermissionScopes", "redirectUris")},
            "appRoleIds": {},
            "oauth2PermissionScopeIds": {},
            "servicePrincipalNames": [record["clientId"]],
            "applicationTenantId": ADOBE_TENANT,
            "signInAudience": "AzureADMultipleOrgs",
            "type": "Application",
            **without(record, "id"),
        }


def refuse_graph(cloud: Cloud, call: str) -> None:
    """A call to Microsoft Graph, which is refused where the switch `unreadable` says so.

    :param call: what it is for.
    :raises CloudError: in the words of Graph, as the provider hands them on.
    """
    cloud.traffic.add(ENTRA, call)
    code = cloud.azure.switches.refusal("principal")
    if code == "403":
        raise CloudError(
            "Authorization_RequestDenied",
            "unexpected status 403 (403 Forbidden) with error: Authorization_RequestDenied: Insufficient privileges to "
            "complete the operation.",
        )
    if code == "503":
        raise CloudError(
            "ServiceUnavailable",
            "unexpected status 503 (503 Service Unavailable) with error: ServiceUnavailable: The service is unavailable; "
            "the call was repeated for 200 seconds.",
        )
