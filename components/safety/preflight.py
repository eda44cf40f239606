"""Looks at vault, key, service principal and role as they are in Azure now, not as they were declared: on every run.

Before the configuration is submitted, a finding stops it. Later each is a warning: Adobe has lost the key, or is about to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_azuread as azuread
from pulumi_azure_native import authorization, keyvault

from ..adobe.api.clock import Clock, SystemClock
from ..adobe.api.evidence import Look
from . import requirements
from .requirements import Finding

clock: Clock = SystemClock()


@dataclass(frozen=True, kw_only=True)
class PreflightArgs:
    """What to look at, and how the key was declared."""

    resource_group_name: pulumi.Input[str]
    vault_name: pulumi.Input[str]
    vault_id: pulumi.Input[str]
    key_name: pulumi.Input[str]
    key_type: str
    key_size: int
    """Bits."""
    tenant_id: pulumi.Input[str]
    application_id: pulumi.Input[str]
    principal_id: pulumi.Input[str]
    role_assignment_id: pulumi.Input[str]


def preflight(
    args: PreflightArgs, opts: pulumi.InvokeOptions, after: pulumi.Input[object]
) -> pulumi.Output[dict[str, object]]:
    """What was seen, by subject (`evidence.Look.property`): what Adobe requires, what was found, how to fix it.

    Each look is taken as soon as what it looks at is known, so that none hides what another finds.

    :param opts: whose providers the lookups use.
    :param after: what the looks wait for.
    """
    looks = _Looks(opts)
    vault = pulumi.Output.all(args.resource_group_name, args.vault_name, args.tenant_id)
    key = pulumi.Output.all(args.resource_group_name, args.vault_name, args.key_name, args.key_type, args.key_size)
    principal = pulumi.Output.all(args.application_id, args.principal_id)
    role = pulumi.Output.all(args.role_assignment_id, args.principal_id, args.vault_id, args.key_name)
    subjects = (
        ("vault", vault, looks.vault),
        ("key", key, looks.key),
        ("service principal", principal, looks.principal),
        ("role assignment", role, looks.role),
    )
    seen = {subject: _seen_after(after, facts, subject, look) for subject, facts, look in subjects}
    return pulumi.Output.all(**seen)


def _seen_after(
    after: pulumi.Input[object], facts: pulumi.Output[list[Any]], subject: str, look: Callable[..., Iterator[Finding]]
) -> pulumi.Output[dict[str, object]]:
    def taken(known: list[Any]) -> dict[str, object]:
        if any(fact is None for fact in known[1]):
            # A refresh with the program, before it is created: there is nothing to look at, and nothing was seen.
            return {}
        found, at = list(look(*known[1])), clock.now()
        for finding in found:
            pulumi.log.warn(finding.text)
        return Look(subject, at, tuple(finding.text for finding in found if finding.is_blocking)).property()

    return pulumi.Output.all(after, facts).apply(taken)


class _Looks:
    """The four lookups, and the judgement over what each returns."""

    def __init__(self, opts: pulumi.InvokeOptions) -> None:
        self._opts = opts

    def vault(self, resource_group_name: str, name: str, tenant_id: str) -> Iterator[Finding]:
        return _seen(
            f"vault {name}",
            lambda: keyvault.get_vault(resource_group_name=resource_group_name, vault_name=name, opts=self._opts),
            lambda vault: requirements.of_vault(name, vault.properties, tenant_id),
            f"az keyvault recover --name {name}, then pulumi refresh and pulumi up",
        )

    def key(self, resource_group_name: str, vault_name: str, name: str, key_type: str, key_size: int) -> Iterator[Finding]:
        return _seen(
            f"key {name}",
            lambda: keyvault.get_key(
                resource_group_name=resource_group_name, vault_name=vault_name, key_name=name, opts=self._opts
            ),
            lambda key: requirements.of_key(vault_name, key, clock.now(), key_type=key_type, key_size=key_size),
            f"az keyvault key recover --vault-name {vault_name} --name {name}. {requirements.LOSS}",
        )

    def principal(self, application_id: str, object_id: str) -> Iterator[Finding]:
        return _seen(
            f"service principal of Adobe's app {application_id}",
            lambda: azuread.get_service_principal(client_id=application_id, opts=self._opts),
            lambda principal: requirements.of_principal(principal, object_id),
            "restore it in Entra ID (deleted applications), then pulumi refresh and pulumi up",
        )

    def role(self, role_assignment_id: str, principal_id: str, vault_id: str, key_name: str) -> Iterator[Finding]:
        scope, _, name = role_assignment_id.partition("/providers/Microsoft.Authorization/roleAssignments/")
        return _seen(
            "role assignment of Adobe's app",
            lambda: authorization.get_role_assignment(scope=scope, role_assignment_name=name, opts=self._opts),
            lambda role: requirements.of_role(role, principal_id, f"{vault_id}/keys/{key_name}"),
            requirements.REPAIR,
        )


def _seen(what: str, look: Callable[[], Any], judge: Callable[[Any], Iterator[Finding]], if_gone: str) -> Iterator[Finding]:
    try:
        seen = look()
    except Exception as error:  # noqa: BLE001 - Pulumi raises no narrower class for a failed lookup
        yield Finding(f"{what}: must be there and readable; the lookup said: {error}. Fix: {if_gone}")
        return
    yield from judge(seen)
