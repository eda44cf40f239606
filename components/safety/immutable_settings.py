"""Refuses a change of what is immutable once it is created, before anything is declared, in preview as in up.

Without it Azure would ignore a change of the key's properties (its PUT is create-if-not-exist), and the engine would answer
a change of a name with the advice to take the protection off. What was created is what Pulumi's state holds of it: the
settings alone do not tell what an earlier run created.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pulumi

from ..adobe.api.configuration_request import immutable_changes
from ..arguments import CustomerManagedKeysArgs
from ..constants import (
    APP_REGISTRATION_TYPE,
    KEY_CONFIGURATION_TYPE,
    KEY_OPERATIONS,
    KEY_TYPE,
    RESOURCE_GROUP_TYPE,
    RUNBOOK,
    SUBMISSION_ATTEMPT_TYPE,
    VAULT_TYPE,
    confirmation,
)
from .stack_state import StackResources


class ImmutableSettingsChanged(pulumi.RunError):
    """A setting would change what cannot be changed; the message has one line for each."""


def refuse_changes(args: CustomerManagedKeysArgs, created: StackResources) -> None:
    """Compare the arguments with what this stack has created.

    :param created: as `created_by_stack` returns it.
    :raises ImmutableSettingsChanged: naming every change, with the reason and the right procedure.
    """
    found = [f"  - {line}" for line in _Comparison(args, created).changes()]
    if found:
        raise ImmutableSettingsChanged(
            "These settings are immutable after creation; nothing was changed:\n" + "\n".join(found)
        )
    key, vault = created.get(KEY_TYPE), created.get(VAULT_TYPE)
    if key and vault and (key.get("tags") or {}) != args.tags:
        tags = " ".join(shlex.quote(f"{tag}={value}") for tag, value in args.tags.items()) or "''"
        pulumi.log.warn(
            f"the key {key['name']} keeps the tags that it was created with: Azure ignores a change. To change them: "
            f"az keyvault key set-attributes --vault-name {vault['name']} --name {key['name']} --tags {tags}"
        )


class _Comparison:
    """The arguments beside what the stack has created; each method yields one text for each change."""

    def __init__(self, args: CustomerManagedKeysArgs, created: StackResources) -> None:
        self._args = args
        self._group = created.get(RESOURCE_GROUP_TYPE, {})
        self._vault = created.get(VAULT_TYPE, {})
        self._key = created.get(KEY_TYPE, {})
        self._app = created.get(APP_REGISTRATION_TYPE, {})
        # What the trace of a run that was cut off at the submission names may have been sent.
        self._was = "was" if KEY_CONFIGURATION_TYPE in created else "may have been"
        self._sent = created.get(KEY_CONFIGURATION_TYPE) or created.get(SUBMISSION_ATTEMPT_TYPE, {})

    def changes(self) -> Iterator[str]:
        yield from self._moves()
        yield from self._properties()
        org_id = self._args.organization.ims_org_id
        if self._sent:
            yield from self._configuration()
            yield from self._lost()
        elif self._app and self._app["imsOrgId"] != org_id:
            yield self._line(
                "organization.ims_org_id",
                org_id,
                f"this stack was made for {self._app['imsOrgId']}",
                "set it back, and make a stack of its own for another organisation (pulumi stack init)",
            )

    def _moves(self) -> Iterator[str]:
        """What creates Azure resources anew and deletes the old; the guards must be off, and nothing sent, to do that."""
        in_use = bool(self._sent or self._args.configuration.activate)
        if not self._args.protect and not in_use:
            return
        vault, key = self._args.vault, self._args.key
        candidates = (
            ("vault.resource_group_name", vault.resource_group_name, self._group.get("name"), "resource group"),
            ("vault.location", _region(vault.location), _region(self._vault.get("location")), "vault's region"),
            ("vault.vault_name", vault.vault_name, self._vault.get("name"), "vault"),
            ("key.key_name", key.key_name, self._key.get("name"), "key"),
        )
        for argument, wanted, current, thing in candidates:
            # Without a name Pulumi keeps the one that it generated.
            if wanted and current and wanted != current:
                yield self._line(
                    argument,
                    wanted,
                    f"the {thing} is {current!r}: a change makes a new one and deletes the old one, and the loss of the key "
                    "may be treated by Adobe as deliberate revocation, with permanent deletion of the data",
                    _way_out(in_use),
                )

    def _properties(self) -> Iterator[str]:
        """What Azure fixes when it creates a thing, and ignores or refuses later."""
        vault, key = self._args.vault, self._args.key
        if vault.vault_name not in ("", self._vault.get("name")):
            return
        days = (self._vault.get("properties") or {}).get("softDeleteRetentionInDays")
        if days and days != vault.soft_delete_retention_days:
            yield self._line(
                "vault.soft_delete_retention_days",
                vault.soft_delete_retention_days,
                f"the vault has {days:.0f}, which Azure fixes when a vault is made",
                f"set it back to {days:.0f}",
            )
        if key.key_name != self._key.get("name"):
            return
        names = self._args.setting_names
        for label, wanted, has in (
            (names.name("key.key_type"), key.key_type, self._key.get("kty")),
            (names.name("key.key_size"), key.key_size, self._key.get("keySize")),
            ("the program's list of the key's operations", sorted(KEY_OPERATIONS), sorted(self._key.get("keyOps") or [])),
        ):
            if has and wanted != has:
                yield (
                    f"{label} would become {_text(wanted)}, and the key {self._key['name']} is made with {_text(has)}: "
                    "Azure fixes it when a key is made, and ignores a change. "
                    f"Fix: set it back; {RUNBOOK}, Another key, tells how to get one"
                )

    def _configuration(self) -> Iterator[str]:
        names, configuration = self._args.setting_names, self._args.configuration
        meant = confirmation(self._sent["imsOrgId"], self._sent["configName"])
        if not configuration.activate:
            yield (
                f"{names.name('configuration.activate')} is unset, and the configuration {self._sent['configName']!r} "
                f"{self._was} sent to Adobe, which cannot be taken back: this stack would only forget it, and with it the "
                "warnings. "
                f"Fix: {names.instruction('configuration.activate', meant)}"
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

    def _lost(self) -> Iterator[str]:
        """Once something was sent, no vault and no key is created: Adobe needs the ones that it knows, not empty ones."""
        vault, key = urlsplit(self._sent["keyVaultUri"]).netloc.split(".")[0], self._sent["keyName"]
        recover, thing = f"az keyvault recover --name {vault}", f"the vault {vault}"
        if self._vault:
            recover, thing = f"az keyvault key recover --vault-name {vault} --name {key}", f"the key {key}"
        if not (self._vault and self._key):
            yield (
                f"{thing}, which {self._was} sent to Adobe, is no longer in this stack's state, and no other is created in "
                "its place. Adobe may treat its loss as deliberate revocation and permanently delete the data: act at once. "
                f"Fix: {recover} if it was deleted, then restore the stack's state of before ({RUNBOOK}, Lost state)"
            )

    def _line(self, argument: str, wanted: object, fact: str, next_step: str) -> str:
        return f"{self._args.setting_names.name(argument)} would become {str(wanted)!r}, and {fact}. Fix: {next_step}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return repr(", ".join(value))
    return repr(value) if isinstance(value, str) else f"{value:.0f}"


def _way_out(in_use: bool) -> str:
    if in_use:
        return f"set it back; Adobe has no call to change vault or key, ask its support ({RUNBOOK}, Another key)"
    return f"set it back; or, as nothing was sent to Adobe yet, take the guards off first ({RUNBOOK}, Another key)"


def _region(location: str | None) -> str:
    """West Europe and westeurope are the same to Azure."""
    return (location or "").replace(" ", "").lower()
