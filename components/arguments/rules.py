"""What an argument may be: the rules of single values, and what is reported of one that violates its rule."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

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


def not_among(name: str, value: str, choices: Sequence[str]) -> Iterator[tuple[str, object, str]]:
    """Name, value and rule of a value that is none of the choices."""
    if value not in choices:
        yield name, value, f"one of {', '.join(choices)}"


def not_like(name: str, value: str, pattern: str, allowed: str) -> Iterator[tuple[str, object, str]]:
    """Likewise of a text that does not match."""
    if not re.fullmatch(pattern, value, re.ASCII):
        yield name, value, allowed


def not_within(name: str, value: int, least: int, most: int) -> Iterator[tuple[str, object, str]]:
    """Likewise of a number out of range, both limits included."""
    if not least <= value <= most:
        yield name, value, f"a whole number from {least} to {most}"


def networks(ranges: Sequence[str]) -> list[ipaddress.IPv4Network] | None:
    """The ranges; None when one of them is not a public IPv4 range."""
    try:
        wanted = [ipaddress.IPv4Network(text) for text in ranges]
    except ValueError:
        return None
    special = [ipaddress.IPv4Network(text) for text in NOT_PUBLIC]
    is_usable = all(one.prefixlen >= WIDEST_PREFIX and not any(map(one.overlaps, special)) for one in wanted)
    return wanted if is_usable else None
