"""What cannot be changed any more is refused in preview, with the setting and both values, and nothing happens."""

import pytest

from simulation.adobe.http import ORG
from tests.drivers import Engine
from tests.promises.judge import assert_completed, assert_fails, assert_quiet

ANOTHER_ORG = "FEDCBA9876543210FEDCBA98@AdobeOrg"
# What is changed, and what the refusal must name: the setting, the value that it had, and the one that it would get.
CHANGES: dict[str, tuple[dict[str, str | None], tuple[str, ...]]] = {
    "resource group": ({"resourceGroupName": "other"}, ("adobe-cmk:resourceGroupName", "'adobe-cmk-rg", "'other'")),
    "location": (
        {"azure-native:location": "North Europe"},
        ("azure-native:location", "'westeurope'", "'northeurope'"),
    ),
    "vault": ({"vaultName": "another-vault"}, ("adobe-cmk:vaultName", "'adobe-cmk-vault", "'another-vault'")),
    "key": ({"keyName": "another-key"}, ("adobe-cmk:keyName", "'adobe-cmk-key'", "'another-key'")),
    "soft delete": ({"softDeleteRetentionDays": "30"}, ("adobe-cmk:softDeleteRetentionDays", "90", "30")),
    "key type": (
        {"keyType": "RSA-HSM", "vaultSku": "premium"},
        ("adobe-cmk:keyType", "'RSA'", "'RSA-HSM'"),
    ),
    "key size": ({"keySize": "4096"}, ("adobe-cmk:keySize", "3072", "4096")),
    "organisation": (
        {"imsOrgId": ANOTHER_ORG, "activate": f"{ANOTHER_ORG}/cmk-config"},
        ("adobe-cmk:imsOrgId", f"'{ORG}'", f"'{ANOTHER_ORG}'"),
    ),
    "region": ({"region": "nld2"}, ("adobe-cmk:region", "'va7'", "'nld2'")),
    "configuration": (
        {"configName": "other", "activate": f"{ORG}/other"},
        ("adobe-cmk:configName", "'cmk-config'", "'other'"),
    ),
    "role scope": ({"roleScope": "key"}, ("adobe-cmk:roleScope", "'vault'", "'key'")),
    "role name": (
        {"roleAssignmentName": "0f9e8d7c-1111-4222-8333-444455556666"},
        ("adobe-cmk:roleAssignmentName", "'0f9e8d7c-1111-4222-8333-444455556666'"),
    ),
    # The command that sets it back.
    "activation": ({"activate": None}, (f"pulumi config set adobe-cmk:activate {ORG}/cmk-config",)),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.every_time(cases=1)
def test_a_change_of_what_is_fixed_is_refused_and_changes_nothing(settled: Engine, name: str) -> None:
    change, named = CHANGES[name]
    before = settled.clouds()
    settled.configure(**change)
    outcome = settled.up()
    assert_fails(outcome, *named)
    # The engine's own advice would be to take the protection off.
    assert "unprotect" not in outcome.text
    assert outcome.changed() == {}
    assert settled.clouds() == before


@pytest.mark.parametrize(
    "names",
    [
        ("resource group", "location", "vault", "key", "organisation", "region", "role scope"),
        ("soft delete", "key type", "activation"),
        ("key size", "configuration"),
    ],
    ids=lambda names: ", ".join(names),
)
def test_a_preview_tells_all_changes_of_what_is_fixed_at_once(settled: Engine, names: tuple[str, ...]) -> None:
    settled.configure(**{setting: value for name in names for setting, value in CHANGES[name][0].items()})
    assert_fails(settled.preview(), *[text for name in names for text in CHANGES[name][1]])


@pytest.mark.parametrize("names", [{"azure-native:location": "West Europe"}, {}], ids=["region", "names"])
def test_what_says_the_same_in_other_words_is_no_change(settled: Engine, names: dict[str, str]) -> None:
    azure = settled.state()["azure"]
    vault, group = (next(iter(azure[kind].values()))["name"] for kind in ("vaults", "resourceGroups"))
    # Names that Pulumi made up may be written down.
    settled.configure(**(names or {"vaultName": vault, "resourceGroupName": group}))
    assert_quiet(settled.up())


def test_before_anything_is_sent_the_refusal_says_how_to_change_it_all_the_same(prepared: Engine) -> None:
    prepared.configure(activate=None, keyName="another-key")
    # The chapter that says how.
    assert_fails(prepared.preview(), "docs/runbook.md")
    prepared.configure(activate=None, imsOrgId=ANOTHER_ORG)
    assert_fails(prepared.preview(), "adobe-cmk:imsOrgId", "pulumi stack init")


def test_with_the_guards_off_and_nothing_sent_a_key_can_be_given_another_name_but_no_other_size(engine: Engine) -> None:
    # The key of the old name is deleted, which takes a role on the vault's data plane.
    engine.switch("deployer-data-role", "crypto-officer")
    engine.configure(activate=None, protect="false")
    assert engine.up().exit_code == 0
    engine.configure(activate=None, protect="false", keySize="4096")
    assert_fails(engine.preview(), "adobe-cmk:keySize", "3072", "4096")
    engine.configure(activate=None, protect="false", keySize="4096", keyName="another-key")
    outcome = engine.up()
    assert outcome.exit_code == 0, outcome.text
    assert "Key" in outcome.changed()
    engine.configure(activate=None, keySize="4096", keyName="another-key")
    assert engine.up().exit_code == 0
    assert_quiet(engine.up())
    keys = engine.state()["azure"]["keys"].values()
    assert [key["keySize"] for key in keys if key["name"] == "another-key"] == [4096]


def test_what_was_made_without_guards_is_immutable_as_soon_as_activation_is_asked_for(engine: Engine) -> None:
    engine.configure(activate=None, protect="false")
    assert engine.up().exit_code == 0
    engine.configure(keyName="another-key")
    assert_fails(engine.up(), "adobe-cmk:keyName", "'another-key'", "Adobe support")
    engine.configure()
    assert_completed(engine.up())


@pytest.mark.parametrize(("lost", "name"), [("vault-deleted", "vaultName"), ("key-deleted", "keyName")])
def test_what_was_sent_and_lost_is_not_created_under_another_name(settled: Engine, lost: str, name: str) -> None:
    settled.drift(lost)
    settled.refresh()
    before = settled.clouds()
    settled.configure(**{name: "adobe-cmk-own"})
    for outcome in (settled.preview(), settled.up()):
        assert_fails(outcome, f"adobe-cmk:{name}", "'adobe-cmk-own'")
    assert settled.clouds() == before
