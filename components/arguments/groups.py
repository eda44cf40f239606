"""The arguments of `CustomerManagedKeys` in groups, with their defaults and the rules of each argument."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..constants import CONFIG_NAME, KEY_SIZES, KEY_TYPES, KEY_VAULT_API, ORG_ID, PLATFORM_HOSTS, Contract, confirmation
from .arm_ids import KEY_ID, SUBNET_ID, VAULT_ID, VAULT_ZONE, WORKSPACE_ID, ZONE_ID, not_an_id
from .rules import networks, not_among, not_like, not_within

_DAY = r"20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_GUID = r"(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?"
_GROUP_NAME = r"(?:[\w.()-]{0,89}[\w()-])?"
_VAULT_ID_RULE = (
    "/subscriptions/…/resourceGroups/…/providers/Microsoft.KeyVault/vaults/…; a Managed HSM is not supported, because its "
    "roles are its own and Adobe publishes no identifier of one"
)


@dataclass(frozen=True, kw_only=True)
class OrganizationArgs:
    """The organisation at Adobe, and how its API is called."""

    ims_org_id: str
    """The organisation ID: <24 hex digits>@AdobeOrg."""
    region: str = "va7"
    """va7, nld2 or aus5; selects Adobe's host."""
    api_key: str = ""
    """Value of the x-api-key header; empty: acp_provisioning with `current`, the credential's own client ID with `beta`."""
    api_contract: str = "auto"
    """Generation of Adobe's API: beta, current, or auto: current if Adobe shows the app, beta if it must be registered."""
    app_replaced: str = ""
    """Client ID of the recorded app, once Adobe has confirmed that another one takes its place; only then is it recorded."""

    def invalid(self) -> Iterator[tuple[str, object, str]]:
        """Name, value and rule of each invalid argument."""
        if not ORG_ID.fullmatch(self.ims_org_id):
            yield "ims_org_id", self.ims_org_id, "<24 hex digits>@AdobeOrg"
        yield from not_among("region", self.region, tuple(PLATFORM_HOSTS))
        yield from not_like("api_key", self.api_key, r"[A-Za-z0-9_-]*", "letters, digits, _ and -")
        yield from not_among("api_contract", self.api_contract, tuple(Contract))
        yield from not_like("app_replaced", self.app_replaced, _GUID, "the client ID (a GUID) of the app that was recorded")

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
    """The resource group and the Key Vault: created under these names, or existing ones, which are only read.

    Pulumi generates names that are empty.
    """

    location: str = ""
    """Azure region; empty: the provider's configured region."""
    resource_group_name: str = ""
    vault_name: str = ""
    """Unique across Azure."""
    existing_resource_group: str = ""
    """Name of a resource group that exists and gets the vault; it is only read."""
    existing_id: str = ""
    """ARM id of a vault that exists, in any resource group and subscription of the tenant; it is only read."""
    sku: str = "standard"
    """standard or premium; RSA-HSM keys require premium."""
    soft_delete_retention_days: int = 90
    """7 to 90; immutable after the vault is created."""
    network: str = "public"
    """public; or restricted: only trusted Microsoft services, Adobe's address and `allowed_ip_ranges`."""
    allowed_ip_ranges: Sequence[str] = ()
    """Your own public IPv4 addresses or CIDR ranges."""
    private_endpoint_subnet_id: str = ""
    """ARM id of the subnet that gets a private endpoint of the vault, for your own access."""
    private_dns_zone_id: str = ""
    """ARM id of the private DNS zone privatelink.vaultcore.azure.net that gets the endpoint's address."""
    log_analytics_workspace_id: str = ""
    """ARM id of the Log Analytics workspace that gets the vault's audit events."""
    api_version: str = "provider"
    """Version of Azure's management API for vault and key: provider (the installed azure-native's), or 2026-02-01."""

    def invalid(self) -> Iterator[tuple[str, object, str]]:
        """Name, value and rule of each invalid argument."""
        yield from not_like(
            "resource_group_name",
            self.resource_group_name,
            _GROUP_NAME,
            "1 to 90 letters, digits, _ - . ( ), not ending in a dot",
        )
        yield from not_like(
            "vault_name",
            self.vault_name,
            r"(?:(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9])?",
            "3 to 24 letters, digits and single hyphens, starting with a letter and ending with a letter or digit",
        )
        yield from not_like(
            "existing_resource_group", self.existing_resource_group, _GROUP_NAME, "the name of a resource group, not its id"
        )
        yield from not_an_id("existing_id", self.existing_id, VAULT_ID, _VAULT_ID_RULE)
        yield from not_an_id(
            "private_endpoint_subnet_id",
            self.private_endpoint_subnet_id,
            SUBNET_ID,
            "/subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/…/subnets/…",
        )
        yield from not_an_id(
            "private_dns_zone_id",
            self.private_dns_zone_id,
            ZONE_ID,
            f"/subscriptions/…/resourceGroups/…/providers/Microsoft.Network/privateDnsZones/{VAULT_ZONE}",
        )
        yield from not_an_id(
            "log_analytics_workspace_id",
            self.log_analytics_workspace_id,
            WORKSPACE_ID,
            "/subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/…",
        )
        yield from not_among("sku", self.sku, ("standard", "premium"))
        yield from not_within("soft_delete_retention_days", self.soft_delete_retention_days, 7, 90)
        yield from not_among("network", self.network, ("public", "restricted"))
        yield from not_among("api_version", self.api_version, ("provider", KEY_VAULT_API))
        if networks(self.allowed_ip_ranges) is None:
            allowed = (
                "a list of public IPv4 addresses or CIDR ranges of /8 or smaller, such as 203.0.113.0/24 or 203.0.113.7"
            )
            yield "allowed_ip_ranges", self.allowed_ip_ranges, allowed
        elif self.allowed_ip_ranges and self.network == "public":
            yield "allowed_ip_ranges", ", ".join(self.allowed_ip_ranges), "only with network restricted"

    @property
    def canonical_ip_ranges(self) -> tuple[str, ...]:
        """The ranges in the form that Azure returns; any other form would show as drift."""
        return tuple(str(network) for network in networks(self.allowed_ip_ranges) or ())


