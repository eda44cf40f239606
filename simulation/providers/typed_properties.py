"""Checks properties against the typed classes of the installed SDKs: unknown, misspelt, missing, or of the wrong type.

The real providers check against the same schema that these classes are generated from.
"""

from __future__ import annotations

import collections.abc
import enum
import inspect
import typing
from collections.abc import Mapping
from typing import Any

from pulumi._types import (
    input_type_py_to_pulumi_names,
    input_type_types,
    is_input_type,
    is_output_type,
    output_type_types,
    resource_types,
)
from pulumi.runtime import rpc


def input_mistakes(args_class: type, values: Mapping[str, Any], path: str = "") -> list[str]:
    """What is wrong with the inputs of a resource or function, one text for each property; unknown values pass."""
    types = input_type_types(args_class)
    names = input_type_py_to_pulumi_names(args_class)
    parameters = inspect.signature(args_class).parameters
    required = {names[name] for name, p in parameters.items() if name in names and p.default is inspect.Parameter.empty}
    mistakes = [f"unknown property '{path}{name}'" for name in values if name not in types]
    mistakes += [f"missing required property '{path}{name}'" for name in required if values.get(name) is None]
    for name, value in values.items():
        if name in types and value is not None:
            mistakes += _value_mistakes(types[name], value, f"{path}{name}")
    return mistakes


def missing_outputs(resource_class: type, outputs: Mapping[str, Any]) -> list[str]:
    """Output properties of a resource class that are absent from the outputs, nested ones included."""
    missing = []
    for name, kind in resource_types(resource_class).items():
        if name not in outputs:
            missing.append(name)
        elif is_output_type(_element(kind)) and outputs[name] is not None:
            missing += _missing_nested(_element(kind), outputs[name], f"{name}.")
    return missing


def input_shape(args_class: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of outputs, what has a place among the inputs, in depth; nulls are left out."""
    types = input_type_types(args_class)
    return {name: _shaped(types[name], value) for name, value in values.items() if name in types and value is not None}


def previewed(resource_class: type, inputs: Mapping[str, Any], olds: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Outputs as a preview knows them: what an input of that name says, else what they were, else unknown.

    :param olds: outputs before an update, None for a resource that is yet to be made.
    """
    return {
        name: _previewed(kind, inputs.get(name, rpc.UNKNOWN), (olds or {}).get(name, rpc.UNKNOWN))
        for name, kind in resource_types(resource_class).items()
    }


def _previewed(kind: Any, value: Any, old: Any) -> Any:
    nested = _element(kind)
    if value == rpc.UNKNOWN:
        return old
    if not is_output_type(nested) or not isinstance(value, Mapping):
        return value
    before = old if isinstance(old, Mapping) else {}
    return {
        name: _previewed(inner, value.get(name, rpc.UNKNOWN), before.get(name, rpc.UNKNOWN))
        for name, inner in output_type_types(nested).items()
    }


def _shaped(kind: Any, value: Any) -> Any:
    kind = _element(kind)
    if isinstance(value, list):
        return [_shaped(typing.get_args(kind)[0], item) for item in value] if typing.get_args(kind) else value
    if isinstance(value, Mapping) and isinstance(kind, type) and is_input_type(kind):
        return input_shape(kind, value)
    return value


def _missing_nested(output_class: type, value: Mapping[str, Any], path: str) -> list[str]:
    optional = {name for name, p in inspect.signature(output_class).parameters.items() if p.default is not p.empty}
    camel = {name.replace("_", "") for name in optional}
    return [f"{path}{name}" for name in output_type_types(output_class) if name not in value and name.lower() not in camel]


def _value_mistakes(kind: Any, value: Any, path: str) -> list[str]:
    if value == rpc.UNKNOWN:
        return []
    kind = _element(kind)
    if isinstance(kind, type) and is_input_type(kind):
        return input_mistakes(kind, value, f"{path}.") if isinstance(value, Mapping) else [f"'{path}' must be an object"]
    origin = typing.get_origin(kind)
    if origin is collections.abc.Sequence:
        if not isinstance(value, list):
            return [f"'{path}' must be a list"]
        element = typing.get_args(kind)[0]
        return [mistake for i, item in enumerate(value) for mistake in _value_mistakes(element, item, f"{path}[{i}]")]
    if origin is collections.abc.Mapping:
        return [] if isinstance(value, Mapping) else [f"'{path}' must be an object"]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        allowed = [member.value for member in kind]
        return [] if value in allowed else [f"'{path}' is {value!r}, not one of {allowed}"]
    expected: Any = {str: str, bool: bool, int: (int, float), float: (int, float)}.get(kind)
    if expected and (not isinstance(value, expected) or (isinstance(value, bool) and kind is not bool)):
        return [f"'{path}' must be of type {kind.__name__}"]
    return []


def _element(kind: Any) -> Any:
    """The plain type inside Input[T], Optional[T] and Output[T]."""
    if typing.get_origin(kind) is typing.Union:
        for candidate in typing.get_args(kind):
            if isinstance(candidate, type) and candidate is not type(None):
                if (
                    issubclass(candidate, str | int | float | enum.Enum)
                    or is_input_type(candidate)
                    or is_output_type(candidate)
                ):
                    return candidate
            elif typing.get_origin(candidate) in {collections.abc.Sequence, collections.abc.Mapping}:
                return candidate
    return kind
