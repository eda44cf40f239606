"""Outputs without a value: in a refresh or a destroy with the program, resources that are not created yet have none."""

from collections.abc import Callable
from typing import Any, TypeVar

import pulumi

T = TypeVar("T")


def when_known(output: pulumi.Output[Any], function: Callable[[Any], T]) -> pulumi.Output[T]:
    """Apply a function if the output has a value; otherwise the result has no value either.

    :param output: a value, or a list of which every item is required.
    """

    def applied(value: Any) -> Any:
        missing = value is None or (isinstance(value, list) and any(item is None for item in value))
        return None if missing else function(value)

    return output.apply(applied)


def unknown() -> pulumi.Output[Any]:
    """An output whose value a preview does not know."""
    return pulumi.Output.from_input(pulumi.UNKNOWN)
