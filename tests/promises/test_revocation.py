"""Adobe's role is removed on purpose, and nothing else, and comes back under the same name."""

import json

import pytest

from simulation.adobe.http import ORG
from simulation.by_hand import PLATFORM, PLATFORM_VAULT_ID, SET_UPS
from simulation.cloud import opened
from tests.drivers import Engine
from tests.promises.drift_matrix import BENIGN, RECOVERABLE
from tests.promises.judge import UP, assert_completed, assert_fails, assert_quiet

CONFIRMED = f"{ORG}/cmk-config"
ROLE = "RoleAssignment"


def held(engine: Engine) -> dict[str, int]:
    azure = engine.state()["azure"]
    return {kind: len(azure[kind]) for kind in ("roleAssignments", "locks", "keys", "vaults", "resourceGroups")}


WHOLE = {"roleAssignments": 1, "locks": 1, "keys": 1, "vaults": 1, "resourceGroups": 1}


def revoked(engine: Engine) -> None:
    """Revoke, as the runbook says: three times `pulumi up`."""
    engine.switch("deployer-data-role", "crypto-officer")
    engine.configure(revoked=CONFIRMED)
    assert engine.up().exit_code != 0
    for _ in range(2):
        outcome = engine.up()
        assert outcome.exit_code == 0, outcome.text


@pytest.mark.every_time
def test_a_revocation_removes_the_role_alone_and_its_end_restores_it_under_the_same_name(settled: Engine) -> None:
    before = settled.clouds()
    calls = settled.calls()
    settled.configure(revoked=CONFIRMED)

    # The error says that nothing has happened yet, and what to do.
    assert_fails(settled.up(), "pulumi up")
    assert settled.clouds() == before

    second = settled.up()
    assert second.exit_code == 0, second.text
    # What follows, and by when; and a line for the auditor.
    for named in ("24 hours", "7 days", "permanently delete", "audit: "):
        assert named in second.text
    assert held(settled) == {**WHOLE, "roleAssignments": 0, "locks": 0}

    third = settled.up()
    assert third.exit_code == 0, third.text
    assert third.outputs["status"].startswith("REVOKED")
    assert held(settled) == {**WHOLE, "roleAssignments": 0}
    # None of it is a call to Adobe.
    assert settled.calls() == calls
    assert_quiet(settled.watch())

    settled.configure()
    restored = settled.up()
    assert_completed(restored)
    assert "audit: " in restored.text
    assert list(settled.state()["azure"]["roleAssignments"]) == list(json.loads(before)[0]["roleAssignments"])
    assert_quiet(settled.watch())


@pytest.mark.parametrize("typed", ["yes", "true", ORG, f"{ORG}/other", f"{CONFIRMED} x"])
@pytest.mark.every_time(cases=1)
def test_another_confirmation_revokes_nothing(settled: Engine, typed: str) -> None:
    before = settled.clouds()
    settled.configure(revoked=typed)
    assert_fails(settled.up(), "adobe-cmk:revoked", CONFIRMED)
    assert settled.clouds() == before


@pytest.mark.parametrize("activate", [CONFIRMED, None], ids=["activated", "prepared"])
def test_a_stack_that_sent_nothing_has_nothing_to_revoke(engine: Engine, activate: str | None) -> None:
    engine.configure(revoked=CONFIRMED, activate=activate)
    assert_fails(engine.up(), "revoked")
    assert engine.state()["azure"]["resourceGroups"] == {}


def test_every_other_guard_stays_on_while_the_role_is_revoked(settled: Engine) -> None:
    revoked(settled)
    before = settled.clouds()
    for command in (("destroy", "--yes"), ("destroy", "--yes", "--run-program", "--ignore-protect")):
        code, text = settled.plain(*command, *settled.on)
        assert code != 0, text
        after = settled.state()["azure"]
        assert (len(after["vaults"]), len(after["keys"]), len(after["resourceGroups"])) == (1, 1, 1)
    assert settled.up().exit_code == 0
    settled.configure(revoked=CONFIRMED, keyName="another")
    assert settled.up().exit_code != 0
    settled.configure(revoked=CONFIRMED)
    assert settled.up().exit_code == 0
    assert settled.clouds() == before


