"""The lock of the vault holds what is below it, comes off with the deletion guards, and before anything else."""

import pytest

from simulation.adobe.http import ORG
from simulation.cloud import opened
from simulation.errors import CloudError
from tests.drivers import Engine, Outcome
from tests.lives.kills import killed_engine
from tests.promises.judge import UP, assert_completed, assert_fails, assert_quiet
from tests.surroundings import SUBNET, WORKSPACE, ZONE

LOCK = "ManagementLockByScope"
GUARDS_OFF = {
    "before activation": {"protect": "false", "activate": None},
    "after it": {"releaseGuards": f"{ORG}/cmk-config"},
}


def delete_the_role(engine: Engine) -> None:
    """Somebody deletes the role of Adobe's app in the portal."""
    with opened(engine.home) as cloud, cloud.at_work():
        for path in list(cloud.state["azure"]["roleAssignments"]):
            cloud.azure.delete_role_assignment(path)


def remaining(engine: Engine) -> dict[str, int]:
    azure = engine.state()["azure"]
    return {kind: len(azure[kind]) for kind in ("locks", "roleAssignments", "keys", "vaults", "resourceGroups")}


@pytest.mark.parametrize("when", GUARDS_OFF)
def test_the_lock_holds_the_role_until_the_guards_come_off_and_a_destroy_works(engine: Engine, when: str) -> None:
    off = GUARDS_OFF[when]
    engine.configure(**{"activate": None} if "activate" in off else {})
    assert engine.up().exit_code == 0
    with pytest.raises(CloudError, match="ScopeLocked"):
        delete_the_role(engine)
    engine.configure(**off)
    released = engine.up()
    assert (released.exit_code, released.changed()) == (0, {LOCK: "delete"}), released.text
    assert remaining(engine) == {"locks": 0, "roleAssignments": 1, "keys": 1, "vaults": 1, "resourceGroups": 1}
    engine.switch("deployer-data-role", "crypto-officer")
    code, text = engine.plain("destroy", "--yes", *engine.on)
    assert code == 0, text
    assert not any(remaining(engine).values())


def test_guards_that_are_set_again_bring_the_lock_back(engine: Engine) -> None:
    engine.configure(protect="false", activate=None)
    assert engine.up().exit_code == 0
    assert remaining(engine)["locks"] == 0
    engine.configure(activate=None)
    assert engine.up().changed() == {LOCK: "create"}


def test_a_lock_that_is_not_the_programs_own_stops_a_destroy(engine: Engine) -> None:
    engine.configure(protect="false", activate=None)
    assert engine.up().exit_code == 0
    with opened(engine.home) as cloud, cloud.at_work():
        (vault,) = cloud.state["azure"]["vaults"].values()
        cloud.azure.put_lock(vault["id"], "by-hand", "CanNotDelete", None)
    engine.switch("deployer-data-role", "crypto-officer")
    code, text = engine.plain("destroy", "--yes", *engine.on)
    assert_fails(Outcome(code, text=text), "ScopeLocked")
    assert (remaining(engine)["roleAssignments"], remaining(engine)["vaults"]) == (1, 1)


def test_a_destroy_that_the_guards_end_deletes_no_more_than_the_lock_and_the_next_up_restores_it(engine: Engine) -> None:
    engine.configure(activate=None)
    assert engine.up().exit_code == 0
    code, text = engine.plain("destroy", "--yes", "--run-program", "--ignore-protect", *engine.on)
    assert_fails(Outcome(code, text=text), "permanently delete")
    assert remaining(engine) == {"locks": 0, "roleAssignments": 1, "keys": 1, "vaults": 1, "resourceGroups": 1}
    outcome = engine.up()
    assert (outcome.exit_code, outcome.changed()[LOCK]) == (0, "create"), outcome.text


def test_an_up_that_was_killed_before_the_answer_for_the_lock_is_completed_by_the_next(engine: Engine) -> None:
    assert killed_engine(engine, LOCK, made=True).exit_code != 0
    assert remaining(engine)["locks"] == 1
    outcome = engine.up()
    assert outcome.changed()[LOCK] == "import", outcome.text
    assert_completed(outcome)
    assert remaining(engine)["locks"] == 1


def test_what_the_lock_holds_is_changed_after_somebody_removed_the_lock_and_the_lock_comes_back(engine: Engine) -> None:
    restricted = {"activate": None, "network": "restricted", "privateDnsZoneId": ZONE}
    engine.configure(**restricted, privateEndpointSubnetId=SUBNET, logAnalyticsWorkspaceId=WORKSPACE)
    assert engine.up().exit_code == 0
    before = engine.state()["azure"]
    engine.configure(**restricted, privateEndpointSubnetId=f"{SUBNET}-2")
    assert_fails(engine.up(), "ScopeLocked")
    assert engine.state()["azure"]["privateEndpoints"] == before["privateEndpoints"]
    # As the runbook says: az lock delete, pulumi up, pulumi up --refresh.
    engine.drift("lock-removed")
    outcome = engine.up()
    assert outcome.exit_code == 0, outcome.text
    azure = engine.state()["azure"]
    (endpoint,) = azure["privateEndpoints"].values()
    assert (endpoint["subnet"], azure["diagnosticSettings"]) == ({"id": f"{SUBNET}-2"}, {})
    assert len(azure["privateDnsZoneGroups"]) == 1
    assert engine.pulumi(*UP, "--refresh").exit_code == 0
    assert remaining(engine)["locks"] == 1
    assert_quiet(engine.watch())
