"""What counts as created by this stack: the resources of one instance, by type, parent and name."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.constants import (
    ENCRYPTION_KEY,
    IMPORTED_KEY_TYPE,
    KEY_CONFIGURATION_TYPE,
    KEY_TYPE,
    KEY_VAULT,
    RESOURCE_GROUP_TYPE,
    VAULT_TYPE,
)
from components.safety import stack_state

ROOT = "urn:pulumi:dev::acme::"
OURS = {
    RESOURCE_GROUP_TYPE: f"adobe-cmk:components:CustomerManagedKeys${KEY_VAULT}${RESOURCE_GROUP_TYPE}::cmk-rg",
    VAULT_TYPE: f"adobe-cmk:components:CustomerManagedKeys${KEY_VAULT}${VAULT_TYPE}::cmk-vault",
    KEY_TYPE: f"{ENCRYPTION_KEY}${KEY_TYPE}::cmk-key",
    IMPORTED_KEY_TYPE: f"{ENCRYPTION_KEY}${IMPORTED_KEY_TYPE}::cmk-key-import",
    KEY_VAULT: f"adobe-cmk:components:CustomerManagedKeys${KEY_VAULT}::cmk",
    KEY_CONFIGURATION_TYPE: f"adobe-cmk:components:CustomerManagedKeys${KEY_CONFIGURATION_TYPE}::cmk",
}


def created(monkeypatch: pytest.MonkeyPatch, resources: dict[str, str]) -> Any:
    """What is taken from a state that holds these types by URN; the outputs are the URN's end."""
    outputs = {f"{ROOT}{urn}": {"type": kind, "outputs": {"urn": urn}} for urn, kind in resources.items()}
    monkeypatch.setattr(stack_state, "invoke", lambda *_: SimpleNamespace(value={"outputs": outputs}))
    return stack_state.created_by_stack("cmk", stack_state.read_state())


@pytest.mark.parametrize("kind", OURS)
def test_each_resource_of_the_instance_is_found(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    assert created(monkeypatch, {OURS[kind]: kind}) == {kind: {"urn": OURS[kind]}}


@pytest.mark.parametrize(
    ("urn", "kind"),
    [
        (f"{KEY_VAULT}${VAULT_TYPE}::other-vault", VAULT_TYPE),
        (f"{KEY_VAULT}${VAULT_TYPE}::cmk", VAULT_TYPE),
        (f"{VAULT_TYPE}::cmk-vault", VAULT_TYPE),
        (f"acme:components:Storage${VAULT_TYPE}::cmk-vault", VAULT_TYPE),
        (f"{KEY_CONFIGURATION_TYPE}::other", KEY_CONFIGURATION_TYPE),
        ("azure-native:storage:StorageAccount::cmk", "azure-native:storage:StorageAccount"),
        ("azure-native:storage:StorageAccount::cmkNone", "azure-native:storage:StorageAccount"),
    ],
    ids=["another name", "no suffix", "no parent", "another parent", "another instance", "another type", "odd name"],
)
def test_what_is_not_of_the_instance_is_left_out(monkeypatch: pytest.MonkeyPatch, urn: str, kind: str) -> None:
    assert created(monkeypatch, {urn: kind}) == {}


def test_before_the_first_run_nothing_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert created(monkeypatch, {}) == {}


def test_a_key_is_read_in_the_same_words_whether_it_was_generated_or_imported() -> None:
    imported = {"keyName": "k", "keyType": "RSA-HSM", "tags": {"a": "b"}, "thumbprint": "t"}
    assert stack_state.key_in_state({IMPORTED_KEY_TYPE: imported}) == {"name": "k", "kty": "RSA-HSM", "tags": {"a": "b"}}
    assert stack_state.key_in_state({KEY_TYPE: {"name": "g"}}) == {"name": "g"}
    assert stack_state.key_in_state({}) == {}
