"""The configuration is sent once, on fresh facts: what a tired operator, a copied stack file or a crash would do."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from simulation.adobe.faults import Faults
from simulation.adobe.http import ORG
from simulation.cloud import Cloud, opened
from simulation.drifts.of_keys import key_disabled
from simulation.environment import simulated
from tests.drivers import Engine, until
from tests.engine.edited import project

POST = "POST /data/infrastructure/manager/customer/config"
GET = "GET /data/infrastructure/manager/customer/config/cmk-config"


LOST = (
    "ManagementLockByScope", "Activation", "KeyConfiguration", "SubmissionAttempt", "RolePropagation", "RoleAssignment",
    "Key", "Vault",
)  # fmt: skip


def posts(engine: Engine) -> int:
    return sum(entry["call"] == POST for entry in engine.journal())


def assert_refused(engine: Engine, words: str, *command: str, cwd: Path | None = None) -> str:
    before = engine.clouds()
    code, text = engine.plain(*(command or ("up", "--yes", "--skip-preview")), *engine.on, **({"cwd": cwd} if cwd else {}))
    assert code != 0, text
    assert words in text, text
    assert "Traceback" not in text
    assert engine.clouds() == before
    return text


def test_a_copy_of_the_settings_with_another_vault_and_name_sends_nothing_until_somebody_types_what_is_meant(
    settled: Engine,
) -> None:
    settled.configure(vaultName="blue-vault", configName="blue")
    settled.stack = "blue"
    assert_refused(settled, f"adobe-cmk:activate is '{ORG}/cmk-config'; allowed: empty, or exactly {ORG}/blue")
    assert posts(settled) == 1


@pytest.mark.every_time
def test_a_copy_of_the_settings_with_the_same_name_creates_nothing_before_adobes_configuration_is_seen(
    settled: Engine,
) -> None:
    settled.configure(vaultName="blue-vault")
    settled.stack = "blue"
    text = assert_refused(settled, f"Adobe already has the configuration 'cmk-config' of {ORG} for https://adobe-cmk-vault")
    assert "nothing was created" in text
    assert posts(settled) == 1


@pytest.mark.parametrize("loss", ["stack removed", "entries deleted"])
@pytest.mark.every_time(cases=1)
def test_a_lost_state_sends_nothing_and_creates_nothing_twice(settled: Engine, loss: str) -> None:
    if loss == "stack removed":
        settled.forget()
    else:
        settled.forget(*LOST)
    text = assert_refused(settled, "Either the state of the stack was lost, its settings are a copy of another stack's, or")
    assert "docs/runbook.md, Lost state" in text
    assert posts(settled) == 1


def test_two_stacks_of_one_organisation_that_wait_for_their_roles_at_once_send_one_configuration(
    engine: Engine, tmp_path: Path
) -> None:
    engine.configure(rolePropagationSeconds="3")
    # As luck has it: one spreads its question by nothing, the other by all that it may.
    edits = (
        ("LONGEST_SPREAD = 3.0", "LONGEST_SPREAD = 0.0"),
        ("self.spread(0.0, min(LONGEST_SPREAD, seconds))", "LONGEST_SPREAD"),
    )
    stacks = {}
    for stack, edit in zip(("dev", "blue"), edits, strict=True):
        (tmp_path / stack).mkdir()
        stacks[stack] = project(tmp_path / stack, {"components/adobe/role_propagation.py": [edit]})
        engine.stack = stack
        engine.plain("stack", "ls")
    with opened(engine.home) as cloud, simulated(cloud, engine.home) as environment:
        ups = []
        for engine.stack, engine.folder in stacks.items():
            ups.append(engine.started_up(environment))
        codes = [up.wait(timeout=120) for up in ups]
    assert sorted(code == 0 for code in codes) == [False, True]
    assert posts(engine) == 1


def up_with_a_change_in_the_wait_for_the_role(engine: Engine, change: Callable[[Cloud], object]) -> int:
    """Exit code of an `up` in whose wait for the role somebody changes the clouds."""
    engine.configure(rolePropagationSeconds="4")
    engine.plain("stack", "ls")
    with opened(engine.home) as cloud, simulated(cloud, engine.home) as environment:
        process = engine.started_up(environment)
        until(lambda: bool(cloud.state["azure"]["roleAssignments"]))
        with cloud.at_work():
            change(cloud)
        return process.wait(timeout=60)


def test_the_look_at_azure_is_taken_after_the_wait_for_the_role(engine: Engine) -> None:
    assert up_with_a_change_in_the_wait_for_the_role(engine, key_disabled) != 0
    assert posts(engine) == 0


def test_somebody_who_sends_another_configuration_in_the_wait_for_the_role_is_seen_before_the_post(engine: Engine) -> None:
    theirs = {"providerType": "AZURE_KEYVAULT", "keyVaultKeyIdentifier": "https://theirs.vault.azure.net/keys/theirs/1"}
    body = {"name": "cmk-config", "type": "BYOK_CONFIG", "imsOrgId": ORG, "configData": theirs}
    assert up_with_a_change_in_the_wait_for_the_role(engine, lambda cloud: cloud.adobe.submit(ORG, body)) != 0
    assert posts(engine) == 0


@pytest.fixture
def cut_off(engine: Engine) -> Engine:
    """A stack whose `up` was killed between the POST and its answer: its state has the trace and no configuration."""
    engine.plain("stack", "ls")
    with opened(engine.home) as cloud, simulated(cloud, engine.home, Faults(["slow@config-post"])) as environment:
        process = engine.started_up(environment)
        until(lambda: any(entry["call"] == POST for entry in cloud.adobe.journal))
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=60)
    engine.plain("cancel", "--yes", "--stack", "dev")
    return engine


@pytest.mark.every_time(cases=1)
def test_a_run_that_was_cut_off_at_the_post_is_found_by_the_next_although_adobe_shows_it_late(cut_off: Engine) -> None:
    # Adobe does not show what it has: to this run's first looks there is none.
    cut_off.faults = ["404@config-get*3"]
    code, text = cut_off.plain_up()
    assert code == 0, text
    assert "an earlier run was interrupted during submission" in text
    assert posts(cut_off) == 1


def test_after_a_run_that_was_cut_off_no_other_configuration_is_sent_in_its_place(cut_off: Engine) -> None:
    cut_off.configure(configName="other", activate=f"{ORG}/other")
    assert_refused(cut_off, "the name of the configuration cannot change from 'cmk-config'")
    cut_off.configure(activate=None)
    assert_refused(cut_off, "adobe-cmk:activate is unset, but the configuration 'cmk-config' may have been sent to Adobe")
    cut_off.configure()
    assert cut_off.up().outputs["status"] == "COMPLETED"
    assert posts(cut_off) == 1


def test_after_a_run_that_was_cut_off_no_vault_and_no_key_is_created_anew(cut_off: Engine) -> None:
    cut_off.drift("vault-deleted")
    cut_off.refresh()
    cut_off.faults = ["404@config-get"]
    assert_refused(cut_off, "Creation blocked")
    assert posts(cut_off) == 1


def test_what_was_sent_is_not_sent_again_because_a_refresh_did_not_see_it(settled: Engine) -> None:
    settled.faults = ["404@config-get"]
    outcome = settled.refresh()
    assert outcome.changed() == {"KeyConfiguration": "update", "Activation": "update"}
    code, text = settled.plain_up()
    assert code != 0
    assert (
        "Adobe does not return the configuration 'cmk-config', which was already submitted; it is not submitted again"
        in text
    )
    settled.faults = []
    code, text = settled.plain_up()
    assert code == 0, text
    assert posts(settled) == 1


@pytest.mark.parametrize("fault", ["404-route", "404-html"])
def test_a_404_of_a_gateway_is_no_absence(settled: Engine, fault: str) -> None:
    settled.faults = [f"{fault}@config-get"]
    code, text = settled.plain("refresh", "--yes", "--skip-preview", *settled.on)
    assert code != 0, text
    settled.faults = []
    assert settled.up().changed() == {}


def test_a_leftover_address_of_another_host_is_refused_in_preview_and_at_refresh(settled: Engine) -> None:
    elsewhere = {"ADOBE_PLATFORM_URL": "http://localhost:9"}
    before = len(settled.journal())
    in_program = "the host of Adobe's API cannot change from '127.0.0.1'"
    at_refresh = "this stack uses Adobe's host 127.0.0.1, but this run would call localhost; no call was made"
    at_once = ("--yes", "--skip-preview")
    for command, words in (
        (("preview",), in_program),
        (("up", *at_once), in_program),
        (("refresh", *at_once), at_refresh),
        (("refresh", *at_once, "--run-program"), at_refresh),
    ):
        code, text = settled.plain(*command, *settled.on, environment=elsewhere)
        assert code != 0, text
        assert words in text
    assert len(settled.journal()) == before
    outcome = settled.up()
    assert outcome.changed() == {}, outcome.text


def test_a_configuration_that_turns_to_another_key_in_the_wait_is_an_error(engine: Engine) -> None:
    engine.faults = ["other-key@config-get"]
    code, text = engine.plain_up()
    assert code != 0
    assert "Adobe already has the configuration 'cmk-config' for https://another-vault.vault.azure.net" in text


@pytest.mark.parametrize("command", [("refresh", "--yes", "--skip-preview"), ("up", "--yes", "--skip-preview", "--refresh")])
def test_a_configuration_for_another_key_is_an_error_at_refresh_and_at_up(settled: Engine, command: tuple[str, ...]) -> None:
    settled.drift("configuration-moved")
    code, text = settled.plain(*command, *settled.on)
    assert code != 0
    assert "another-vault.vault.azure.net/keys/another-key" in text
    assert posts(settled) == 1


@pytest.mark.every_time
def test_an_unready_azure_is_not_sent_to_although_a_good_look_was_taken_before(engine: Engine, tmp_path: Path) -> None:
    stale = project(tmp_path, {"components/adobe/api/evidence.py": [("timedelta(minutes=15)", "timedelta(seconds=0)")]})
    code, text = engine.plain_up(cwd=stale)
    assert code != 0
    assert "Not submitted: 4 preflight checks failed" in text
    assert posts(engine) == 0
