"""A private endpoint, its zone group, a diagnostic setting and a lock: as azure-native and Azure treat them."""

import json
import re
from pathlib import Path
from typing import Any

import pulumi_azure_native
import pytest

from simulation.azure.arm import PLATFORM_SUBSCRIPTION, SUBSCRIPTION
from simulation.cloud import Cloud
from simulation.drift import DRIFTS
from simulation.errors import CloudError
from simulation.providers.functions import invoke
from simulation.providers.stand_ins import STAND_INS
from tests.clock import ManualClock
from tests.declared import VAULT, Provider, declared, plain
from tests.surroundings import (
    ENDPOINT,
    LOCK,
    SETTING,
    SUBNET,
    SURROUNDINGS,
    WORKSPACE,
    ZONE,
    ZONE_GROUP,
    Surroundings,
    inputs_of,
    surrounded,
)

SDK = Path(pulumi_azure_native.__file__).parent
SOURCES = {
    ENDPOINT: "network/private_endpoint.py",
    ZONE_GROUP: "network/private_dns_zone_group.py",
    SETTING: "monitor/diagnostic_setting.py",
    LOCK: "authorization/management_lock_by_scope.py",
}


@pytest.mark.parametrize("token", SURROUNDINGS)
def test_the_version_of_the_api_is_the_one_that_the_installed_sdk_declares(cloud: Cloud, token: str) -> None:
    found = re.search(r"Uses Azure REST API version ([\w-]+)\.", (SDK / SOURCES[token]).read_text())
    assert found
    assert surrounded(cloud).inputs[token]["azureApiVersion"] == found[1]


@pytest.mark.parametrize("token", SURROUNDINGS)
def test_a_creation_never_takes_over_what_exists(cloud: Cloud, token: str) -> None:
    around = surrounded(cloud)
    before = json.dumps(cloud.state["azure"])
    with pytest.raises(CloudError) as refused:
        STAND_INS[token].create(cloud, around.inputs[token])
    assert str(refused.value) == f"cannot create already existing resource '{around.ids[token]}'"
    assert json.dumps(cloud.state["azure"]) == before


@pytest.mark.parametrize("token", SURROUNDINGS)
def test_what_did_not_change_reads_without_drift_whatever_azure_added(cloud: Cloud, clock: ManualClock, token: str) -> None:
    around = surrounded(cloud)
    clock.sleep(60)
    answer = Provider(cloud).read(token, around.ids[token], around.inputs[token], around.outputs[token])
    assert list(Provider(cloud).diff(token, plain(answer.inputs), around.inputs[token]).diffs) == []


@pytest.mark.parametrize("token", SURROUNDINGS)
def test_an_update_keeps_the_id_and_leaves_no_drift(cloud: Cloud, token: str) -> None:
    around = surrounded(cloud)
    outputs = STAND_INS[token].update(cloud, around.ids[token], around.inputs[token])
    answer = Provider(cloud).read(token, around.ids[token], around.inputs[token], outputs)
    assert answer.id == around.ids[token]
    assert list(Provider(cloud).diff(token, plain(answer.inputs), around.inputs[token]).diffs) == []


@pytest.mark.parametrize("token", SURROUNDINGS)
@pytest.mark.parametrize("code", ["403", "503"])
def test_a_read_that_is_refused_does_not_mean_gone(cloud: Cloud, token: str, code: str) -> None:
    around = surrounded(cloud)
    cloud.azure.switches.set("unreadable", f"endpoint={code},audit={code},lock={code}")
    with pytest.raises(CloudError, match={"403": "AuthorizationFailed", "503": "ServiceUnavailable"}[code]):
        STAND_INS[token].read(cloud, around.ids[token])


@pytest.mark.parametrize(
    ("token", "drift"),
    [
        (ENDPOINT, "private-endpoint-removed"),
        (ZONE_GROUP, "private-endpoint-removed"),
        (SETTING, "diagnostic-setting-removed"),
        (LOCK, "lock-removed"),
    ],
)
def test_what_somebody_removed_reads_as_gone(cloud: Cloud, token: str, drift: str) -> None:
    around = surrounded(cloud)
    DRIFTS[drift](cloud)
    gone = {token for token in SURROUNDINGS if STAND_INS[token].read(cloud, around.ids[token]) is None}
    assert gone == ({ENDPOINT, ZONE_GROUP} if drift == "private-endpoint-removed" else {token})


