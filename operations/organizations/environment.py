"""The environment of one stack's command: its own credentials, and those of no other stack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# ADOBE_CLIENT_ID__ACME is ADOBE_CLIENT_ID for the stack acme.
_OF_A_STACK = re.compile(r"(?P<name>(?:ADOBE|ARM|AZURE|PULUMI)_[A-Z0-9_]*[A-Z0-9])__(?P<suffix>[A-Z0-9_]+)")


class AmbiguousStacks(Exception):
    """Two stacks would get each other's credentials."""


def suffix_of(stack: str) -> str:
    """The end of the names of a stack's own variables: upper case, with _ for every other character."""
    return re.sub(r"[^A-Z0-9]", "_", stack.rpartition("/")[2].upper())


def check_suffixes(stacks: Iterable[str]) -> None:
    """Make sure that no two stacks share their variables.

    :raises AmbiguousStacks: naming them.
    """
    known: dict[str, str] = {}
    for stack in stacks:
        other = known.setdefault(suffix_of(stack), stack)
        if other != stack:
            raise AmbiguousStacks(
                f"{other} and {stack} have the same suffix for their variables, __{suffix_of(stack)}; nothing was run. "
                "Fix: run them one after the other"
            )


def own_environment(environment: Mapping[str, str], stack: str) -> dict[str, str]:
    """What every stack has, with the stack's own variables over it, and without those of the others."""
    common = {name: value for name, value in environment.items() if not _OF_A_STACK.fullmatch(name)}
    matches = [(found, value) for name, value in environment.items() if (found := _OF_A_STACK.fullmatch(name))]
    return common | {found["name"]: value for found, value in matches if found["suffix"] == suffix_of(stack)}
