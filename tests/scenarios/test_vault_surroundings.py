"""A restricted vault with a private endpoint, an audit log and a lock: declared once, without drift, and restored."""

import pytest

from tests.drivers import Driver
from tests.surroundings import SUBNET, WORKSPACE, ZONE

SETTINGS = {
    "network": "restricted",
    "privateEndpointSubnetId": SUBNET,
    "privateDnsZoneId": ZONE,
    "logAnalyticsWorkspaceId": WORKSPACE,
}
NETWORK = {"PrivateEndpoint", "PrivateDnsZoneGroup"}


def settled_with(driver: Driver, **settings: str) -> None:
    driver.configure(**SETTINGS | settings)
    outcome = driver.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"


def is_quiet(driver: Driver) -> None:
    """Nothing is left to do or to report, whatever Azure added by itself."""
    outcome = driver.up()
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    refreshed = driver.refresh()
    assert (refreshed.exit_code, refreshed.changed()) == (0, {}), refreshed.text
    watched = driver.watch()
    assert (watched.exit_code, watched.changed()) == (0, {}), watched.text


def test_what_surrounds_the_vault_is_declared_and_does_not_drift(driver: Driver) -> None:
    settled_with(driver)
    azure = driver.state()["azure"]
    (vault,) = azure["vaults"].values()
    (endpoint,) = azure["privateEndpoints"].values()
    (group,) = azure["privateDnsZoneGroups"].values()
    (setting,) = azure["diagnosticSettings"].values()
    (lock,) = azure["locks"].values()
    assert (endpoint["subnet"], endpoint["location"]) == ({"id": SUBNET}, vault["location"])
    assert [one["privateEndpoint"]["id"] for one in vault["properties"]["privateEndpointConnections"]] == [endpoint["id"]]
    assert [config["privateDnsZoneId"] for config in group["privateDnsZoneConfigs"]] == [ZONE]
    assert (setting["workspaceId"], [log["category"] for log in setting["logs"]]) == (WORKSPACE, ["AuditEvent"])
    assert setting["metrics"] == []
    assert (lock["scope"], lock["level"]) == (vault["id"], "CanNotDelete")
    is_quiet(driver)


DRIFTS = {
    "lock-removed": {"ManagementLockByScope": "create"},
    "diagnostic-setting-removed": {"DiagnosticSetting": "create"},
    "private-endpoint-removed": dict.fromkeys(NETWORK, "create"),
}


@pytest.mark.parametrize("drift", DRIFTS)
@pytest.mark.sampled(cases=0)
def test_what_is_removed_shows_in_the_watch_and_is_restored(driver: Driver, drift: str) -> None:
    settled_with(driver)
    driver.drift(drift)
    watched = driver.watch()
    assert (watched.exit_code != 0, watched.changed()) == (True, DRIFTS[drift]), watched.text
    assert driver.refresh().changed() == dict.fromkeys(DRIFTS[drift], "delete")
    outcome = driver.up()
    assert (outcome.exit_code, outcome.changed()) == (0, DRIFTS[drift]), outcome.text
    is_quiet(driver)


def test_a_subnet_that_is_not_there_names_the_setting(driver: Driver) -> None:
    driver.configure(**SETTINGS | {"privateEndpointSubnetId": SUBNET.replace("hub", "missing-hub")})
    outcome = driver.up()
    assert outcome.exit_code != 0
    assert "InvalidResourceReference" in outcome.text
    settled_with(driver)


def test_what_azure_has_and_the_state_lost_is_taken_over(driver: Driver) -> None:
    settled_with(driver)
    kinds = ("ManagementLockByScope", "DiagnosticSetting", "PrivateDnsZoneGroup", "PrivateEndpoint")
    driver.forget(*kinds)
    outcome = driver.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.changed().keys() == set(kinds)
    assert "create" not in outcome.changed().values()
    assert len(driver.state()["azure"]["privateEndpoints"]) == 1
    is_quiet(driver)


def test_an_adoption_adds_nothing(driver: Driver) -> None:
    settled_with(driver)
    driver.forget()
    before = driver.clouds()
    driver.configure(**SETTINGS | {"adopt": "true"})
    outcome = driver.up()
    assert outcome.exit_code == 0, outcome.text
    assert not outcome.changed().keys() & {*NETWORK, "DiagnosticSetting", "ManagementLockByScope"}
    assert driver.clouds() == before
