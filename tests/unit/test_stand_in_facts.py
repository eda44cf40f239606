"""The stand-ins do around the calls to Azure what the azure-native provider does, for every type alike."""

import inspect
import json
import re
import sys
from typing import Any

import pytest
from pulumi.runtime import rpc

from simulation.cloud import Cloud
from simulation.errors import CloudError
from simulation.providers.functions import FUNCTIONS, invoke
from simulation.providers.stand_ins import STAND_INS
from simulation.switches import READABLE
from tests.clock import ManualClock
from tests.declared import ASSIGNMENT, AZURE_NATIVE, GROUP, KEY, VAULT, Provider, arm_id, declared, plain, surrounded
from tests.landscape import build
from tests.surroundings import ENDPOINT, LOCK, SETTING, ZONE_GROUP

# By type: the word of the switch `unreadable`, Azure's name in permissions, and what a lookup takes.
LOOKUPS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    GROUP: ("group", "Microsoft.Resources/subscriptions/resourceGroups", ("resourceGroupName",)),
    VAULT: ("vault", "Microsoft.KeyVault/vaults", ("resourceGroupName", "vaultName")),
    KEY: ("key", "Microsoft.KeyVault/vaults/keys", ("resourceGroupName", "vaultName", "keyName")),
    ASSIGNMENT: ("role", "Microsoft.Authorization/roleAssignments", ("scope", "roleAssignmentName")),
    ENDPOINT: ("endpoint", "Microsoft.Network/privateEndpoints", ("resourceGroupName", "privateEndpointName")),
    ZONE_GROUP: (
        "endpoint",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        ("resourceGroupName", "privateEndpointName", "privateDnsZoneGroupName"),
    ),
    SETTING: ("audit", "Microsoft.Insights/diagnosticSettings", ("resourceUri", "name")),
    LOCK: ("lock", "Microsoft.Authorization/locks", ("scope", "lockName")),
}


def looked_up(cloud: Cloud, token: str, inputs: dict[str, Any]) -> dict[str, Any]:
    function = re.sub(r":(\w+)$", r":get\1", token)
    return invoke(cloud, function, {name: inputs[name] for name in LOOKUPS[token][2]})


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_a_creation_never_takes_over_what_exists(cloud: Cloud, token: str) -> None:
    made, _ = surrounded(cloud)
    before = json.dumps(cloud.state["azure"])
    with pytest.raises(CloudError) as refused:
        STAND_INS[token].create(cloud, declared(token, made))
    assert str(refused.value) == f"cannot create already existing resource '{arm_id(token, made)}'"
    assert json.dumps(cloud.state["azure"]) == before


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_a_creation_that_cannot_look_first_creates_nothing(cloud: Cloud, token: str) -> None:
    made, _ = surrounded(cloud)
    for kind in ("roleAssignments", "keys", "privateEndpoints", "privateDnsZoneGroups", "diagnosticSettings", "locks"):
        cloud.state["azure"][kind].clear()
    before = json.dumps(cloud.state["azure"])
    cloud.azure.switches.set("unreadable", ",".join(f"{operation}=403" for operation in READABLE))
    with pytest.raises(CloudError, match=r"cannot check existence of resource .* does not have authorization"):
        STAND_INS[token].create(cloud, declared(token, made))
    del cloud.state["azure"]["switches"]
    assert json.dumps(cloud.state["azure"]) == before


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_the_state_holds_the_version_of_the_api_that_the_sdk_declares_and_no_nulls(cloud: Cloud, token: str) -> None:
    made, _ = surrounded(cloud)
    outputs = STAND_INS[token].read(cloud, arm_id(token, made))
    assert outputs is not None
    documented = inspect.getdoc(sys.modules[STAND_INS[token].resource_class.__module__].__dict__[token.rsplit(":", 1)[1]])
    found = re.search(r"Uses Azure REST API version ([\w-]+)\.", documented or "")
    assert found
    assert outputs["azureApiVersion"] == declared(token, made)["azureApiVersion"] == found[1]
    assert "null" not in json.dumps(outputs)


@pytest.mark.parametrize(("token", "name"), [(GROUP, "resourceGroupName"), (VAULT, "vaultName"), (KEY, "keyName")])
def test_a_name_that_the_provider_made_up_is_marked_and_kept(token: str, name: str) -> None:
    kind = STAND_INS[token]
    inputs = kind.check("acme", {}, {}, b"seed", "westeurope")[0]
    assert inputs[name].startswith("acme")
    assert inputs["__createBeforeDelete"] is True
    again = kind.check("acme", inputs, {}, b"other seed", "westeurope")[0]
    assert (again[name], again["__createBeforeDelete"]) == (inputs[name], True)
    assert "__createBeforeDelete" not in kind.check("acme", {}, {name: "mine"}, b"seed", "westeurope")[0]


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_a_new_version_of_the_api_is_a_change_and_what_only_the_provider_adds_to_inputs_is_none(
    cloud: Cloud, token: str
) -> None:
    news, kind = declared(token, build(cloud)), STAND_INS[token]
    earlier = {name: value for name, value in news.items() if name != "azureApiVersion"}
    assert kind.changes(earlier, {**news, "__createBeforeDelete": True}) == {}
    assert kind.changes({**news, "azureApiVersion": "2020-01-01"}, news) == {"azureApiVersion": False}


