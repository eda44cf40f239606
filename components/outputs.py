"""The outputs of `CustomerManagedKeys`, and the texts among them that people act on."""

import re

import pulumi


class Outputs(pulumi.ComponentResource):
    """What an instance hands to the program around it."""

    resource_group_name: pulumi.Output[str]
    """Name of the resource group."""
    vault_id: pulumi.Output[str]
    """ARM id of the vault."""
    vault_uri: pulumi.Output[str]
    """https://<vault>.vault.azure.net, without a trailing slash."""
    key_uri: pulumi.Output[str]
    """Key identifier without version."""
    key_version: pulumi.Output[str]
    """The version that is current."""
    application_id: pulumi.Output[str]
    """Client id of Adobe's app."""
    consent_url: pulumi.Output[str]
    """Where an administrator of your tenant accepts Adobe's app."""
    service_principal_object_id: pulumi.Output[str]
    """Object id of the app's service principal in your tenant."""
    role_assignment_id: pulumi.Output[str]
    """ARM id of the app's role assignment."""
    config_name: pulumi.Output[str]
    """Name of the configuration at Adobe."""
    status: pulumi.Output[str]
    """Adobe's status of the configuration, COMPLETED at the end; NOT ACTIVATED and the reason before anything is sent."""
    handoff: dict[str, pulumi.Output[str]]
    """What Adobe's teams and your own exchange: organisation, region, tenant, subscription, and every output."""

    def as_properties(self) -> dict[str, pulumi.Output[str]]:
        """Every output but the hand-over, under its name in the state."""
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
    """Adobe's consent URL with the tenant in place of `common`.

    An administrator who is at home in several tenants could otherwise consent in the wrong one (Adobe, "Set up with the
    UI", multiple subscriptions).
    """
    return re.sub(r"^(https://[^/]+)/common/", lambda match: f"{match[1]}/{tenant_id}/", consent_url)


def not_activated(instruction: str) -> str:
    """The status of a stack that is prepared and has sent nothing to Adobe.

    :param instruction: what the reader does to activate.
    """
    return (
        "NOT ACTIVATED: all is prepared, and no configuration was sent to Adobe. Switching on cannot be undone and covers "
        f"the whole organisation; when that is meant: {instruction}"
    )
