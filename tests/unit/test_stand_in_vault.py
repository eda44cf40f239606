"""A vault: what Azure answers, which drift shows, and what taking one over sends."""

import pytest

from simulation.adobe.verdict import why_not
from simulation.cloud import Cloud
from simulation.errors import CloudError
from simulation.providers.functions import invoke
from simulation.providers.stand_ins import STAND_INS
from tests.clock import ManualClock
from tests.declared import VAULT, Provider, declared, plain
from tests.landscape import VAULT_PROPERTIES, build

KIND = STAND_INS[VAULT]
LOOKUP = {"resourceGroupName": "cmk", "vaultName": "acme-vault"}


def test_a_put_answers_the_address_without_a_slash_and_a_get_with_one(cloud: Cloud) -> None:
    cloud.azure.put_resource_group("cmk", "westeurope", {})
    answer = cloud.azure.put_vault("cmk", "acme-vault", "westeurope", VAULT_PROPERTIES, {})
    assert answer["properties"]["vaultUri"] == "https://acme-vault.vault.azure.net"
    assert cloud.azure.vault("acme-vault")["properties"]["vaultUri"] == "https://acme-vault.vault.azure.net/"


def test_the_address_in_the_state_is_what_a_get_answers(cloud: Cloud) -> None:
    made = build(cloud)
    assert KIND.update(cloud, made.vault_id, declared(VAULT, made))["properties"]["vaultUri"].endswith(".net/")


def test_a_new_vault_registers_its_name_for_twenty_seconds(cloud: Cloud, clock: ManualClock) -> None:
    build(cloud)
    seen = []
    for seconds in (0, 19, 2):
        clock.sleep(seconds)
        found = invoke(cloud, "azure-native:keyvault:getVault", LOOKUP)
        seen.append(found["properties"]["provisioningState"])
    assert seen == ["RegisteringDns", "RegisteringDns", "Succeeded"]


