"""A state that an earlier version wrote goes on under this one: nothing is replaced, nothing is sent again."""

import shutil
from pathlib import Path

import pytest

from tests.drivers import Engine, need_the_engine

STATES = Path(__file__).parents[1] / "states"


def left_by(version: str, home: Path) -> Engine:
    """The stack and the clouds as a version left them."""
    need_the_engine()
    stack = Engine(home, tags={"team": "security"})
    stack.plain("stack", "ls")
    shutil.copy(STATES / version / "cloud.json", stack.home)
    code, text = stack.plain("stack", "import", "--file", str(STATES / version / "state.json"), "--stack", "dev")
    assert code == 0, text
    return stack


@pytest.fixture
def earlier(tmp_path: Path) -> Engine:
    """The stack of the last version without a root component."""
    return left_by("without_root", tmp_path / "home")


@pytest.mark.parametrize("version", ["version_0_2_0", "version_0_2_0_without_revoked"])
def test_a_state_of_this_version_shows_no_change(tmp_path: Path, version: str) -> None:
    stack = left_by(version, tmp_path / "home")
    before, calls = stack.clouds(), stack.calls()
    for outcome in (stack.preview(), stack.watch(), stack.refresh(), stack.up()):
        assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    assert stack.clouds() == before
    assert not [call for call in stack.calls()[len(calls) :] if call.startswith("POST")]


@pytest.mark.parametrize("first", [("up",), ("up", "--refresh")], ids=" ".join)
@pytest.mark.every_time(cases=1)
def test_a_stack_without_the_root_gets_it_and_the_lock_and_nothing_else(earlier: Engine, first: tuple[str, ...]) -> None:
    before, posts = earlier.clouds(), sum(call.startswith("POST") for call in earlier.calls())
    for command in (("preview",), ("preview", "--refresh"), (*first, "--yes", "--skip-preview")):
        code, text = earlier.plain(*command, *earlier.on)
        assert code == 0, text
        summary = text[text.index("Resources:") :].split("\n\n")[0]
        # The root, and the lock of the vault, which is new too.
        assert "+ 2 to create" in summary or "+ 2 created" in summary, text
        assert summary.count("unchanged") == len(summary.splitlines()) - 2, text
    outcome = earlier.refresh()
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    again = earlier.up()
    assert (again.changed(), again.outputs["status"]) == ({}, "COMPLETED")
    earlier.drift("lock-removed")
    assert earlier.clouds() == before
    assert sum(call.startswith("POST") for call in earlier.calls()) == posts


def test_a_refresh_before_the_first_up_changes_nothing(earlier: Engine) -> None:
    outcome = earlier.pulumi("refresh", "--yes", "--skip-preview")
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    outcome = earlier.up()
    # The lock of the vault is new.
    assert (outcome.exit_code, outcome.changed()) == (0, {"ManagementLockByScope": "create"}), outcome.text


def test_a_destroy_of_a_stack_that_an_earlier_version_made_is_refused(earlier: Engine) -> None:
    before = earlier.clouds()
    for arguments in (("destroy", "--yes"), ("destroy", "--yes", "--run-program", "--ignore-protect")):
        assert earlier.plain(*arguments, *earlier.on)[0] != 0
    assert earlier.clouds() == before
