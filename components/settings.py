"""Stack configuration as one typed, checked object. `Pulumi.yaml` holds types, defaults and descriptions; this, the rules.

All mistakes are reported at once, each with the key, the value and what is allowed, before anything is declared.
"""

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from .adobe import hosts
from .adobe.key_configuration import CONFIG_NAME
from .adobe.platform_api import Contract
from .adobe.provider import ORG_ID

NAMESPACE = "adobe-cmk"


class SettingsError(pulumi.RunError):
    """The stack's configuration is not usable; the message has one line for each mistake."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a stack is configured with; an empty name means that Pulumi makes one up."""

    ims_org_id: str
    activate: str
    """Empty, or equal to `ims_org_id`."""
    region: str
    api_contract: str
    api_key: str
    config_name: str
    resource_group_name: str
    vault_name: str
    key_name: str
    vault_sku: str
    soft_delete_retention_days: int
    key_type: str
    key_size: int
    """Bits."""
    network: str
    allowed_ip_ranges: tuple[str, ...]
    """IPv4 addresses and CIDR ranges."""
    service_principal: str
    role_propagation_seconds: int
    activation_timeout_minutes: int
    protect: bool
    tags: Mapping[str, str]


def load(values: Mapping[str, str]) -> Settings:
    """Read the settings from configuration as the engine hands it over: `namespace:key` to text.

    :raises SettingsError: naming every mistake.
    """
    reader = _Reader(values)
    org_id = reader.text("imsOrgId", ORG_ID.pattern, "<24 hex digits>@AdobeOrg")
    settings = Settings(
        ims_org_id=org_id,
        activate=reader.text("activate", f"(?:{re.escape(org_id)})?", f"empty, or equal to imsOrgId ({org_id})"),
        region=reader.choice("region", tuple(hosts.PLATFORM_HOSTS)),
        api_contract=reader.choice("apiContract", tuple(Contract)),
        api_key=reader.text("apiKey", r"[A-Za-z0-9_-]+", "letters, digits, _ and -"),
        config_name=reader.text("configName", CONFIG_NAME, "a letter, then up to 63 letters, digits or -"),
        resource_group_name=reader.text(
            "resourceGroupName",
            r"(?:[\w.()-]{0,89}[\w()-])?",
            "1 to 90 letters, digits, _ - . ( ), not ending in a dot",
        ),
        vault_name=reader.text(
            "vaultName",
            r"(?:(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9])?",
            "3 to 24 letters, digits and single hyphens, from a letter to a letter or digit",
        ),
        key_name=reader.text("keyName", r"[A-Za-z0-9-]{1,127}", "1 to 127 letters, digits or hyphens"),
        vault_sku=reader.choice("vaultSku", ("standard", "premium")),
        soft_delete_retention_days=reader.whole("softDeleteRetentionDays", 7, 90),
        key_type=reader.choice("keyType", ("RSA", "RSA-HSM")),
        key_size=int(reader.choice("keySize", ("3072", "4096"), "3072 or 4096 bits; Adobe needs at least 3072")),
        network=reader.choice("network", ("public", "restricted")),
        allowed_ip_ranges=reader.ranges("allowedIpRanges"),
        service_principal=reader.choice("servicePrincipal", ("create", "existing")),
        role_propagation_seconds=reader.whole("rolePropagationSeconds", 0, 3600),
        activation_timeout_minutes=reader.whole("activationTimeoutMinutes", 0, 1440),
        protect=reader.choice("protect", ("true", "false"), "true or false") == "true",
        tags=reader.tags("tags"),
    )
    if settings.key_type == "RSA-HSM" and settings.vault_sku != "premium":
        reader.mistake("keyType", settings.key_type, "an RSA-HSM key needs vaultSku premium")
    if settings.allowed_ip_ranges and settings.network == "public":
        reader.mistake("allowedIpRanges", ", ".join(settings.allowed_ip_ranges), "only with network restricted")
    reader.finish()
    return settings


class _Reader:
    """Reads values one by one and collects the mistakes; after a mistake it returns something of the right type."""

    def __init__(self, values: Mapping[str, str]) -> None:
        prefix = f"{NAMESPACE}:"
        self._values = {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}
        self._read: set[str] = set()
        self._mistakes: list[str] = []

    def text(self, key: str, pattern: str, allowed: str) -> str:
        value = self._value(key)
        if not re.fullmatch(pattern, value, re.ASCII):
            self.mistake(key, value, allowed)
        return value

    def choice(self, key: str, choices: tuple[str, ...], allowed: str = "") -> str:
        value = self._value(key)
        if value in choices:
            return value
        self.mistake(key, value, allowed or f"one of {', '.join(choices)}")
        return choices[0]

    def whole(self, key: str, least: int, most: int) -> int:
        value = self._value(key)
        number = int(value) if re.fullmatch(r"-?[0-9]{1,9}", value) else None
        if number is None or not least <= number <= most:
            self.mistake(key, value, f"a whole number from {least} to {most}")
            return least
        return number

    def tags(self, key: str) -> dict[str, str]:
        value = self._value(key) or "{}"
        try:
            tags = json.loads(value)
        except ValueError:
            tags = None
        # Azure allows 50 tags of 512 and 256 characters, and none of <>%&\?/ in a name.
        if (
            not isinstance(tags, dict)
            or len(tags) > 50
            or not all(isinstance(v, str) and len(v) <= 256 for v in tags.values())
            or not all(re.fullmatch(r"[^<>%&\\?/]{1,512}", name) for name in tags)
        ):
            self.mistake(key, value, "at most 50 tags, names without <>%&\\?/ to texts of up to 256 characters")
            return {}
        return tags

    def ranges(self, key: str) -> tuple[str, ...]:
        value = self._value(key) or "[]"
        try:
            given = json.loads(value)
            texts = [text for text in given if isinstance(text, str)] if isinstance(given, list) else None
            # Azure answers with the canonical form; anything else would drift.
            networks = [ipaddress.IPv4Network(text) for text in texts or []]
        except ValueError:
            texts, networks = None, []
        if texts is None or len(networks) != len(given) or any(map(_is_private, networks)):
            self.mistake(key, value, "a list of public IPv4 addresses or CIDR ranges, such as 203.0.113.0/24 or 203.0.113.7")
            return ()
        return tuple(str(network) for network in networks)

    def mistake(self, key: str, value: str, allowed: str) -> None:
        fact = f"{NAMESPACE}:{key} is {value!r}" if value else f"{NAMESPACE}:{key} is not set"
        self._mistakes.append(f"{fact}; allowed: {allowed}")

    def finish(self) -> None:
        """:raises SettingsError: when there was any mistake, or a key that is no setting."""
        for key in sorted(set(self._values) - self._read):
            self._mistakes.append(f"{NAMESPACE}:{key} is no setting; the settings are {', '.join(sorted(self._read))}")
        if self._mistakes:
            lines = "\n".join(f"  - {line}" for line in self._mistakes)
            raise SettingsError(f"the stack's configuration has mistakes; nothing was changed:\n{lines}")

    def _value(self, key: str) -> str:
        self._read.add(key)
        return self._values.get(key, "").strip()


def _is_private(network: ipaddress.IPv4Network) -> bool:
    """RFC 1918: a Key Vault's firewall takes public addresses only."""
    return any(network.overlaps(ipaddress.IPv4Network(p)) for p in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
