"""Adobe's app in the tenant, and its role on the vault."""

import uuid
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread
from pulumi_azure_native import authorization

from .guards import child_of
from .refusals import explained

# "Key Vault Crypto Service Encryption User": get, wrapKey and unwrapKey, and nothing else.
# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security
ENCRYPTION_USER_ROLE = "e147488a-f6f5-4113-8e2d-b22465e65bf6"

REFUSALS = {
    "already exists": (
        "Adobe's app is in this tenant already. Do not import it, which would overwrite Adobe's own properties. "
        "Next: pulumi config set adobe-cmk:servicePrincipal existing, and it is only read"
    )
}


@dataclass(frozen=True, kw_only=True)
class AdobeAccessArgs:
    """Which app, on which vault."""

    application_id: pulumi.Input[str]
    consent_url: pulumi.Input[str]
    """Named in the error when the administrator has not consented yet."""
    scope: pulumi.Input[str]
    """ARM id that the role is assigned on."""
    service_principal: str = "create"
    """create: declare the service principal; existing: read the one that an administrator's consent made."""


class AdobeAccess(pulumi.ComponentResource):
    """Owns the service principal of Adobe's app and its role assignment, or only the role assignment.

    The service principal is never declared with `use_existing`: that would overwrite Adobe's own with defaults, and
    destroy would really delete it, after which only Adobe can restore the app.
    """

    service_principal_object_id: pulumi.Output[str]
    """Object id of the service principal in this tenant."""
    role_assignment_id: pulumi.Output[str]
    """ARM id of the role assignment."""
    role_granted_at: pulumi.Output[str]
    """When Azure created the role assignment, ISO 8601."""

    def __init__(self, name: str, args: AdobeAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("adobe-cmk:components:AdobeAccess", name, None, opts)
        if args.service_principal == "existing":
            principal = self._existing(name, args, opts)
        else:
            principal = azuread.ServicePrincipal(
                f"{name}-sp",
                client_id=args.application_id,
                # An app that the tenant does not know is retried for ten minutes otherwise.
                opts=child_of(
                    self,
                    opts,
                    create_timeout="2m",
                    on_error=[explained(f"{name}-sp-refused", REFUSALS)],
                ),
            )
        scope = pulumi.Output.from_input(args.scope)
        assignment = authorization.RoleAssignment(
            f"{name}-role",
            scope=scope,
            role_definition_id=scope.apply(_role_definition_id),
            principal_id=principal.object_id,
            # Without its type Azure looks a fresh principal up in a replica that may not know it yet.
            principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
            role_assignment_name=pulumi.Output.all(scope, principal.object_id).apply(lambda facts: _stable_name(*facts)),
            opts=child_of(self, opts),
        )
        self.service_principal_object_id = principal.object_id
        self.role_assignment_id = assignment.id
        self.role_granted_at = assignment.created_on
        self.register_outputs(
            {
                "servicePrincipalObjectId": self.service_principal_object_id,
                "roleAssignmentId": self.role_assignment_id,
                "roleGrantedAt": self.role_granted_at,
            }
        )

    def _existing(self, name: str, args: AdobeAccessArgs, opts: pulumi.ResourceOptions | None) -> azuread.ServicePrincipal:
        object_id = pulumi.Output.all(args.application_id, args.consent_url).apply(lambda facts: _consented(*facts))
        return azuread.ServicePrincipal.get(
            f"{name}-sp",
            pulumi.Output.concat("/servicePrincipals/", object_id),
            opts=child_of(self, opts),
        )


def _consented(application_id: str, consent_url: str) -> str:
    """Object id of the service principal that an administrator's consent made.

    :raises pulumi.RunError: when there is none; the error says where to consent.
    """
    try:
        return str(azuread.get_service_principal(client_id=application_id).object_id)
    except Exception as error:  # noqa: BLE001 - Pulumi raises no narrower class for a failed lookup
        raise pulumi.RunError(
            f"the tenant has no service principal of Adobe's app {application_id} ({error}). Next: an administrator opens "
            f"{consent_url} and accepts; or set adobe-cmk:servicePrincipal to create"
        ) from None


def _role_definition_id(scope: str) -> str:
    """The role under the scope's own subscription, the form in which Azure returns it."""
    subscription = scope.split("/")[2]
    return f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{ENCRYPTION_USER_ROLE}"


def _stable_name(scope: str, principal_id: str) -> str:
    """The same name for the same grant, so that a run never replaces it: a replaced role revokes Adobe for a while."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.lower()}|{principal_id.lower()}|{ENCRYPTION_USER_ROLE}"))