def test_the_provider_waits_until_the_name_is_registered(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.state["azure"]["vaults"].clear()
    outputs = KIND.create(cloud, declared(VAULT, made))[1]
    assert outputs["properties"]["provisioningState"] == "Succeeded"


def test_firewall_rules_come_back_in_the_order_in_which_they_were_sent(cloud: Cloud) -> None:
    made = build(cloud)
    values = ["203.0.113.0/24", "198.51.100.7", "20.88.123.53/32"]
    rules = {"defaultAction": "Deny", "bypass": "AzureServices", "ipRules": [{"value": value} for value in values]}
    inputs = declared(VAULT, made, properties={**VAULT_PROPERTIES, "networkAcls": rules})
    answered = KIND.update(cloud, made.vault_id, inputs)["properties"]["networkAcls"]["ipRules"]
    assert [rule["value"] for rule in answered] == ["203.0.113.0/24", "198.51.100.7/32", "20.88.123.53/32"]


def test_a_change_of_the_location_is_an_update_that_azure_refuses(cloud: Cloud) -> None:
    made = build(cloud)
    inputs = declared(VAULT, made, location="North Europe")
    assert KIND.changes(declared(VAULT, made), inputs) == {"location": False}
    with pytest.raises(CloudError, match=r"InvalidResourceLocation.*cannot be created in location 'northeurope'"):
        KIND.update(cloud, made.vault_id, inputs)


def test_the_same_location_in_another_spelling_is_no_change(cloud: Cloud) -> None:
    made = build(cloud)
    assert KIND.changes(declared(VAULT, made), declared(VAULT, made, location="West Europe")) == {}


def test_an_update_reads_the_access_policies_first(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.azure.switches.set("unreadable", "vault=403")
    with pytest.raises(CloudError, match=r"Microsoft.KeyVault/vaults/read"):
        KIND.update(cloud, made.vault_id, declared(VAULT, made, tags={"team": "security"}))
    assert cloud.state["azure"]["vaults"]["acme-vault"]["tags"] == {}


def test_a_vault_of_another_group_is_absent_and_its_name_is_taken(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.azure.put_resource_group("other", "westeurope", {})
    with pytest.raises(CloudError, match="VaultAlreadyExists"):
        KIND.create(cloud, declared(VAULT, made, resourceGroupName="other"))


def test_a_deleted_vault_holds_its_name_in_azures_own_words(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.azure.delete_vault("acme-vault")
    with pytest.raises(
        CloudError, match=r"^Code=.ConflictError. Message=.A vault with the same name already exists in deleted"
    ):
        KIND.create(cloud, declared(VAULT, made))


def test_drift_shows_under_the_property_that_moved(cloud: Cloud) -> None:
    made = build(cloud)
    inputs = declared(VAULT, made)
    outputs = KIND.update(cloud, made.vault_id, inputs)
    vault = cloud.state["azure"]["vaults"]["acme-vault"]
    vault["properties"]["networkAcls"]["defaultAction"] = "Deny"
    vault["tags"]["owner"] = "them"
    seen = plain(Provider(cloud).read(VAULT, made.vault_id, inputs, outputs).inputs)
    assert seen["properties"]["networkAcls"] == {"bypass": "AzureServices", "defaultAction": "Deny"}
    assert seen["tags"] == {"owner": "them"}
    assert set(KIND.changes(seen, inputs)) == {"properties", "tags"}


def test_access_policies_that_are_not_declared_are_no_drift(cloud: Cloud) -> None:
    made = build(cloud)
    inputs = declared(VAULT, made)
    outputs = KIND.update(cloud, made.vault_id, inputs)
    policy = {"objectId": "them", "tenantId": VAULT_PROPERTIES["tenantId"], "permissions": {"keys": ["get"]}}
    cloud.state["azure"]["vaults"]["acme-vault"]["properties"]["accessPolicies"].append(policy)
    assert plain(Provider(cloud).read(VAULT, made.vault_id, inputs, outputs).inputs) == inputs


def test_an_import_reads_inputs_from_the_id_and_the_vault_itself(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.state["azure"]["vaults"]["acme-vault"]["tags"]["owner"] = "them"
    seen = plain(Provider(cloud).read(VAULT, made.vault_id).inputs)
    assert seen == {
        "resourceGroupName": "cmk",
        "vaultName": "acme-vault",
        "location": "westeurope",
        "tags": {"owner": "them"},
        "properties": VAULT_PROPERTIES,
    }


def test_an_import_of_a_vault_with_other_tags_and_rules_wants_an_update(cloud: Cloud) -> None:
    made = build(cloud)
    vault = cloud.state["azure"]["vaults"]["acme-vault"]
    vault["tags"]["owner"] = "them"
    vault["properties"]["networkAcls"]["ipRules"] = [{"value": "203.0.113.0/24"}]
    seen, inputs = plain(Provider(cloud).read(VAULT, made.vault_id).inputs), declared(VAULT, made)
    answer = Provider(cloud).diff(VAULT, seen, inputs)
    assert (list(answer.diffs), list(answer.replaces)) == (["properties", "tags"], [])
    # What ignore_changes does to the inputs of the program.
    ignoring = {**inputs, "properties": seen["properties"], "tags": seen["tags"]}
    assert list(Provider(cloud).diff(VAULT, seen, ignoring).diffs) == []


def test_an_import_counts_no_tags_in_the_program_against_none_in_azure_as_a_difference(cloud: Cloud) -> None:
    made = build(cloud)
    seen = plain(Provider(cloud).read(VAULT, made.vault_id).inputs)
    assert "tags" not in seen
    assert list(Provider(cloud).diff(VAULT, seen, declared(VAULT, made)).diffs) == ["tags"]


@pytest.mark.parametrize("access", ["SecuredByPerimeter", "Disabled", "disabled"])
def test_without_public_access_adobe_is_shut_out_whatever_the_rules_say(
    cloud: Cloud, clock: ManualClock, access: str
) -> None:
    made = build(cloud)
    clock.sleep(5)
    properties = cloud.state["azure"]["vaults"]["acme-vault"]["properties"]
    adobe = {"defaultAction": "Deny", "bypass": "AzureServices", "ipRules": [{"value": "20.88.123.53/32"}]}
    data = {"keyVaultKeyIdentifier": made.key_identifier}
    for rules in (adobe, {"defaultAction": "Allow", "bypass": "AzureServices", "ipRules": []}):
        properties |= {"networkAcls": rules, "publicNetworkAccess": "Enabled"}
        assert why_not(cloud.azure, cloud.entra, made.application_id, data, clock.now()) == []
        properties["publicNetworkAccess"] = access
        found = why_not(cloud.azure, cloud.entra, made.application_id, data, clock.now())
        assert found == ["the vault's firewall keeps Adobe out"]
