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
        "keySize would become 4096, and the key adobe-cmk-key is made with 3072: Azure fixes it",
    ),
    "organisation": (
        {"imsOrgId": ANOTHER_ORG, "activate": f"{ANOTHER_ORG}/cmk-config"},
        f"the organisation was '{ORG}' when the configuration was sent to Adobe and would become '{ANOTHER_ORG}'",
    ),
    "region": ({"region": "nld2"}, "the region was 'va7' when the configuration was sent to Adobe"),
    "configuration": (
        {"configName": "other", "activate": f"{ORG}/other"},
        "the name of the configuration was 'cmk-config' when the configuration was",
    ),
    "activation": ({"activate": None}, f"Fix: pulumi config set adobe-cmk:activate {ORG}/cmk-config"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_what_is_fixed_is_refused_with_the_reason_and_changes_nothing(settled: Driver, name: str) -> None:
    change, words = CHANGES[name]
    before = settled.clouds()
    settled.configure(**change)
    outcome = settled.up()
    assert outcome.exit_code != 0
    assert "These settings are immutable after creation; nothing was changed" in outcome.text
    assert words in outcome.text
    assert "set it back" in outcome.text or "activate" in change
    # The engine's own advice would be to take the protection off.
    assert "unprotect" not in outcome.text
    assert "Traceback" not in outcome.text
    assert outcome.changed() == {}
    assert settled.clouds() == before


@pytest.mark.parametrize(
    "names",
    [
        ("resource group", "location", "vault", "key", "organisation", "region"),
        ("soft delete", "key type", "activation"),
        ("key size", "configuration"),
    ],
    ids=lambda names: ", ".join(names),
)
def test_a_preview_tells_all_changes_of_what_is_fixed_at_once(settled: Driver, names: tuple[str, ...]) -> None:
    settled.configure(**{setting: value for name in names for setting, value in CHANGES[name][0].items()})
    outcome = settled.preview()
    assert outcome.exit_code != 0
    for name in names:
        assert CHANGES[name][1] in outcome.text
    assert "Traceback" not in outcome.text


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
    assert f"this stack was made for {ORG}. Fix: set it back, and make a stack of its own" in outcome.text


def test_with_the_guards_off_and_nothing_sent_a_key_can_be_given_another_name_but_no_other_size(driver: Driver) -> None:
    driver.configure(activate=None, protect="false")
    assert driver.up().exit_code == 0
    driver.configure(activate=None, protect="false", keySize="4096")
    assert "Azure fixes it when a key is made" in driver.preview().text
    driver.configure(activate=None, protect="false", keySize="4096", keyName="another-key")
    outcome = driver.up()
    assert outcome.exit_code == 0, outcome.text
    assert "Key" in outcome.changed()
    driver.configure(activate=None, keySize="4096", keyName="another-key")
    assert driver.up().exit_code == 0
    assert driver.up().changed() == {}
    keys = driver.state()["azure"]["keys"].values()
    assert [key["keySize"] for key in keys if key["name"] == "another-key"] == [4096]


def test_what_a_failed_up_left_is_immutable_as_soon_as_activation_is_asked_for(driver: Driver) -> None:
    driver.configure(activate=None, protect="false")
    assert driver.up().exit_code == 0
    driver.configure(keyName="another-key")
    outcome = driver.up()
    assert outcome.exit_code != 0
    assert "Adobe has no call to change vault or key, ask its support" in outcome.text
    driver.configure()
    assert driver.up().outputs["status"] == "COMPLETED"


@pytest.mark.parametrize(
    "names", [{}, {"vaultName": "adobe-cmk-own", "resourceGroupName": "own", "keyName": "own"}], ids=str
)
@pytest.mark.parametrize(
    ("lost", "words"), [("vault-deleted", "az keyvault recover"), ("key-deleted", "az keyvault key recover")]
)
def test_after_something_was_sent_no_vault_and_no_key_is_created(
    settled: Driver, lost: str, words: str, names: dict[str, str]
) -> None:
    settled.drift(lost)
    settled.refresh()
    before = settled.clouds()
    settled.configure(**names)
    for outcome in (settled.preview(), settled.up()):
        assert outcome.exit_code != 0
        assert "is no longer in this stack's state, and no other is created in its place" in outcome.text
        assert words in outcome.text
        assert "(docs/runbook.md, Lost state)" in outcome.text
    assert settled.clouds() == before
