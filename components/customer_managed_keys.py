"""Customer-managed keys of one organisation: vault → key → access → preflight → configuration → activation."""

from __future__ import annotations

from collections.abc import MutableMapping
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource
from pulumi_azure_native import authorization

from .adobe.activation import Activation, ActivationArgs
from .adobe.app_registration import AppRegistration
from .adobe.key_configuration import KeyConfiguration, KeyConfigurationArgs
from .arguments import CustomerManagedKeysArgs
from .azure.access import AdobeAccess, AdobeAccessArgs
from .azure.key import EncryptionKey, EncryptionKeyArgs
from .azure.vault import KeyVault, KeyVaultArgs
from .constants import CUSTOMER_MANAGED_KEYS
from .handoff import consent_url_of_tenant, not_activated
from .safety.deletion_guards import deletion_guards
from .safety.immutable_settings import refuse_changes
from .safety.preflight import PreflightArgs, preflight
from .safety.stack_state import created_by_stack

# Azure's limit of 24, less `-vault` and the eight digits that Pulumi adds to a name that it generates.
LONGEST_NAME = 10


class InvalidArguments(pulumi.RunError):
    """The arguments are not usable; the message has one line for each error."""


class CustomerManagedKeys(pulumi.ComponentResource):
    """Owns everything between an Azure subscription and an organisation at Adobe that reads its data with your key.

    Nothing is submitted to Adobe unless `configuration.activate` names the organisation: it cannot be undone.
    Providers in `opts` are used by every resource and lookup. Reads the stack's state, and credentials for Adobe from the
    environment (ADOBE_CLIENT_ID and ADOBE_CLIENT_SECRET, or ADOBE_ACCESS_TOKEN); nothing else.

    :raises InvalidArguments: naming every argument that breaks a rule.
    :raises ImmutableSettingsChanged: an argument would change what cannot be changed.
    """

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

    def __init__(self, name: str, args: CustomerManagedKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        _check(name, args)
        refuse_changes(args, created_by_stack(name))
        super().__init__(CUSTOMER_MANAGED_KEYS, name, None, opts)
        lookups = pulumi.InvokeOptions(parent=self)
        azure = authorization.get_client_config_output(opts=lookups)
        child = pulumi.ResourceOptions(
            parent=self,
            # Where these were before they had a root.
            aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)],
        )
        guarded = pulumi.ResourceOptions.merge(child, deletion_guards(name)) if args.protect else child

        vault = KeyVault(
            name,
            KeyVaultArgs(vault=args.vault, tenant_id=azure.tenant_id, tags=args.tags, setting_names=args.setting_names),
            guarded,
        )
        key = EncryptionKey(
            name,
            EncryptionKeyArgs(
                key=args.key,
                resource_group_name=vault.resource_group_name,
                vault_name=vault.vault_name,
                tags=args.tags,
            ),
            guarded,
        )
        app = AppRegistration(name, args.organization, guarded)
        consent_url = pulumi.Output.all(app.consent_url, azure.tenant_id).apply(lambda facts: consent_url_of_tenant(*facts))
        access = AdobeAccess(
            name,
            AdobeAccessArgs(
                access=args.access,
                application_id=app.application_id,
                consent_url=consent_url,
                scope=vault.vault_id,
                setting_names=args.setting_names,
            ),
            guarded,
        )
        findings = preflight(
            PreflightArgs(
                resource_group_name=vault.resource_group_name,
                vault_name=vault.vault_name,
                vault_id=vault.vault_id,
                key_name=key.key_name,
                key_type=args.key.key_type,
                key_size=args.key.key_size,
                tenant_id=azure.tenant_id,
                application_id=app.application_id,
                principal_id=access.service_principal_object_id,
                role_assignment_id=access.role_assignment_id,
            ),
            lookups,
        )

        self.resource_group_name = vault.resource_group_name
        self.vault_id = vault.vault_id
        self.vault_uri = vault.vault_uri
        self.key_uri = key.key_uri
        self.key_version = key.key_version
        self.application_id = app.application_id
        self.consent_url = consent_url
        self.service_principal_object_id = access.service_principal_object_id
        self.role_assignment_id = access.role_assignment_id
        self.config_name = pulumi.Output.from_input(args.configuration.config_name)
        self.status = self._activated(name, args, key, app, access, findings, child, guarded)
        outputs = self._outputs()
        self.handoff = {
            "imsOrgId": pulumi.Output.from_input(args.organization.ims_org_id),
            "region": pulumi.Output.from_input(args.organization.region),
            "tenantId": azure.tenant_id,
            "subscriptionId": azure.subscription_id,
            **outputs,
        }
        self.register_outputs({**outputs, "handoff": self.handoff})

    def _activated(
        self,
        name: str,
        args: CustomerManagedKeysArgs,
        key: EncryptionKey,
        app: AppRegistration,
        access: AdobeAccess,
        findings: pulumi.Output[list[str]],
        child: pulumi.ResourceOptions,
        guarded: pulumi.ResourceOptions,
    ) -> pulumi.Output[str]:
        """Declare the configuration and the wait for it, when that is asked for; returns the status."""
        org_id = args.organization.ims_org_id
        if not args.configuration.activate:
            instruction = args.setting_names.instruction("configuration.activate", org_id)
            return pulumi.Output.from_input(not_activated(instruction))

        def alone(found: list[str]) -> list[str]:
            # A second instance may have been declared after this one.
            _refuse_a_second(args)
            return found

        configuration = KeyConfigurationArgs(
            organization=args.organization,
            configuration=args.configuration,
            key_identifier=key.key_identifier,
            application_id=app.application_id,
            role_granted_at=access.role_granted_at,
            findings=findings.apply(alone),
        )
        submitted = KeyConfiguration(name, configuration, guarded)
        after = pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=[submitted]))
        wait = ActivationArgs(inputs=configuration.properties(), timeout_minutes=args.configuration.timeout_minutes)
        return Activation(name, wait, after).status

    def _outputs(self) -> dict[str, pulumi.Output[str]]:
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


