"""Guards come off on purpose only, and a stack stays in its tenant and subscription."""

import pytest

from simulation.adobe.http import ORG
from tests.drivers import Engine
from tests.promises.judge import REFRESH, UP, assert_quiet, assert_refused, configurations

OTHER_TENANT = "11111111-2222-4333-8444-555555555555"
RELEASE = f"{ORG}/cmk-config"
DESTROY = ("destroy", "--yes", "--run-program")


@pytest.mark.every_time
def test_one_command_with_protect_false_deletes_nothing_of_an_activated_organisation(settled: Engine) -> None:
    assert_refused(settled, "adobe-cmk:releaseGuards", *DESTROY, "-c", "adobe-cmk:protect=false")


@pytest.mark.parametrize("command", [("preview",), UP], ids=" ".join)
def test_an_organisation_is_not_activated_with_the_guards_off(engine: Engine, command: tuple[str, ...]) -> None:
    engine.configure(protect="false")
    assert_refused(engine, "adobe-cmk:releaseGuards", *command)


def test_protect_false_and_activate_taken_back_delete_nothing(settled: Engine) -> None:
    settled.configure(protect="false", activate=None)
    assert_refused(settled, "adobe-cmk:activate", *DESTROY)


@pytest.mark.parametrize("typed", ["yes", ORG, f"{ORG}/other"])
@pytest.mark.every_time
def test_guards_are_released_by_the_exact_words_only(settled: Engine, typed: str) -> None:
    text = assert_refused(settled, "adobe-cmk:releaseGuards", *DESTROY, "-c", f"adobe-cmk:releaseGuards={typed}")
    assert RELEASE in text


def test_guards_that_are_released_on_purpose_say_what_follows_and_let_go(settled: Engine) -> None:
    settled.configure(releaseGuards=RELEASE)
    code, text = settled.plain_up()
    assert code == 0, text
    assert "permanently delete" in text
    settled.switch("deployer-data-role", "crypto-officer")
    code, text = settled.plain("destroy", "--yes", *settled.on)
    assert code == 0, text
    assert settled.state()["azure"]["vaults"] == {}
    # Adobe has no call to take a configuration back.
    assert len(configurations(settled)) == 1


def test_guards_that_are_set_again_hold_again(settled: Engine) -> None:
    settled.configure(releaseGuards=RELEASE)
    assert settled.up().exit_code == 0
    settled.configure()
    assert settled.up().exit_code == 0
    assert_refused(settled, "delete hooks", "destroy", "--yes")


@pytest.mark.parametrize("setting", ["azure-native:tenantId", "azure-native:subscriptionId", "azuread:tenantId"])
def test_another_tenant_or_subscription_is_refused_before_anything_is_read(settled: Engine, setting: str) -> None:
    settled.configure(**{setting: OTHER_TENANT})
    for command in (("preview",), UP, (*REFRESH, "--run-program"), DESTROY):
        text = assert_refused(settled, setting, *command)
        assert OTHER_TENANT in text
    settled.configure()
    assert_quiet(settled.up())
