"""What happens behind Pulumi's back takes Adobe's access away, and a person who follows the findings gives it back."""

import pytest

from simulation.adobe.verdict import why_not
from simulation.cloud import Cloud
from simulation.drift import DRIFTS
from tests.clock import ManualClock
from tests.landscape import Landscape, build


def reasons(cloud: Cloud, made: Landscape) -> str:
    """Why Adobe could not use the key now."""
    data = {"keyVaultKeyIdentifier": made.key_identifier}
    return " ".join(why_not(cloud.azure, cloud.entra, made.application_id, data, cloud.clock.now()))


MENDED = [
    ("key-disabled", "the key is disabled"),
    ("key-expired", "the key has expired"),
    ("key-not-yet-valid", "the key is not valid yet"),
    ("key-operations-gone", "may not wrap and unwrap"),
    ("key-deleted", "was not found in this key vault"),
    ("vault-deleted", "was not found"),
    ("access-policies", "does not use Azure RBAC"),
    ("firewall-closed", "firewall keeps Adobe out"),
    ("public-access-disabled", "firewall keeps Adobe out"),
    ("principal-disabled", "no enabled service principal"),
]


@pytest.mark.parametrize(("name", "reason"), MENDED)
def test_adobe_loses_the_key_and_gets_it_back(cloud: Cloud, clock: ManualClock, name: str, reason: str) -> None:
    made = build(cloud)
    clock.sleep(5)
    DRIFTS[name](cloud)
    assert reason in reasons(cloud, made)
    DRIFTS["everything-mended"](cloud)
    assert reasons(cloud, made) == ""


def test_a_key_that_expires_in_five_days_serves_until_then(cloud: Cloud, clock: ManualClock) -> None:
    made = build(cloud)
    clock.sleep(5)
    DRIFTS["key-expiring"](cloud)
    clock.sleep(4 * 86_400)
    assert reasons(cloud, made) == ""
    clock.sleep(86_401)
    assert reasons(cloud, made) == "the key has expired"


def test_a_recovered_key_is_the_key_of_before(cloud: Cloud) -> None:
    build(cloud)
    before = cloud.azure.key("acme-vault", "acme-key")
    DRIFTS["key-deleted"](cloud)
    DRIFTS["key-recovered"](cloud)
    assert cloud.azure.key("acme-vault", "acme-key") == before


@pytest.mark.parametrize("name", ["vault-tagged", "role-under-another-name", "key-rotated"])
def test_adobe_keeps_the_key(cloud: Cloud, clock: ManualClock, name: str) -> None:
    made = build(cloud)
    clock.sleep(5)
    before = str(cloud.state["azure"])
    DRIFTS[name](cloud)
    assert str(cloud.state["azure"]) != before
    assert reasons(cloud, made) == ""


def test_a_second_consent_changes_nothing(cloud: Cloud) -> None:
    build(cloud)
    before = str(cloud.state["entra"])
    DRIFTS["app-consented"](cloud)
    assert str(cloud.state["entra"]) == before


@pytest.mark.parametrize("name", DRIFTS)
def test_on_empty_clouds_nothing_happens(cloud: Cloud, name: str) -> None:
    DRIFTS[name](cloud)
    assert cloud.state["azure"]["keys"] == cloud.state["azure"]["vaults"] == cloud.state["entra"]["servicePrincipals"] == {}
