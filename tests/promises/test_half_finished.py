"""What an interrupted `up` left is completed by the next one, with one of everything; other commands end cleanly on it."""

import signal

import pytest

from tests.drivers import Engine, Outcome
from tests.lives.kills import killed_engine
from tests.promises.judge import REFRESH, assert_fails, configurations, counted, posts

NAMES = {"resourceGroupName": "acme", "vaultName": "acme-vault"}
# In the order in which they need each other.
TYPES = ("ResourceGroup", "Vault", "Key", "ServicePrincipal", "RoleAssignment")
COMMANDS = ((*REFRESH, "--run-program"), ("destroy", "--yes", "--run-program"))


def killed_at(engine: Engine, kind: str, *, made: bool) -> None:
    """An `up` that is killed when a resource of a kind is asked for: before it is made, or before the answer."""
    outcome = killed_engine(engine, kind, made=made, held=TYPES[TYPES.index(kind) + 1 :])
    assert outcome.exit_code == -signal.SIGKILL


def completes(engine: Engine) -> None:
    code, text = engine.plain_up()
    assert code == 0, text
    assert counted(engine) == [1, 1, 1, 1]
    assert len(engine.state()["entra"]["servicePrincipals"]) == 1
    assert (configurations(engine), posts(engine)) == (["COMPLETED"], 1)
    code, text = engine.plain("refresh", "--clear-pending-creates", "--yes", *engine.on)
    assert code == 0, text
    outcome = engine.up()
    assert set(outcome.changed().values()) <= {"read"}
    assert "pending operations" not in outcome.text


@pytest.mark.parametrize("names", [NAMES, {}], ids=["set", "generated"])
def test_ups_killed_before_each_resource_in_turn_are_completed_by_the_next(engine: Engine, names: dict[str, str]) -> None:
    engine.configure(**names)
    for kind in TYPES:
        killed_at(engine, kind, made=False)
    completes(engine)


@pytest.mark.parametrize("names", [{}, NAMES], ids=["generated", "set"])
def test_ups_killed_before_the_answer_for_each_azure_resource_in_turn_are_completed_by_the_next(
    engine: Engine, names: dict[str, str]
) -> None:
    engine.configure(**names)
    for kind in TYPES:
        if kind != "ServicePrincipal":
            killed_at(engine, kind, made=True)
    completes(engine)


def test_an_up_killed_before_entra_answers_is_completed_with_the_setting_that_the_next_one_names(engine: Engine) -> None:
    engine.configure(**NAMES)
    killed_at(engine, "ServicePrincipal", made=True)
    code, text = engine.plain_up()
    assert_fails(Outcome(code, text=text), "pulumi config set adobe-cmk:servicePrincipal existing")
    engine.configure(**NAMES, servicePrincipal="existing")
    completes(engine)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("activate", [True, False], ids=["activated", "prepared"])
@pytest.mark.every_time(cases=1)
def test_an_empty_stack_ends_cleanly(engine: Engine, command: tuple[str, ...], activate: bool) -> None:
    if not activate:
        engine.configure(activate=None)
    code, text = engine.plain(*command, *engine.on)
    assert code == 0, text
    assert "Traceback" not in text


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("missing", ["Key", "RoleAssignment", "Vault"])
@pytest.mark.every_time(cases=1)
def test_a_stack_that_an_interrupted_up_left_ends_cleanly(engine: Engine, command: tuple[str, ...], missing: str) -> None:
    engine.configure(activate=None, protect="false")
    assert engine.up().exit_code == 0
    # Deleting the key takes a role on the vault's data plane.
    engine.switch("deployer-data-role", "crypto-officer")
    order = ("RoleAssignment", "Key", "Vault")
    engine.forget(*order[: order.index(missing) + 1])
    code, text = engine.plain(*command, *engine.on)
    assert code == 0, text
    assert "Traceback" not in text
