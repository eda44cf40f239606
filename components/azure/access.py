"""Adobe's app in the tenant, and its role on the vault."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_azuread as azuread
from pulumi_azure_native import authorization

from ..arguments.naming import SettingNames
from ..constants import ADOBE_ACCESS, ENCRYPTION_USER_ROLE, ROLE_ASSIGNMENTS, role_assignment_name
from ..known import when_known
from ..safety.deletion_guards import child_of
from ..safety.error_advice import EXISTS, advice_on_errors

_GRANT = ("scope", "principalId", "roleAssignmentName")
# The azuread provider's error for a principal that does not exist in the tenant.
ABSENT_PRINCIPAL = "No service principal found"


def key_scope(vault_id: pulumi.Output[str], key_name: pulumi.Output[str]) -> pulumi.Output[str]:
    """ARM ID of the key, for a role that covers no other key in the vault."""
    return when_known(pulumi.Output.all(vault_id, key_name), lambda known: f"{known[0]}/keys/{known[1]}")


@dataclass(frozen=True, kw_only=True)
class AdobeAccessArgs:
    """The app, and the vault that it gets access to."""

    application_id: pulumi.Input[str]
    consent_url: pulumi.Input[str]
    """Shown in the error when the administrator has not consented yet."""
    scope: pulumi.Input[str]
    """ARM ID of the scope of the role assignment."""
    setting_names: SettingNames
    get_principal: Callable[[str], Any]
    """As `azuread.get_service_principal`, by the client id of the app."""
    reads_principal: bool
    """Whether the service principal is only read: an administrator consented, or it is not this stack's own."""
    role_name: str = ""
    """Name that the arguments give the role assignment; empty: that of before, or the one of scope and principal."""
    role_import_id: str = ""
    """ARM id of a role assignment that exists and is taken over; empty to create one."""
    keeps_role: bool = False
    """Whether the state's role assignment is for this principal on this scope, whatever its spelling."""
    declares_role: bool = True
    """Whether there is a role assignment: not while it is revoked."""
    role_is_guarded: bool = True
    """Whether it has the deletion guards of this component."""
    recorded: Mapping[str, Any] = field(default_factory=dict)
    """Outputs of this component in the state: of a role assignment that is revoked, or comes back."""


