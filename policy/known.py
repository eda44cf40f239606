"""Converts policy properties to plain data, with a marker for values that a preview does not know yet."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pulumi_policy.proxy import UnknownValueError
from rules import NOT_YET

_STRANGE: Final = (str, bytes)


def known(value: Any) -> Any:
    """Copy policy properties so that access to an unknown value does not raise an error."""
    if isinstance(value, Mapping):
        return {name: _item(value, name) for name in value}
    if isinstance(value, Sequence) and not isinstance(value, _STRANGE):
        return [_item(value, index) for index in range(len(value))]
    return value


def _item(container: Any, key: Any) -> Any:
    try:
        return known(container[key])
    except UnknownValueError:
        return NOT_YET