@pytest.mark.parametrize(
    ("token", "name", "replaces"),
    [
        (ENDPOINT, "privateEndpointName", True),
        (ENDPOINT, "subnet", False),
        (ZONE_GROUP, "privateDnsZoneGroupName", True),
        (ZONE_GROUP, "privateDnsZoneConfigs", False),
        (SETTING, "resourceUri", True),
        (SETTING, "name", True),
        (SETTING, "workspaceId", False),
        (LOCK, "scope", True),
        (LOCK, "lockName", True),
        (LOCK, "level", False),
        (LOCK, "notes", False),
    ],
)
def test_path_parameters_replace_and_nothing_else(cloud: Cloud, token: str, name: str, replaces: bool) -> None:
    news = surrounded(cloud).inputs[token]
    answer = Provider(cloud).diff(token, news, {**news, name: "other"})
    assert list(answer.replaces) == ([name] if replaces else [])


@pytest.mark.parametrize("token", [SETTING, LOCK])
def test_an_import_reads_the_scope_without_its_leading_slash(cloud: Cloud, token: str) -> None:
    around = surrounded(cloud)
    seen = plain(Provider(cloud).read(token, around.ids[token]).inputs)
    assert around.made.vault_id.lstrip("/") in seen.values()
    assert list(Provider(cloud).diff(token, seen, around.inputs[token]).replaces) == []


@pytest.mark.parametrize(
    ("function", "arguments", "token"),
    [
        ("network:getPrivateEndpoint", ("resourceGroupName", "privateEndpointName"), ENDPOINT),
        (
            "network:getPrivateDnsZoneGroup",
            ("resourceGroupName", "privateEndpointName", "privateDnsZoneGroupName"),
            ZONE_GROUP,
        ),
        ("monitor:getDiagnosticSetting", ("resourceUri", "name"), SETTING),
        ("authorization:getManagementLockByScope", ("scope", "lockName"), LOCK),
    ],
)
def test_each_is_looked_up_by_its_path(cloud: Cloud, function: str, arguments: tuple[str, ...], token: str) -> None:
    around = surrounded(cloud)
    given = {name: around.inputs[token][name] for name in arguments}
    assert invoke(cloud, f"azure-native:{function}", given)["id"] == around.ids[token]


def refused(cloud: Cloud, token: str, around: Surroundings, words: str, **changes: Any) -> None:
    with pytest.raises(CloudError, match=words):
        STAND_INS[token].create(cloud, inputs_of(token, around.made, **changes))


def test_an_endpoint_is_approved_by_its_vault_without_drift_of_the_vault(cloud: Cloud) -> None:
    around = surrounded(cloud, SETTING)
    inputs = declared(VAULT, around.made)
    before = STAND_INS[VAULT].update(cloud, around.made.vault_id, inputs)
    id_, outputs = STAND_INS[ENDPOINT].create(cloud, inputs_of(ENDPOINT, around.made))
    (connection,) = outputs["privateLinkServiceConnections"]
    assert connection["privateLinkServiceConnectionState"]["status"] == "Approved"
    answer = Provider(cloud).read(VAULT, around.made.vault_id, inputs, before)
    (approved,) = plain(answer.properties)["properties"]["privateEndpointConnections"]
    assert approved["privateEndpoint"] == {"id": id_}
    assert list(Provider(cloud).diff(VAULT, plain(answer.inputs), inputs).diffs) == []
    # A PUT of the vault leaves it connected.
    after = STAND_INS[VAULT].update(cloud, around.made.vault_id, inputs)
    assert after["properties"]["privateEndpointConnections"] == [approved]


def test_the_addresses_of_an_endpoint_move_to_its_zone_group(cloud: Cloud) -> None:
    around = surrounded(cloud)
    (config,) = around.outputs[ENDPOINT]["customDnsConfigs"]
    now = STAND_INS[ENDPOINT].read(cloud, around.ids[ENDPOINT])
    assert now
    assert now["customDnsConfigs"] == []
    (zone,) = around.outputs[ZONE_GROUP]["privateDnsZoneConfigs"]
    assert zone["recordSets"][0]["ipAddresses"] == config["ipAddresses"]


