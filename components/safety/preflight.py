"""Preflight checks: whether the vault, the key, the service principal and the role in Azure are as Adobe requires.

The checks read the current state of Azure, not what was declared, and run every time. They block only before submission;
otherwise they warn that Adobe has lost access to the key or is about to lose it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pulumi
from pulumi_azure_native import authorization

from ..adobe.api.clock import Clock, SystemClock
from ..adobe.api.evidence import Look
from ..arguments.groups import KeyArgs
from ..constants import ROLE_ASSIGNMENTS
from . import requirements
from .absence import DIRECTORY_READER, READER, is_absence, unreadable
from .finding import Finding, loss
from .key_versions import ListVersions, of_earlier_versions
from .lookups import GetPrincipal, KeyVaultLookups
from .requirements import DeclaredKey
from .revocation_step import Revocation
from .rotation import of_rotation_policy

clock: Clock = SystemClock()
ROLE_READER = f"{READER} on the vault (Microsoft.Authorization/roleAssignments/read)"


def now() -> datetime:
    """The present moment, UTC."""
    return clock.now()


@dataclass(frozen=True, kw_only=True)
class PreflightArgs:
    """What to check, and how the key was declared."""

    resource_group_name: pulumi.Input[str]
    vault_name: pulumi.Input[str]
    vault_id: pulumi.Input[str]
    key_name: pulumi.Input[str]
    declared: DeclaredKey | None
    """None for a key that Azure did not generate for this stack."""
    sent_version: str | None
    """Version of the key that Adobe was sent; empty when it is unknown, None before a submission."""
    tenant_id: pulumi.Input[str]
    application_id: pulumi.Input[str]
    principal_id: pulumi.Input[str]
    role_assignment_id: pulumi.Input[str]
    revocation: Revocation


def preflight(
    args: PreflightArgs,
    key_vault: KeyVaultLookups,
    list_versions: ListVersions,
    get_principal: GetPrincipal,
    opts: pulumi.InvokeOptions,
    after: pulumi.Input[object],
) -> pulumi.Output[dict[str, object]]:
    """Run the four checks and return their results by subject (`evidence.Look.property`).

    Each check runs as soon as its inputs are known, so that a failing one does not hide the findings of the others.

    :param list_versions: lists the versions of a key that was rotated.
    :param opts: select the provider of the other lookups.
    :param after: what the checks wait for.
    """
    looks = _Looks(key_vault, get_principal, opts, args.declared, args.sent_version, list_versions)
    vault = pulumi.Output.all(args.resource_group_name, args.vault_name, args.tenant_id)
    key = pulumi.Output.all(args.resource_group_name, args.vault_name, args.key_name)
    principal = pulumi.Output.all(args.application_id, args.principal_id)
    role = pulumi.Output.all(args.role_assignment_id, args.principal_id, args.vault_id, args.key_name)
    subjects: list[tuple[str, pulumi.Output[list[Any]], Callable[..., Iterator[Finding]]]] = [
        ("vault", vault, looks.vault),
        ("key", key, looks.key),
        ("service principal", principal, looks.principal),
    ]
    if args.revocation.declares_role:
        subjects.append(("role assignment", role, looks.role))
    elif args.revocation is Revocation.IN_FORCE:
        # Another subject: no evidence for a submission.
        subjects.append(("revoked role assignment", role, looks.revoked_role))
    seen = {subject: _seen_after(after, facts, subject, look) for subject, facts, look in subjects}
    return pulumi.Output.all(**seen)


def _seen_after(
    after: pulumi.Input[object], facts: pulumi.Output[list[Any]], subject: str, look: Callable[..., Iterator[Finding]]
) -> pulumi.Output[dict[str, object]]:
    def taken(known: list[Any]) -> dict[str, object]:
        if any(fact is None for fact in known[1]):
            # A refresh with the program before the resource exists: there is nothing to check yet.
            return {}
        try:
            found, at = list(look(*known[1])), clock.now()
        except _RunHasFailed:
            return {}
        for finding in found:
            pulumi.log.warn(finding.text)
        return Look(subject, at, tuple(finding.text for finding in found if finding.is_blocking)).property()

    return pulumi.Output.all(after, facts).apply(taken)


class _RunHasFailed(Exception):
    """The engine is ending the run because of an error elsewhere, and takes no more lookups: nothing was seen."""


class _Looks:
    """The four checks: each looks its subject up in Azure and compares it with the requirements."""

    def __init__(
        self,
        key_vault: KeyVaultLookups,
        get_principal: GetPrincipal,
        opts: pulumi.InvokeOptions,
        declared_key: DeclaredKey | None,
        sent_version: str | None,
        list_versions: ListVersions,
    ) -> None:
        self._key_vault, self._get_principal, self._opts = key_vault, get_principal, opts
        self._declared_key = declared_key
        self._sent_version, self._list_versions = sent_version, list_versions

    def vault(self, resource_group_name: str, name: str, tenant_id: str) -> Iterator[Finding]:
        return _seen(
            f"vault {name}",
            f"{READER} on the vault (Microsoft.KeyVault/vaults/read)",
            lambda: self._key_vault.get_vault(resource_group_name, name),
            lambda vault: requirements.of_vault(name, vault.properties, tenant_id),
            f"az keyvault recover --name {name}, then pulumi refresh and pulumi up",
        )

    def key(self, resource_group_name: str, vault_name: str, name: str) -> Iterator[Finding]:
        return _seen(
            f"key {name}",
            f"{READER} on the vault (Microsoft.KeyVault/vaults/keys/read)",
            lambda: self._key_vault.get_key(resource_group_name, vault_name, name),
            lambda key: (
                *judged_key(vault_name, key, self._declared_key),
                *of_earlier_versions(vault_name, key, self._sent_version, self._list_versions),
            ),
            f"az keyvault key recover --vault-name {vault_name} --name {name}",
        )

    def principal(self, application_id: str, object_id: str) -> Iterator[Finding]:
        return _seen(
            f"service principal of Adobe's app {application_id}",
            DIRECTORY_READER,
            lambda: self._get_principal(application_id),
            lambda principal: requirements.of_principal(principal, object_id),
            "restore it in Entra ID (deleted applications), then pulumi refresh and pulumi up",
        )

    def role(self, role_assignment_id: str, principal_id: str, vault_id: str, key_name: str) -> Iterator[Finding]:
        return _seen(
            "role assignment of Adobe's app",
            ROLE_READER,
            lambda: self._assignment(role_assignment_id),
            lambda role: requirements.of_role(role, principal_id, f"{vault_id}/keys/{key_name}"),
            requirements.REPAIR,
        )

    def revoked_role(self, role_assignment_id: str, *_facts: str) -> Iterator[Finding]:
        there = Finding(
            f"role assignment of Adobe's app: must be absent, because it is revoked; found: {role_assignment_id}. "
            f"Fix: delete the lock on the vault, then az role assignment delete --ids {role_assignment_id}"
        )
        return _seen(
            "revoked role assignment of Adobe's app",
            ROLE_READER,
            lambda: self._assignment(role_assignment_id),
            lambda _: [there],
            if_gone=None,
        )

    def _assignment(self, arm_id: str) -> Any:
        scope, _, name = arm_id.partition(ROLE_ASSIGNMENTS)
        return authorization.get_role_assignment(scope=scope, role_assignment_name=name, opts=self._opts)


def declared_key(key: KeyArgs) -> DeclaredKey | None:
    """How a stack declares its key; None for one that Azure does not generate for it."""
    return DeclaredKey(key.key_type, key.key_size, key.rotate_after_days) if key.is_generated else None


def judged_key(vault_name: str, key: Any, declared: DeclaredKey | None) -> Iterator[Finding]:
    """All findings of a key, as `get_key` returns it."""
    yield from requirements.of_key(vault_name, key, clock.now(), declared)
    yield from of_rotation_policy(vault_name, key, declared.rotate_after_days if declared else None)


def _seen(
    what: str, right: str, look: Callable[[], Any], judge: Callable[[Any], Iterable[Finding]], if_gone: str | None
) -> Iterator[Finding]:
    """:param what: is looked at. right: that the identity needs to read it.

    :param if_gone: what to do when it does not exist; None when it should not.
    """
    try:
        seen = look()
    except Exception as error:  # noqa: BLE001 - Pulumi raises no narrower class for a failed lookup
        if "client connection is closing" in str(error):
            raise _RunHasFailed from None
        if not is_absence(error):
            yield Finding(f"{what}: {unreadable(error, right)}")
        elif if_gone is not None:
            yield loss(f"{what}: must exist; found: {error}. Fix: {if_gone}")
        return
    yield from judge(seen)
