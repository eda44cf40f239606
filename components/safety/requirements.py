"""Adobe's requirements for the vault, the key, the service principal and the role, compared with what Azure returns.

Sources: Adobe, "Configure an Azure Key Vault for customer-managed keys", "Alert resolution reference" and "IP address
access". Each function yields one finding for each unmet requirement: what is required, what was found, how to fix it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ..constants import ADOBE_ADDRESS, ENCRYPTION_USER_ROLE, EXPIRY_HORIZON, KEY_OPERATIONS, KEY_TYPES, MINIMUM_KEY_SIZE
from .finding import Finding, loss

# Followed by the time at which what was found was changed last, in UTC.
SINCE = ", last changed on "
REPAIR = "pulumi up --refresh"


class DeclaredKey(NamedTuple):
    """How a stack declares the key that Azure generates for it."""

    key_type: str
    key_size: int
    """Bits."""
    rotate_after_days: int
    """0: never."""


def of_vault(name: str, vault: Any, tenant_id: str) -> Iterator[Finding]:
    """Compare the vault with Adobe's requirements.

    :param vault: properties of the vault, as `get_vault` returns them.
    """
    update = f"az keyvault update --name {name}"
    if vault.enable_rbac_authorization is not True:
        # Adobe's role has no effect then.
        yield loss(
            f"vault {name}: Adobe requires Azure RBAC; found: access policies. "
            f"Fix: {update} --enable-rbac-authorization true"
        )
    wanted = (
        (vault.enable_purge_protection is True, "purge protection", "off", f"{update} --enable-purge-protection true"),
        (vault.enable_soft_delete is not False, "soft delete", "off", f"{update} --enable-soft-delete true"),
        (vault.tenant_id == tenant_id, f"tenant {tenant_id}", f"tenant {vault.tenant_id}", "use a vault of this tenant"),
    )
    for holds, required, found, fix in wanted:
        if not holds:
            yield Finding(f"vault {name}: Adobe requires {required}; found: {found}. Fix: {fix}")
    rules = vault.network_acls
    access = str(vault.public_network_access)
    if access.lower() in ("disabled", "securedbyperimeter"):
        yield Finding(
            f"vault {name}: Adobe requires public network access; found: {access}, which blocks Adobe's address and, in a "
            f"network security perimeter, trusted Microsoft services too. Fix: {update} --public-network-access Enabled"
        )
    elif rules is not None and rules.default_action == "Deny":
        if rules.bypass != "AzureServices":
            yield Finding(
                f"vault {name}: Adobe requires that trusted Microsoft services bypass the firewall; found: bypass "
                f"{rules.bypass}. Fix: {update} --bypass AzureServices"
            )
        if not _lets_in([rule.value for rule in rules.ip_rules or []]):
            yield Finding(
                f"vault {name}: Adobe requires a firewall rule for its address {ADOBE_ADDRESS}; found: none. "
                f"Fix: az keyvault network-rule add --name {name} --ip-address {ADOBE_ADDRESS}"
            )


def _lets_in(ranges: Sequence[str]) -> bool:
    address = ipaddress.ip_address(ADOBE_ADDRESS)
    return any(address in ipaddress.ip_network(value, strict=False) for value in ranges)


def of_key(vault_name: str, key: Any, now: datetime, declared: DeclaredKey | None) -> Iterator[Finding]:
    """Compare the key with Adobe's requirements and with the declaration, because Azure never updates an existing key.

    :param key: the key, as `get_key` returns it.
    :param declared: None for a key that Azure did not generate for this stack.
    """
    label = f"key {key.name}"
    another = "create another key, because Azure fixes type, size and operations at creation"
    size = int(key.key_size or 0)
    if key.kty not in KEY_TYPES:
        yield Finding(f"{label}: Adobe requires RSA or RSA-HSM; found: {key.kty}. Fix: {another}")
    elif size < MINIMUM_KEY_SIZE:
        yield Finding(f"{label}: Adobe requires 3072 bits or more; found: {size}. Fix: {another}")
    elif declared and (key.kty, size) != (declared.key_type, declared.key_size):
        wanted = f"{declared.key_type} with {declared.key_size} bits"
        yield Finding(
            f"{label}: this stack declares {wanted}; found: an existing {key.kty} key with {size} bits, which Azure does "
            f"not change. Fix: declare {key.kty} with {size} bits, or another key name"
        )
    attributes = key.attributes
    since = f"{SINCE}{_minute(attributes.updated)}" if attributes.updated else ""
    set_attributes = f"az keyvault key set-attributes --vault-name {vault_name} --name {key.name}"
    if not set(KEY_OPERATIONS) <= set(key.key_ops or []):
        yield loss(
            f"{label}: Adobe requires wrapKey and unwrapKey; found: {', '.join(key.key_ops or [])}{since}. "
            f"Fix: {set_attributes} --ops wrapKey unwrapKey"
        )
    if attributes.enabled is False:
        yield loss(f"{label}: Adobe requires an enabled key; found: disabled{since}. Fix: {set_attributes} --enabled true")
    if attributes.not_before and attributes.not_before > now.timestamp():
        yield loss(
            f"{label}: Adobe requires a key that is valid now; found: not valid before {_day(attributes.not_before)}. "
            f"Fix: {set_attributes} --not-before <a date in the past>"
        )
    if attributes.expires:
        fact = f"{label}: must not expire; found: expires on {_day(attributes.expires)}"
        extend = f"{fact}. Fix: {set_attributes} --expires <a much later date>, or use a key without expiry"
        if attributes.expires <= now.timestamp():
            yield loss(extend)
        elif attributes.expires < (now + EXPIRY_HORIZON).timestamp():
            yield Finding(extend)
        else:
            yield Finding(f"{fact}. Adobe loses access to the key on that day. Fix: extend it in time", is_blocking=False)


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


def _minute(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M} UTC"


def of_principal(principal: Any, object_id: str) -> Iterator[Finding]:
    """Compare the service principal with Adobe's requirements.

    :param principal: as `get_service_principal` returns it.
    :param object_id: object id of the principal that has the role.
    """
    if principal.object_id != object_id:
        yield loss(
            f"service principal: must be {object_id}, which has the role; found: {principal.object_id}. Fix: {REPAIR}"
        )
    if principal.account_enabled is False:
        yield loss(
            "service principal: must be enabled; found: disabled. "
            f"Fix: az ad sp update --id {principal.object_id} --set accountEnabled=true"
        )


def of_role(role: Any, principal_id: str, key_id: str, repair: str | None = None) -> Iterator[Finding]:
    """Compare the role assignment with Adobe's requirements.

    :param role: the assignment, as `get_role_assignment` returns it.
    :param key_id: ARM id of the key that it must cover.
    :param repair: what to do about it, if not to assign the role anew, since Azure does not change an assignment.
    """
    repair = repair or f"az role assignment delete --ids {role.id}, then {REPAIR}"
    if role.role_definition_id.rsplit("/", 1)[1].lower() != ENCRYPTION_USER_ROLE:
        yield loss(
            "role assignment: the role must be Key Vault Crypto Service Encryption User; found: "
            f"{role.role_definition_id}. Fix: {repair}"
        )
    if role.principal_id != principal_id:
        yield loss(f"role assignment: must be for the principal {principal_id}; found: {role.principal_id}. Fix: {repair}")
    if not f"{key_id.lower()}/".startswith(f"{role.scope.lower()}/"):
        yield loss(f"role assignment: the scope must be the vault or the key; found: {role.scope}. Fix: {repair}")