def test_an_endpoint_that_declares_no_empty_addresses_drifts_when_they_move(cloud: Cloud) -> None:
    around = surrounded(cloud)
    inputs = {name: value for name, value in around.inputs[ENDPOINT].items() if name != "customDnsConfigs"}
    answer = Provider(cloud).read(ENDPOINT, around.ids[ENDPOINT], inputs, around.outputs[ENDPOINT])
    assert list(Provider(cloud).diff(ENDPOINT, plain(answer.inputs), inputs).diffs) == ["customDnsConfigs"]


def test_a_subnet_that_is_missing_or_elsewhere_is_refused_in_azures_words(cloud: Cloud) -> None:
    around = surrounded(cloud, SETTING)
    same_region = "InvalidResourceReference.*both resources are in the same region"
    refused(cloud, ENDPOINT, around, same_region, subnet={"id": SUBNET.replace("hub", "missing-hub")})
    joins = r"LinkedAuthorizationFailed.*Microsoft\.Network/virtualNetworks/subnets/join/action"
    refused(cloud, ENDPOINT, around, joins, subnet={"id": SUBNET.replace(SUBSCRIPTION, PLATFORM_SUBSCRIPTION)})
    assert cloud.state["azure"]["privateEndpoints"] == {}


@pytest.mark.parametrize("change", [{"groupIds": ["blob"]}, {"privateLinkServiceId": f"{SUBNET}/x"}, {"name": None}])
def test_a_connection_that_leads_to_no_vault_is_refused(cloud: Cloud, change: dict[str, Any]) -> None:
    around = surrounded(cloud, SETTING)
    (connection,) = inputs_of(ENDPOINT, around.made)["privateLinkServiceConnections"]
    refused(cloud, ENDPOINT, around, "InvalidResourceReference", privateLinkServiceConnections=[{**connection, **change}])


def test_the_subnet_of_an_endpoint_cannot_be_changed(cloud: Cloud) -> None:
    around = surrounded(cloud)
    other = inputs_of(ENDPOINT, around.made, subnet={"id": f"{SUBNET}-2"})
    with pytest.raises(CloudError, match="CannotChangeSubnetOnExistingPrivateEndpoint"):
        STAND_INS[ENDPOINT].update(cloud, around.ids[ENDPOINT], other)


def test_an_endpoint_has_one_zone_group_with_named_entries(cloud: Cloud) -> None:
    around = surrounded(cloud)
    refused(cloud, ZONE_GROUP, around, "MoreThanOnePrivateDnsZoneGroup", privateDnsZoneGroupName="second")
    STAND_INS[ZONE_GROUP].delete(cloud, around.ids[ZONE_GROUP])
    refused(cloud, ZONE_GROUP, around, "InvalidRequestFormat", privateDnsZoneConfigs=[{"privateDnsZoneId": ZONE}])


def test_a_setting_lists_every_category_and_a_retention_of_zero_days(cloud: Cloud) -> None:
    logs = surrounded(cloud).outputs[SETTING]["logs"]
    assert [(log["category"], log["enabled"]) for log in logs] == [
        ("AuditEvent", True),
        ("AzurePolicyEvaluationDetails", False),
    ]
    assert [log["retentionPolicy"] for log in logs] == [{"days": 0, "enabled": False}] * 2
    assert "logAnalyticsDestinationType" not in surrounded(Cloud()).outputs[SETTING]


def test_a_workspace_gets_a_category_of_a_vault_once(cloud: Cloud) -> None:
    around = surrounded(cloud)
    words = "Conflict.*is already used in diagnostic setting 'audit' for category 'AuditEvent'"
    refused(cloud, SETTING, around, words, name="second")
    refused(cloud, SETTING, around, words, name="second", logs=[{"categoryGroup": "audit", "enabled": True}])
    STAND_INS[SETTING].create(cloud, inputs_of(SETTING, around.made, name="second", workspaceId=f"{WORKSPACE}-2"))


def test_a_resource_has_five_settings_at_most(cloud: Cloud) -> None:
    around = surrounded(cloud)
    for number in range(4):
        other = inputs_of(SETTING, around.made, name=f"more-{number}", workspaceId=f"{WORKSPACE}-{number}")
        STAND_INS[SETTING].create(cloud, other)
    refused(cloud, SETTING, around, "limit of 5 diagnostic settings was reached", name="sixth", workspaceId=f"{WORKSPACE}-x")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"workspaceId": WORKSPACE.replace("security", "missing-security")}, "ResourceNotFound"),
        ({"workspaceId": WORKSPACE.replace(SUBSCRIPTION, PLATFORM_SUBSCRIPTION)}, "LinkedAuthorizationFailed"),
        ({"workspaceId": None}, "At least one data sink"),
        ({"logs": [{"category": "Audit", "enabled": True}]}, "'Audit' is not supported"),
        ({"logs": [{"enabled": True}]}, "Either category or category group"),
    ],
)
def test_a_setting_that_azure_cannot_fulfil_is_refused(cloud: Cloud, changes: dict[str, Any], words: str) -> None:
    refused(cloud, SETTING, surrounded(cloud, ENDPOINT), words, **changes)