# Names of the instances that are declared for an organisation, for each program that runs in this process.
_declared: MutableMapping[pulumi.Resource, dict[str, list[str]]] = WeakKeyDictionary()


def _instances(ims_org_id: str) -> list[str]:
    root = get_root_resource()
    return _declared.setdefault(root, {}).setdefault(ims_org_id.lower(), []) if root else []


def _refuse_a_second(args: CustomerManagedKeysArgs) -> None:
    """:raises InvalidArguments: when the organisation has another instance, be it declared before or after."""
    instances = _instances(args.organization.ims_org_id)
    if len(instances) > 1:
        raise InvalidArguments(
            f"{args.setting_names.name('organization.ims_org_id')} is {args.organization.ims_org_id!r} in "
            f"{' and '.join(map(repr, instances))}: an organisation has one configuration at Adobe. Nothing was submitted. "
            "Next: declare CustomerManagedKeys once for each organisation"
        )


def _check(name: str, args: CustomerManagedKeysArgs) -> None:
    """Refuse arguments that no resource may be declared from.

    :raises InvalidArguments: naming every error.
    """
    names = args.setting_names
    lines = [
        f"{names.name(error.argument)} is {error.value!r}; allowed: {error.allowed}" for error in args.validation_errors()
    ]
    if not args.vault.vault_name and len(name) > LONGEST_NAME:
        remedy = names.instruction("vault.vault_name", "<name>")
        lines.append(
            f"the name {name!r} of CustomerManagedKeys has more than {LONGEST_NAME} characters: the name that Pulumi "
            f"generates for the vault would be too long. Choose a shorter one, or {remedy}"
        )
    if lines:
        listed = "\n".join(f"  - {line}" for line in lines)
        raise InvalidArguments(f"Invalid arguments of CustomerManagedKeys {name!r}; nothing was changed:\n{listed}")
    _instances(args.organization.ims_org_id).append(name)
    _refuse_a_second(args)
