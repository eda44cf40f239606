"""Advice under an error never hides the error by one of its own."""

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components.safety import error_advice


def told(monkeypatch: pytest.MonkeyPatch, inputs: dict[str, Any] | None) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", said.append)
    monkeypatch.setattr(pulumi, "ErrorHook", lambda _name, callback: callback)
    hook: Any = error_advice.advice_on_errors("x-refused", {"is taken": "the name {vaultName} is taken"})
    failure: Any = SimpleNamespace(errors=["409: is taken"], new_inputs=inputs)
    assert hook(failure) is False
    return said


def test_the_advice_names_the_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, {"vaultName": "acme"}) == ["the name acme is taken"]


@pytest.mark.parametrize("inputs", [{}, None, {"keyName": "k"}])
def test_an_input_that_is_missing_is_shown_by_its_name(monkeypatch: pytest.MonkeyPatch, inputs: Any) -> None:
    assert told(monkeypatch, inputs) == ["the name <vaultName> is taken"]
