"""A state that is lost, in whole or in part, makes no second vault or key and sends nothing, and is taken back."""

import pytest

from tests.drivers import Engine
from tests.promises.judge import (
    assert_completed,
    assert_fails,
    assert_quiet,
    assert_refused,
    changed_in_azure,
    in_azure,
    posts,
)
from tests.promises.test_adoption import ADOPTED

ADOPT = "pulumi config set adobe-cmk:adopt true"


@pytest.mark.parametrize("loss", ["stack removed", "entries deleted"])
@pytest.mark.every_time(cases=1)
def test_a_lost_state_sends_nothing_and_creates_nothing_twice(settled: Engine, loss: str) -> None:
    if loss == "stack removed":
        settled.forget()
    else:
        settled.forget("Vault")
    # The vault that Adobe has.
    assert_refused(settled, "https://adobe-cmk-vault")
    assert posts(settled) == 1


def test_a_lost_state_makes_no_second_vault_without_activation_either(settled: Engine) -> None:
    settled.forget()
    before = in_azure(settled)
    settled.configure(activate=None)
    assert_fails(settled.up(), ADOPT)
    assert in_azure(settled) == before


def test_nothing_is_created_while_adobe_does_not_say_what_it_has(engine: Engine) -> None:
    engine.faults = ["403-permission@config-get"]
    # Adobe's own words.
    assert_refused(engine, "Manage Customer Managed Keys")


@pytest.mark.parametrize("names", [{}, {"resourceGroupName": "acme", "vaultName": "acme-vault"}], ids=["generated", "set"])
def test_a_lost_state_is_taken_back_with_the_setting_that_the_error_names(engine: Engine, names: dict[str, str]) -> None:
    engine.configure(**names)
    assert engine.up().exit_code == 0
    before = in_azure(engine)
    engine.forget()
    assert_fails(engine.up(), ADOPT)
    engine.configure(adopt="true", **names)
    outcome = engine.up()
    assert_completed(outcome)
    assert changed_in_azure(outcome) == ADOPTED
    assert in_azure(engine) == before
    assert posts(engine) == 1
    watched = engine.watch()
    assert (watched.exit_code, changed_in_azure(watched)) == (0, {}), watched.text
    # What differs from the settings is managed again from here on, and the lock, which is there still.
    engine.configure(**names)
    managed = engine.up()
    assert (managed.exit_code, changed_in_azure(managed)) == (0, {"ManagementLockByScope": "import"}), managed.text
    assert engine.watch().exit_code == 0
    assert in_azure(engine) == before


def test_what_was_taken_back_has_the_deletion_guards_again(settled: Engine) -> None:
    settled.forget()
    settled.configure(adopt="true")
    assert_completed(settled.up())
    settled.configure()
    assert_completed(settled.up())
    assert_refused(settled, "protect", "destroy", "--yes", "--run-program")


def test_entries_that_are_lost_are_taken_back_with_the_key_that_adobe_has(settled: Engine) -> None:
    before = in_azure(settled)
    settled.forget("Key")
    outcome = settled.up()
    assert_completed(outcome)
    assert outcome.changed()["Key"] == "import"
    assert "create" not in changed_in_azure(outcome).values()
    assert in_azure(settled) == before
    assert posts(settled) == 1


def test_a_lost_state_whose_group_cannot_be_derived_asks_for_it(engine: Engine) -> None:
    # Names as Pulumi generated them, each with digits of its own.
    names = {"resourceGroupName": "adobe-cmk-rg11111111", "vaultName": "adobe-cmk-vault22222222"}
    engine.configure(**names)
    assert engine.up().exit_code == 0
    engine.forget()
    engine.configure(adopt="true")
    assert_fails(engine.up(), "pulumi config set adobe-cmk:resourceGroupName")
    engine.configure(adopt="true", resourceGroupName=names["resourceGroupName"])
    outcome = engine.up()
    assert_completed(outcome)
    assert changed_in_azure(outcome) == ADOPTED


def test_a_vault_that_a_refresh_forgot_comes_back_with_the_state_of_before(settled: Engine) -> None:
    backup = settled.home / "before.json"
    assert settled.plain("stack", "export", "--file", str(backup), "--stack", "dev")[0] == 0
    settled.drift("vault-deleted")
    settled.refresh()
    assert_refused(settled, "az keyvault recover", "preview")
    settled.drift("vault-recovered")
    assert settled.plain("stack", "import", "--file", str(backup), "--stack", "dev")[0] == 0
    assert_completed(settled.up())
    # Whoever deleted the vault removed its lock first; nothing else is lost.
    assert settled.refresh().changed() == {"ManagementLockByScope": "delete"}
    assert settled.up().changed() == {"ManagementLockByScope": "create"}
    assert_quiet(settled.refresh())
