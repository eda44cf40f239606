"""Adobe's role is removed on purpose, and nothing else, and comes back under the same name."""

import json

import pytest

from simulation.adobe.http import ORG
from simulation.by_hand import PLATFORM, PLATFORM_VAULT_ID, SET_UPS
from simulation.cloud import opened
from tests.drivers import Engine

CONFIRMED = f"{ORG}/cmk-config"
LOCK, ROLE = "ManagementLockByScope", "RoleAssignment"


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

    first = settled.up()
    assert first.exit_code != 0
    assert "REVOCATION PENDING" in first.text
    assert "Adobe's app still has its role on the key" in first.text
    assert "run `pulumi up` again" in first.text
    assert settled.clouds() == before

    second = settled.up()
    assert (second.exit_code, second.changed()) == (0, {"Activation": "update", ROLE: "delete", LOCK: "delete"}), second.text
    assert "Within minutes to 24 hours" in second.text
    assert "within 7 days its caches" in second.text
    assert "permanently delete the data" in second.text
    assert "audit: " in second.text
    assert held(settled) == {**WHOLE, "roleAssignments": 0, "locks": 0}

    third = settled.up()
    assert (third.exit_code, third.changed()) == (0, {LOCK: "create"}), third.text
    assert third.outputs["status"].startswith("REVOKED")
    assert held(settled) == {**WHOLE, "roleAssignments": 0}
    # None of it is a call to Adobe.
    assert settled.calls() == calls

    watched = settled.watch()
    assert (watched.exit_code, watched.changed()) == (0, {}), watched.text
    assert "REVOKED" in watched.text

    settled.configure()
    restored = settled.up()
    assert (restored.exit_code, restored.changed()) == (0, {"Activation": "update", ROLE: "create"}), restored.text
    assert restored.outputs["status"] == "COMPLETED"
    assert "restored" in restored.text
    assert list(settled.state()["azure"]["roleAssignments"]) == list(json.loads(before)[0]["roleAssignments"])
    assert settled.watch().changed() == {}


@pytest.mark.parametrize("typed", ["yes", "true", ORG, f"{ORG}/other", f"{CONFIRMED} x"])
@pytest.mark.every_time(cases=1)
def test_another_confirmation_revokes_nothing(settled: Engine, typed: str) -> None:
    before = settled.clouds()
    settled.configure(revoked=typed)
    outcome = settled.up()
    assert outcome.exit_code != 0
    assert f"adobe-cmk:revoked is '{typed}'; allowed: empty, or exactly {CONFIRMED}" in outcome.text
    assert settled.clouds() == before


def test_a_stack_that_sent_nothing_has_nothing_to_revoke(engine: Engine) -> None:
    engine.configure(revoked=CONFIRMED)
    outcome = engine.up()
    assert outcome.exit_code != 0
    assert "this stack has not sent a configuration to Adobe; nothing was changed" in outcome.text
    assert engine.state()["azure"]["resourceGroups"] == {}
    engine.configure(revoked=CONFIRMED, activate=None)
    assert "adobe-cmk:revoked is" in engine.up().text


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
    outcome = settled.up()
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    role = next(
        entry for entry in json.loads(settled.recorded())["checkpoint"]["latest"]["resources"] if ROLE in entry["type"]
    )
    assert (role["protect"], role["retainOnDelete"]) == (True, True)


@pytest.mark.parametrize("command", [("up", "--yes", "--skip-preview", "--refresh"), ("up", "--yes", "--skip-preview")])
def test_a_revoked_role_stays_away_whatever_is_run(settled: Engine, command: tuple[str, ...]) -> None:
    revoked(settled)
    before = settled.clouds()
    assert settled.refresh().exit_code == 0
    outcome = settled.pulumi(*command)
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    assert settled.clouds() == before


def test_a_role_that_somebody_removed_before_the_revocation_stays_away_too(settled: Engine) -> None:
    settled.drift("lock-removed")
    settled.drift("role-removed")
    settled.configure(revoked=CONFIRMED)
    outcome = settled.pulumi("up", "--yes", "--skip-preview", "--refresh")
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
    outcome = settled.up()
    assert outcome.exit_code != 0
    assert "must be absent, because it is revoked" in outcome.text
    code, text = settled.drift_check()
    assert (code, "must be absent, because it is revoked" in text) == (2, True), text


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
    outcome = settled.up()
    assert outcome.exit_code != 0
    assert "A lock on the vault, its resource group or the subscription prevents this" in outcome.text
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
    assert (outcome.exit_code, outcome.changed()) == (0, {"Activation": "update", ROLE: "delete"}), outcome.text
    assert (engine.up().changed(), engine.state()["azure"]["roleAssignments"]) == ({}, {})
    engine.configure(**existing)
    outcome = engine.up()
    assert (outcome.exit_code, outcome.outputs["status"]) == (0, "COMPLETED"), outcome.text
    assert set(engine.state()["azure"]["roleAssignments"]) == set(roles)


def test_the_drift_check_says_revoked_and_not_drift(settled: Engine) -> None:
    settled.configure(revoked=CONFIRMED)
    code, text = settled.drift_check()
    assert (code, "REVOCATION PENDING" in text) == (2, True), text
    revoked(settled)
    code, text = settled.drift_check()
    assert (code, text.splitlines()[-1].startswith("dev: revoked. ")) == (0, True), text
    assert "recoverable" not in text