REPLACING = {
    GROUP: ("resourceGroupName", "location"),
    VAULT: ("vaultName", "resourceGroupName"),
    KEY: ("keyName", "vaultName", "resourceGroupName"),
    ASSIGNMENT: ("scope", "roleAssignmentName", "principalId"),
    ENDPOINT: ("privateEndpointName", "resourceGroupName"),
    ZONE_GROUP: ("privateDnsZoneGroupName", "privateEndpointName", "resourceGroupName"),
    SETTING: ("resourceUri", "name"),
    LOCK: ("scope", "lockName"),
}


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_the_parameters_of_its_path_the_principal_and_the_groups_location_replace_and_nothing_else(
    cloud: Cloud, token: str
) -> None:
    news, replacing = declared(token, build(cloud)), []
    for name in set(news) - {"azureApiVersion"}:
        answer = Provider(cloud).diff(token, news, {**news, name: {"other": "x"} if name == "properties" else "other"})
        assert list(answer.diffs) == [name]
        replacing += answer.replaces
    assert sorted(replacing) == sorted(REPLACING[token])


def test_a_replacement_deletes_first_unless_the_provider_made_the_name_up(cloud: Cloud) -> None:
    olds = declared(ASSIGNMENT, build(cloud))
    news = {**olds, "principalId": "other"}
    assert Provider(cloud).diff(ASSIGNMENT, olds, news).deleteBeforeReplace is True
    assert Provider(cloud).diff(ASSIGNMENT, {**olds, "__createBeforeDelete": True}, news).deleteBeforeReplace is False
    assert Provider(cloud).diff(ASSIGNMENT, olds, {**olds, "principalType": "User"}).deleteBeforeReplace is False


def test_a_preview_of_an_update_knows_name_location_and_what_inputs_say(cloud: Cloud) -> None:
    made = build(cloud)
    outputs = STAND_INS[VAULT].read(cloud, made.vault_id)
    assert outputs is not None
    news = declared(VAULT, made, tags={"team": "security"})
    seen = Provider(cloud).previewed_update(VAULT, made.vault_id, outputs, news)
    assert (seen["name"], seen["location"], seen["tags"]) == ("acme-vault", "westeurope", {"team": "security"})
    assert seen["properties"]["enablePurgeProtection"] is True
    assert seen["properties"]["networkAcls"]["bypass"] == "AzureServices"
    for unknown in (seen["properties"]["vaultUri"], seen["properties"]["provisioningState"], seen["systemData"]):
        assert unknown == rpc.UNKNOWN


def test_a_preview_of_a_creation_knows_what_inputs_say(cloud: Cloud) -> None:
    seen = STAND_INS[VAULT].previewed(declared(VAULT, build(cloud)), None)
    assert seen["properties"]["sku"] == {"family": "A", "name": "standard"}
    assert seen["name"] == seen["properties"]["vaultUri"] == rpc.UNKNOWN


@pytest.mark.parametrize("token", AZURE_NATIVE)
@pytest.mark.parametrize("code", ["403", "503"])
def test_a_read_or_lookup_that_is_refused_fails_and_does_not_mean_gone_and_no_other_is(
    cloud: Cloud, token: str, code: str
) -> None:
    made, _ = surrounded(cloud)
    operation, action, _ = LOOKUPS[token]
    cloud.azure.switches.set("unreadable", f"{operation}={code}")
    said = f"AuthorizationFailed.*perform action '{action}/read' over scope" if code == "403" else "ServiceUnavailable"
    with pytest.raises(CloudError, match=said):
        Provider(cloud).read(token, arm_id(token, made), declared(token, made), {})
    with pytest.raises(CloudError, match=said):
        looked_up(cloud, token, declared(token, made))
    for other in AZURE_NATIVE:
        if LOOKUPS[other][0] != operation:
            assert STAND_INS[other].read(cloud, arm_id(other, made))


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_a_lookup_takes_the_parameters_of_its_path_and_no_others(cloud: Cloud, token: str) -> None:
    made, _ = surrounded(cloud)
    assert looked_up(cloud, token, declared(token, made))["id"] == arm_id(token, made)
    for function in (re.sub(r":(\w+)$", r":get\1", token), *FUNCTIONS):
        with pytest.raises(CloudError, match="InvalidArguments"):
            invoke(cloud, function, {"nonsense": "1"})


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_what_is_not_found_by_arms_own_codes_is_gone(cloud: Cloud, token: str) -> None:
    made, _ = surrounded(cloud)
    inputs = declared(token, made)
    for held in cloud.state["azure"].values():
        held.clear()
    assert Provider(cloud).read(token, arm_id(token, made), inputs, {}).id == ""
    assert Provider(cloud).read(token, arm_id(token, made)).id == ""


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_what_did_not_change_reads_without_drift_whatever_azure_added(cloud: Cloud, clock: ManualClock, token: str) -> None:
    made, created = surrounded(cloud)
    inputs, id_ = declared(token, made), arm_id(token, made)
    for outputs in (created.get(token), STAND_INS[token].update(cloud, id_, inputs)):
        clock.sleep(60)
        answer = Provider(cloud).read(token, id_, inputs, outputs)
        assert answer.id == id_
        assert plain(answer.inputs) == inputs
        assert list(Provider(cloud).diff(token, plain(answer.inputs), inputs).diffs) == []


@pytest.mark.parametrize(("token", "kind"), [(GROUP, "resourceGroups"), (VAULT, "vaults"), (KEY, "keys")])
def test_foreign_tags_show_as_drift_where_none_are_declared(cloud: Cloud, token: str, kind: str) -> None:
    made = build(cloud)
    inputs, id_ = declared(token, made), arm_id(token, made)
    outputs = STAND_INS[token].read(cloud, id_)
    (record,) = cloud.state["azure"][kind].values()
    record["tags"]["owner"] = "them"
    assert plain(Provider(cloud).read(token, id_, inputs, outputs).inputs)["tags"] == {"owner": "them"}
