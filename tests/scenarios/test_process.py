"""The whole program, on the engine and on the rehearsal alike."""

import pytest

from components.version import VERSION
from simulation.adobe.http import CLIENT_ID, ORG
from simulation.by_hand import VAULT_PROPERTIES
from simulation.cloud import opened
from tests.drivers import Driver

ALL = {
    "ResourceGroup",
    "Vault",
    "Key",
    "NameClaim",
    "AppRegistration",
    "ServicePrincipal",
    "RoleAssignment",
    "ManagementLockByScope",
    "RolePropagation",
    "SubmissionAttempt",
    "KeyConfiguration",
    "Activation",
}
SUBMITTED = {"RolePropagation", "SubmissionAttempt", "KeyConfiguration", "Activation"}
CONFIG = "/data/infrastructure/manager/customer/config"
GET_CONFIG = f"GET {CONFIG}/cmk-config?configType=BYOK_CONFIG"
GET_APP = "GET /data/infrastructure/manager/byok/app-registration"
OUTPUTS = {
    "resourceGroupName", "vaultId", "vaultUri", "keyUri", "keyVersion", "applicationId", "consentUrl",
    "servicePrincipalObjectId", "roleAssignmentId", "configName", "status", "handoff",
}  # fmt: skip


@pytest.mark.every_time
def test_a_preview_declares_everything_and_touches_nothing(driver: Driver) -> None:
    outcome = driver.preview()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.changed() == dict.fromkeys(ALL, "create")
    assert driver.journal() == []
    assert driver.state()["azure"]["vaults"] == {}


@pytest.mark.every_time
def test_an_up_makes_everything_and_ends_with_adobe_switched_over(settled: Driver) -> None:
    outcome = settled.up()
    assert set(outcome.outputs) == OUTPUTS
    assert outcome.outputs["status"] == "COMPLETED"
    handoff = outcome.outputs["handoff"]
    assert handoff["version"] == VERSION
    assert handoff["imsOrgId"] == ORG
    assert handoff["keyUri"] == f"{handoff['vaultUri']}/keys/adobe-cmk-key"
    assert f"login.microsoftonline.com/{handoff['tenantId']}/oauth2" in handoff["consentUrl"]
    azure = settled.state()["azure"]
    vault = next(iter(azure["vaults"].values()))["properties"]
    assert (vault["enablePurgeProtection"], vault["enableSoftDelete"], vault["enableRbacAuthorization"]) == (
        True,
        True,
        True,
    )
    key = next(iter(azure["keys"].values()))
    assert (key["kty"], key["keySize"], key["keyOps"]) == ("RSA", 3072, ["wrapKey", "unwrapKey"])
    assert not {"expires", "exp"} & set(key["attributes"])


def test_the_first_up_asks_adobe_no_more_than_it_must(settled: Driver) -> None:
    calls = settled.calls()
    # Before anything is created Adobe is asked whether it knows the configuration; app and configuration are read once more
    # right before the POST.
    assert calls[:5] == [GET_CONFIG, GET_APP, GET_APP, GET_CONFIG, f"POST {CONFIG}"]
    assert set(calls[5:]) == {GET_CONFIG}


@pytest.mark.every_time
def test_an_unchanged_up_changes_nothing_and_does_not_ask_adobe(settled: Driver) -> None:
    before = len(settled.journal())
    outcome = settled.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.changed() == {}
    assert len(settled.journal()) == before


def test_a_refresh_of_unchanged_clouds_shows_nothing_with_two_calls_to_adobe(settled: Driver) -> None:
    before = len(settled.calls())
    outcome = settled.refresh()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.changed() == {}
    assert sorted(settled.calls()[before:]) == [GET_APP, GET_CONFIG]


def test_a_restricted_vault_lets_adobe_in_and_does_not_drift(driver: Driver) -> None:
    driver.configure(network="restricted", allowedIpRanges=["203.0.113.0/24", "198.51.100.7"])
    outcome = driver.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"
    rules = next(iter(driver.state()["azure"]["vaults"].values()))["properties"]["networkAcls"]
    assert (rules["defaultAction"], rules["bypass"]) == ("Deny", "AzureServices")
    assert [rule["value"] for rule in rules["ipRules"]] == ["20.88.123.53/32", "203.0.113.0/24", "198.51.100.7/32"]
    assert driver.refresh().changed() == {}
    driver.configure(network="public")
    assert driver.up().changed() == {"Vault": "update"}
    assert driver.refresh().changed() == {}


