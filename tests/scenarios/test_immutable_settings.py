"""What cannot be changed any more is refused in preview, with the reason and the right procedure, and nothing happens."""

import pytest

from simulation.adobe.http import ORG
from simulation.cloud import opened
from tests.drivers import Driver
from tests.landscape import VAULT_PROPERTIES

ANOTHER_ORG = "FEDCBA9876543210FEDCBA98@AdobeOrg"
CHANGES: dict[str, tuple[dict[str, str | None], *tuple[str, ...]]] = {
    "resource group": (
        {"resourceGroupName": "other"},
        "adobe-cmk:resourceGroupName cannot change from 'adobe-cmk-rg",
        "' to 'other': the change deletes the resource group",
    ),
    "location": (
        {"azure-native:location": "North Europe"},
        "azure-native:location cannot change from 'westeurope' to 'northeurope'",
    ),
    "vault": (
        {"vaultName": "another-vault"},
        "adobe-cmk:vaultName cannot change from 'adobe-",
        "' to 'another-vault': the change deletes the vault",
    ),
    "key": ({"keyName": "another-key"}, "adobe-cmk:keyName cannot change from 'adobe-cmk-key' to 'another-key'"),
    "soft delete": (
        {"softDeleteRetentionDays": "30"},
        "adobe-cmk:softDeleteRetentionDays cannot change from 90 to 30: Azure fixes it when it creates the vault",
    ),
    "key type": (
        {"keyType": "RSA-HSM", "vaultSku": "premium"},
        "keyType cannot change from 'RSA' to 'RSA-HSM': Azure fixes it when it creates the key adobe-cmk-key",
    ),
    "key size": (
        {"keySize": "4096"},
        "keySize cannot change from 3072 to 4096: Azure fixes it when it creates the key adobe-cmk-key",
    ),
    "organisation": (
        {"imsOrgId": ANOTHER_ORG, "activate": f"{ANOTHER_ORG}/cmk-config"},
        f"the organisation cannot change from '{ORG}' to '{ANOTHER_ORG}': the configuration was sent to Adobe",
    ),
    "region": ({"region": "nld2"}, "the region cannot change from 'va7' to 'nld2': the configuration was sent to Adobe"),
    "configuration": (
        {"configName": "other", "activate": f"{ORG}/other"},
        "the name of the configuration cannot change from 'cmk-config' to 'other': the configuration was sent",
    ),
    "activation": ({"activate": None}, f"Fix: pulumi config set adobe-cmk:activate {ORG}/cmk-config"),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.every_time(cases=1)
def test_a_change_of_what_is_fixed_is_refused_with_the_reason_and_changes_nothing(settled: Driver, name: str) -> None:
    change, *words = CHANGES[name]
    before = settled.clouds()
    settled.configure(**change)
    outcome = settled.up()
    assert outcome.exit_code != 0
    assert "These settings are immutable after creation; nothing was changed" in outcome.text
    for text in words:
        assert text in outcome.text
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
        for text in CHANGES[name][1:]:
            assert text in outcome.text
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
    assert (
        "As nothing was sent to Adobe yet, you can release the guards first (docs/runbook.md, Another key)" in outcome.text
    )
    driver.configure(activate=None, imsOrgId=ANOTHER_ORG)
    outcome = driver.preview()
    assert outcome.exit_code != 0
    assert f"imsOrgId cannot change from '{ORG}' to '{ANOTHER_ORG}'" in outcome.text
    assert "Fix: set it back, and create a separate stack for each organisation (pulumi stack init)" in outcome.text


def test_what_a_failed_up_left_is_immutable_as_soon_as_activation_is_asked_for(driver: Driver) -> None:
    driver.configure(activate=None, protect="false")
    assert driver.up().exit_code == 0
    driver.configure(keyName="another-key")
    outcome = driver.up()
    assert outcome.exit_code != 0
    assert "Adobe's API cannot change the vault or the key: contact Adobe support" in outcome.text
    driver.configure()
    assert driver.up().outputs["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("lost", "words"), [("vault-deleted", "az keyvault recover"), ("key-deleted", "az keyvault key recover")]
)
@pytest.mark.every_time(cases=1)
def test_after_something_was_sent_no_vault_and_no_key_is_created(settled: Driver, lost: str, words: str) -> None:
    settled.drift(lost)
    settled.refresh()
    before = settled.clouds()
    for outcome in (settled.preview(), settled.up()):
        assert outcome.exit_code != 0
        assert "Creation blocked" in outcome.text
        assert words in outcome.text
        assert "(docs/runbook.md, Lost state)" in outcome.text
    assert settled.clouds() == before


@pytest.mark.parametrize(("lost", "name"), [("vault-deleted", "vaultName"), ("key-deleted", "keyName")])
def test_what_was_sent_and_lost_is_not_created_under_another_name(settled: Driver, lost: str, name: str) -> None:
    settled.drift(lost)
    settled.refresh()
    before = settled.clouds()
    settled.configure(**{name: "adobe-cmk-own"})
    for outcome in (settled.preview(), settled.up()):
        assert outcome.exit_code != 0
        assert f"adobe-cmk:{name} cannot change" in outcome.text
    assert settled.clouds() == before


def test_a_group_without_a_vault_does_not_tie_the_vault_to_its_region(driver: Driver) -> None:
    with opened(driver.home, driver.clock) as cloud, cloud.at_work():
        cloud.azure.put_resource_group("elsewhere", "westeurope", {})
        cloud.azure.put_vault("elsewhere", "acme-vault", "westeurope", VAULT_PROPERTIES, {})
    driver.configure(activate=None, vaultName="acme-vault", **{"azure-native:location": "northeurope"})
    assert driver.up().exit_code != 0
    driver.configure(activate=None)
    outcome = driver.up()
    assert outcome.exit_code == 0, outcome.text
    assert driver.watch().exit_code == 0
    azure = driver.state()["azure"]
    assert [group["location"] for group in azure["resourceGroups"].values() if group["name"] != "elsewhere"] == [
        "northeurope"
    ]
    assert [vault["location"] for vault in azure["vaults"].values() if vault["name"] != "acme-vault"] == ["westeurope"]
