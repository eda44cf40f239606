"""Two organisations, a stack each, from one program: side by side, and neither one's changes or mistakes reach the other."""

from pathlib import Path

import pytest

from simulation.adobe.http import ORG, SECOND_ORG
from simulation.cloud import opened
from simulation.environment import simulated
from tests.drivers import Engine, need_the_engine
from tests.promises.drift_matrix import BENIGN, PURGE
from tests.promises.judge import POST, assert_fails, assert_quiet


def stack_of(home: Path, name: str, org: str) -> Engine:
    """The stack of an organisation; all of one home have the same clouds and backend."""
    stack = Engine(home)
    stack.stack, stack.config_file = name, home / f"{name}.yaml"
    stack.configure(imsOrgId=org, activate=f"{org}/cmk-config")
    stack.plain("stack", "ls")
    return stack


def vault_of(stack: Engine) -> str:
    code, text = stack.plain("stack", "output", "vaultId", "--stack", stack.stack)
    assert code == 0, text
    return text.strip().rpartition("/")[2]


@pytest.fixture
def stacks(tmp_path: Path) -> tuple[Engine, Engine]:
    """Two stacks that were brought up at the same time."""
    need_the_engine()
    home = tmp_path / "home"
    acme, globex = stack_of(home, "acme", ORG), stack_of(home, "globex", SECOND_ORG)
    with opened(home) as cloud, simulated(cloud, home) as environment:
        ups = [stack.started_up(environment) for stack in (acme, globex)]
        assert [up.wait(timeout=180) for up in ups] == [0, 0]
    return acme, globex


def test_two_stacks_at_once_do_not_disturb_each_other(stacks: tuple[Engine, Engine]) -> None:
    acme, globex = stacks
    held = acme.state()["adobe"]["configurations"]
    assert {org: [one["status"] for one in names.values()] for org, names in held.items()} == {
        org: ["COMPLETED"] for org in (ORG, SECOND_ORG)
    }
    # Each sent its own, once, with a vault of its own.
    sent = [entry["body"]["imsOrgId"] for entry in acme.journal() if entry["call"] == POST]
    assert sorted(sent) == sorted((ORG, SECOND_ORG))
    assert vault_of(acme) != vault_of(globex)
    # What happens to the key of one is no finding of the other.
    place = f"{vault_of(acme)}/adobe-cmk-key"
    with opened(acme.home) as cloud, cloud.at_work():
        cloud.state["azure"]["keys"][place]["attributes"]["enabled"] = False
    assert (acme.drift_check()[0], globex.drift_check()[0]) == (PURGE, BENIGN)


def test_a_mistake_in_one_stack_does_not_reach_the_other(stacks: tuple[Engine, Engine]) -> None:
    acme, globex = stacks
    before = acme.clouds()
    # Somebody copies the stack file of the other one, or its confirmation.
    acme.configure(imsOrgId=SECOND_ORG, activate=f"{SECOND_ORG}/cmk-config")
    assert_fails(acme.up(), "adobe-cmk:imsOrgId", ORG, SECOND_ORG)
    acme.configure(activate=f"{SECOND_ORG}/cmk-config")
    assert_fails(acme.up(), "adobe-cmk:activate", f"{ORG}/cmk-config")
    acme.configure()
    assert acme.plain("destroy", "--yes", "--run-program", "--ignore-protect", *acme.on)[0] != 0
    assert acme.clouds() == before
    assert_quiet(globex.up())