@pytest.mark.parametrize("contract", ["beta", "current"])
def test_each_contract_is_on_the_wire(driver: Driver, contract: str) -> None:
    driver.contract(contract)
    driver.configure(apiContract=contract)
    outcome = driver.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"
    registrations = [call for call in driver.calls() if call.endswith("byok/app-registration")]
    assert ("POST /data/infrastructure/manager/byok/app-registration" in registrations) == (contract == "beta")
    entry = next(entry for entry in driver.journal() if entry["call"] == f"POST {CONFIG}")
    handoff = outcome.outputs["handoff"]
    beta = {"keyVaultUri": handoff["vaultUri"], "keyName": "adobe-cmk-key"}
    current = {"keyVaultKeyIdentifier": f"{handoff['keyUri']}/{handoff['keyVersion']}"}
    assert entry["body"] == {
        "name": "cmk-config",
        "type": "BYOK_CONFIG",
        "imsOrgId": ORG,
        "configData": {"providerType": "AZURE_KEYVAULT", **(beta if contract == "beta" else current)},
    }
    api_key = CLIENT_ID if contract == "beta" else "acp_provisioning"
    headers = {name: entry["headers"][name] for name in ("authorization", "x-api-key", "x-gw-ims-org-id")}
    assert headers == {"authorization": "Bearer ***", "x-api-key": api_key, "x-gw-ims-org-id": ORG}
    before = len(driver.journal())
    assert driver.up().changed() == {}
    assert len(driver.journal()) == before


def test_without_activate_everything_but_the_configuration_is_made_and_the_output_says_what_is_missing(
    driver: Driver,
) -> None:
    driver.configure(activate=None)
    outcome = driver.up()
    assert outcome.exit_code == 0, outcome.text
    assert set(outcome.changed()) == ALL - SUBMITTED
    assert f"pulumi config set adobe-cmk:activate {ORG}/cmk-config" in outcome.outputs["status"]
    assert [call for call in driver.calls() if CONFIG in call] == [GET_CONFIG]
    driver.configure()
    activated = driver.up()
    assert activated.changed() == dict.fromkeys(SUBMITTED, "create")
    assert activated.outputs["status"] == "COMPLETED"


def test_an_administrators_consent_is_asked_for_and_then_only_read(driver: Driver) -> None:
    driver.configure(servicePrincipal="existing")
    refused = driver.up()
    assert refused.exit_code != 0
    assert "have an administrator open https://login.microsoftonline.com/" in refused.text
    driver.drift("app-consented")
    principals = driver.state()["entra"]["servicePrincipals"]
    outcome = driver.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"
    assert driver.state()["entra"]["servicePrincipals"] == principals


def test_a_consent_that_was_expected_and_not_given_can_be_done_without(driver: Driver) -> None:
    driver.configure(servicePrincipal="existing")
    driver.refresh()
    refused = driver.up()
    assert "pulumi config set adobe-cmk:servicePrincipal create" in refused.text
    driver.configure(servicePrincipal="create")
    outcome = driver.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"


def test_names_that_are_no_longer_set_stay(driver: Driver) -> None:
    driver.configure(activate=None, resourceGroupName="acme", vaultName="acme-vault")
    assert driver.up().exit_code == 0
    driver.configure(activate=None)
    for outcome in (driver.preview(), driver.up()):
        assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    assert driver.watch().exit_code == 0


@pytest.mark.every_time
def test_bad_input_is_told_in_preview_all_at_once_and_makes_nothing(driver: Driver) -> None:
    driver.configure(imsOrgId="acme", region="mars", apiContract="v3", keySize="2048", keyType="EC", vaultName="9-lives")
    for outcome in (driver.preview(), driver.up()):
        assert outcome.exit_code != 0
        for key in ("imsOrgId", "activate", "region", "apiContract", "keySize", "keyType", "vaultName"):
            assert f"adobe-cmk:{key} is " in outcome.text
        assert "Traceback" not in outcome.text
    assert driver.journal() == []
    assert driver.state()["azure"]["resourceGroups"] == {}


def test_a_change_of_tags_updates_what_carries_them_and_nothing_else(settled: Driver) -> None:
    calls = len(settled.calls())
    settled.configure(tags={"team": "security"})
    for outcome in (settled.preview(), settled.up()):
        assert outcome.exit_code == 0, outcome.text
        assert outcome.changed() == {"ResourceGroup": "update", "Vault": "update"}
        # Azure leaves a key that exists as it is.
        assert "az keyvault key set-attributes --vault-name adobe-cmk-vault" in outcome.text
        assert "--tags team=security" in outcome.text
    assert settled.refresh().changed() == {}
    assert [call for call in settled.calls()[calls:] if not call.startswith("GET")] == []
    assert next(iter(settled.state()["azure"]["vaults"].values()))["tags"] == {"team": "security"}


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
