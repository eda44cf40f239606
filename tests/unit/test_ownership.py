"""What a stack created stays its own, and what it only reads stays somebody else's."""

from typing import Any

import pytest

from components import AccessArgs, KeyArgs, VaultArgs
from components.constants import (
    ENCRYPTION_KEY,
    IMPORTED_KEY_TYPE,
    KEY_TYPE,
    KEY_VAULT,
    RESOURCE_GROUP_TYPE,
    ROLE_ASSIGNMENT_TYPE,
    VAULT_TYPE,
)
from components.safety.ownership import ownership_changes, scope_changes

GROUP = "/subscriptions/5e0cafe0-1111-4222-8333-444455556666/resourceGroups/platform"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/platform-vault"
KEY = f"{VAULT}/keys/ceremony"
OWN: dict[str, Any] = {
    RESOURCE_GROUP_TYPE: {"name": "acme"},
    VAULT_TYPE: {"name": "acme-vault"},
    KEY_TYPE: {"name": "acme-key"},
    KEY_VAULT: {"vaultId": f"{GROUP}/providers/Microsoft.KeyVault/vaults/acme-vault", "resourceGroupName": "acme"},
    ENCRYPTION_KEY: {"keyUri": "https://acme-vault.vault.azure.net/keys/acme-key"},
}
IMPORTED: dict[str, Any] = {
    VAULT_TYPE: {"name": "acme-vault"},
    IMPORTED_KEY_TYPE: {"keyName": "acme-key", "keyType": "RSA", "file": "key.pem"},
}
IN_A_GROUP: dict[str, Any] = {
    VAULT_TYPE: OWN[VAULT_TYPE],
    KEY_VAULT: {"resourceGroupName": "platform", "vaultId": VAULT, "readsGroup": True},
}
READS_VAULT: dict[str, Any] = {KEY_VAULT: {"vaultId": VAULT, "readsVault": True}, KEY_TYPE: {"name": "acme-key"}}
READS_KEY: dict[str, Any] = {
    KEY_VAULT: {"vaultId": VAULT, "readsVault": True},
    ENCRYPTION_KEY: {"keyUri": "https://platform-vault.vault.azure.net/keys/ceremony", "readsKey": True},
}


def changed(
    created: dict[str, Any], vault: VaultArgs | None = None, key: KeyArgs | None = None, adopt: bool = False
) -> list[tuple[str, str, str]]:
    found = ownership_changes(vault or VaultArgs(), key or KeyArgs(), adopt, created)
    return [(change.argument, change.current, change.wanted) for change in found]


@pytest.mark.parametrize(
    ("created", "vault", "key"),
    [
        ({}, VaultArgs(existing_id=VAULT), KeyArgs()),
        ({}, VaultArgs(), KeyArgs(existing_id=KEY)),
        (OWN, VaultArgs(), KeyArgs()),
        (IN_A_GROUP, VaultArgs(existing_resource_group="Platform"), KeyArgs()),
        (READS_VAULT, VaultArgs(existing_id=VAULT.upper()), KeyArgs()),
        (READS_KEY, VaultArgs(), KeyArgs(existing_id=KEY)),
        (READS_KEY, VaultArgs(existing_id=VAULT), KeyArgs(existing_id=KEY)),
        ({}, VaultArgs(), KeyArgs(file="key.pem")),
        (IMPORTED, VaultArgs(), KeyArgs(file="key.pem")),
        (IMPORTED, VaultArgs(), KeyArgs(file="moved.pem")),
    ],
)
def test_what_stays_as_it_is_is_no_change(created: dict[str, Any], vault: VaultArgs, key: KeyArgs) -> None:
    assert changed(created, vault, key) == []


def test_what_this_stack_created_is_not_only_read_from_then_on() -> None:
    assert changed(OWN, VaultArgs(existing_resource_group="platform")) == [
        ("vault.existing_resource_group", "unset", "platform")
    ]
    assert changed(OWN, VaultArgs(existing_id=VAULT)) == [("vault.existing_id", "unset", VAULT)]
    assert changed(OWN, key=KeyArgs(existing_id=KEY)) == [
        ("key.existing_id", "unset", VAULT),
        ("key.existing_id", "unset", KEY),
    ]


def test_what_is_only_read_is_not_replaced_by_another_one() -> None:
    assert changed(IN_A_GROUP) == [("vault.existing_resource_group", "platform", "unset")]
    assert changed(IN_A_GROUP, VaultArgs(existing_resource_group="other")) == [
        ("vault.existing_resource_group", "platform", "other")
    ]
    assert changed(READS_VAULT) == [("vault.existing_id", VAULT, "unset")]
    assert changed(READS_VAULT, VaultArgs(existing_id=f"{VAULT}2")) == [("vault.existing_id", VAULT, f"{VAULT}2")]
    uri = READS_KEY[ENCRYPTION_KEY]["keyUri"]
    assert changed(READS_KEY, VaultArgs(existing_id=VAULT)) == [("key.existing_id", uri, "unset")]


@pytest.mark.parametrize("adopt", [True, False])
def test_a_generated_key_stays_generated_and_an_imported_one_imported(adopt: bool) -> None:
    assert changed(OWN, key=KeyArgs(file="key.pem"), adopt=adopt) == [("key.file", "unset", "key.pem")]
    assert changed(IMPORTED, adopt=adopt) == [("key.file", "key.pem", "unset")]
    assert changed({IMPORTED_KEY_TYPE: IMPORTED[IMPORTED_KEY_TYPE]}, key=KeyArgs(existing_id=KEY), adopt=adopt) == [
        ("key.existing_id", "unset", KEY)
    ]
    uri = READS_KEY[ENCRYPTION_KEY]["keyUri"]
    adopted = changed(READS_KEY, VaultArgs(existing_id=VAULT), KeyArgs(file="key.pem"), adopt=adopt)
    assert adopted == ([] if adopt else [("key.existing_id", uri, "unset")])


def test_a_group_whose_vault_is_gone_from_the_state_is_nobodys() -> None:
    assert changed({KEY_VAULT: IN_A_GROUP[KEY_VAULT]}) == []


def test_adopting_makes_a_key_that_was_read_the_stacks_own() -> None:
    assert changed(READS_KEY, VaultArgs(existing_id=VAULT), KeyArgs(key_name="ceremony"), adopt=True) == []


@pytest.mark.parametrize(("current", "scope"), [("vault", VAULT), ("key", KEY), ("vault", GROUP)])
def test_the_scope_of_the_role_stays(current: str, scope: str) -> None:
    created = {ROLE_ASSIGNMENT_TYPE: {"scope": scope.strip("/")}}
    another = "key" if current == "vault" else "vault"
    assert list(scope_changes(AccessArgs(role_scope=current), created)) == []
    (change,) = scope_changes(AccessArgs(role_scope=another), created)
    assert (change.argument, change.current, change.wanted) == ("access.role_scope", current, another)
    assert list(scope_changes(AccessArgs(role_scope=another), {})) == []
