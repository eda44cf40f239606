"""Adobe's app in the tenant, and its role on the vault."""

import uuid
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread
from pulumi_azure_native import authorization

from ..arguments import AccessArgs, SettingNames
from ..constants import ADOBE_ACCESS, ENCRYPTION_USER_ROLE
from ..known import when_known
from ..safety.deletion_guards import child_of
from ..safety.error_advice import advice_on_errors

# The azuread provider's words for a principal that is not in the tenant.
ABSENT_PRINCIPAL = "No service principal found"


@dataclass(frozen=True, kw_only=True)
class AdobeAccessArgs:
    """Which app, on which vault."""

    access: AccessArgs
    application_id: pulumi.Input[str]
    consent_url: pulumi.Input[str]
    """Named in the error when the administrator has not consented yet."""
    scope: pulumi.Input[str]
    """ARM id that the role is assigned on."""
    setting_names: SettingNames


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
        super().__init__(ADOBE_ACCESS, name, None, opts)
        if args.access.service_principal == "existing":
            principal = self._existing(name, args, opts)
        else:
            advice = advice_on_errors(f"{name}-sp-refused", _advice(args.setting_names))
            principal = azuread.ServicePrincipal(
                f"{name}-sp",
                client_id=args.application_id,
                # An app that the tenant does not know is retried for ten minutes otherwise.
                opts=child_of(self, opts, create_timeout="2m", on_error=[advice]),
            )
        scope = pulumi.Output.from_input(args.scope)
        assignment = authorization.RoleAssignment(
            f"{name}-role",
            scope=scope,
            role_definition_id=when_known(scope, _role_definition_id),
            principal_id=principal.object_id,
            # Without its type Azure looks a fresh principal up in a replica that may not know it yet.
            principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
            role_assignment_name=when_known(
                pulumi.Output.all(scope, principal.object_id), lambda facts: _stable_name(*facts)
            ),
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
        facts = pulumi.Output.all(args.application_id, args.consent_url)
        object_id = when_known(facts, lambda known: self._consented(known[0], known[1], args.setting_names))
        return azuread.ServicePrincipal.get(
            f"{name}-sp",
            pulumi.Output.concat("/servicePrincipals/", object_id),
            opts=child_of(self, opts),
        )

    def _consented(self, application_id: str, consent_url: str, names: SettingNames) -> str:
        """Object id of the service principal that an administrator's consent created.

        :raises pulumi.RunError: when there is none; the error says where to consent.
        """
        try:
            lookup = azuread.get_service_principal(client_id=application_id, opts=pulumi.InvokeOptions(parent=self))
            return str(lookup.object_id)
        except Exception as error:  # noqa: BLE001 - Pulumi raises no narrower class for a failed lookup
            if ABSENT_PRINCIPAL not in str(error):
                raise pulumi.RunError(
                    f"the service principal of Adobe's app {application_id} cannot be read ({error}), which does not "
                    "mean that "
                    "there is none. Fix: grant the deployer Application.Read.All (or Directory Readers) in Entra ID"
                ) from None
            raise pulumi.RunError(
                f"the tenant has no service principal of Adobe's app {application_id} ({error}). Fix: an administrator "
                f"opens {consent_url} and accepts; or {names.instruction('access.service_principal', 'create')}"
            ) from None


def _advice(names: SettingNames) -> dict[str, str]:
    return {
        "already exists": (
            "Adobe's app is in this tenant already. Do not import it, which would overwrite Adobe's own properties. "
            f"Fix: {names.instruction('access.service_principal', 'existing')}, and it is only read"
        )
    }


def _role_definition_id(scope: str) -> str:
    """The role under the scope's own subscription, the form in which Azure returns it."""
    subscription = scope.split("/")[2]
    return f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{ENCRYPTION_USER_ROLE}"


def _stable_name(scope: str, principal_id: str) -> str:
    """The same name for the same grant, so that a run never replaces it: a replaced role revokes Adobe for a while."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.lower()}|{principal_id.lower()}|{ENCRYPTION_USER_ROLE}"))
