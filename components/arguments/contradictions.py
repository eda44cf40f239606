"""Arguments that are each valid and make no sense together: what is given and has no effect, or what Azure would refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields

from .arm_ids import vault_of
from .component import CustomerManagedKeysArgs
from .groups import KeyArgs, VaultArgs
from .rules import InvalidArgument

# What describes a vault that this program creates.
_OF_A_NEW_VAULT = (
    "resource_group_name",
    "vault_name",
    "existing_resource_group",
    "sku",
    "soft_delete_retention_days",
    "network",
    "allowed_ip_ranges",
    "private_endpoint_subnet_id",
    "private_dns_zone_id",
    "log_analytics_workspace_id",
)


def contradictions(args: CustomerManagedKeysArgs) -> Iterator[InvalidArgument]:
    """Every argument that contradicts another one."""
    vault, key, name = args.vault, args.key, args.setting_names.name
    yield from _of_vault(vault, key, name)
    yield from _of_key(vault, key, name)
    if not (vault.existing_id or key.existing_id):
        yield from _of_network(vault, name)


def _of_vault(vault: VaultArgs, key: KeyArgs, name: Callable[[str], str]) -> Iterator[InvalidArgument]:
    existing = "vault.existing_id" if vault.existing_id else "key.existing_id" if key.existing_id else ""
    if existing:
        yield from _unset("vault", vault, _OF_A_NEW_VAULT, f"{name(existing)} names a vault that exists and is only read")
    elif vault.existing_resource_group and vault.resource_group_name:
        yield InvalidArgument(
            "vault.resource_group_name",
            vault.resource_group_name,
            f"unset, because {name('vault.existing_resource_group')} names a resource group that exists and is only read",
        )


def _of_key(vault: VaultArgs, key: KeyArgs, name: Callable[[str], str]) -> Iterator[InvalidArgument]:
    if key.existing_id:
        reason = f"{name('key.existing_id')} names a key that exists and is only read"
        yield from _unset("key", key, ("key_name", "key_type", "key_size", "file", "rotate_after_days"), reason)
        # A vault id that is no id at all has an error of its own.
        of_vault, of_key = vault_of(vault.existing_id), vault_of(key.existing_id)
        if of_vault and of_key and of_vault.arm_id.lower() != of_key.arm_id.lower():
            yield InvalidArgument(
                "key.existing_id", key.existing_id, f"a key in the vault {of_vault.name} of {name('vault.existing_id')}"
            )
        return
    has_premium = vault.sku == "premium" or vault.existing_id
    if key.key_type == "RSA-HSM" and not has_premium:
        yield InvalidArgument("key.key_type", "RSA-HSM", "an RSA-HSM key requires a premium vault")
    if not key.file:
        return
    yield from _unset("key", key, ("key_size",), f"the key in {name('key.file')} has its own size")
    yield from _unset(
        "key", key, ("rotate_after_days",), "Azure would generate the next versions of the imported key itself"
    )
    if key.is_transfer_blob and key.key_type != "RSA-HSM":
        yield InvalidArgument("key.key_type", key.key_type, "RSA-HSM, because a .byok file holds a key for an HSM")
    if key.is_transfer_blob and not vault.existing_id:
        vault_id = name("vault.existing_id")
        yield InvalidArgument(
            "key.file", key.file, f"only with {vault_id}, because a .byok file is encrypted for a key in a vault that exists"
        )


def _of_network(vault: VaultArgs, name: Callable[[str], str]) -> Iterator[InvalidArgument]:
    if vault.private_endpoint_subnet_id and vault.network == "public":
        yield InvalidArgument(
            "vault.private_endpoint_subnet_id",
            vault.private_endpoint_subnet_id,
            f"only with {name('vault.network')} restricted; otherwise the whole internet reaches the vault anyway",
        )
    if vault.private_dns_zone_id and not vault.private_endpoint_subnet_id:
        yield InvalidArgument(
            "vault.private_dns_zone_id", vault.private_dns_zone_id, f"only with {name('vault.private_endpoint_subnet_id')}"
        )


def _unset(group: str, args: VaultArgs | KeyArgs, names: tuple[str, ...], reason: str) -> Iterator[InvalidArgument]:
    """What is not as it is by default, though nothing follows from it."""
    defaults = {field.name: field.default for field in fields(args)}
    for name in names:
        value = getattr(args, name)
        if value != defaults[name]:
            yield InvalidArgument(f"{group}.{name}", value, f"unset, because {reason}")
