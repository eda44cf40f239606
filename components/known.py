"""Outputs that may have no value: a refresh or a destroy with the program knows nothing of what is not created yet."""

from collections.abc import Callable
from typing import Any, TypeVar

import pulumi

T = TypeVar("T")


def when_known(output: pulumi.Output[Any], function: Callable[[Any], T]) -> pulumi.Output[T]:
    """Apply a function where there is a value; without one, the result has none either.

    :param output: of a value, or of a list of which every item is needed.
    """

    def applied(value: Any) -> Any:
        missing = value is None or (isinstance(value, list) and any(item is None for item in value))
        return None if missing else function(value)

    return output.apply(applied)
