"""After activation: every loss fails the watch and the next `up`, which name the way out, and nothing of it stays behind."""

import pytest

from tests.drivers import Engine
from tests.promises.judge import REFRESH, assert_completed, assert_fails, counted, posts

LOST = {
    "vault": ("vault-deleted", "vault-recovered", "az keyvault recover --name adobe-cmk-vault"),
    "key": ("key-deleted", "key-recovered", "az keyvault key recover --vault-name adobe-cmk-vault"),
}


def assert_mended(stack: Engine) -> None:
    """All is as it was: nothing was made twice or sent again, `up` has nothing to do, and the watch is silent."""
    assert_completed(stack.up())
    assert counted(stack) == [1, 1, 1, 1]
    assert posts(stack) == 1
    watched = stack.watch()
    assert watched.exit_code == 0, watched.text


def test_what_only_a_person_can_undo_fails_the_watch_and_every_up_until_it_is_undone(settled: Engine) -> None:
    settled.drift("key-disabled")
    command = "az keyvault key set-attributes --vault-name adobe-cmk-vault"
    assert_fails(settled.watch(), command)
    # A refresh ends with 0, but tells.
    assert command in settled.refresh().text
    for _ in range(2):
        assert_fails(settled.up(), command)
    settled.drift("everything-mended")
    assert_mended(settled)


def test_what_up_can_undo_fails_the_watch_and_is_undone_after_a_refresh(settled: Engine) -> None:
    settled.drift("firewall-closed")
    assert_fails(settled.watch(), "--bypass AzureServices")
    # Without a refresh `up` does not know it, and names the way out.
    assert_fails(settled.up(), "--bypass AzureServices")
    assert settled.refresh().changed() == {"Vault": "update"}
    outcome = settled.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.changed()["Vault"] == "update"
    assert_mended(settled)


def test_a_refresh_without_the_program_still_sees_a_role_that_was_taken_away(settled: Engine) -> None:
    settled.drift("role-removed")
    outcome = settled.pulumi(*REFRESH)
    assert (outcome.exit_code, outcome.changed()) == (0, {"RoleAssignment": "delete"}), outcome.text
    assert settled.up().changed()["RoleAssignment"] == "create"
    assert_mended(settled)


@pytest.mark.parametrize("lost", LOST)
def test_what_is_recovered_before_a_writing_refresh_leaves_nothing_to_do(settled: Engine, lost: str) -> None:
    deleted, recovered, command = LOST[lost]
    settled.drift(deleted)
    assert_fails(settled.watch(), command)
    assert_fails(settled.up(), command)
    settled.drift(recovered)
    if lost == "vault":
        # Nobody deletes the vault without its lock, which does not come back with it.
        assert settled.refresh().changed() == {"ManagementLockByScope": "delete"}
        assert settled.up().changed() == {"ManagementLockByScope": "create"}
    assert_mended(settled)


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.every_time(cases=1)
def test_after_something_was_sent_no_vault_and_no_key_is_created_and_what_is_recovered_is_taken_back(
    settled: Engine, lost: str
) -> None:
    deleted, recovered, command = LOST[lost]
    settled.drift(deleted)
    settled.refresh()
    before = settled.clouds()
    for outcome in (settled.watch(), settled.preview(), settled.up()):
        assert_fails(outcome, command)
    assert settled.clouds() == before
    settled.drift(recovered)
    taken_back = settled.up()
    assert taken_back.exit_code == 0, taken_back.text
    assert taken_back.changed()["Key"] == "import"
    assert_mended(settled)
