"""Values of a state as words: no value but text, numbers, lists of them and times is ever shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from components.adobe.api.clock import azure_time

from ..credentials import SECRET

# How Pulumi marks what is encrypted in a state.
_MARK = "4dabf18193072939515e22adb298388d"


def words(value: Any) -> str:
    """A value as text; empty for none, and for what is no plain value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return f"{value:.0f}"
    if isinstance(value, list):
        return ", ".join(filter(None, map(words, value)))
    return SECRET if isinstance(value, Mapping) and _MARK in value else ""


def on_or_off(value: Any) -> str:
    """A switch as text; empty when it is not known."""
    return {True: "on", False: "off"}.get(value, "") if isinstance(value, bool) else ""


def moment(value: Any) -> str:
    """A time in ISO 8601, UTC, in seconds: from such a text in any zone, or from seconds since 1970."""
    try:
        if isinstance(value, str):
            at = azure_time(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            at = datetime.fromtimestamp(value, UTC)
        else:
            return ""
        return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return words(value)


def with_iso_times(text: str) -> str:
    """A text in which the times of findings are in ISO 8601."""
    return re.sub(r"\b(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC\b", r"\1T\2Z", text)


def capitalized(text: str) -> str:
    """A text with a capital letter at its start; the others stay."""
    return text[:1].upper() + text[1:]


def joined(*parts: str) -> str:
    """Those parts that are not empty, with commas."""
    return ", ".join(filter(None, parts))


def at_path(value: Any, *names: str) -> Any:
    """What lies in nested objects; None where one is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
