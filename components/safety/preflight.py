"""Looks at vault, key, service principal and role as they are in Azure now, not as they were declared: on every run.

Before the configuration is submitted, a finding stops it. Later each is a warning: Adobe has lost the key, or is about to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pulumi
import pulumi_azuread as azuread
from pulumi_azure_native import authorization, keyvault

from . import requirements
from .requirements import Finding


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


def preflight(args: PreflightArgs, opts: pulumi.InvokeOptions) -> pulumi.Output[list[str]]:
    """One text for each thing that would make Adobe fail: what Adobe requires, what was found, how to mend it.

    Each look is taken as soon as what it looks at is known, so that none hides what another finds.

    :param opts: whose providers the lookups use.
    """
    looks = _Looks(opts)
    vault = pulumi.Output.all(args.resource_group_name, args.vault_name, args.tenant_id)
    key = pulumi.Output.all(args.resource_group_name, args.vault_name, args.key_name, args.key_type, args.key_size)
    principal = pulumi.Output.all(args.application_id, args.principal_id)
    role = pulumi.Output.all(args.role_assignment_id, args.principal_id, args.vault_id, args.key_name)
    found = pulumi.Output.all(
        vault.apply(lambda facts: _told(looks.vault(*facts))),
        key.apply(lambda facts: _told(looks.key(*facts))),
        principal.apply(lambda facts: _told(looks.principal(*facts))),
        role.apply(lambda facts: _told(looks.role(*facts))),
    )
    return found.apply(lambda all_of_them: [text for texts in all_of_them for text in texts])


def _told(findings: Iterator[Finding]) -> list[str]:
    """Warn of every finding; the texts of those that stop a submission."""
    found = list(findings)
    for finding in found:
        pulumi.log.warn(finding.text)
    return [finding.text for finding in found if finding.is_blocking]


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
            lambda key: requirements.of_key(vault_name, key, datetime.now(UTC), key_type=key_type, key_size=key_size),
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
        yield Finding(f"{what}: must be there and readable; the lookup said: {error}. Mend: {if_gone}")
        return
    yield from judge(seen)
