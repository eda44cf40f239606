"""The outputs of `CustomerManagedKeys`."""

import re

import pulumi


class Outputs(pulumi.ComponentResource):
    """Base class with the outputs of `CustomerManagedKeys`."""

    resource_group_name: pulumi.Output[str]
    """Name of the resource group."""
    vault_id: pulumi.Output[str]
    """ARM ID of the vault."""
    vault_uri: pulumi.Output[str]
    """https://<vault>.vault.azure.net, without a trailing slash."""
    key_uri: pulumi.Output[str]
    """Key identifier without version."""
    key_version: pulumi.Output[str]
    """The current version."""
    application_id: pulumi.Output[str]
    """Client ID of Adobe's app."""
    consent_url: pulumi.Output[str]
    """URL at which an administrator of your tenant consents to Adobe's app."""
    service_principal_object_id: pulumi.Output[str]
    """Object ID of the app's service principal in your tenant."""
    role_assignment_id: pulumi.Output[str]
    """ARM ID of the app's role assignment."""
    config_name: pulumi.Output[str]
    """Name of the configuration at Adobe."""
    status: pulumi.Output[str]
    """Adobe's status of the configuration, COMPLETED at the end; before submission, NOT ACTIVATED and how to activate."""
    handoff: dict[str, pulumi.Output[str]]
    """The facts that Adobe's teams and yours exchange.

    The version of this program, organisation, region, tenant, subscription, and every output.
    """

    def as_properties(self) -> dict[str, pulumi.Output[str]]:
        """Every output except `handoff`, by its name in the state."""
        return {
            "resourceGroupName": self.resource_group_name,
            "vaultId": self.vault_id,
            "vaultUri": self.vault_uri,
            "keyUri": self.key_uri,
            "keyVersion": self.key_version,
            "applicationId": self.application_id,
            "consentUrl": self.consent_url,
            "servicePrincipalObjectId": self.service_principal_object_id,
            "roleAssignmentId": self.role_assignment_id,
            "configName": self.config_name,
            "status": self.status,
        }


def consent_url_of_tenant(consent_url: str, tenant_id: str) -> str:
    """Adobe's consent URL with the tenant in place of `common` or `organizations`.

    Otherwise an administrator with access to several tenants could consent in the wrong one (Adobe, "Set up with the
    UI", multiple subscriptions).
    """
    return re.sub(r"^(https://[^/]+)/(?:common|organizations)/", lambda match: f"{match[1]}/{tenant_id}/", consent_url)


def not_activated(instruction: str) -> str:
    """The status of a stack that is prepared but has sent nothing to Adobe.

    :param instruction: how the user activates.
    """
    return (
        "NOT ACTIVATED: everything is prepared, but no configuration was sent to Adobe. Activation cannot be undone and "
        f"applies to the whole organisation. To activate: {instruction}"
    )