def test_the_guards_are_on_again_after_a_revocation_that_was_called_off(settled: Engine) -> None:
    settled.configure(revoked=CONFIRMED)
    assert settled.up().exit_code != 0
    settled.configure()
    assert_quiet(settled.up())
    role = next(
        entry for entry in json.loads(settled.recorded())["checkpoint"]["latest"]["resources"] if ROLE in entry["type"]
    )
    assert (role["protect"], role["retainOnDelete"]) == (True, True)


@pytest.mark.parametrize("command", [(*UP, "--refresh"), UP], ids=" ".join)
def test_a_revoked_role_stays_away_whatever_is_run(settled: Engine, command: tuple[str, ...]) -> None:
    revoked(settled)
    before = settled.clouds()
    assert settled.refresh().exit_code == 0
    assert_quiet(settled.pulumi(*command))
    assert settled.clouds() == before


def test_a_role_that_somebody_removed_before_the_revocation_stays_away_too(settled: Engine) -> None:
    settled.drift("lock-removed")
    settled.drift("role-removed")
    settled.configure(revoked=CONFIRMED)
    outcome = settled.pulumi(*UP, "--refresh")
    for _ in range(2):
        outcome = settled.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"].startswith("REVOKED")
    assert held(settled) == {**WHOLE, "roleAssignments": 0}


def test_a_role_that_somebody_brings_back_during_the_revocation_is_reported(settled: Engine) -> None:
    roles = settled.state()["azure"]["roleAssignments"]
    revoked(settled)
    with opened(settled.home) as cloud, cloud.at_work():
        cloud.state["azure"]["roleAssignments"].update(roles)
    # The command that removes it, which is another one than a lost role has.
    assert_fails(settled.up(), "az role assignment delete --ids")
    code, text = settled.drift_check()
    assert (code, "az role assignment delete --ids" in text) == (RECOVERABLE, True), text


@pytest.mark.parametrize("drift", ["key-disabled", "configuration-failed", "configuration-gone"])
def test_nothing_that_is_found_keeps_the_role_from_its_removal(settled: Engine, drift: str) -> None:
    settled.configure(revoked=CONFIRMED)
    assert settled.up().exit_code != 0
    settled.drift(drift)
    calls = settled.calls()
    settled.refresh()
    outcome = settled.up()
    assert (outcome.exit_code, outcome.changed().get(ROLE)) == (0, "delete"), outcome.text
    assert held(settled)["roleAssignments"] == 0
    assert not [call for call in settled.calls()[len(calls) :] if call.startswith("POST")]


def test_a_lock_of_somebody_else_is_named_and_the_next_up_goes_on(settled: Engine) -> None:
    settled.configure(revoked=CONFIRMED)
    assert settled.up().exit_code != 0
    with opened(settled.home) as cloud, cloud.at_work():
        (vault,) = cloud.state["azure"]["vaults"].values()
        cloud.azure.put_lock(vault["id"], "by-hand", "CanNotDelete", None)
    # Azure's own word.
    assert_fails(settled.up(), "ScopeLocked")
    assert held(settled)["roleAssignments"] == 1
    with opened(settled.home) as cloud, cloud.at_work():
        cloud.azure.delete_lock(f"{vault['id']}/providers/Microsoft.Authorization/locks/by-hand")
    outcome = settled.up()
    assert (outcome.exit_code, outcome.changed().get(ROLE)) == (0, "delete"), outcome.text


def test_a_role_on_a_key_that_somebody_else_owns_is_revoked_and_restored_too(engine: Engine) -> None:
    with opened(engine.home) as cloud, cloud.at_work():
        SET_UPS["platform-team"](cloud)
    existing = {"existingKeyId": f"{PLATFORM_VAULT_ID}/keys/{PLATFORM['keyName']}", "roleScope": "key"}
    engine.configure(**existing)
    assert engine.up().exit_code == 0
    roles = engine.state()["azure"]["roleAssignments"]
    engine.configure(**existing, revoked=CONFIRMED)
    assert engine.up().exit_code != 0
    outcome = engine.up()
    assert outcome.exit_code == 0, outcome.text
    assert_quiet(engine.up())
    assert engine.state()["azure"]["roleAssignments"] == {}
    engine.configure(**existing)
    assert_completed(engine.up())
    assert set(engine.state()["azure"]["roleAssignments"]) == set(roles)


def test_the_drift_check_says_revoked_and_not_drift(settled: Engine) -> None:
    settled.configure(revoked=CONFIRMED)
    assert settled.drift_check()[0] == RECOVERABLE
    revoked(settled)
    assert settled.drift_check()[0] == BENIGN
