"""An `up` that was killed at any step is completed by the next one, with one of everything that was named."""

import signal
import subprocess
from typing import Any
from unittest import mock

import grpc
import pytest

from simulation.cloud import opened
from simulation.environment import simulated
from simulation.providers.grpc_servers import StandInProvider
from tests.drivers import Engine

NAMES = {"resourceGroupName": "acme", "vaultName": "acme-vault"}
TYPES = ("ResourceGroup", "Vault", "Key", "ServicePrincipal", "RoleAssignment")


def killed_at(engine: Engine, kind: str, *, made: bool) -> None:
    """Run `up`, and kill the CLI when a resource of a kind is asked for: before it is made, or before the answer.

    What comes later in TYPES, which may run beside it, is not made.
    """
    create = StandInProvider.Create
    processes: list[subprocess.Popen[bytes]] = []

    def deadly(self: StandInProvider, request: Any, context: Any) -> Any:
        asked = request.urn.split("::")[2].rsplit(":", 1)[1]
        if TYPES.index(asked) < TYPES.index(kind):
            return create(self, request, context)
        if asked == kind:
            if made:
                create(self, request, context)
            processes[0].send_signal(signal.SIGKILL)
        processes[0].wait(timeout=30)
        return context.abort(grpc.StatusCode.CANCELLED, "nobody is waiting")

    engine.plain("stack", "ls")
    with (
        mock.patch.object(StandInProvider, "Create", deadly),
        opened(engine.home) as cloud,
        simulated(cloud, engine.home) as environment,
    ):
        processes.append(engine.started_up(environment))
        assert processes[0].wait(timeout=60) == -signal.SIGKILL
    engine.plain("cancel", "--yes", "--stack", "dev")


def completes(engine: Engine) -> None:
    code, text = engine.plain_up()
    assert code == 0, text
    state = engine.state()
    made = {kind: len(state["azure"][kind]) for kind in ("resourceGroups", "vaults", "keys", "roleAssignments")}
    assert made == dict.fromkeys(made, 1)
    assert len(state["entra"]["servicePrincipals"]) == 1
    held = next(iter(state["adobe"]["configurations"].values()))
    assert {name: configuration["status"] for name, configuration in held.items()} == {"cmk-config": "COMPLETED"}
    assert sum(entry["call"].startswith("POST /data") for entry in engine.journal()) == 1
    on = ("--yes", *engine.on)
    code, text = engine.plain("refresh", "--clear-pending-creates", *on)
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
    assert code != 0
    assert "pulumi config set adobe-cmk:servicePrincipal existing" in text
    engine.configure(**NAMES, servicePrincipal="existing")
    completes(engine)
