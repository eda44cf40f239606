"""The calls of a first `up` that depend on each other: no program can make them at the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """Calls that are made one after the other, once the steps before it are done."""

    calls: int
    after: Sequence[str] = ()


# What a call needs from another one, or must not precede; the numbers are those of the providers (GET, PUT, GET).
FIRST_UP: Mapping[str, Step] = {
    # Before anything is created, Adobe is asked whether it holds a configuration already. A token comes first.
    "look at Adobe": Step(2),
    # In the process of the dynamic provider, which has a token of its own.
    "app registration": Step(2, ["look at Adobe"]),
    "service principal": Step(3, ["app registration"]),
    "resource group": Step(3, ["look at Adobe"]),
    "vault": Step(3, ["resource group"]),
    "key": Step(2, ["vault"]),
    "role assignment": Step(3, ["vault", "service principal"]),
    # The four checks are made at the same time.
    "preflight checks": Step(1, ["key", "role assignment"]),
    # The configuration is read right before the POST; then the status once.
    "configuration": Step(2, ["preflight checks"]),
    "activation": Step(1, ["configuration"]),
}


def longest(steps: Mapping[str, Step]) -> int:
    """Number of calls in the longest chain."""

    def until(name: str) -> int:
        return steps[name].calls + max((until(before) for before in steps[name].after), default=0)

    return max(map(until, steps))
