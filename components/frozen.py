"""Refuses a change of what is fixed once it is made, before anything is declared, in preview as in up.

Without it Azure would ignore a change of the key's properties (its PUT is create-if-not-exist), and the engine would answer
a change of a name with the advice to take the protection off. What was made is what Pulumi's state holds of it: the
settings alone do not tell what an earlier run made.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pulumi

from .adobe.key_configuration import fixed_mistakes
from .encryption_key import OPERATIONS
from .guards import RUNBOOK
from .settings import NAMESPACE, Settings
from .stack_state import APP, CONFIGURATION, GROUP, KEY, VAULT, Made, made_by_stack


class Frozen(pulumi.RunError):
    """A setting would change what cannot be changed; the message has one line for each."""


def refuse_changes(name: str, settings: Settings, location: str) -> None:
    """Compare the settings with what this stack has made.

    :param name: the name that the program gives its components.
    :param location: Azure region of the stack, empty when the provider is to know it.
    :raises Frozen: naming every change, with the reason and the right procedure.
    :raises StateUnreadable: when nobody can tell what is made.
    """
    made = made_by_stack(name)
    found = [f"  - {line}" for line in changes(settings, location, made)]
    if found:
        raise Frozen("what is made already cannot be changed this way; nothing was changed:\n" + "\n".join(found))
    key, vault = made.get(KEY), made.get(VAULT)
    if key and vault and (key.get("tags") or {}) != settings.tags:
        tags = " ".join(shlex.quote(f"{tag}={value}") for tag, value in settings.tags.items()) or "''"
        pulumi.log.warn(
            f"the key {key['name']} keeps the tags that it was made with: Azure ignores a change. To change them: "
            f"az keyvault key set-attributes --vault-name {vault['name']} --name {key['name']} --tags {tags}"
        )


def changes(settings: Settings, location: str, made: Made) -> Iterator[str]:
    """One text for each change of what is fixed."""
    sent = CONFIGURATION in made
    yield from _moves(settings, location, made, in_use=sent or bool(settings.activate))
    yield from _properties(settings, made)
    if sent:
        yield from _configuration(settings, made[CONFIGURATION])
        yield from _lost(settings, made, made[CONFIGURATION])
    elif APP in made and made[APP]["imsOrgId"] != settings.ims_org_id:
        yield _line(
            "imsOrgId",
            settings.ims_org_id,
            f"this stack was made for {made[APP]['imsOrgId']}",
            "set it back, and make a stack of its own for another organisation (pulumi stack init)",
        )


def _moves(settings: Settings, location: str, made: Made, *, in_use: bool) -> Iterator[str]:
    """What makes Azure resources anew and deletes the old ones; the guards must be off, and nothing sent, to do that."""
    if not settings.protect and not in_use:
        return
    group, vault, key = made.get(GROUP, {}), made.get(VAULT, {}), made.get(KEY, {})
    candidates = (
        (f"{NAMESPACE}:resourceGroupName", settings.resource_group_name, group.get("name"), "resource group"),
        ("azure-native:location", _region(location), _region(vault.get("location")), "vault's region"),
        (f"{NAMESPACE}:vaultName", settings.vault_name, vault.get("name"), "vault"),
        (f"{NAMESPACE}:keyName", settings.key_name, key.get("name"), "key"),
    )
    for setting, wanted, is_made, thing in candidates:
        # Without a name Pulumi keeps the one that it made up.
        if wanted and is_made and wanted != is_made:
            yield (
                f"{setting} would become {wanted!r}, and the {thing} is {is_made!r}: a change makes a new one and deletes "
                f"the old one, and the loss of the key may be taken by Adobe as the wish to purge the organisation's data. "
                f"Next: {_way_out(in_use)}"
            )


def _properties(settings: Settings, made: Made) -> Iterator[str]:
    """What Azure fixes when it makes a thing, and ignores or refuses later."""
    vault, key = made.get(VAULT, {}), made.get(KEY, {})
    if settings.vault_name not in ("", vault.get("name")):
        return
    days = (vault.get("properties") or {}).get("softDeleteRetentionInDays")
    if days and days != settings.soft_delete_retention_days:
        yield _line(
            "softDeleteRetentionDays",
            settings.soft_delete_retention_days,
            f"the vault has {days:.0f}, which Azure fixes when a vault is made",
            f"set it back to {days:.0f}",
        )
    if settings.key_name != key.get("name"):
        return
    for label, wanted, has in (
        (f"{NAMESPACE}:keyType", settings.key_type, key.get("kty")),
        (f"{NAMESPACE}:keySize", settings.key_size, key.get("keySize")),
        ("the program's list of the key's operations", sorted(OPERATIONS), sorted(key.get("keyOps") or [])),
    ):
        if has and wanted != has:
            yield (
                f"{label} would become {_text(wanted)}, and the key {key['name']} is made with {_text(has)}: Azure fixes it "
                f"when a key is made, and ignores a change. Next: set it back; {RUNBOOK}, Another key, tells how to get one"
            )


def _configuration(settings: Settings, sent: Mapping[str, Any]) -> Iterator[str]:
    if not settings.activate:
        yield (
            f"{NAMESPACE}:activate is unset, and the configuration {sent['configName']!r} was sent to Adobe, which cannot "
            "be taken back: this stack would only forget it, and with it the warnings. "
            f"Next: pulumi config set {NAMESPACE}:activate {sent['imsOrgId']}"
        )
    wanted = {"imsOrgId": settings.ims_org_id, "region": settings.region, "configName": settings.config_name}
    for name, reason in fixed_mistakes(sent, wanted):
        yield f"{NAMESPACE}:{name}: {reason}"


def _lost(settings: Settings, made: Made, sent: Mapping[str, Any]) -> Iterator[str]:
    """A vault or key that a refresh found gone would be made anew, empty, while Adobe needs the one that was sent."""
    vault, key = urlsplit(sent["keyVaultUri"]).netloc.split(".")[0], sent["keyName"]
    if VAULT not in made and settings.vault_name != vault:
        yield (
            f"the vault {vault}, which was sent to Adobe, is gone. Next: az keyvault recover --name {vault}, then "
            f"pulumi config set {NAMESPACE}:vaultName {vault}, and {NAMESPACE}:resourceGroupName to its group, so that "
            f"`pulumi up` takes it back ({RUNBOOK})"
        )
    elif KEY not in made and settings.key_name != key:
        yield (
            f"the key {key}, which was sent to Adobe, is gone. Next: az keyvault key recover --vault-name {vault} "
            f"--name {key}, then pulumi config set {NAMESPACE}:keyName {key}, so that `pulumi up` takes it back"
        )


def _line(setting: str, wanted: object, fact: str, next_step: str) -> str:
    return f"{NAMESPACE}:{setting} would become {str(wanted)!r}, and {fact}. Next: {next_step}"


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
