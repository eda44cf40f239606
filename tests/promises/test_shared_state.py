"""The state of a team in Azure Blob Storage: one `up` at a time, and nothing is lost when two people or a crash meet."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from simulation.cloud import Cloud, opened
from simulation.environment import cli, simulated
from tests import azurite
from tests.drivers import Engine, need_the_engine, until

POST = "POST /data/infrastructure/manager/customer/config"
LOCKED = "the stack is currently locked by 1 lock(s)"
UP = ("up", "--yes", "--skip-preview")
REFRESH = ("refresh", "--yes", "--skip-preview", "--run-program")
KINDS = ("resourceGroups", "vaults", "keys", "roleAssignments")


class Team:
    """People who share one stack; each command has the same clouds and the same container."""

    def __init__(self, stack: Engine, cloud: Cloud, environment: Mapping[str, str]) -> None:
        self._stack, self.cloud, self._environment = stack, cloud, environment
        assert self.run("stack", "init", "dev", on=())[0] == 0

    def start(self, *arguments: str, on: tuple[str, ...] | None = None) -> subprocess.Popen[str]:
        """A command under way."""
        return subprocess.Popen(
            [str(cli()), *arguments, *(self._stack.on if on is None else on)], env=self._environment, cwd=self._stack.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, *arguments: str, on: tuple[str, ...] | None = None) -> tuple[int, str]:
        """A command from its start to its end; exit code, and all that it printed."""
        return ended(self.start(*arguments, on=on))

    def state(self) -> list[dict[str, Any]]:
        """The resources of the stack, as the container has them."""
        code, text = self.run("stack", "export", on=("--stack", "dev"))
        assert code == 0, text
        resources: list[dict[str, Any]] = json.loads(text)["deployment"]["resources"]
        return resources

    def posts(self) -> int:
        return sum(entry["call"] == POST for entry in self.cloud.adobe.journal)

    def assert_whole(self) -> None:
        """One of everything, one configuration at Adobe that was sent once, and a state that agrees with the clouds."""
        held = self.cloud.state["adobe"]["configurations"]
        assert [list(names) for names in held.values()] == [["cmk-config"]]
        assert {kind: len(self.cloud.state["azure"][kind]) for kind in KINDS} == dict.fromkeys(KINDS, 1)
        assert self.posts() == 1
        for command in (UP, REFRESH):
            code, text = self.run(*command, "--expect-no-changes")
            assert code == 0, text


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    text = process.communicate(timeout=120)[0]
    return process.returncode, text


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    need_the_engine()
    azurite.need_azurite()
    # The first `up` is under way long enough for the second one to meet it.
    stack = Engine(tmp_path / "home", rolePropagationSeconds="3")
    with (
        opened(stack.home) as cloud,
        simulated(cloud, stack.home) as environment,
        azurite.serving(tmp_path / "storage") as backend,
    ):
        yield Team(stack, cloud, {**environment, **backend})


@pytest.mark.every_time
def test_of_two_ups_at_once_the_second_is_refused_and_the_first_loses_nothing(team: Team) -> None:
    first = team.start(*UP)
    until(lambda: bool(team.cloud.state["azure"]["roleAssignments"]))
    code, text = team.run(*UP)
    assert code != 0
    assert LOCKED in text
    assert "azblob://pulumi-state/.pulumi/locks/organization/adobe-cmk/dev/" in text
    assert team.posts() == 0
    code, text = ended(first)
    assert code == 0, text
    team.assert_whole()


def test_ups_that_start_at_the_same_instant_never_both_run(team: Team) -> None:
    results = [ended(process) for process in [team.start(*UP) for _ in range(2)]]
    done = [code for code, _ in results if code == 0]
    refused = [text for code, text in results if code != 0]
    # Each looks for other locks again after it has written its own, so both may be refused.
    assert len(done) <= 1
    assert all("the stack is currently locked by" in text for text in refused)
    code, text = team.run(*UP)
    assert code == 0, text
    team.assert_whole()


def test_an_up_that_was_killed_leaves_a_lock_and_after_cancel_the_next_one_completes_it(team: Team) -> None:
    killed = team.start(*UP)
    until(lambda: bool(team.cloud.state["azure"]["roleAssignments"]))
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=30)
    code, text = team.run(*UP)
    assert code != 0
    assert LOCKED in text
    assert "`pulumi cancel`" in text
    # What only reads goes on meanwhile.
    assert team.run("preview")[0] == 0
    assert team.run("cancel", "--yes", on=("--stack", "dev"))[0] == 0
    code, text = team.run(*UP)
    assert code == 0, text
    team.assert_whole()


def test_while_the_storage_cannot_be_reached_nothing_is_created_or_sent(team: Team) -> None:
    code, text = team.run(*UP)
    assert code == 0, text
    before = json.dumps([team.cloud.state["azure"], team.cloud.state["entra"]], sort_keys=True)
    team._environment = {**team._environment, "AZURE_STORAGE_DOMAIN": "127.0.0.1:9"}
    code, text = team.run(*UP)
    assert code != 0
    assert "127.0.0.1:9" in text
    assert json.dumps([team.cloud.state["azure"], team.cloud.state["entra"]], sort_keys=True) == before
    assert team.posts() == 1


def test_the_state_in_the_container_has_no_credential(team: Team) -> None:
    code, text = team.run(*UP)
    assert code == 0, text
    stored = json.dumps(team.state())
    assert "adobe-cmk-vault" in stored
    for secret in (azurite.KEY, team._environment["ADOBE_CLIENT_SECRET"]):
        assert secret not in stored
