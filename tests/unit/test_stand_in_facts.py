"""The stand-ins do around the calls to Azure what the azure-native provider does, for every type alike."""

import json

import pytest
from pulumi.runtime import rpc

from simulation.cloud import Cloud
from simulation.errors import CloudError
from simulation.providers.stand_ins import STAND_INS
from tests.clock import ManualClock
from tests.declared import ASSIGNMENT, AZURE_NATIVE, GROUP, KEY, VAULT, Provider, arm_id, declared, plain
from tests.landscape import build

API_VERSIONS = {GROUP: "2024-03-01", VAULT: "2024-11-01", KEY: "2024-11-01", ASSIGNMENT: "2022-04-01"}


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_a_creation_never_takes_over_what_exists(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    before = json.dumps(cloud.state["azure"])
    with pytest.raises(CloudError) as refused:
        STAND_INS[token].create(cloud, declared(token, made))
    assert str(refused.value) == f"cannot create already existing resource '{arm_id(token, made)}'"
    assert json.dumps(cloud.state["azure"]) == before


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_a_creation_that_cannot_look_first_creates_nothing(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    for kind in ("roleAssignments", "keys"):
        cloud.state["azure"][kind].clear()
    cloud.azure.switches.set("unreadable", "vault=403,key=403,role=403,group=403")
    with pytest.raises(CloudError, match=r"cannot check existence of resource .* does not have authorization"):
        STAND_INS[token].create(cloud, declared(token, made))
    assert cloud.state["azure"]["roleAssignments"] == cloud.state["azure"]["keys"] == {}


@pytest.mark.parametrize("token", [GROUP, VAULT, ASSIGNMENT])
def test_an_update_puts_without_looking_whether_it_exists(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    outputs = STAND_INS[token].update(cloud, arm_id(token, made), declared(token, made))
    assert outputs["azureApiVersion"] == API_VERSIONS[token]


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_the_state_holds_the_version_of_the_api_and_no_nulls(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    outputs = STAND_INS[token].read(cloud, arm_id(token, made))
    assert outputs is not None
    assert outputs["azureApiVersion"] == declared(token, made)["azureApiVersion"] == API_VERSIONS[token]
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
def test_what_only_the_provider_adds_to_inputs_is_no_change(cloud: Cloud, token: str) -> None:
    news = declared(token, build(cloud))
    earlier = {name: value for name, value in news.items() if name != "azureApiVersion"}
    assert STAND_INS[token].changes(earlier, {**news, "__createBeforeDelete": True}) == {}
    assert STAND_INS[token].changes(news, news) == {}


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_a_new_version_of_the_api_is_a_change(cloud: Cloud, token: str) -> None:
    news = declared(token, build(cloud))
    assert STAND_INS[token].changes({**news, "azureApiVersion": "2020-01-01"}, news) == {"azureApiVersion": False}


@pytest.mark.parametrize(
    ("token", "name", "replaces"),
    [
        (GROUP, "resourceGroupName", True),
        (GROUP, "location", True),
        (GROUP, "tags", False),
        (VAULT, "vaultName", True),
        (VAULT, "resourceGroupName", True),
        (VAULT, "location", False),
        (VAULT, "properties", False),
        (KEY, "keyName", True),
        (KEY, "vaultName", True),
        (KEY, "resourceGroupName", True),
        (KEY, "properties", False),
        (ASSIGNMENT, "scope", True),
        (ASSIGNMENT, "roleAssignmentName", True),
        (ASSIGNMENT, "principalId", True),
        (ASSIGNMENT, "principalType", False),
        (ASSIGNMENT, "roleDefinitionId", False),
    ],
)
def test_names_scope_principal_and_the_groups_location_replace_and_nothing_else(
    cloud: Cloud, token: str, name: str, replaces: bool
) -> None:
    news = declared(token, build(cloud))
    answer = Provider(cloud).diff(token, news, {**news, name: {"other": "x"} if name in {"tags", "properties"} else "other"})
    assert list(answer.diffs) == [name]
    assert list(answer.replaces) == ([name] if replaces else [])


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


@pytest.mark.parametrize(("token", "lost"), [(KEY, "keyUriWithVersion"), (ASSIGNMENT, "createdOn")])
def test_a_preview_of_an_update_forgets_what_azure_alone_sets(cloud: Cloud, token: str, lost: str) -> None:
    made = build(cloud)
    outputs = STAND_INS[token].read(cloud, arm_id(token, made))
    assert outputs is not None
    assert STAND_INS[token].previewed(declared(token, made), outputs)[lost] == rpc.UNKNOWN


def test_a_preview_of_a_creation_knows_what_inputs_say(cloud: Cloud) -> None:
    seen = STAND_INS[VAULT].previewed(declared(VAULT, build(cloud)), None)
    assert seen["properties"]["sku"] == {"family": "A", "name": "standard"}
    assert seen["name"] == seen["properties"]["vaultUri"] == rpc.UNKNOWN


@pytest.mark.parametrize("token", AZURE_NATIVE)
@pytest.mark.parametrize("code", ["403", "503"])
def test_a_read_that_is_refused_fails_and_does_not_mean_gone(cloud: Cloud, token: str, code: str) -> None:
    made = build(cloud)
    cloud.azure.switches.set(
        "unreadable", ",".join(f"{operation}={code}" for operation in ("vault", "key", "role", "group"))
    )
    inputs, said = declared(token, made), {"403": "AuthorizationFailed", "503": "ServiceUnavailable"}[code]
    with pytest.raises(CloudError, match=said):
        Provider(cloud).read(token, arm_id(token, made), inputs, {})


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_what_is_not_found_by_arms_own_codes_is_gone(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    inputs = declared(token, made)
    for kind in ("resourceGroups", "vaults", "keys", "roleAssignments"):
        cloud.state["azure"][kind].clear()
    assert Provider(cloud).read(token, arm_id(token, made), inputs, {}).id == ""
    assert Provider(cloud).read(token, arm_id(token, made)).id == ""


@pytest.mark.parametrize("token", AZURE_NATIVE)
def test_what_did_not_change_reads_without_drift(cloud: Cloud, clock: ManualClock, token: str) -> None:
    made = build(cloud)
    inputs, id_ = declared(token, made), arm_id(token, made)
    outputs = STAND_INS[token].update(cloud, id_, inputs)
    clock.sleep(60)
    answer = Provider(cloud).read(token, id_, inputs, outputs)
    assert plain(answer.inputs) == inputs
    assert list(Provider(cloud).diff(token, plain(answer.inputs), inputs).diffs) == []


def test_foreign_tags_show_as_drift_where_none_are_declared(cloud: Cloud) -> None:
    made = build(cloud)
    inputs = declared(GROUP, made)
    outputs = STAND_INS[GROUP].update(cloud, arm_id(GROUP, made), inputs)
    cloud.state["azure"]["resourceGroups"]["cmk"]["tags"]["owner"] = "them"
    answer = Provider(cloud).read(GROUP, arm_id(GROUP, made), inputs, outputs)
    assert plain(answer.inputs)["tags"] == {"owner": "them"}
