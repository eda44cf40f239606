"""A resource group, a vault or a key that somebody else owns: only read, judged on every run, and never changed."""

import json
from typing import Any

import pytest

from simulation.by_hand import PLATFORM, PLATFORM_VAULT_ID, SET_UPS
from simulation.cloud import opened
from tests.drivers import Driver

KEY_ID = f"{PLATFORM_VAULT_ID}/keys/{PLATFORM['keyName']}"
CREATED = {"AppRegistration", "ServicePrincipal", "RoleAssignment"}
SENT = {"RolePropagation", "SubmissionAttempt", "KeyConfiguration", "Activation"}
WAYS: list[tuple[dict[str, str], set[str]]] = [
    ({"existingResourceGroup": "platform-empty"}, {"NameClaim", "Vault", "Key", "ManagementLockByScope"}),
    ({"existingVaultId": PLATFORM_VAULT_ID}, {"Key"}),
    ({"existingVaultId": PLATFORM_VAULT_ID, "keyType": "RSA-HSM", "roleScope": "key"}, {"Key"}),
    ({"existingKeyId": KEY_ID}, set()),
    ({"existingKeyId": KEY_ID.replace("platform-keys", "Platform-Keys"), "roleScope": "key"}, set()),
]
BY_NAME = ["group", "vault", "vault-hsm", "key", "key-in-another-case"]


@pytest.fixture
def stack(driver: Driver) -> Driver:
    """A stack beside what a platform team set up."""
    with opened(driver.home, driver.clock) as cloud, cloud.at_work():
        SET_UPS["platform-team"](cloud)
    return driver


def of_the_platform_team(driver: Driver) -> str:
    azure = driver.state()["azure"]
    return json.dumps([azure["resourceGroups"]["platform-empty"], azure["vaults"]["platform-vault"]], sort_keys=True)


@pytest.mark.parametrize(("settings", "created"), WAYS, ids=BY_NAME)
@pytest.mark.sampled(cases=1)
def test_each_way_ends_completed_and_is_clean_afterwards(stack: Driver, settings: dict[str, str], created: set[str]) -> None:
    stack.configure(**settings)
    before = of_the_platform_team(stack)
    preview = stack.preview()
    assert preview.exit_code == 0, preview.text
    outcome = stack.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"
    assert set(outcome.changed()) - {"ServicePrincipal"} == (created | CREATED | SENT) - {"ServicePrincipal"}
    assert of_the_platform_team(stack) == before
    for look in (stack.up, stack.refresh, stack.watch):
        again = look()
        assert (again.exit_code, again.changed()) == (0, {}), again.text


def test_the_role_covers_the_key_alone_when_its_scope_is_the_key(stack: Driver) -> None:
    stack.configure(existingKeyId=KEY_ID, roleScope="key")
    assert stack.up().exit_code == 0
    (role,) = stack.state()["azure"]["roleAssignments"].values()
    assert role["scope"].lower() == KEY_ID.lower()


@pytest.mark.parametrize("drift", ["key-disabled", "key-expiring", "vault-deleted", "key-deleted", "firewall-closed"])
@pytest.mark.sampled(cases=1)
def test_what_happens_to_a_key_that_is_only_read_is_found(stack: Driver, drift: str) -> None:
    stack.configure(existingKeyId=KEY_ID)
    assert stack.up().exit_code == 0
    stack.drift(drift)
    watched, up = stack.watch(), stack.up()
    assert watched.exit_code != 0
    assert "update" in watched.changed().values()
    assert up.exit_code != 0
    assert "Adobe's access to the key is at risk" in up.text
    assert "az keyvault" in up.text


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"existingResourceGroup": "nowhere"},
            "existingResourceGroup names the resource group nowhere, which does not exist",
        ),
        (
            {"existingVaultId": PLATFORM_VAULT_ID + "2"},
            "existingVaultId names the vault platform-vault2 in platform-keys, which",
        ),
        ({"existingVaultId": PLATFORM_VAULT_ID.replace("9d1a7f00", "9d1a7f01")}, "which does not exist"),
        (
            {"existingKeyId": f"{PLATFORM_VAULT_ID}/keys/none"},
            "existingKeyId names the key none in the vault platform-vault",
        ),
        ({"existingVaultId": PLATFORM_VAULT_ID, "keyName": "ceremony-key"}, "Azure already has the key ceremony-key"),
    ],
)
def test_what_cannot_be_used_is_refused_in_preview(stack: Driver, settings: dict[str, Any], words: str) -> None:
    stack.configure(**settings)
    before = stack.clouds()
    preview = stack.preview()
    assert preview.exit_code != 0
    assert words in preview.text
    assert stack.up().exit_code != 0
    assert stack.clouds() == before


def test_an_hsm_key_in_an_existing_standard_vault_is_refused_in_preview(stack: Driver) -> None:
    with opened(stack.home, stack.clock) as cloud, cloud.at_work():
        cloud.state["azure"]["vaults"]["platform-vault"]["properties"]["sku"]["name"] = "standard"
    stack.configure(existingVaultId=PLATFORM_VAULT_ID, keyType="RSA-HSM")
    preview = stack.preview()
    assert preview.exit_code != 0
    assert "the vault platform-vault is standard: an RSA-HSM key requires a premium vault" in preview.text


def test_an_existing_vault_that_adobe_would_refuse_is_not_submitted(stack: Driver) -> None:
    with opened(stack.home, stack.clock) as cloud, cloud.at_work():
        cloud.state["azure"]["vaults"]["platform-vault"]["properties"]["enablePurgeProtection"] = False
    stack.configure(existingKeyId=KEY_ID)
    preview = stack.preview()
    assert "Adobe requires purge protection; found: off" in preview.text
    outcome = stack.up()
    assert outcome.exit_code != 0
    assert "vault platform-vault: Adobe requires purge protection; found: off" in outcome.text
    assert not [call for call in stack.calls() if call.startswith("POST")]


def test_a_rotation_of_a_key_that_is_only_read_is_no_drift_and_shows_its_version(stack: Driver) -> None:
    stack.configure(existingKeyId=KEY_ID)
    first = stack.up().outputs["keyVersion"]
    stack.drift("key-rotated")
    watched = stack.watch()
    assert (watched.exit_code, watched.changed()) == (0, {}), watched.text
    again = stack.up()
    assert (again.exit_code, again.changed()) == (0, {}), again.text
    assert again.outputs["keyVersion"] != first
