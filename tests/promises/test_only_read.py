"""A resource group, a vault or a key that somebody else owns is only read: never changed, never deleted, never replaced."""

import json
from typing import Any

import pytest

from simulation.by_hand import PLATFORM, PLATFORM_VAULT_ID, SET_UPS
from simulation.cloud import opened
from tests.drivers import Engine
from tests.promises.judge import assert_completed, assert_fails, assert_quiet, posts

KEY_ID = f"{PLATFORM_VAULT_ID}/keys/{PLATFORM['keyName']}"
WAYS = {
    "group": {"existingResourceGroup": "platform-empty"},
    "vault": {"existingVaultId": PLATFORM_VAULT_ID},
    "key": {"existingKeyId": KEY_ID, "roleScope": "key"},
}


@pytest.fixture
def beside(engine: Engine) -> Engine:
    """A stack beside what a platform team set up."""
    with opened(engine.home) as cloud, cloud.at_work():
        SET_UPS["platform-team"](cloud)
    return engine


def theirs(stack: Engine) -> str:
    """What the platform team owns."""
    azure = stack.state()["azure"]
    key = azure["keys"][f"{PLATFORM['vaultName']}/{PLATFORM['keyName']}"]
    return json.dumps([azure["resourceGroups"]["platform-empty"], azure["vaults"]["platform-vault"], key], sort_keys=True)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_theirs_stays_as_it_is_through_an_up_a_change_and_a_destroy(beside: Engine, way: str) -> None:
    before = theirs(beside)
    beside.configure(**WAYS[way])
    assert_completed(beside.up())
    assert_quiet(beside.watch())
    beside.configure(**WAYS[way], tags={"team": "security"})
    assert beside.up().exit_code == 0
    assert theirs(beside) == before
    code, text = beside.plain("destroy", "--yes", "--run-program", *beside.on)
    assert code != 0, text
    assert theirs(beside) == before


def test_before_activation_and_without_guards_a_destroy_leaves_what_is_theirs(beside: Engine) -> None:
    before = theirs(beside)
    beside.configure(**WAYS["key"], activate=None, protect="false")
    assert beside.up().exit_code == 0
    code, text = beside.plain("destroy", "--yes", *beside.on)
    assert code == 0, text
    assert theirs(beside) == before
    assert beside.state()["azure"]["roleAssignments"] == {}


def test_a_key_that_is_theirs_and_lost_is_found_and_no_other_is_made(beside: Engine) -> None:
    beside.configure(**WAYS["key"])
    assert_completed(beside.up())
    beside.drift("key-deleted")
    before = beside.clouds()
    assert beside.watch().exit_code != 0
    assert_fails(beside.up(), "az keyvault key recover")
    assert beside.clouds() == before


@pytest.mark.parametrize("way", ["vault", "key"])
def test_what_cannot_be_read_is_not_used(beside: Engine, way: str) -> None:
    beside.configure(**WAYS[way])
    beside.switch("unreadable", "vault=403")
    before = beside.clouds()
    assert_fails(beside.up(), "could not be read")
    assert beside.clouds() == before
    assert posts(beside) == 0


@pytest.mark.parametrize(
    ("first", "then", "named"),
    [
        ({}, WAYS["key"], "adobe-cmk:existingKeyId"),
        (WAYS["key"], {"roleScope": "key"}, "adobe-cmk:existingKeyId"),
    ],
    ids=["ours-then-theirs", "theirs-then-ours"],
)
def test_what_was_sent_stays_whoever_owns_it(
    beside: Engine, first: dict[str, Any], then: dict[str, Any], named: str
) -> None:
    beside.configure(**first)
    assert_completed(beside.up())
    before = beside.clouds()
    beside.configure(**then)
    for refused in (beside.preview(), beside.up()):
        assert_fails(refused, named)
    assert beside.clouds() == before