@pytest.mark.parametrize("token", [SETTING, LOCK])
def test_nothing_is_put_on_a_vault_that_is_not_there(cloud: Cloud, token: str) -> None:
    around = surrounded(cloud, ENDPOINT)
    scope = {SETTING: "resourceUri", LOCK: "scope"}[token]
    refused(cloud, token, around, "ResourceNotFound", **{scope: f"{around.made.vault_id}-2"})


def held(cloud: Cloud, around: Surroundings) -> dict[str, Any]:
    """What Azure Resource Manager is asked to delete, by name."""
    azure, (role,) = cloud.azure, list(cloud.state["azure"]["roleAssignments"])
    return {
        "role assignment": lambda: azure.delete_role_assignment(role),
        "vault": lambda: azure.delete_vault("acme-vault"),
        "resource group": lambda: azure.delete_resource_group("cmk"),
        "diagnostic setting": lambda: STAND_INS[SETTING].delete(cloud, around.ids[SETTING]),
        "private endpoint": lambda: STAND_INS[ENDPOINT].delete(cloud, around.ids[ENDPOINT]),
    }


HELD = ("role assignment", "vault", "resource group", "diagnostic setting", "private endpoint")


@pytest.mark.parametrize("what", HELD)
def test_a_lock_on_the_vault_refuses_every_deletion_by_the_management_api(cloud: Cloud, what: str) -> None:
    around = surrounded(cloud)
    before = json.dumps(cloud.state["azure"])
    with pytest.raises(CloudError, match=r"ScopeLocked.*cannot perform delete operation because following scope") as locked:
        held(cloud, around)[what]()
    assert f"'{around.made.vault_id}'. Please remove the lock and try again." in str(locked.value)
    assert json.dumps(cloud.state["azure"]) == before


@pytest.mark.parametrize("what", HELD)
def test_without_the_lock_it_is_deleted(cloud: Cloud, what: str) -> None:
    around = surrounded(cloud)
    STAND_INS[LOCK].delete(cloud, around.ids[LOCK])
    before = json.dumps(cloud.state["azure"])
    held(cloud, around)[what]()
    assert json.dumps(cloud.state["azure"]) != before


def test_a_lock_does_not_hold_a_key_which_is_deleted_on_the_data_plane(cloud: Cloud) -> None:
    around = surrounded(cloud)
    cloud.azure.switches.set("deployer-data-role", "crypto-officer")
    STAND_INS["azure-native:keyvault:Key"].delete(cloud, f"{around.made.vault_id}/keys/acme-key")
    assert list(cloud.state["azure"]["deletedKeys"]) == ["acme-vault/acme-key"]


def test_a_lock_holds_nothing_beside_its_scope_and_no_zone_group(cloud: Cloud) -> None:
    around = surrounded(cloud)
    cloud.azure.refuse_if_locked(f"{around.made.vault_id}-2")
    STAND_INS[ZONE_GROUP].delete(cloud, around.ids[ZONE_GROUP])
    assert cloud.state["azure"]["privateDnsZoneGroups"] == {}


def test_a_vault_is_changed_under_a_lock_that_forbids_deletion_alone(cloud: Cloud) -> None:
    around = surrounded(cloud)
    STAND_INS[VAULT].update(cloud, around.made.vault_id, declared(VAULT, around.made, tags={"team": "security"}))
    assert cloud.azure.vault("acme-vault")["tags"] == {"team": "security"}


@pytest.mark.parametrize("changes", [{"level": "Never"}, {"notes": "x" * 513}])
def test_a_lock_with_an_unknown_level_or_long_notes_is_refused(cloud: Cloud, changes: dict[str, str]) -> None:
    around = surrounded(cloud, ENDPOINT)
    news = {**inputs_of(LOCK, around.made), **changes}
    with pytest.raises(CloudError, match="InvalidLock"):
        STAND_INS[LOCK].create(cloud, news)
