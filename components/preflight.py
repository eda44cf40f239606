"""Looks at vault, key, role and service principal as they are now, before the configuration is sent to Adobe.

What Adobe requires: "Configure an Azure Key Vault for customer-managed keys", "Alert resolution reference" and "IP address
access". It looks at the live facts and not at what was declared: somebody may have changed them since.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pulumi
import pulumi_azuread as azuread
from pulumi_azure_native import authorization, keyvault

from .adobe_access import ENCRYPTION_USER_ROLE

# Adobe, "IP address access": the address that its key monitor comes from.
ADOBE_ADDRESS = "20.88.123.53"
# An expiry nearer than this stops the configuration, a later one is warned of.
EXPIRY_IN_REACH = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class PreflightArgs:
    """What to look at."""

    resource_group_name: pulumi.Input[str]
    vault_name: pulumi.Input[str]
    vault_id: pulumi.Input[str]
    key_name: pulumi.Input[str]
    tenant_id: pulumi.Input[str]
    application_id: pulumi.Input[str]
    principal_id: pulumi.Input[str]
    role_assignment_id: pulumi.Input[str]


def preflight(args: PreflightArgs) -> pulumi.Output[list[str]]:
    """One text for each thing that would make Adobe fail: what Adobe requires, what was found, how to mend it."""
    return pulumi.Output.all(**vars(args)).apply(_told)


def _told(names: dict[str, str]) -> list[str]:
    """The findings, as warnings too: with the configuration sent long ago, each means that Adobe is losing the key."""
    found = list(findings(names, datetime.now(UTC)))
    for finding in found:
        pulumi.log.warn(finding)
    return found


def findings(names: dict[str, str], now: datetime) -> Iterator[str]:
    """Look, and yield what is wrong; every check is made, whatever the others found."""
    vault_name, key_name = names["vault_name"], names["key_name"]
    yield from _seen(
        f"vault {vault_name}",
        lambda: keyvault.get_vault(resource_group_name=names["resource_group_name"], vault_name=vault_name),
        lambda vault: _vault_findings(vault_name, vault.properties, names["tenant_id"]),
    )
    yield from _seen(
        f"key {key_name}",
        lambda: keyvault.get_key(resource_group_name=names["resource_group_name"], vault_name=vault_name, key_name=key_name),
        lambda key: _key_findings(vault_name, key, now),
    )
    yield from _seen(
        f"service principal of Adobe's app {names['application_id']}",
        lambda: azuread.get_service_principal(client_id=names["application_id"]),
        lambda principal: _principal_findings(principal, names["principal_id"]),
    )
    scope, _, name = names["role_assignment_id"].partition("/providers/Microsoft.Authorization/roleAssignments/")
    yield from _seen(
        "role assignment of Adobe's app",
        lambda: authorization.get_role_assignment(scope=scope, role_assignment_name=name),
        lambda role: _role_findings(role, names["principal_id"], f"{names['vault_id']}/keys/{key_name}"),
    )


def _seen(what: str, look: Callable[[], Any], judge: Callable[[Any], Iterator[str]]) -> Iterator[str]:
    try:
        seen = look()
    except Exception as error:  # noqa: BLE001 - Pulumi raises no narrower class for a failed lookup
        yield f"{what}: must be there and readable; the lookup said: {error}. Mend: pulumi refresh, then pulumi up"
        return
    yield from judge(seen)


def _vault_findings(name: str, vault: Any, tenant_id: str) -> Iterator[str]:
    update = f"az keyvault update --name {name}"
    wanted = (
        (vault.enable_purge_protection is True, "purge protection", "off", f"{update} --enable-purge-protection true"),
        (vault.enable_soft_delete is not False, "soft delete", "off", f"{update} --enable-soft-delete true"),
        (
            vault.enable_rbac_authorization is True,
            "Azure RBAC",
            "access policies",
            f"{update} --enable-rbac-authorization true",
        ),
        (vault.tenant_id == tenant_id, f"tenant {tenant_id}", f"tenant {vault.tenant_id}", "use a vault of this tenant"),
    )
    for holds, required, found, mend in wanted:
        if not holds:
            yield f"vault {name}: Adobe requires {required}; found: {found}. Mend: {mend}"
    rules = vault.network_acls
    if str(vault.public_network_access).lower() == "disabled":
        yield (
            f"vault {name}: Adobe requires network access; found: public network access disabled. "
            f"Mend: {update} --public-network-access Enabled"
        )
    elif rules is not None and rules.default_action == "Deny":
        if rules.bypass != "AzureServices":
            yield (
                f"vault {name}: Adobe requires that trusted Microsoft services bypass the firewall; found: bypass "
                f"{rules.bypass}. Mend: {update} --bypass AzureServices"
            )
        if not _lets_in([rule.value for rule in rules.ip_rules or []]):
            yield (
                f"vault {name}: Adobe requires its address {ADOBE_ADDRESS} in the firewall; found: not there. "
                f"Mend: az keyvault network-rule add --name {name} --ip-address {ADOBE_ADDRESS}"
            )


def _lets_in(ranges: Sequence[str]) -> bool:
    address = ipaddress.ip_address(ADOBE_ADDRESS)
    return any(address in ipaddress.ip_network(value, strict=False) for value in ranges)


def _key_findings(vault_name: str, key: Any, now: datetime) -> Iterator[str]:
    label = f"key {key.name}"
    another = "make another key: a key's type, size and operations are fixed in Azure"
    if key.kty not in ("RSA", "RSA-HSM"):
        yield f"{label}: Adobe requires RSA or RSA-HSM; found: {key.kty}. Mend: {another}"
    if (key.key_size or 0) < 3072:
        yield f"{label}: Adobe requires 3072 bits or more; found: {key.key_size:.0f}. Mend: {another}"
    if not {"wrapKey", "unwrapKey"} <= set(key.key_ops or []):
        yield f"{label}: Adobe requires wrapKey and unwrapKey; found: {', '.join(key.key_ops or [])}. Mend: {another}"
    set_attributes = f"az keyvault key set-attributes --vault-name {vault_name} --name {key.name}"
    attributes = key.attributes
    if attributes.enabled is False:
        yield f"{label}: Adobe requires it enabled; found: disabled. Mend: {set_attributes} --enabled true"
    if attributes.not_before and attributes.not_before > now.timestamp():
        yield f"{label}: Adobe requires it valid now; found: not before {_day(attributes.not_before)}. Mend: wait until then"
    if attributes.expires:
        fact = f"{label}: must not expire; found: expires on {_day(attributes.expires)}"
        if attributes.expires < (now + EXPIRY_IN_REACH).timestamp():
            yield f"{fact}. Mend: {set_attributes} --expires <a date far away>, or another key without expiry"
        else:
            pulumi.log.warn(f"{fact}. Adobe loses the key on that day; move it in time")


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


def _principal_findings(principal: Any, principal_id: str) -> Iterator[str]:
    if principal.object_id != principal_id:
        yield (
            f"service principal: must be the one with the role, {principal_id}; found: {principal.object_id}. "
            "Mend: pulumi refresh, then pulumi up"
        )
    if principal.account_enabled is False:
        yield (
            "service principal: must be enabled; found: disabled. "
            f"Mend: az ad sp update --id {principal.object_id} --set accountEnabled=true"
        )


def _role_findings(role: Any, principal_id: str, key_id: str) -> Iterator[str]:
    mend = "pulumi refresh, then pulumi up"
    if role.role_definition_id.rsplit("/", 1)[1].lower() != ENCRYPTION_USER_ROLE:
        yield (
            "role assignment: must be Key Vault Crypto Service Encryption User; found: "
            f"{role.role_definition_id}. Mend: {mend}"
        )
    if role.principal_id != principal_id:
        yield f"role assignment: must be of {principal_id}; found: {role.principal_id}. Mend: {mend}"
    if not f"{key_id.lower()}/".startswith(f"{role.scope.lower()}/"):
        yield f"role assignment: must be on the vault or the key; found: {role.scope}. Mend: {mend}"
