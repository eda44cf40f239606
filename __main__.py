"""Customer-managed keys for Adobe Experience Platform: settings → vault → key → access → Adobe → outputs."""

import sys

import pulumi
from pulumi.runtime import get_config_env
from pulumi_azure_native import authorization

from components.adobe.activation import Activation, ActivationArgs
from components.adobe.app_registration import AppRegistration, AppRegistrationArgs
from components.adobe.key_configuration import KeyConfiguration, KeyConfigurationArgs
from components.adobe_access import AdobeAccess, AdobeAccessArgs
from components.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.frozen import refuse_changes
from components.guards import guarded
from components.handoff import consent_url_of_tenant, not_activated
from components.key_vault import KeyVault, KeyVaultArgs
from components.preflight import PreflightArgs, preflight
from components.settings import load

# The engine interrupts the program when a resource fails; the traceback of that would bury the resource's own error.
sys.excepthook = lambda kind, *error: None if kind is KeyboardInterrupt else sys.__excepthook__(kind, *error)

NAME = "adobe-cmk"
settings = load(get_config_env())
refuse_changes(NAME, settings, pulumi.Config("azure-native").get("location") or "")
azure = authorization.get_client_config_output()
# Losing any of these may cost the organisation its data.
keep = guarded() if settings.protect else pulumi.ResourceOptions()

vault = KeyVault(
    NAME,
    KeyVaultArgs(
        tenant_id=azure.tenant_id,
        resource_group_name=settings.resource_group_name,
        vault_name=settings.vault_name,
        sku=settings.vault_sku,
        soft_delete_retention_days=settings.soft_delete_retention_days,
        network=settings.network,
        allowed_ip_ranges=settings.allowed_ip_ranges,
        tags=settings.tags,
    ),
    keep,
)
key = EncryptionKey(
    NAME,
    EncryptionKeyArgs(
        resource_group_name=vault.resource_group_name,
        vault_name=vault.vault_name,
        key_name=settings.key_name,
        key_type=settings.key_type,
        key_size=settings.key_size,
        tags=settings.tags,
    ),
    keep,
)
app = AppRegistration(
    NAME,
    AppRegistrationArgs(
        ims_org_id=settings.ims_org_id,
        region=settings.region,
        api_key=settings.api_key,
        api_contract=settings.api_contract,
    ),
    keep,
)
consent_url = pulumi.Output.all(app.consent_url, azure.tenant_id).apply(lambda facts: consent_url_of_tenant(*facts))
access = AdobeAccess(
    NAME,
    AdobeAccessArgs(
        application_id=app.application_id,
        consent_url=consent_url,
        scope=vault.vault_id,
        service_principal=settings.service_principal,
    ),
    keep,
)

found = preflight(
    PreflightArgs(
        resource_group_name=vault.resource_group_name,
        vault_name=vault.vault_name,
        vault_id=vault.vault_id,
        key_name=key.key_name,
        key_type=settings.key_type,
        key_size=settings.key_size,
        tenant_id=azure.tenant_id,
        application_id=app.application_id,
        principal_id=access.service_principal_object_id,
        role_assignment_id=access.role_assignment_id,
    )
)

status: pulumi.Input[str] = not_activated(settings.ims_org_id)
if settings.activate:
    configuration = KeyConfigurationArgs(
        ims_org_id=settings.ims_org_id,
        region=settings.region,
        api_key=settings.api_key,
        api_contract=settings.api_contract,
        config_name=settings.config_name,
        activate=settings.activate,
        key_identifier=key.key_identifier,
        application_id=app.application_id,
        role_granted_at=access.role_granted_at,
        role_propagation_seconds=settings.role_propagation_seconds,
        findings=found,
    )
    sent = KeyConfiguration(NAME, configuration, keep)
    activation = Activation(
        NAME,
        ActivationArgs(configuration=configuration, timeout_minutes=settings.activation_timeout_minutes),
        pulumi.ResourceOptions(depends_on=[sent]),
    )
    status = activation.status

outputs: dict[str, pulumi.Input[str]] = {
    "resourceGroupName": vault.resource_group_name,
    "vaultId": vault.vault_id,
    "vaultUri": vault.vault_uri,
    "keyUri": key.key_uri,
    "keyVersion": key.key_version,
    "applicationId": app.application_id,
    "consentUrl": consent_url,
    "servicePrincipalObjectId": access.service_principal_object_id,
    "roleAssignmentId": access.role_assignment_id,
    "configName": settings.config_name,
    "status": status,
}
for name, value in outputs.items():
    pulumi.export(name, value)
pulumi.export(
    "handoff",
    {
        "imsOrgId": settings.ims_org_id,
        "region": settings.region,
        "tenantId": azure.tenant_id,
        "subscriptionId": azure.subscription_id,
        **outputs,
    },
)
