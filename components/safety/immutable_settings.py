"""Rejects changes of settings that are immutable after creation, before any resource is declared, in preview and in up.

Without this check Azure would ignore a change of the key's properties (its PUT is create-if-not-exist), and for a changed
name the engine would advise to remove the protection. The current values come from Pulumi's state, because the settings do
not show what an earlier run created.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pulumi

from ..adobe.api.configuration_request import immutable_changes
from ..arguments.component import CustomerManagedKeysArgs
from ..constants import (
    APP_REGISTRATION_TYPE,
    KEY_CONFIGURATION_TYPE,
    KEY_OPERATIONS,
    RESOURCE_GROUP_TYPE,
    ROLE_ASSIGNMENT_TYPE,
    RUNBOOK,
    VAULT_TYPE,
    confirmation,
)
from .ownership import ownership_changes, scope_changes
from .stack_state import StackResources, key_in_state, sent_key, submitted


class ImmutableSettingsChanged(pulumi.RunError):
    """A setting that is immutable after creation has changed; the message has one line for each change."""


def refuse_changes(args: CustomerManagedKeysArgs, created: StackResources) -> None:
    """Compare the arguments with what this stack has created.

    :param created: as `created_by_stack` returns it.
    :raises ImmutableSettingsChanged: lists every change with the reason and the procedure to follow.
    """
    found = [f"  - {line}" for line in _Comparison(args, created).changes()]
    if found:
        raise ImmutableSettingsChanged(
            "These settings are immutable after creation; nothing was changed:\n" + "\n".join(found)
        )
    key, vault = key_in_state(created), created.get(VAULT_TYPE)
    if key and vault and (key.get("tags") or {}) != args.tags:
        tags = " ".join(shlex.quote(f"{tag}={value}") for tag, value in args.tags.items()) or "''"
        pulumi.log.warn(
            f"the tags of the key {key['name']} are not updated: Azure ignores tag changes on an existing key. Fix: "
            f"az keyvault key set-attributes --vault-name {vault['name']} --name {key['name']} --tags {tags}"
        )


class _Comparison:
    """Compares the arguments with what the stack has created; each method yields one message for each change."""

    def __init__(self, args: CustomerManagedKeysArgs, created: StackResources) -> None:
        self._args, self._created = args, created
        self._group = created.get(RESOURCE_GROUP_TYPE, {})
        self._vault = created.get(VAULT_TYPE, {})
        self._key = key_in_state(created)
        self._app = created.get(APP_REGISTRATION_TYPE, {})
        # The submission record of an interrupted run names what may have been sent.
        self._was = "was" if KEY_CONFIGURATION_TYPE in created else "may have been"
        self._sent = submitted(created)

    def changes(self) -> Iterator[str]:
        yield from self._moves()
        yield from self._properties()
        yield from self._role_name()
        org_id = self._args.organization.ims_org_id
        if self._sent:
            yield from self._configuration()
        elif self._app and self._app["imsOrgId"] != org_id:
            yield _line(
                self._args.setting_names.name("organization.ims_org_id"),
                self._app["imsOrgId"],
                org_id,
                "a stack belongs to one organisation",
                "set it back, and create a separate stack for each organisation (pulumi stack init)",
            )

    def _moves(self) -> Iterator[str]:
        """Changes that replace Azure resources: allowed only with the guards released and before anything is sent."""
        in_use = bool(self._sent or self._args.configuration.activate)
        if not self._args.protect and not in_use:
            return
        vault, key, sent = self._args.vault, self._args.key, self._sent
        vault_name = self._vault.get("name") or (sent_key(sent).vault_name if sent else "")
        key_name = self._key.get("name") or (sent_key(sent).key_name if sent else "")
        # What was adopted stays where it is.
        location = "" if self._args.adopt else _region(vault.location)
        candidates = (
            ("vault.resource_group_name", vault.resource_group_name, self._group.get("name"), "resource group"),
            ("vault.location", location, _region(self._vault.get("location")), "vault"),
            ("vault.vault_name", vault.vault_name, vault_name, "vault"),
            ("key.key_name", "" if key.existing_id else key.key_name, key_name, "key"),
        )
        for argument, wanted, current, resource in candidates:
            # Without a name Pulumi keeps the one that it generated.
            if wanted and current and wanted != current:
                yield _line(
                    self._args.setting_names.name(argument),
                    current,
                    wanted,
                    f"the change deletes the {resource} and creates another; Adobe may treat the loss of the key as "
                    "deliberate revocation and permanently delete the data",
                    _way_out(in_use),
                )
        args, created = self._args, self._created
        owners = ownership_changes(args.vault, args.key, args.adopt, created)
        for argument, current, wanted, reason in (*owners, *scope_changes(args.access, created)):
            yield _line(args.setting_names.name(argument), current, wanted, reason, _way_out(in_use))

    def _properties(self) -> Iterator[str]:
        """Properties that Azure fixes at creation; it ignores or rejects later changes."""
        vault, key = self._args.vault, self._args.key
        if vault.vault_name not in ("", self._vault.get("name")):
            return
        days = (self._vault.get("properties") or {}).get("softDeleteRetentionInDays")
        if days and not self._args.adopt and days != vault.soft_delete_retention_days:
            yield _line(
                self._args.setting_names.name("vault.soft_delete_retention_days"),
                days,
                vault.soft_delete_retention_days,
                "Azure fixes it when it creates the vault",
                "set it back",
            )
        if key.key_name != self._key.get("name"):
            return
        names = self._args.setting_names
        for label, wanted, has in (
            (names.name("key.key_type"), key.key_type, self._key.get("kty")),
            (names.name("key.key_size"), key.key_size, self._key.get("keySize")),
            ("the key's operations in the program", sorted(KEY_OPERATIONS), self._operations()),
        ):
            if has and wanted != has:
                yield _line(
                    label,
                    has,
                    wanted,
                    f"Azure fixes it when it creates the key {self._key['name']} and ignores later changes",
                    f"set it back. To use another key, see {RUNBOOK}, Another key",
                )

    def _role_name(self) -> Iterator[str]:
        """Azure has one assignment of a role to a principal on a scope: the recorded one is kept under its name."""
        recorded = str(self._created.get(ROLE_ASSIGNMENT_TYPE, {}).get("name") or "")
        wanted = self._args.access.role_assignment_name
        if recorded and wanted.lower() not in ("", recorded.lower()):
            yield _line(
                self._args.setting_names.name("access.role_assignment_name"),
                recorded,
                wanted,
                "this stack has the role assignment already, and another one would take Adobe's access away in between",
                "unset it",
            )

    def _operations(self) -> list[str]:
        """Operations of the key in the state: more than the program's do no harm, and too few for Adobe are a finding."""
        has = set(self._key.get("keyOps") or [])
        is_for_the_preflight = not {"wrapKey", "unwrapKey"} <= has
        return sorted(KEY_OPERATIONS if is_for_the_preflight or set(KEY_OPERATIONS) <= has else has)

    def _configuration(self) -> Iterator[str]:
        names, configuration = self._args.setting_names, self._args.configuration
        meant = confirmation(self._sent["imsOrgId"], self._sent["configName"])
        if not configuration.activate:
            yield (
                f"{names.name('configuration.activate')} is unset, but the configuration {self._sent['configName']!r} "
                f"{self._was} sent to Adobe and cannot be withdrawn. Without the setting, this stack stops tracking the "
                f"configuration and no longer reports drift. Fix: {names.instruction('configuration.activate', meant)}"
            )
        organization = self._args.organization
        wanted = {
            "imsOrgId": organization.ims_org_id,
            "region": organization.region,
            "configName": configuration.config_name,
        }
        arguments = {
            "imsOrgId": "organization.ims_org_id",
            "region": "organization.region",
            "configName": "configuration.config_name",
        }
        for name, reason in immutable_changes(self._sent, wanted):
            yield f"{names.name(arguments[name])}: {reason}"


def _line(name: str, current: object, wanted: object, reason: str, next_step: str) -> str:
    return f"{name} cannot change from {_text(current)} to {_text(wanted)}: {reason}. Fix: {next_step}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return repr(", ".join(value))
    return repr(value) if isinstance(value, str) else f"{value:.0f}"


def _way_out(in_use: bool) -> str:
    if in_use:
        return f"set it back. Adobe's API cannot change the vault or the key: contact Adobe support ({RUNBOOK}, Another key)"
    return f"set it back. As nothing was sent to Adobe yet, you can release the guards first ({RUNBOOK}, Another key)"


def _region(location: str | None) -> str:
    """The name in Azure's short form: West Europe and westeurope are the same region."""
    return (location or "").replace(" ", "").lower()
