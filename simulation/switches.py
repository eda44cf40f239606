"""Switches of the simulated clouds: what nobody outside of them knows, and what differs from customer to customer.

They are saved with the clouds. Each default is the case that most customers meet.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from .adobe.absence import ABSENCES

READABLE = ("vault", "key", "role", "principal", "group", "endpoint", "audit", "lock")
REFUSALS = ("403", "503")

# Documentation range TEST-NET-1: on no vault's list of addresses unless a test puts it there.
SOMEWHERE = "192.0.2.10"


@dataclass(frozen=True)
class Switch:
    """One switch: its default, what it stands for, and which values it takes."""

    default: str
    about: str
    mistake: Callable[[str], str]
    """What is wrong with a value, as the values that are allowed; empty when nothing is."""


def _one_of(*values: str) -> Callable[[str], str]:
    return lambda value: "" if value in values else f"one of {', '.join(values)}"


def _address(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return "an IP address"
    return ""


def _number(value: str) -> str:
    return "" if value.isdecimal() else "a whole number of seconds"


def _refusals(value: str) -> str:
    parsed = [part.partition("=") for part in value.split(",") if value]
    if all(operation in READABLE and code in REFUSALS for operation, _, code in parsed):
        return ""
    return f"empty, or OPERATION=CODE,… with operations {', '.join(READABLE)} and codes {', '.join(REFUSALS)}"


SWITCHES: dict[str, Switch] = {
    "deleted-key-code": Switch(
        "ResourceNotFound",
        "the code that ARM answers for a deleted key: ResourceNotFound, KeyNotFound (nobody knows which)",
        _one_of("ResourceNotFound", "KeyNotFound"),
    ),
    "deployer-data-role": Switch(
        "none",
        "the deployer's role on the vault's data plane: none (as Contributor), crypto-officer",
        _one_of("none", "crypto-officer"),
    ),
    "deployer-address": Switch(
        SOMEWHERE, "the deployer's IP address, which the vault's firewall lets in or keeps out", _address
    ),
    "key-vault-api-retired": Switch(
        "no",
        "whether Azure has switched off the management API of vaults and keys before 2026-02-01, as on 27 February 2027",
        _one_of("no", "yes"),
    ),
    "absence-form": Switch(
        "problem",
        f"how Adobe answers that a configuration does not exist: {', '.join(ABSENCES)} (nobody knows which)",
        _one_of(*ABSENCES),
    ),
    "visible-after-seconds": Switch(
        "0", "seconds after the POST until Adobe shows a configuration (nobody knows how many)", _number
    ),
    "beta-gateway": Switch(
        "own-key",
        "the x-api-key of Adobe's beta: own-key (the caller's, for all calls), reads-both (acp_provisioning too, for reads)",
        _one_of("own-key", "reads-both"),
    ),
    "unreadable": Switch(
        "", "reads that the deployer is refused: OPERATION=403 or OPERATION=503, separated by commas", _refusals
    ),
}


class InvalidSwitch(ValueError):
    """There is no such switch, or it does not take that value."""


class Switches:
    """The switches of one saved cloud."""

    def __init__(self, state: MutableMapping[str, Any]) -> None:
        self._state = state

    def set(self, name: str, value: str) -> None:
        """Set one.

        :raises InvalidSwitch: naming what is allowed.
        """
        if name not in SWITCHES:
            raise InvalidSwitch(f"{name!r} is not a known switch; known: {', '.join(SWITCHES)}")
        allowed = SWITCHES[name].mistake(value)
        if allowed:
            raise InvalidSwitch(f"{name} is {value!r}; allowed: {allowed}")
        self._state.setdefault("switches", {})[name] = value

    def get(self, name: str) -> str:
        """The value of one, or its default."""
        return str(self._state.get("switches", {}).get(name, SWITCHES[name].default))

    def refusal(self, operation: str) -> str:
        """The code with which the deployer's reads of that kind are refused: 403, 503, or empty."""
        chosen = dict(part.split("=") for part in self.get("unreadable").split(",") if part)
        return chosen.get(operation, "")
