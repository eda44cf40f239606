"""The arguments of `CustomerManagedKeys` in groups, with their defaults and rules.

Each violation is an `InvalidArgument`; all are reported together, before any resource is declared.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from pulumi import Input

from .constants import CONFIG_NAME, KEY_SIZES, KEY_TYPES, KEY_VAULT_API, ORG_ID, PLATFORM_HOSTS, Contract, confirmation

# IANA special-purpose address registry: a Key Vault's firewall accepts public addresses only.
NOT_PUBLIC = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
)
TAG_RULE = (
    "at most 50 tags; names without <>%&\\?/ that differ in more than case; values that are strings of up to 256 characters "
    "(to set a number as a string: pulumi config set --type string --path tags.year 2026)"
)
# A wider range does not belong to one company and would open the vault to the internet.
WIDEST_PREFIX = 8
# Marks a secret in Pulumi's protocol; Pulumi would treat a tag of this name as a secret.
SECRET_MARKER = "4dabf18193072939515e22adb298388d"  # noqa: S105 - public, not a secret


class InvalidArgument(NamedTuple):
    """An argument that violates a rule."""

    argument: str
    """Group and name, such as `vault.vault_name`."""
    value: object
    allowed: str


class SettingNames(Protocol):
    """How messages name a setting: as a key of the stack file, or as an argument of the component."""

    def name(self, argument: str) -> str:
        """The setting's name.

        :param argument: group and name, such as `vault.vault_name`.
        """
        ...

    def instruction(self, argument: str, value: str) -> str:
        """How the user sets the value, for messages."""
        ...


class ArgumentNames:
    """Names for programs that declare `CustomerManagedKeys` themselves."""

    def name(self, argument: str) -> str:
        return argument

    def instruction(self, argument: str, value: str) -> str:
        return f"set the argument {argument} of CustomerManagedKeys to {value!r}"


@dataclass(frozen=True, kw_only=True)
class OrganizationArgs:
    """The organisation at Adobe, and how its API is called."""

    ims_org_id: str
    """The organisation ID: <24 hex digits>@AdobeOrg."""
    region: str = "va7"
    """va7, nld2 or aus5; selects Adobe's host."""
    api_key: str = "acp_provisioning"
    """Value of the x-api-key header; Adobe prescribes the default."""
    api_contract: str = "auto"
    """Generation of Adobe's API: auto, beta or current."""

    def invalid(self) -> Iterator[tuple[str, object, str]]:
        """Name, value and rule of each invalid argument."""
        if not ORG_ID.fullmatch(self.ims_org_id):
            yield "ims_org_id", self.ims_org_id, "<24 hex digits>@AdobeOrg"
        yield from _not_among("region", self.region, tuple(PLATFORM_HOSTS))
        yield from _not_like("api_key", self.api_key, r"[A-Za-z0-9_-]+", "letters, digits, _ and -")
        yield from _not_among("api_contract", self.api_contract, tuple(Contract))

    def properties(self, host: str) -> dict[str, object]:
        """The common inputs of the Adobe resources, with their names in the state.

        :param host: host of Adobe's API, without scheme and port; immutable after it is recorded.
        """
        return {
            "host": host,
            "imsOrgId": self.ims_org_id,
            "region": self.region,
            "apiKey": self.api_key,
            "apiContract": self.api_contract,
        }


