"""How what azure-native reads becomes inputs (diff.go, convert)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .resource_type import Json


def without_empty(values: Mapping[str, Any]) -> Json:
    """Less empty objects and lists, in depth (removeEmptyCollections)."""
    emptied = {name: without_empty(value) if isinstance(value, Mapping) else value for name, value in values.items()}
    return {name: value for name, value in emptied.items() if value not in ({}, [])}


def carried_over(declared: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any]) -> Json:
    """What is declared, with what differs between two readings (applyDiff)."""
    result = {name: value for name, value in declared.items() if name in now or name not in before}
    for name, value in now.items():
        if name not in before or (before[name] != value and name not in declared):
            result[name] = value
        elif before[name] != value:
            result[name] = _merged(declared[name], before[name], value)
    return result


def _merged(declared: Any, before: Any, now: Any) -> Any:
    values = (declared, before, now)
    if all(isinstance(value, Mapping) for value in values):
        return carried_over(declared, before, now)
    if all(isinstance(value, list) for value in values):
        in_both = min(len(declared), len(before))
        return [_merged(declared[i], before[i], item) if i < in_both else item for i, item in enumerate(now)]
    return now
