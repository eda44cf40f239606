"""What Adobe requires of vault, key, service principal and role, judged over the facts that Azure returns.

Adobe, "Configure an Azure Key Vault for customer-managed keys", "Alert resolution reference" and "IP address access". Each
judge yields one finding for each thing that is wrong: what is required, what was found, how to fix it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..constants import ADOBE_ADDRESS, ENCRYPTION_USER_ROLE, EXPIRY_HORIZON, KEY_OPERATIONS, KEY_TYPES, MINIMUM_KEY_SIZE

LOSS = (
    "Until then Adobe cannot read the data that this key protects, and may treat it as deliberate revocation and "
    "permanently "
    "delete the data. Act at once"
)
REPAIR = "pulumi refresh, then pulumi up"


@dataclass(frozen=True)
class Finding:
    """Something that is not as Adobe requires it."""

    text: str
    is_blocking: bool = True
    """Whether it stops a submission; otherwise it is only a warning."""


def of_vault(name: str, vault: Any, tenant_id: str) -> Iterator[Finding]:
    """:param vault: properties of the vault, as `get_vault` returns them."""
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
    for holds, required, found, fix in wanted:
        if not holds:
            yield Finding(f"vault {name}: Adobe requires {required}; found: {found}. Fix: {fix}")
    rules = vault.network_acls
    access = str(vault.public_network_access)
    if access.lower() in ("disabled", "securedbyperimeter"):
        yield Finding(
            f"vault {name}: Adobe requires public network access; found: {access}, with which neither Adobe's address "
            "nor, in a "
            f"perimeter, trusted Microsoft services reach the vault. Fix: {update} --public-network-access Enabled"
        )
    elif rules is not None and rules.default_action == "Deny":
        if rules.bypass != "AzureServices":
            yield Finding(
                f"vault {name}: Adobe requires that trusted Microsoft services bypass the firewall; found: bypass "
                f"{rules.bypass}. Fix: {update} --bypass AzureServices"
            )
        if not _lets_in([rule.value for rule in rules.ip_rules or []]):
            yield Finding(
                f"vault {name}: Adobe requires its address {ADOBE_ADDRESS} in the firewall; found: not there. "
                f"Fix: az keyvault network-rule add --name {name} --ip-address {ADOBE_ADDRESS}"
            )


def _lets_in(ranges: Sequence[str]) -> bool:
    address = ipaddress.ip_address(ADOBE_ADDRESS)
    return any(address in ipaddress.ip_network(value, strict=False) for value in ranges)


def of_key(vault_name: str, key: Any, now: datetime, *, key_type: str, key_size: int) -> Iterator[Finding]:
    """What Adobe requires, and what was declared: Azure leaves a key that exists as it is, also when it is "created".

    :param key: the key, as `get_key` returns it.
    :param key_type: as declared.
    :param key_size: as declared, bits.
    """
    label = f"key {key.name}"
    another = "make another key: a key's type, size and operations are fixed in Azure"
    size = int(key.key_size or 0)
    if key.kty not in KEY_TYPES:
        yield Finding(f"{label}: Adobe requires RSA or RSA-HSM; found: {key.kty}. Fix: {another}")
    elif size < MINIMUM_KEY_SIZE:
        yield Finding(f"{label}: Adobe requires 3072 bits or more; found: {size}. Fix: {another}")
    elif (key.kty, size) != (key_type, key_size):
        yield Finding(
            f"{label}: this stack declares {key_type} of {key_size} bits; found: {key.kty} of {size} bits, made earlier, "
            f"which Azure leaves as it is. Fix: declare {key.kty} of {size} bits, or another name for the key"
        )
    if not set(KEY_OPERATIONS) <= set(key.key_ops or []):
        yield Finding(
            f"{label}: Adobe requires wrapKey and unwrapKey; found: {', '.join(key.key_ops or [])}. Fix: {another}"
        )
    set_attributes = f"az keyvault key set-attributes --vault-name {vault_name} --name {key.name}"
    attributes = key.attributes
    if attributes.enabled is False:
        yield Finding(f"{label}: Adobe requires it enabled; found: disabled. Fix: {set_attributes} --enabled true. {LOSS}")
    if attributes.not_before and attributes.not_before > now.timestamp():
        yield Finding(
            f"{label}: Adobe requires it valid now; found: not before {_day(attributes.not_before)}. Fix: wait until then"
        )
    if attributes.expires:
        fact = f"{label}: must not expire; found: expires on {_day(attributes.expires)}"
        if attributes.expires < (now + EXPIRY_HORIZON).timestamp():
            yield Finding(f"{fact}. Fix: {set_attributes} --expires <a date far away>, or another key without expiry")
        else:
            yield Finding(f"{fact}. Adobe loses the key on that day; move it in time", is_blocking=False)


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


def of_principal(principal: Any, object_id: str) -> Iterator[Finding]:
    """:param principal: as `get_service_principal` returns it.

    :param object_id: of the principal that has the role.
    """
    if principal.object_id != object_id:
        yield Finding(
            f"service principal: must be the one with the role, {object_id}; found: {principal.object_id}. Fix: {REPAIR}"
        )
    if principal.account_enabled is False:
        yield Finding(
            "service principal: must be enabled; found: disabled. "
            f"Fix: az ad sp update --id {principal.object_id} --set accountEnabled=true"
        )


def of_role(role: Any, principal_id: str, key_id: str) -> Iterator[Finding]:
    """:param role: the assignment, as `get_role_assignment` returns it.

    :param key_id: ARM id of the key that it must reach.
    """
    if role.role_definition_id.rsplit("/", 1)[1].lower() != ENCRYPTION_USER_ROLE:
        yield Finding(
            "role assignment: must be Key Vault Crypto Service Encryption User; found: "
            f"{role.role_definition_id}. Fix: {REPAIR}"
        )
    if role.principal_id != principal_id:
        yield Finding(f"role assignment: must be of {principal_id}; found: {role.principal_id}. Fix: {REPAIR}")
    if not f"{key_id.lower()}/".startswith(f"{role.scope.lower()}/"):
        yield Finding(f"role assignment: must be on the vault or the key; found: {role.scope}. Fix: {REPAIR}")