@dataclass(frozen=True, kw_only=True)
class VaultArgs:
    """The resource group and the Key Vault. Pulumi generates names that are empty."""

    location: str = ""
    """Azure region; empty: the provider's configured region."""
    resource_group_name: str = ""
    vault_name: str = ""
    """Unique across Azure."""
    sku: str = "standard"
    """standard or premium; RSA-HSM keys require premium."""
    soft_delete_retention_days: int = 90
    """7 to 90; immutable after the vault is created."""
    network: str = "public"
    """public; or restricted: only trusted Microsoft services, Adobe's address and `allowed_ip_ranges`."""
    allowed_ip_ranges: Sequence[str] = ()
    """Your own public IPv4 addresses or CIDR ranges."""
    api_version: str = "provider"
    """Version of Azure's management API for vault and key: provider (the installed azure-native's), or 2026-02-01."""

    def invalid(self) -> Iterator[tuple[str, object, str]]:
        """Name, value and rule of each invalid argument."""
        yield from _not_like(
            "resource_group_name",
            self.resource_group_name,
            r"(?:[\w.()-]{0,89}[\w()-])?",
            "1 to 90 letters, digits, _ - . ( ), not ending in a dot",
        )
        yield from _not_like(
            "vault_name",
            self.vault_name,
            r"(?:(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9])?",
            "3 to 24 letters, digits and single hyphens, starting with a letter and ending with a letter or digit",
        )
        yield from _not_among("sku", self.sku, ("standard", "premium"))
        yield from _not_within("soft_delete_retention_days", self.soft_delete_retention_days, 7, 90)
        yield from _not_among("network", self.network, ("public", "restricted"))
        yield from _not_among("api_version", self.api_version, ("provider", KEY_VAULT_API))
        if _networks(self.allowed_ip_ranges) is None:
            allowed = (
                "a list of public IPv4 addresses or CIDR ranges of /8 or smaller, such as 203.0.113.0/24 or 203.0.113.7"
            )
            yield "allowed_ip_ranges", self.allowed_ip_ranges, allowed
        elif self.allowed_ip_ranges and self.network == "public":
            yield "allowed_ip_ranges", ", ".join(self.allowed_ip_ranges), "only with network restricted"

    @property
    def canonical_ip_ranges(self) -> tuple[str, ...]:
        """The ranges in the form that Azure returns; any other form would show as drift."""
        return tuple(str(network) for network in _networks(self.allowed_ip_ranges) or ())


@dataclass(frozen=True, kw_only=True)
class KeyArgs:
    """The key; type and size are immutable after it is created."""

    key_name: str = "adobe-cmk-key"
    key_type: str = "RSA"
    """RSA or RSA-HSM."""
    key_size: int = 3072
    """Bits: 3072 or 4096."""

    def invalid(self) -> Iterator[tuple[str, object, str]]:
        """Name, value and rule of each invalid argument."""
        yield from _not_like("key_name", self.key_name, r"[A-Za-z0-9-]{1,127}", "1 to 127 letters, digits or hyphens")
        yield from _not_among("key_type", self.key_type, KEY_TYPES)
        if self.key_size not in KEY_SIZES:
            yield "key_size", self.key_size, "3072 or 4096 bits; Adobe requires at least 3072"


@dataclass(frozen=True, kw_only=True)
class AccessArgs:
    """The service principal of Adobe's app."""

    service_principal: str = "create"
    """create: create it; existing: use the one that an administrator's consent created."""
    role_assignment_name: str = ""
    """GUID of an existing role assignment of Adobe's app to take over; empty: one is created."""

    def invalid(self) -> Iterator[tuple[str, object, str]]:
        """Name, value and rule of each invalid argument."""
        yield from _not_among("service_principal", self.service_principal, ("create", "existing"))
        guid = r"(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?"
        yield from _not_like(
            "role_assignment_name", self.role_assignment_name, guid, "a GUID, the name of a role assignment"
        )


@dataclass(frozen=True, kw_only=True)
class ConfigurationArgs:
    """The configuration at Adobe, and when it is submitted."""

    config_name: str = "cmk-config"
    """Name of the configuration at Adobe, case-sensitive."""
    activate: str = ""
    """Must be <ims_org_id>/<config_name> to activate; empty: everything is prepared, but nothing is submitted."""
    role_propagation_seconds: int = 120
    """Minimum age of the role assignment before the configuration is submitted, 0 to 3600."""
    timeout_minutes: int = 60
    """How long `up` waits for Adobe to switch over, 0 to 1440; 0: read the status once."""

    def invalid(self, organization: OrganizationArgs) -> Iterator[tuple[str, object, str]]:
        """Name, value and rule of each invalid argument."""
        if not CONFIG_NAME.fullmatch(self.config_name):
            yield "config_name", self.config_name, "a letter, followed by up to 63 letters, digits or hyphens"
        switched_on = self.switched_on(organization)
        if self.activate not in ("", switched_on):
            yield "activate", self.activate, f"empty, or exactly {switched_on}, to confirm what is permanently switched on"
        yield from _not_within("role_propagation_seconds", self.role_propagation_seconds, 0, 3600)
        yield from _not_within("timeout_minutes", self.timeout_minutes, 0, 1440)

    def switched_on(self, organization: OrganizationArgs) -> str:
        """The text that a user types to confirm the configuration: <ims_org_id>/<config_name>."""
        return confirmation(organization.ims_org_id, self.config_name)


