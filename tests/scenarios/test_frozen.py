"""What cannot be changed any more is refused in preview, with the reason and the right procedure, and nothing happens."""

import pytest

from simulation.adobe_http import ORG
from tests.drivers import Driver

ANOTHER_ORG = "FEDCBA9876543210FEDCBA98@AdobeOrg"
CHANGES: dict[str, tuple[dict[str, str | None], str]] = {
    "resource group": ({"resourceGroupName": "other"}, "adobe-cmk:resourceGroupName would become 'other'"),
    "location": ({"azure-native:location": "North Europe"}, "azure-native:location would become 'northeurope'"),
    "vault": ({"vaultName": "another-vault"}, "adobe-cmk:vaultName would become 'another-vault', and the vault is 'adobe-"),
    "key": ({"keyName": "another-key"}, "adobe-cmk:keyName would become 'another-key', and the key is 'adobe-cmk-key'"),
    "soft delete": ({"softDeleteRetentionDays": "30"}, "the vault has 90, which Azure fixes when a vault is made"),
    "key type": (
        {"keyType": "RSA-HSM", "vaultSku": "premium"},
        "keyType would become 'RSA-HSM', and the key adobe-cmk-key is made with 'RSA': Azure fixes it",
    ),
    "key size": (
        {"keySize": "4096"},
        "keySize would become '4096 bits', and the key adobe-cmk-key is made with '3072 bits': Azure fixes it",
    ),
    "organisation": (
        {"imsOrgId": ANOTHER_ORG, "activate": ANOTHER_ORG},
        f"the organisation was '{ORG}' when the configuration was sent to Adobe and would become '{ANOTHER_ORG}'",
    ),
    "region": ({"region": "nld2"}, "the region was 'va7' when the configuration was sent to Adobe"),
    "configuration": ({"configName": "other"}, "the name of the configuration was 'cmk-config' when the configuration was"),
    "activation": ({"activate": None}, f"Next: pulumi config set adobe-cmk:activate {ORG}"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_what_is_fixed_is_refused_with_the_reason_and_changes_nothing(settled: Driver, name: str) -> None:
    change, words = CHANGES[name]
    before = settled.clouds()
    settled.configure(**change)
    for outcome in (settled.preview(), settled.up()):
        assert outcome.exit_code != 0
        assert "what is made already cannot be changed this way; nothing was changed" in outcome.text
        assert words in outcome.text
        assert "set it back" in outcome.text or "activate" in change
        # The engine's own advice would be to take the protection off.
        assert "unprotect" not in outcome.text
        assert "Traceback" not in outcome.text
        assert outcome.changed() == {}
    assert settled.clouds() == before


def test_all_changes_of_what_is_fixed_are_told_at_once(settled: Driver) -> None:
    names = ("vault", "soft delete", "region", "configuration")
    settled.configure(**{setting: value for name in names for setting, value in CHANGES[name][0].items()})
    outcome = settled.preview()
    for setting in ("vaultName", "region", "configName"):
        assert f"adobe-cmk:{setting}" in outcome.text


def test_another_spelling_of_the_region_is_no_change(settled: Driver) -> None:
    settled.configure(**{"azure-native:location": "West Europe"})
    outcome = settled.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.changed() == {}


def test_a_name_that_pulumi_made_up_may_be_written_down(settled: Driver) -> None:
    azure = settled.state()["azure"]
    vault, group = (next(iter(azure[kind].values()))["name"] for kind in ("vaults", "resourceGroups"))
    settled.configure(vaultName=vault, resourceGroupName=group)
    outcome = settled.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.changed() == {}


def test_before_anything_is_sent_the_refusal_says_how_to_change_it_all_the_same(driver: Driver) -> None:
    driver.configure(activate=None)
    assert driver.up().exit_code == 0
    driver.configure(activate=None, keyName="another-key")
    outcome = driver.preview()
    assert outcome.exit_code != 0
    assert "as nothing was sent to Adobe yet, take the guards off first (docs/runbook.md, Another key)" in outcome.text
    driver.configure(activate=None, imsOrgId=ANOTHER_ORG)
    outcome = driver.preview()
    assert outcome.exit_code != 0
    assert f"this stack was made for {ORG}. Next: set it back, and make a stack of its own" in outcome.text


def test_with_the_guards_off_and_nothing_sent_a_key_can_be_given_another_name_but_no_other_size(driver: Driver) -> None:
    driver.configure(activate=None, protect="false")
    assert driver.up().exit_code == 0
    driver.configure(activate=None, protect="false", keySize="4096")
    assert "Azure fixes it when a key is made" in driver.preview().text
    driver.configure(activate=None, protect="false", keySize="4096", keyName="another-key")
    outcome = driver.preview()
    assert outcome.exit_code == 0, outcome.text
    assert "Key" in outcome.changed()


def test_what_a_failed_up_left_is_frozen_as_soon_as_activation_is_asked_for(driver: Driver) -> None:
    driver.configure(activate=None)
    assert driver.up().exit_code == 0
    driver.configure(protect="false")
    assert driver.up(ADOBE_CLIENT_ID="", ADOBE_CLIENT_SECRET="").exit_code != 0
    driver.configure(protect="false", keyName="another-key")
    outcome = driver.up()
    assert outcome.exit_code != 0
    assert "Adobe has no call to change vault or key, ask its support" in outcome.text
    driver.configure()
    assert driver.up().outputs["status"] == "COMPLETED"