class AdobeAccess(pulumi.ComponentResource):
    """Owns the service principal of Adobe's app and its role assignment, or only the role assignment.

    The service principal is never declared with `use_existing`: that would overwrite the properties that Adobe set, and a
    destroy would delete it, after which only Adobe can restore the app.
    """

    service_principal_object_id: pulumi.Output[str]
    """Object ID of the service principal in this tenant."""
    role_assignment_id: pulumi.Output[str]
    """ARM ID of the role assignment."""
    role_granted_at: pulumi.Output[str]
    """When Azure created the role assignment, ISO 8601; of a revoked one, when it was created last."""

    def __init__(self, name: str, args: AdobeAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(ADOBE_ACCESS, name, None, opts)
        if args.reads_principal:
            principal = self._existing(name, args, opts)
        else:
            advice = advice_on_errors(f"{name}-sp-refused", _advice(args.setting_names))
            principal = azuread.ServicePrincipal(
                f"{name}-sp",
                client_id=args.application_id,
                # Otherwise an app that the tenant does not know is retried for ten minutes.
                opts=child_of(self, opts, create_timeout="2m", on_error=[advice]),
            )
        # Pulumi runs a hook that the state names only while the program registers it.
        advice = advice_on_errors(f"{name}-role-refused", _role_advice(args.setting_names))
        self.service_principal_object_id = principal.object_id
        scope = pulumi.Output.from_input(args.scope)
        facts = pulumi.Output.all(scope, principal.object_id)
        # While it is revoked, it has the name under which its absence is checked.
        own_name = args.role_name if args.declares_role else ""
        role_name = when_known(facts, lambda known: own_name or _role_name(known[0], known[1], args.recorded))
        if args.declares_role:
            assignment = self._assignment(name, args, principal.object_id, role_name, advice, opts)
            self.role_assignment_id, self.role_granted_at = assignment.id, assignment.created_on
        else:
            self.role_assignment_id = pulumi.Output.concat(scope, ROLE_ASSIGNMENTS, role_name)
            self.role_granted_at = pulumi.Output.from_input(str(args.recorded.get("roleGrantedAt") or ""))
        self.register_outputs(
            {
                "servicePrincipalObjectId": self.service_principal_object_id,
                "roleAssignmentId": self.role_assignment_id,
                "roleGrantedAt": self.role_granted_at,
                # Not the setting: what is only read stays so (`reads_principal`).
                "servicePrincipal": "existing" if args.reads_principal else "create",
                # Only after Pulumi has recorded the role assignment like that.
                **({} if args.role_is_guarded else {"roleIsGuarded": self.role_assignment_id.apply(lambda _: False)}),
            }
        )

    def _assignment(
        self,
        name: str,
        args: AdobeAccessArgs,
        principal_id: pulumi.Output[str],
        role_name: pulumi.Output[str],
        advice: pulumi.ErrorHook,
        opts: pulumi.ResourceOptions | None,
    ) -> authorization.RoleAssignment:
        scope = pulumi.Output.from_input(args.scope)
        return authorization.RoleAssignment(
            f"{name}-role",
            scope=scope,
            role_definition_id=when_known(scope, _role_definition_id),
            principal_id=principal_id,
            # Without the type, Azure may look a new principal up in a replica that does not have it yet.
            principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
            role_assignment_name=role_name,
            opts=child_of(
                self,
                opts,
                is_guarded=args.role_is_guarded,
                on_error=[advice],
                # An import reads the scope without its first slash, and any difference here would replace the role.
                ignore_changes=_GRANT if args.role_import_id or args.keeps_role else (),
                import_id=args.role_import_id,
            ),
        )

    def _existing(self, name: str, args: AdobeAccessArgs, opts: pulumi.ResourceOptions | None) -> azuread.ServicePrincipal:
        facts = pulumi.Output.all(args.application_id, args.consent_url)
        object_id = when_known(facts, lambda known: self._consented(known[0], known[1], args))
        return azuread.ServicePrincipal.get(
            f"{name}-sp",
            pulumi.Output.concat("/servicePrincipals/", object_id),
            opts=child_of(self, opts),
        )

    def _consented(self, application_id: str, consent_url: str, args: AdobeAccessArgs) -> str:
        """Object ID of the service principal that an administrator's consent created.

        :raises pulumi.RunError: when there is none; the error shows the consent URL.
        """
        try:
            return str(args.get_principal(application_id).object_id)
        except Exception as error:  # noqa: BLE001 - Pulumi raises no narrower class for a failed lookup
            if ABSENT_PRINCIPAL not in str(error):
                raise pulumi.RunError(
                    f"the service principal of Adobe's app {application_id} cannot be read ({error}), so it is unknown "
                    "whether it exists. Fix: grant the deployer Application.Read.All (or Directory Readers) in Entra ID"
                ) from None
            create = args.setting_names.instruction("access.service_principal", "create")
            raise pulumi.RunError(
                f"the tenant has no service principal for Adobe's app {application_id} ({error}). Fix: have an "
                f"administrator open {consent_url or 'the consent page that Adobe support names'} and consent; or {create}"
            ) from None


def _role_name(scope: str, principal_id: str, recorded: Mapping[str, Any]) -> str:
    """Of a role assignment that comes back the name of before, also when it was taken over under another one."""
    name = str(recorded.get("roleAssignmentId") or "").rpartition("/")[2]
    was_revoked = recorded.get("roleIsGuarded") is False and recorded.get("servicePrincipalObjectId") == principal_id
    return name if was_revoked and name else role_assignment_name(scope, principal_id)


def _advice(names: SettingNames) -> dict[str, str]:
    return {
        "already exists": (
            "Adobe's app already has a service principal in this tenant. Do not import it: an import would overwrite "
            f"the properties that Adobe set. Fix: {names.instruction('access.service_principal', 'existing')}"
        )
    }


def _role_advice(names: SettingNames) -> dict[str, str]:
    list_names = "az role assignment list --scope {scope} --assignee {principalId} --query [].name -o tsv"
    take_over = names.instruction("access.role_assignment_name", "<its name>")
    return {
        "RoleAssignmentExists": (
            "Adobe's app has this role already, under another name; the error gives it without hyphens. Do not delete it, "
            f"which revokes Adobe's access. Fix: {list_names}, then {take_over}"
        ),
        EXISTS: "The role assignment exists, and Pulumi did not record it. Fix: run pulumi up again, which takes it over",
        "RoleAssignmentUpdateNotPermitted": (
            "Somebody has given the assignment another role or principal, and Azure does not change one. Fix: az role "
            "assignment delete --ids {scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName} (delete "
            "the lock on the vault first, if there is one), then pulumi up --refresh"
        ),
        "ScopeLocked": (
            "A lock on the vault, its resource group or the subscription prevents this. Fix: az lock list, delete the lock, "
            "then run pulumi up, and create the lock again"
        ),
        "AuthorizationFailed": (
            "The identity that runs this needs Role Based Access Control Administrator, or Owner, on the vault or above it"
        ),
    }


def _role_definition_id(scope: str) -> str:
    """ID of the role under the scope's subscription, the form in which Azure returns it."""
    subscription = scope.split("/")[2]
    return f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{ENCRYPTION_USER_ROLE}"