@dataclass(frozen=True, kw_only=True)
class CustomerManagedKeysArgs:
    """The arguments of `CustomerManagedKeys`."""

    organization: OrganizationArgs
    vault: VaultArgs = field(default_factory=VaultArgs)
    key: KeyArgs = field(default_factory=KeyArgs)
    access: AccessArgs = field(default_factory=AccessArgs)
    configuration: ConfigurationArgs = field(default_factory=ConfigurationArgs)
    protect: bool = True
    """Deletion guards for everything that Adobe depends on; may be false only before activation."""
    adopt: bool = False
    """Take over existing Azure resources with these names, and an existing configuration at Adobe, without changing them."""
    release_guards: str = ""
    """Must be <ims_org_id>/<config_name>; the only way to release the deletion guards after activation."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of every Azure resource."""
    azure_configuration: Mapping[str, Input[str]] = field(default_factory=dict)
    """Configuration of azure-native, such as credentials, for its local package (`vault.api_version` 2026-02-01)."""
    setting_names: SettingNames = field(default_factory=ArgumentNames, compare=False)
    """How messages name a setting; the default is for programs that declare the component themselves."""

    def validation_errors(self) -> list[InvalidArgument]:
        """Every argument that violates a rule."""
        found = {
            "organization": self.organization.invalid(),
            "vault": self.vault.invalid(),
            "key": self.key.invalid(),
            "access": self.access.invalid(),
            "configuration": self.configuration.invalid(self.organization),
        }
        errors = [
            InvalidArgument(f"{group}.{name}", value, allowed)
            for group, those in found.items()
            for name, value, allowed in those
        ]
        if self.key.key_type == "RSA-HSM" and self.vault.sku != "premium":
            errors.append(InvalidArgument("key.key_type", "RSA-HSM", "an RSA-HSM key requires a premium vault"))
        errors += self._guard_errors()
        # Azure allows 50 tags of 512 and 256 characters, none of <>%&\?/ in a name, and names ignore case.
        names = [name.lower() for name in self.tags]
        if (
            len(self.tags) > 50
            or len(names) != len(set(names))
            or SECRET_MARKER in names
            or not all(re.fullmatch(r"[^<>%&\\?/]{1,512}", name) for name in names)
            or not all(isinstance(value, str) and len(value) <= 256 for value in self.tags.values())
        ):
            errors.append(InvalidArgument("tags", dict(self.tags), TAG_RULE))
        return errors

    def _guard_errors(self) -> list[InvalidArgument]:
        """Deletion guards are released only on purpose."""
        activate, meant = self.configuration.activate, self.configuration.switched_on(self.organization)
        names, errors = self.setting_names, []
        if activate and not self.protect:
            allowed = f"true while {names.name('configuration.activate')} is set. After activation, only "
            errors.append(InvalidArgument("protect", False, f"{allowed}{names.name('release_guards')} releases the guards"))
        if self.release_guards and self.release_guards != meant:
            allowed = f"empty, or exactly {meant}. Without the guards, Adobe may lose what it depends on and delete the data"
            errors.append(InvalidArgument("release_guards", self.release_guards, allowed))
        elif self.release_guards and not activate:
            allowed = f"only after activation; before activation, set {names.name('protect')} to false"
            errors.append(InvalidArgument("release_guards", self.release_guards, allowed))
        return errors


def _not_among(name: str, value: str, choices: Sequence[str]) -> Iterator[tuple[str, object, str]]:
    if value not in choices:
        yield name, value, f"one of {', '.join(choices)}"


def _not_like(name: str, value: str, pattern: str, allowed: str) -> Iterator[tuple[str, object, str]]:
    if not re.fullmatch(pattern, value, re.ASCII):
        yield name, value, allowed


def _not_within(name: str, value: int, least: int, most: int) -> Iterator[tuple[str, object, str]]:
    if not least <= value <= most:
        yield name, value, f"a whole number from {least} to {most}"


def _networks(ranges: Sequence[str]) -> list[ipaddress.IPv4Network] | None:
    """The ranges; None when one of them is not a public IPv4 range."""
    try:
        networks = [ipaddress.IPv4Network(text) for text in ranges]
    except ValueError:
        return None
    special = [ipaddress.IPv4Network(text) for text in NOT_PUBLIC]
    is_usable = all(one.prefixlen >= WIDEST_PREFIX and not any(map(one.overlaps, special)) for one in networks)
    return networks if is_usable else None