@dataclass(frozen=True, kw_only=True)
class KeyArgs:
    """The key: generated, imported from a file, or an existing one. Type and size are immutable after it is created."""

    key_name: str = "adobe-cmk-key"
    key_type: str = "RSA"
    """RSA or RSA-HSM."""
    key_size: int = 3072
    """Bits: 3072 or 4096."""
    existing_id: str = ""
    """ARM id of a key that exists; it is only read."""
    file: str = ""
    """Path of a key to import: a PEM file with an RSA key (.pem), or a transfer blob for an HSM (.byok).

    The passphrase of an encrypted PEM file comes from the environment variable ADOBE_CMK_KEY_PASSPHRASE.
    """
    rotate_after_days: int = 0
    """Age at which Azure creates a new version of the key, 7 to 3650; 0: never. No version ever expires."""

    def invalid(self) -> Iterator[tuple[str, object, str]]:
        """Name, value and rule of each invalid argument."""
        yield from not_like("key_name", self.key_name, r"[A-Za-z0-9-]{1,127}", "1 to 127 letters, digits or hyphens")
        yield from not_among("key_type", self.key_type, KEY_TYPES)
        if self.key_size not in KEY_SIZES:
            yield "key_size", self.key_size, "3072 or 4096 bits; Adobe requires at least 3072"
        yield from not_an_id("existing_id", self.existing_id, KEY_ID, f"{_VAULT_ID_RULE.partition(';')[0]}/keys/…")
        yield from not_like("file", self.file, r"(?:.*[^/]\.(?:pem|byok))?", "a path that ends in .pem or .byok")
        if self.rotate_after_days:
            yield from not_within("rotate_after_days", self.rotate_after_days, 7, 3650)

    @property
    def is_transfer_blob(self) -> bool:
        """Whether the file holds a key that only an HSM can unwrap."""
        return self.file.endswith(".byok")

    @property
    def is_generated(self) -> bool:
        """Whether Azure generates the key for this program."""
        return not (self.existing_id or self.file)


@dataclass(frozen=True, kw_only=True)
class AccessArgs:
    """The service principal of Adobe's app."""

    service_principal: str = "create"
    """create: create it; existing: use the one that an administrator's consent created."""
    role_scope: str = "vault"
    """vault: Adobe's role covers every key in the vault; key: this key only. Immutable after creation."""
    role_assignment_name: str = ""
    """GUID of an existing role assignment of Adobe's app to take over; empty: one is created."""

    def invalid(self) -> Iterator[tuple[str, object, str]]:
        """Name, value and rule of each invalid argument."""
        yield from not_among("service_principal", self.service_principal, ("create", "existing"))
        yield from not_among("role_scope", self.role_scope, ("vault", "key"))
        yield from not_like(
            "role_assignment_name", self.role_assignment_name, _GUID, "a GUID, the name of a role assignment"
        )


@dataclass(frozen=True, kw_only=True)
class ConfigurationArgs:
    """The configuration at Adobe, and when it is submitted."""

    config_name: str = "cmk-config"
    """Name of the configuration at Adobe, case-sensitive."""
    activate: str = ""
    """Must be <ims_org_id>/<config_name> to activate; empty: everything is prepared, but nothing is submitted."""
    absent: str = ""
    """<ims_org_id>/<config_name>/<YYYY-MM-DD>: on that day (UTC), your word that Adobe has no such configuration.

    It counts only where Adobe's answer does not say whether there is one, and never against what Adobe shows.
    """
    role_propagation_seconds: int = 120
    """Wait for a new role assignment before the configuration is submitted, 0 to 3600."""
    timeout_minutes: int = 60
    """How long `up` waits for Adobe to switch over, 0 to 1440; 0: read the status once."""

    def invalid(self, organization: OrganizationArgs) -> Iterator[tuple[str, object, str]]:
        """Name, value and rule of each invalid argument."""
        if not CONFIG_NAME.fullmatch(self.config_name):
            yield "config_name", self.config_name, "a letter, followed by up to 63 letters, digits or hyphens"
        switched_on = self.switched_on(organization)
        if self.activate not in ("", switched_on):
            yield "activate", self.activate, f"empty, or exactly {switched_on}, to confirm what is permanently switched on"
        if not re.fullmatch(rf"(?:{re.escape(switched_on)}/{_DAY})?", self.absent):
            yield "absent", self.absent, f"empty, or {switched_on}/<today's date in UTC, YYYY-MM-DD>"
        yield from not_within("role_propagation_seconds", self.role_propagation_seconds, 0, 3600)
        yield from not_within("timeout_minutes", self.timeout_minutes, 0, 1440)

    def switched_on(self, organization: OrganizationArgs) -> str:
        """The text that a user types to confirm the configuration: <ims_org_id>/<config_name>."""
        return confirmation(organization.ims_org_id, self.config_name)
