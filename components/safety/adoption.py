"""Whether what somebody set up by hand fits Adobe, judged before it is taken into the state (`adopt`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi

from ..arguments.component import CustomerManagedKeysArgs
from . import preflight, requirements
from .absence import DIRECTORY_READER, is_absence, unreadable
from .finding import Finding
from .lookups import GetPrincipal
from .takeover import CannotTakeOver, Existing


def principal_of_app(application_id: str, get_principal: GetPrincipal) -> Any:
    """The app's service principal in the tenant; None when there is none.

    :raises CannotTakeOver: it could not be read.
    """
    try:
        return get_principal(application_id)
    except Exception as error:  # noqa: BLE001 - Pulumi raises no narrower class for a failed lookup
        if is_absence(error):
            return None
        what = f"The service principal of Adobe's app {application_id}"
        raise CannotTakeOver(f"{what} {unreadable(error, DIRECTORY_READER)}") from None


def refuse_unfit(
    existing: Existing,
    args: CustomerManagedKeysArgs,
    tenant_id: str,
    principal: Any,
    principal_id: str,
) -> None:
    """Judge what is about to be taken over, and tell what stays different from the settings.

    :param principal: of Adobe's app (`principal_of_app`), None when the state holds it. principal_id: its object id.
    :raises CannotTakeOver: naming everything that Adobe would not take.
    """
    if not existing.imported:
        return
    found = list(_findings(existing, args, tenant_id, principal, principal_id))
    blocking = [f"  - {finding.text}" for finding in found if finding.is_blocking]
    if blocking:
        raise CannotTakeOver("Not adopted: Adobe requires these changes; nothing was changed:\n" + "\n".join(blocking))
    for line in _differences(existing, args):
        pulumi.log.info(line)


def _findings(
    existing: Existing, args: CustomerManagedKeysArgs, tenant_id: str, principal: Any, principal_id: str
) -> Iterator[Finding]:
    seen = existing.seen or {}
    vault, key, role = seen.get("vault"), seen.get("key"), seen.get("role assignment")
    if vault:
        yield from requirements.of_vault(vault.name, vault.properties, tenant_id)
    if vault and key:
        yield from preflight.judged_key(vault.name, key, preflight.declared_key(args.key))
    if principal:
        yield from requirements.of_principal(principal, principal_id)
    if role and key and principal_id:
        another = args.setting_names.instruction("access.role_assignment_name", "<name>")
        scope = key.id.partition("/keys/")[0]
        list_names = f"az role assignment list --scope {scope} --assignee {principal_id} --query [].name -o tsv"
        yield from requirements.of_role(role, principal_id, key.id, f"{list_names}, then {another}")


def _differences(existing: Existing, args: CustomerManagedKeysArgs) -> Iterator[str]:
    """One line for each thing that is as somebody made it, and not as the settings say."""
    seen = existing.seen or {}
    for subject in ("resource group", "vault", "key"):
        found = seen.get(subject)
        if not found:
            continue
        yield f"Adopted as it is: {subject} {found.name}"
        if (found.tags or {}) != args.tags:
            yield f"  {subject} {found.name} keeps its tags {dict(found.tags or {})}"
    vault = seen.get("vault")
    if vault:
        rules, days = vault.properties.network_acls, vault.properties.soft_delete_retention_in_days
        addresses = ", ".join(rule.value for rule in (rules.ip_rules if rules else None) or []) or "none"
        yield (
            f"  vault {vault.name} keeps its network rules (default action {rules.default_action if rules else 'Allow'}, "
            f"addresses {addresses}) and its retention of {days or 90:.0f} days"
        )
