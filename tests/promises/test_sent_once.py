"""The configuration is sent once, on fresh facts: what a tired operator, a copied stack file or a crash would do."""

import os
import signal
from collections.abc import Callable
from datetime import datetime

import pytest

from simulation.adobe.faults import Faults
from simulation.adobe.http import ORG
from simulation.cloud import Cloud, opened
from simulation.drift import DRIFTS
from simulation.environment import simulated
from tests.drivers import Engine, Outcome, until
from tests.promises.judge import (
    POST,
    REFRESH,
    UP,
    assert_completed,
    assert_fails,
    assert_quiet,
    assert_refused,
    configurations,
    posts,
)


@pytest.mark.every_time
def test_a_preview_creates_nothing_and_asks_adobe_nothing(engine: Engine) -> None:
    before = engine.clouds()
    outcome = engine.preview()
    assert outcome.exit_code == 0, outcome.text
    assert engine.clouds() == before
    assert engine.calls() == []


def test_without_activate_nothing_is_sent_and_with_it_once(prepared: Engine) -> None:
    assert posts(prepared) == 0
    assert_completed(prepared.up())
    assert posts(prepared) == 1


@pytest.mark.parametrize("typed", ["yes", ORG, f"{ORG}/other"])
def test_activate_takes_the_exact_words_only(engine: Engine, typed: str) -> None:
    engine.configure(activate=typed)
    for command in (("preview",), UP):
        text = assert_refused(engine, "adobe-cmk:activate", *command)
        assert f"{ORG}/cmk-config" in text


def test_a_copy_of_the_settings_with_another_vault_and_name_sends_nothing_until_somebody_types_what_is_meant(
    settled: Engine,
) -> None:
    settled.configure(vaultName="blue-vault", configName="blue")
    settled.stack = "blue"
    text = assert_refused(settled, "adobe-cmk:activate")
    assert f"{ORG}/blue" in text
    assert posts(settled) == 1


@pytest.mark.every_time
def test_a_copy_of_the_settings_with_the_same_name_creates_nothing_before_adobes_configuration_is_seen(
    settled: Engine,
) -> None:
    settled.configure(vaultName="blue-vault")
    settled.stack = "blue"
    # The vault that Adobe has.
    assert_refused(settled, "https://adobe-cmk-vault")
    assert posts(settled) == 1


def test_the_configuration_is_sent_when_the_role_is_as_old_as_the_setting_says(engine: Engine) -> None:
    engine.configure(rolePropagationSeconds="4")
    code, text = engine.plain_up()
    assert code == 0, text
    state = engine.state()
    (role,) = state["azure"]["roleAssignments"].values()
    configuration = state["adobe"]["configurations"][ORG]["cmk-config"]
    age = datetime.fromisoformat(configuration["submittedAt"]) - datetime.fromisoformat(role["createdOn"])
    assert age.total_seconds() >= 4


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
    assert up_with_a_change_in_the_wait_for_the_role(engine, DRIFTS["key-disabled"]) != 0
    assert posts(engine) == 0


def test_somebody_who_sends_another_configuration_in_the_wait_for_the_role_is_seen_before_the_post(engine: Engine) -> None:
    identifier = "https://theirs.vault.azure.net/keys/theirs/0123456789abcdef0123456789abcdef"
    theirs = {"providerType": "AZURE_KEYVAULT", "keyVaultKeyIdentifier": identifier}
    body = {"name": "cmk-config", "type": "BYOK_CONFIG", "imsOrgId": ORG, "configData": theirs}
    assert up_with_a_change_in_the_wait_for_the_role(engine, lambda cloud: cloud.adobe.submit(ORG, body)) != 0
    assert posts(engine) == 0


@pytest.mark.every_time
def test_two_ups_at_once_send_one_configuration(engine: Engine) -> None:
    engine.plain("stack", "ls")
    with opened(engine.home) as cloud, simulated(cloud, engine.home) as environment:
        ups = [engine.started_up(environment) for _ in range(2)]
        codes = [up.wait(timeout=90) for up in ups]
    assert 0 in codes
    assert_completed(engine.up())
    assert (posts(engine), configurations(engine)) == (1, ["COMPLETED"])


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
    assert posts(cut_off) == 1


def test_after_a_run_that_was_cut_off_no_other_configuration_is_sent_in_its_place(cut_off: Engine) -> None:
    cut_off.configure(configName="other", activate=f"{ORG}/other")
    assert_refused(cut_off, "cmk-config")
    cut_off.configure(activate=None)
    assert_refused(cut_off, "adobe-cmk:activate")
    cut_off.configure()
    assert_completed(cut_off.up())
    assert posts(cut_off) == 1


def test_after_a_run_that_was_cut_off_no_vault_and_no_key_is_created_anew(cut_off: Engine) -> None:
    cut_off.drift("vault-deleted")
    cut_off.refresh()
    cut_off.faults = ["404@config-get"]
    assert_refused(cut_off, "az keyvault recover")
    assert posts(cut_off) == 1


def test_what_was_sent_is_not_sent_again_because_a_refresh_did_not_see_it(settled: Engine) -> None:
    settled.faults = ["404@config-get"]
    refreshed = settled.refresh()
    assert refreshed.changed(), refreshed.text
    assert_refused(settled, "cmk-config")
    settled.faults = []
    assert_completed(settled.up())
    assert posts(settled) == 1


@pytest.mark.parametrize("fault", ["404-route", "404-html"])
def test_a_404_of_a_gateway_is_no_absence(settled: Engine, fault: str) -> None:
    settled.faults = [f"{fault}@config-get"]
    code, text = settled.plain(*REFRESH, *settled.on)
    assert_fails(Outcome(code, text=text))
    settled.faults = []
    assert_quiet(settled.up())


def test_a_leftover_address_of_another_host_is_refused_in_preview_and_at_refresh(settled: Engine) -> None:
    before = len(settled.journal())
    for command in (("preview",), UP, REFRESH, (*REFRESH, "--run-program")):
        code, text = settled.plain(*command, *settled.on, environment={"ADOBE_PLATFORM_URL": "http://localhost:9"})
        assert_fails(Outcome(code, text=text), "127.0.0.1", "localhost")
    assert len(settled.journal()) == before
    assert_quiet(settled.up())
