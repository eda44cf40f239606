"""How the state is read that tells what is made already."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from components.arguments.component import CustomerManagedKeysArgs
from components.constants import VAULT_TYPE
from components.safety import immutable_settings, stack_state
from components.settings import load
from simulation.adobe.http import ORG
from simulation.rehearsal.run import _configuration
from tests.drivers import ROOT


@pytest.fixture
def settings() -> CustomerManagedKeysArgs:
    return load({**_configuration(ROOT / "Pulumi.dev.yaml"), "adobe-cmk:imsOrgId": ORG})


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []
    monkeypatch.setattr(stack_state.time, "sleep", taken.append)
    return taken


def answering(*answers: Any) -> Callable[..., Any]:
    left = list(answers)

    def invoke(_function: str, _arguments: object) -> Any:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(value={"outputs": answer})

    return invoke


HALF = RuntimeError("failed to load checkpoint: EOF")


def test_a_state_that_is_being_written_is_read_again(
    settings: CustomerManagedKeysArgs, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack_state, "invoke", answering(HALF, HALF, {}))
    immutable_settings.refuse_changes(settings, stack_state.created_by_stack("adobe-cmk", stack_state.read_state()))
    assert pauses == [0.05, 0.1]


@pytest.mark.parametrize(("organization", "name"), [("organization", "dev"), ("acme", "acme/dev")])
def test_the_stack_is_asked_for_by_the_name_that_its_backend_knows(
    settings: CustomerManagedKeysArgs, monkeypatch: pytest.MonkeyPatch, organization: str, name: str
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(stack_state, "invoke", lambda _, arguments: asked.append(arguments) or answering({})(_, arguments))
    for function, value in (("organization", organization), ("project", "adobe-cmk"), ("stack", "dev")):
        monkeypatch.setattr(stack_state.pulumi, f"get_{function}", lambda value=value: value)
    immutable_settings.refuse_changes(settings, stack_state.created_by_stack("adobe-cmk", stack_state.read_state()))
    assert asked == [{"stackName": name}]


def test_a_state_that_cannot_be_read_ends_the_run(
    settings: CustomerManagedKeysArgs, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack_state, "invoke", answering(HALF))
    with pytest.raises(stack_state.StateUnreadable, match=r"cannot be read \(failed to load checkpoint: EOF\)"):
        immutable_settings.refuse_changes(settings, stack_state.created_by_stack("adobe-cmk", stack_state.read_state()))
    # None after the last try.
    assert pauses == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6]


def test_a_vault_that_somebody_adds_to_the_program_is_not_looked_at(
    settings: CustomerManagedKeysArgs, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {"type": VAULT_TYPE, "outputs": {"name": "theirs", "properties": {"softDeleteRetentionInDays": 7}}}
    monkeypatch.setattr(
        stack_state,
        "invoke",
        answering({f"urn:pulumi:dev::adobe-cmk::adobe-cmk:components:KeyVault${VAULT_TYPE}::theirs": other}),
    )
    immutable_settings.refuse_changes(settings, stack_state.created_by_stack("adobe-cmk", stack_state.read_state()))
    ours = {f"urn:pulumi:dev::adobe-cmk::adobe-cmk:components:KeyVault${VAULT_TYPE}::adobe-cmk-vault": other}
    monkeypatch.setattr(stack_state, "invoke", answering(ours))
    with pytest.raises(immutable_settings.ImmutableSettingsChanged, match="softDeleteRetentionDays"):
        immutable_settings.refuse_changes(settings, stack_state.created_by_stack("adobe-cmk", stack_state.read_state()))
