"""Customer-managed keys of one organisation: vault → key → access → preflight → configuration → activation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pulumi
from pulumi.runtime import is_dry_run

from .adobe.activation import Activation, ActivationArgs
from .adobe.api.client import Status
from .adobe.api.errors import AdobeError
from .adobe.api.hosts import platform_url
from .adobe.app_registration import AppRegistration
from .adobe.existing_configuration import refuse_existing
from .adobe.key_configuration import KeyConfiguration, KeyConfigurationArgs
from .adobe.provider import ABSENT
from .adobe.role_propagation import RolePropagation, RolePropagationArgs
from .adobe.submission_attempt import SubmissionAttempt, SubmissionAttemptArgs
from .arguments import CustomerManagedKeysArgs
from .azure.access import AdobeAccess, AdobeAccessArgs
from .azure.key import EncryptionKey, EncryptionKeyArgs
from .azure.vault import KeyVault, KeyVaultArgs
from .constants import (
    CUSTOMER_MANAGED_KEYS,
    KEY_CONFIGURATION_TYPE,
    PLATFORM_HOSTS,
    ROLE_PROPAGATION_TYPE,
    SUBMISSION_ATTEMPT_TYPE,
    VAULT_TYPE,
)
from .known import when_known
from .outputs import Outputs, consent_url_of_tenant, not_activated
from .safety.deletion_guards import deletion_guards
from .safety.immutable_settings import refuse_changes
from .safety.one_per_organization import declare, refuse_a_second
from .safety.place import current_place, refuse_another_place
from .safety.preflight import PreflightArgs, preflight
from .safety.stack_state import StackResources, created_by_stack

# Azure's limit of 24, less `-vault` and the eight digits that Pulumi adds to a name that it generates.
LONGEST_NAME = 10


class InvalidArguments(pulumi.RunError):
    """The arguments are not usable; the message has one line for each error."""


class CustomerManagedKeys(Outputs):
    """Owns everything between an Azure subscription and an organisation at Adobe that reads its data with your key.

    Nothing is submitted to Adobe unless `configuration.activate` names the configuration: it cannot be undone.
    Providers in `opts` are used by every resource and lookup. Reads the stack's state, and credentials for Adobe from the
    environment (ADOBE_CLIENT_ID and ADOBE_CLIENT_SECRET, or ADOBE_ACCESS_TOKEN); nothing else.

    :raises InvalidArguments: naming every argument that breaks a rule.
    :raises ImmutableSettingsChanged: an argument would change what cannot be changed.
    """

    def __init__(self, name: str, args: CustomerManagedKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        _check(name, args)
        declare(name, args)
        created = created_by_stack(name)
        refuse_changes(args, created)
        super().__init__(CUSTOMER_MANAGED_KEYS, name, None, opts)
        lookups = pulumi.InvokeOptions(parent=self)
        place = current_place(lookups)
        refuse_another_place(place, created)
        activate = bool(args.configuration.activate)
        if activate and VAULT_TYPE not in created and not is_dry_run():
            refuse_existing(args.organization, args.configuration)
        child = pulumi.ResourceOptions(
            parent=self,
            # Where these were before they had a root.
            aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)],
        )
        guarded = pulumi.ResourceOptions.merge(child, self._guards(name, args))

        vault = KeyVault(
            name,
            KeyVaultArgs(vault=args.vault, tenant_id=place.tenant_id, tags=args.tags, setting_names=args.setting_names),
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
        host = urlsplit(platform_url(args.organization.region, os.environ)).hostname or ""
        app = AppRegistration(name, args.organization, host, guarded)
        consent_url = when_known(app.consent_url, lambda url: consent_url_of_tenant(url, place.tenant_id))
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
        submission = _Submission(name, args, host, created, child, guarded) if activate else None
        evidence = preflight(
            PreflightArgs(
                resource_group_name=vault.resource_group_name,
                vault_name=vault.vault_name,
                vault_id=vault.vault_id,
                key_name=key.key_name,
                key_type=args.key.key_type,
                key_size=args.key.key_size,
                tenant_id=place.entra_tenant_id,
                application_id=app.application_id,
                principal_id=access.service_principal_object_id,
                role_assignment_id=access.role_assignment_id,
            ),
            lookups,
            after=submission.role_is_ready(access.role_granted_at) if submission else "",
        )
        if submission:
            status = submission.status(key.key_identifier, app.application_id, access.role_granted_at, evidence)
        else:
            meant = args.configuration.switched_on(args.organization)
            status = pulumi.Output.from_input(not_activated(args.setting_names.instruction("configuration.activate", meant)))

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
        self.status = status
        outputs = self.as_properties()
        self.handoff = {
            "imsOrgId": pulumi.Output.from_input(args.organization.ims_org_id),
            "region": pulumi.Output.from_input(args.organization.region),
            "tenantId": vault.tenant_id,
            "subscriptionId": when_known(vault.vault_id, lambda vault_id: vault_id.split("/")[2]),
            **outputs,
        }
        self.register_outputs({**outputs, "handoff": self.handoff})

    @staticmethod
    def _guards(name: str, args: CustomerManagedKeysArgs) -> pulumi.ResourceOptions:
        if args.release_guards:
            pulumi.log.warn(
                f"the guards of {args.release_guards} are off: nothing keeps the vault, the key, Adobe's app and its "
                "role from being deleted. Adobe may treat that as deliberate revocation and permanently delete the data. "
                f"Fix: unset {args.setting_names.name('release_guards')} and run pulumi up"
            )
        return deletion_guards(name) if args.protect and not args.release_guards else pulumi.ResourceOptions()


class _Submission:
    """What is declared only for an organisation that is activated, in the order in which it happens.

    Role → its age → looks at Azure → trace of the attempt → Adobe is read → POST → wait for Adobe's switch-over.
    """

    def __init__(
        self,
        name: str,
        args: CustomerManagedKeysArgs,
        host: str,
        created: StackResources,
        child: pulumi.ResourceOptions,
        guarded: pulumi.ResourceOptions,
    ) -> None:
        """
        :param host: of Adobe's API.
        :param created: what the stack has created so far.
        :param child: options of what may be declared anew. guarded: of what Adobe depends on.
        """
        self._name, self._args, self._host, self._created = name, args, host, created
        self._child, self._guarded = child, guarded

    def role_is_ready(self, granted_at: pulumi.Input[str]) -> pulumi.Input[object]:
        """When the role was old enough; the looks at Azure come after it."""
        if not self._waits_for_role:
            return ""
        recorded = self._created.get(ROLE_PROPAGATION_TYPE, {}).get("roleGrantedAt")
        # A role that is given back to an activated organisation is not waited for: nothing will be submitted.
        granted = granted_at if self._may_submit or not recorded else str(recorded)
        wait = RolePropagationArgs(role_granted_at=granted, seconds=self._args.configuration.role_propagation_seconds)
        ready_at = RolePropagation(self._name, wait, self._child).ready_at
        # A preview cannot wait, and tells what it can see now.
        return "" if is_dry_run() else ready_at

    def status(
        self,
        key_identifier: pulumi.Input[str],
        application_id: pulumi.Input[str],
        role_granted_at: pulumi.Input[str],
        evidence: pulumi.Output[Mapping[str, Any]],
    ) -> pulumi.Output[str]:
        """Declare the submission and the wait; returns Adobe's status."""
        args = self._args

        def alone(seen: Mapping[str, Any]) -> Mapping[str, Any]:
            # A second instance may have been declared after this one.
            refuse_a_second(args)
            return seen

        evidence = evidence.apply(alone)
        configuration = KeyConfigurationArgs(
            organization=args.organization,
            configuration=args.configuration,
            key_identifier=key_identifier,
            application_id=application_id,
            role_granted_at=role_granted_at,
            evidence=evidence,
            attempt=self._attempt(key_identifier, evidence),
            host=self._host,
        )
        submitted = KeyConfiguration(self._name, configuration, self._guarded)
        after = pulumi.ResourceOptions.merge(self._child, pulumi.ResourceOptions(depends_on=[submitted]))
        wait = ActivationArgs(inputs=configuration.properties(), timeout_minutes=args.configuration.timeout_minutes)
        return Activation(self._name, wait, after).status

    def _attempt(self, key_identifier: pulumi.Input[str], evidence: pulumi.Input[Mapping[str, Any]]) -> pulumi.Input[str]:
        if KEY_CONFIGURATION_TYPE in self._created and SUBMISSION_ATTEMPT_TYPE not in self._created:
            # An earlier version submitted it, and left no trace.
            return ""
        args = SubmissionAttemptArgs(
            organization=self._args.organization,
            config_name=self._args.configuration.config_name,
            key_identifier=key_identifier,
            evidence=evidence,
            host=self._host,
        )
        return SubmissionAttempt(self._name, args, self._guarded).run

    @property
    def _waits_for_role(self) -> bool:
        """Whether the wait is declared; an earlier version waited by itself, and its role is old by now."""
        return self._may_submit or ROLE_PROPAGATION_TYPE in self._created

    @property
    def _may_submit(self) -> bool:
        submitted = self._created.get(KEY_CONFIGURATION_TYPE)
        return submitted is None or submitted.get("status") in (Status.FAILED, ABSENT)


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
    if args.organization.region in PLATFORM_HOSTS:
        try:
            platform_url(args.organization.region, os.environ)
        except AdobeError as error:
            lines.append(str(error))
    if lines:
        listed = "\n".join(f"  - {line}" for line in lines)
        raise InvalidArguments(f"Invalid arguments of CustomerManagedKeys {name!r}; nothing was changed:\n{listed}")
