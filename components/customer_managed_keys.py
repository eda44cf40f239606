"""Customer-managed keys of one organisation: vault → key → access → preflight checks → configuration → activation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pulumi
from pulumi.runtime import is_dry_run

from .adobe.activation import Activation, ActivationArgs
from .adobe.api.client import Status
from .adobe.api.hosts import platform_url
from .adobe.app_registration import AppRegistration, AppRegistrationArgs
from .adobe.existing_configuration import NOTHING, held_by_adobe
from .adobe.key_configuration import KeyConfiguration, KeyConfigurationArgs
from .adobe.name_claim import NameClaim, NameClaimArgs
from .adobe.provider import ABSENT
from .adobe.role_propagation import RolePropagation, RolePropagationArgs
from .adobe.submission_attempt import SubmissionAttempt
from .arguments.component import CustomerManagedKeysArgs
from .azure.access import AdobeAccess, AdobeAccessArgs, key_scope
from .azure.key_vault_versions import key_vault_api, version_in_use
from .azure.key_versions import key_versions, names_a_credential
from .azure.vault import KeyVault
from .azure.vault_surroundings import surround
from .constants import (
    ADOBE_ACCESS,
    APP_REGISTRATION_TYPE,
    CUSTOMER_MANAGED_KEYS,
    ENCRYPTION_KEY,
    KEY_CONFIGURATION_TYPE,
    KEY_TYPE,
    ROLE_ASSIGNMENT_TYPE,
    ROLE_PROPAGATION_TYPE,
    VAULT_TYPE,
)
from .known import when_known
from .outputs import Outputs, consent_url_of_tenant, not_activated
from .safety.announcements import announce_calls, announce_confirmation
from .safety.api_retirement import retirement_notice
from .safety.deletion_guards import deletion_guards
from .safety.immutable_settings import refuse_changes
from .safety.lookups import principals
from .safety.one_per_organization import declare, refuse_a_second
from .safety.place import current_place, refuse_another_place
from .safety.preflight import PreflightArgs, declared_key, now, preflight
from .safety.revocation import announce, revocation
from .safety.revocation import status as revoked_status
from .safety.revocation_step import Revocation
from .safety.stack_state import (
    StackResources,
    created_by_stack,
    never_shown,
    read_state,
    sent_version,
    submitted,
)
from .starting_point import StartingPoint, starting_point
from .valid_arguments import refuse_invalid
from .vault_and_key import VaultAndKey
from .version import VERSION


class CustomerManagedKeys(Outputs):
    """Sets up customer-managed keys of Adobe Experience Platform with a key in your Azure Key Vault, for one organisation.

    Nothing is submitted to Adobe unless `configuration.activate` names the configuration, because it cannot be undone.
    Every resource and lookup uses the providers in `opts`. Besides its arguments, the component reads the stack's state and
    Adobe's credentials in the environment (ADOBE_CLIENT_ID and ADOBE_CLIENT_SECRET, or ADOBE_ACCESS_TOKEN).

    :raises InvalidArguments: lists every invalid argument.
    :raises ImmutableSettingsChanged: when an argument that is immutable after creation has changed.
    """

    def __init__(self, name: str, args: CustomerManagedKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        refuse_invalid(name, args)
        declare(name, args)
        created = created_by_stack(name, read_state())
        refuse_changes(args, created)
        notice = self._retirement_notice(args)
        super().__init__(CUSTOMER_MANAGED_KEYS, name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        guarded = pulumi.ResourceOptions.merge(child, self._guards(name, args))
        lookups = pulumi.InvokeOptions(parent=self)
        place = current_place(lookups)
        refuse_another_place(place, created)
        azure = {**args.azure_configuration, "subscriptionId": place.subscription_id, "tenantId": place.tenant_id}
        brought = args.existing_vault
        subscription = brought.subscription if brought else place.subscription_id
        api = key_vault_api(name, args.vault.api_version, azure, self, lookups, subscription)
        # An adoption may have been cut off after the vault: until a submission is recorded, Adobe tells which key it is.
        first = ROLE_ASSIGNMENT_TYPE if brought else VAULT_TYPE
        is_first = not submitted(created) and (args.adopt or first not in created)
        app_in_state = created.get(APP_REGISTRATION_TYPE, {})
        held = held_by_adobe(args, app_in_state) if is_first else NOTHING
        revoked = revocation(args, created)
        announce(revoked, args, created)
        get_principal = principals(lookups)
        start = starting_point(args, created, held.key, held.application_id, place, api, get_principal, lookups, revoked)

        host = urlsplit(platform_url(args.organization.region, os.environ)).hostname or ""
        sent_for = str(submitted(created).get("applicationId") or "")
        announce_calls(args, app_in_state, sent_for)
        announce_confirmation(args, created, now())
        app_args = AppRegistrationArgs(
            organization=args.organization, config_name=args.configuration.config_name, host=host, sent_for=sent_for
        )
        app = AppRegistration(name, app_args, guarded)
        group_name, vault_name = self._names(name, args, start, child)
        vault, key = VaultAndKey(
            name=name,
            args=args,
            names=start.names,
            existing=start.existing,
            facts=start.facts,
            group_name=group_name,
            vault_name=vault_name,
            key_exists=created.get(KEY_TYPE, {}).get("name") == start.names.key,
            tenant_id=place.tenant_id,
            api=api,
            recorded_identifier=str(created.get(ENCRYPTION_KEY, {}).get("keyIdentifier") or ""),
        ).declare(guarded)
        consent_url = when_known(app.consent_url, lambda url: consent_url_of_tenant(url, place.tenant_id))
        access = AdobeAccess(
            name,
            AdobeAccessArgs(
                application_id=app.application_id,
                consent_url=consent_url,
                scope=vault.vault_id if args.access.role_scope == "vault" else key_scope(vault.vault_id, key.key_name),
                setting_names=args.setting_names,
                get_principal=get_principal,
                reads_principal=start.reads_principal,
                role_name=args.access.role_assignment_name,
                role_import_id=start.existing.role_assignment,
                keeps_role=start.keeps_role,
                declares_role=revoked.declares_role,
                role_is_guarded=args.has_guards and revoked is Revocation.NONE,
                recorded=created.get(ADOBE_ACCESS, {}),
            ),
            guarded,
        )
        if isinstance(vault, KeyVault):
            contents, removes_role = [vault, key, access], revoked is Revocation.REMOVED
            vault_id = start.names.vault_id
            surround(name, args, self, vault, contents, created, vault_id, lookups, removes_role=removes_role)
        submission = _Submission(name, args, host, created, child, guarded, revoked) if args.configuration.activate else None
        evidence = preflight(
            PreflightArgs(
                resource_group_name=vault.resource_group_name,
                vault_name=vault.vault_name,
                vault_id=vault.vault_id,
                key_name=key.key_name,
                declared=declared_key(args.key),
                sent_version=sent_version(created),
                tenant_id=place.entra_tenant_id,
                application_id=app.application_id,
                principal_id=access.service_principal_object_id,
                role_assignment_id=access.role_assignment_id,
                revocation=revoked,
            ),
            api,
            partial(key_versions, is_providers_credential=self._is_environments_credential(args)),
            get_principal,
            lookups,
            after=submission.role_is_ready(access.role_granted_at) if submission else "",
        )
        if submission:
            status = submission.status(key.key_identifier, app, access, evidence)
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
            "version": pulumi.Output.from_input(VERSION),
            "imsOrgId": pulumi.Output.from_input(args.organization.ims_org_id),
            "region": pulumi.Output.from_input(args.organization.region),
            "tenantId": vault.tenant_id,
            "subscriptionId": when_known(vault.vault_id, lambda vault_id: vault_id.split("/")[2]),
            **outputs,
            **({"keyVaultApi": pulumi.Output.from_input(notice)} if notice else {}),
        }
        self.register_outputs({**outputs, "handoff": self.handoff})

    @staticmethod
    def _names(
        name: str, args: CustomerManagedKeysArgs, start: StartingPoint, opts: pulumi.ResourceOptions
    ) -> tuple[pulumi.Input[str], pulumi.Input[str]]:
        """Names of resource group and vault: recorded before anything is created under them."""
        if start.names.reads_vault:
            return start.names.resource_group, start.names.vault
        wanted_group = args.vault.existing_resource_group or args.vault.resource_group_name
        claim = NameClaim(
            name,
            NameClaimArgs(
                name=name,
                resource_group_name=wanted_group or start.kept_group_name,
                vault_name=args.vault.vault_name or start.kept_vault_name,
            ),
            opts,
        )
        return claim.resource_group_name, claim.vault_name

    @staticmethod
    def _retirement_notice(args: CustomerManagedKeysArgs) -> str:
        version = version_in_use(args.vault.api_version)
        notice = retirement_notice(version, now().date(), args.setting_names)
        if notice:
            pulumi.log.warn(notice)
        return notice

    def _is_environments_credential(self, args: CustomerManagedKeysArgs) -> bool:
        """Whether azure-native signs in as the environment says; an explicit provider may have any credential."""
        return not (self.get_provider(VAULT_TYPE) or names_a_credential(args.azure_configuration))

    @staticmethod
    def _guards(name: str, args: CustomerManagedKeysArgs) -> pulumi.ResourceOptions:
        if args.release_guards:
            pulumi.log.warn(
                f"the deletion guards of {args.release_guards} are released: the vault, the key, Adobe's app and its role "
                "can be deleted. Adobe may treat that as deliberate revocation and permanently delete the data. "
                f"Fix: unset {args.setting_names.name('release_guards')} and run pulumi up"
            )
        return deletion_guards(name) if args.has_guards else pulumi.ResourceOptions()


class _Submission:
    """The resources of an activated organisation, in the order of their creation.

    Role assignment → wait until it is applied → preflight checks → submission record → configuration → activation.
    """

    def __init__(
        self,
        name: str,
        args: CustomerManagedKeysArgs,
        host: str,
        created: StackResources,
        child: pulumi.ResourceOptions,
        guarded: pulumi.ResourceOptions,
        revoked: Revocation,
    ) -> None:
        """
        :param host: host of Adobe's API.
        :param created: what the stack has created so far.
        :param child: options for resources that Adobe does not depend on.
        :param guarded: options for resources that Adobe depends on.
        :param revoked: how far a revocation is.
        """
        self._name, self._args, self._host, self._created = name, args, host, created
        self._child, self._guarded, self._revoked = child, guarded, revoked

    def role_is_ready(self, granted_at: pulumi.Input[str]) -> pulumi.Input[object]:
        """When the role assignment was old enough; the preflight checks wait for it."""
        recorded = self._created.get(ROLE_PROPAGATION_TYPE, {}).get("roleGrantedAt")
        # No wait for a role assignment that is restored after activation: nothing will be submitted.
        granted = granted_at if self._may_submit or not recorded else str(recorded)
        wait = RolePropagationArgs(role_granted_at=granted, seconds=self._args.configuration.role_propagation_seconds)
        ready_at = RolePropagation(self._name, wait, self._child).ready_at
        # A preview does not wait: its checks show the current state.
        return "" if is_dry_run() else ready_at

    def status(
        self,
        key_identifier: pulumi.Input[str],
        app: AppRegistration,
        access: AdobeAccess,
        evidence: pulumi.Output[Mapping[str, Any]],
    ) -> pulumi.Output[str]:
        """Declare the submission and the activation; returns Adobe's status, or that its access is revoked."""
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
            application_id=app.application_id,
            role_granted_at=access.role_granted_at,
            evidence=evidence,
            contract=app.contract,
            never_shown=never_shown(self._created),
            revocation=self._revoked.recorded,
            host=self._host,
        ).properties()
        attempt = SubmissionAttempt(self._name, configuration, self._guarded)
        submitted = KeyConfiguration(self._name, configuration, attempt.run, self._guarded)
        # The access too: what it records of a revocation is recorded before anything here can fail.
        after = pulumi.ResourceOptions.merge(self._child, pulumi.ResourceOptions(depends_on=[submitted, access]))
        wait = ActivationArgs(
            inputs=configuration,
            evidence=evidence,
            timeout_minutes=args.configuration.timeout_minutes,
            ignores_findings=self._revoked is Revocation.REMOVED,
        )
        status = Activation(self._name, wait, after).status
        return status if self._revoked.declares_role else pulumi.Output.from_input(revoked_status(args))

    @property
    def _may_submit(self) -> bool:
        submitted = self._created.get(KEY_CONFIGURATION_TYPE)
        may_be_needed = submitted is None or submitted.get("status") in (Status.FAILED, ABSENT)
        return may_be_needed and self._revoked is Revocation.NONE
