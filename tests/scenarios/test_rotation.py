"""A key that rotates: new versions are no drift, old ones must stay enabled, and no version ever expires."""

import json

import pytest

from tests.drivers import Driver

ROTATE = {"trigger": {"timeAfterCreate": "P90D"}, "action": {"type": "Rotate"}}


def policy(driver: Driver) -> list[object]:
    (key,) = driver.state()["azure"]["keys"].values()
    return list(key.get("policy", {}).get("lifetimeActions", []))


def clean(driver: Driver) -> None:
    for look in (driver.up, driver.refresh, driver.watch):
        outcome = look()
        assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text


@pytest.fixture
def rotating(driver: Driver) -> Driver:
    driver.configure(rotateAfterDays="90")
    outcome = driver.up()
    assert outcome.exit_code == 0, outcome.text
    return driver


def test_a_rotating_key_is_created_with_its_policy_and_azures_notification_is_no_drift(rotating: Driver) -> None:
    assert ROTATE in policy(rotating)
    # Azure's own notification.
    assert len(policy(rotating)) == 2
    clean(rotating)


@pytest.mark.sampled(cases=0)
def test_a_change_of_the_setting_is_said_with_the_command_and_sends_nothing(rotating: Driver) -> None:
    rotating.configure(rotateAfterDays="365")
    before = rotating.clouds()
    for look in (rotating.preview, rotating.up, rotating.watch):
        outcome = look()
        assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
        assert "declares a rotation after 365 days; found: a rotation after 90 days" in outcome.text
        assert "az keyvault key rotation-policy update" in outcome.text
    assert rotating.clouds() == before


def test_a_rotation_that_is_taken_on_later_is_said_with_the_command(settled: Driver) -> None:
    settled.configure(rotateAfterDays="90")
    outcome = settled.up()
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    assert "declares a rotation after 90 days; found: no rotation" in outcome.text
    assert ROTATE not in policy(settled)


def test_a_new_version_needs_no_call_to_adobe_and_is_no_drift(rotating: Driver) -> None:
    calls = [call for call in rotating.calls() if call.startswith("POST")]
    rotating.drift("key-rotated")
    watched = rotating.watch()
    assert (watched.exit_code, watched.changed()) == (0, {}), watched.text
    clean(rotating)
    assert [call for call in rotating.calls() if call.startswith("POST")] == calls


def test_an_old_version_that_is_disabled_is_found(rotating: Driver) -> None:
    first = rotating.up().outputs["keyVersion"]
    rotating.drift("key-rotated")
    rotating.drift("old-version-disabled")
    watched = rotating.watch()
    assert watched.exit_code != 0
    assert watched.changed() == {"Activation": "update"}
    assert f"--version {first} --enabled true" in watched.text
    assert rotating.up().exit_code != 0


def test_versions_that_cannot_be_read_are_a_finding_after_a_rotation_alone(settled: Driver) -> None:
    settled.drift("key-rotated")
    settled.switch("unreadable", "key=503")
    assert settled.watch().exit_code != 0


@pytest.mark.parametrize("configured", [{}, {"azure-native:clientId": "0b1ec700-0000-4000-8000-000000000000"}], ids=str)
def test_a_sign_in_that_fails_is_a_failed_check_that_advises_no_role(settled: Driver, configured: dict[str, str]) -> None:
    settled.configure(**configured)
    settled.drift("key-rotated")
    watched = settled.watch(ARM_CLIENT_SECRET="wrong")
    assert watched.exit_code != 0
    assert watched.changed() == {"Activation": "update"}
    (said,) = {line for line in watched.text.splitlines() if line.startswith("warning: versions of the key")}
    assert "could not be read, which does not mean that it is gone. This check signs in by" in said
    assert ("not with the credential that azure-native is configured with" in said) is bool(configured)
    assert "the role Reader" not in said


@pytest.mark.sampled(cases=0)
def test_a_policy_that_lets_new_versions_expire_is_found(rotating: Driver) -> None:
    rotating.drift("rotation-expires")
    watched = rotating.watch()
    assert watched.exit_code != 0
    assert "gives each new version an expiry of P2Y" in watched.text


def test_no_version_gets_an_expiry(rotating: Driver) -> None:
    assert "expiryTime" not in json.dumps(rotating.state()["azure"]["keys"])
