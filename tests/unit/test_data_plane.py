"""The simulated data plane of a vault, as Azure's SDK sees it: who is let in, what a key is, deletion, policies."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.keyvault.keys import (
    KeyClient,
    KeyRotationLifetimeAction,
    KeyRotationPolicy,
    KeyRotationPolicyAction,
)

from simulation.cloud import Cloud
from simulation.drift import DRIFTS
from tests.azure_sdk import VAULT, bytes_of, call, key_client, numbers, private_key, web_key
from tests.clock import ManualClock

pytestmark = pytest.mark.usefixtures("vault_over_https")
ROTATE, NOTIFY = KeyRotationPolicyAction.rotate, KeyRotationPolicyAction.notify


@pytest.fixture
def client() -> Iterator[KeyClient]:
    with key_client() as client:
        yield client


def code_of(error: HttpResponseError) -> tuple[int | None, str, str]:
    """Status, code and inner code of a refusal."""
    assert error.error is not None
    inner: Any = error.error.innererror or {}
    return error.status_code, str(error.error.code), inner.get("code", "")


def test_a_generated_key_has_a_public_half_of_its_size_that_stays_the_same(client: KeyClient) -> None:
    first, second = client.get_key("acme-key"), client.get_key("acme-key")
    assert int.from_bytes(first.key.n, "big").bit_length() == 3072
    assert first.key.e == b"\x01\x00\x01"
    assert first.key.n == second.key.n


def test_reading_a_key_changes_nothing_in_the_cloud(client: KeyClient, cloud: Cloud) -> None:
    before = json.dumps(cloud.state)
    client.get_key("acme-key")
    client.get_key_rotation_policy("acme-key")
    list(client.list_properties_of_key_versions("acme-key"))
    assert json.dumps(cloud.state) == before


def test_a_key_is_shown_with_its_identifier_operations_and_attributes(client: KeyClient, cloud: Cloud) -> None:
    key = client.get_key("acme-key")
    assert key.id == cloud.azure.key("acme-vault", "acme-key")["keyUriWithVersion"]
    assert (key.key_type, key.key_operations) == ("RSA", ["wrapKey", "unwrapKey"])
    assert (key.properties.enabled, key.properties.recoverable_days) == (True, 90)


def test_a_disabled_key_is_shown_and_says_so(client: KeyClient, cloud: Cloud) -> None:
    cloud.azure.enable_key("acme-vault", "acme-key", False)
    assert client.get_key("acme-key").properties.enabled is False


@pytest.mark.parametrize("version", [None, "0123456789abcdef0123456789abcdef"])
def test_a_key_or_version_that_is_not_there_is_a_404(client: KeyClient, version: str | None) -> None:
    with pytest.raises(ResourceNotFoundError) as refused:
        client.get_key("acme-key" if version else "another-key", version)
    assert code_of(refused.value) == (404, "KeyNotFound", "")


def close(cloud: Cloud, **properties: Any) -> None:
    cloud.state["azure"]["vaults"]["acme-vault"]["properties"] |= properties


def test_the_firewall_refuses_before_the_role(client: KeyClient, cloud: Cloud) -> None:
    cloud.azure.switches.set("deployer-data-role", "none")
    close(cloud, networkAcls={"defaultAction": "Deny", "bypass": "AzureServices", "ipRules": []})
    with pytest.raises(HttpResponseError, match="Client address is not authorized") as refused:
        client.get_key("acme-key")
    assert code_of(refused.value) == (403, "Forbidden", "ForbiddenByFirewall")


def test_a_vault_without_public_access_refuses(client: KeyClient, cloud: Cloud) -> None:
    close(cloud, publicNetworkAccess="Disabled")
    with pytest.raises(HttpResponseError) as refused:
        client.get_key("acme-key")
    assert code_of(refused.value) == (403, "Forbidden", "ForbiddenByConnection")


@pytest.mark.parametrize(
    ("run", "action"),
    [
        (lambda client: client.get_key("acme-key"), "keys/read"),
        (lambda client: client.import_key("acme-key", web_key(private_key())), "keys/import/action"),
        (lambda client: client.begin_delete_key("acme-key"), "keys/delete"),
        (lambda client: client.get_key_rotation_policy("acme-key"), "keyrotationpolicies/read"),
    ],
)
def test_without_a_role_each_call_is_refused_with_the_action_that_it_needs(
    client: KeyClient, cloud: Cloud, run: Any, action: str
) -> None:
    cloud.azure.switches.set("deployer-data-role", "none")
    with pytest.raises(HttpResponseError, match=f"Action: 'Microsoft.KeyVault/vaults/{action}'") as refused:
        run(client)
    assert code_of(refused.value) == (403, "Forbidden", "ForbiddenByRbac")


@pytest.mark.parametrize("query", ["", "?api-version=", "?api-version=7.99"])
def test_a_call_without_a_known_version_of_the_api_is_refused(query: str) -> None:
    answer = call("GET", f"{VAULT}/keys/acme-key{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")
    assert "is not recognized" in answer.text


@pytest.mark.parametrize("path", ["keys/acme-key/create", "secrets/acme-key", "keys/a_key", "keys/acme-key/x/encrypt"])
def test_a_call_that_is_not_simulated_says_so(path: str) -> None:
    answer = call("POST" if "create" in path else "GET", f"{VAULT}/{path}?api-version=7.4")
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "NotSimulated")


def test_a_deleted_key_holds_its_name_until_it_is_purged(client: KeyClient, cloud: Cloud, clock: ManualClock) -> None:
    deleted = client.begin_delete_key("acme-key").result()
    assert deleted.recovery_id == f"{VAULT}/deletedkeys/acme-key"
    assert deleted.deleted_date == clock.now()
    assert deleted.scheduled_purge_date == clock.now() + timedelta(days=90)
    assert client.get_deleted_key("acme-key").id == deleted.id
    with pytest.raises(ResourceExistsError, match="currently in a deleted but recoverable state") as refused:
        client.import_key("acme-key", web_key(private_key()))
    assert code_of(refused.value) == (409, "Conflict", "ObjectIsDeletedButRecoverable")
    assert cloud.state["azure"]["keys"] == {}


def test_versions_are_listed_by_their_names_and_not_by_age(client: KeyClient, cloud: Cloud) -> None:
    for _ in range(4):
        DRIFTS["key-rotated"](cloud)
    listed = [version.version for version in client.list_properties_of_key_versions("acme-key")]
    assert listed == sorted(cloud.state["azure"]["keys"]["acme-vault/acme-key"]["versions"])


def test_a_long_list_of_versions_comes_in_pages(client: KeyClient, cloud: Cloud) -> None:
    for _ in range(30):
        DRIFTS["key-rotated"](cloud)
    pages = [list(page) for page in client.list_properties_of_key_versions("acme-key", max_page_size=10).by_page()]
    assert [len(page) for page in pages] == [10, 10, 10, 1]
    assert len({version.version for page in pages for version in page}) == 31
    assert [len(list(page)) for page in client.list_properties_of_key_versions("acme-key").by_page()] == [25, 6]


@pytest.mark.parametrize("size", ["0", "26", "many"])
def test_a_page_holds_1_to_25_versions(size: str) -> None:
    answer = call("GET", f"{VAULT}/keys/acme-key/versions?api-version=7.4&maxresults={size}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")


def test_a_key_that_is_not_there_has_an_empty_list_of_versions(client: KeyClient) -> None:
    assert list(client.list_properties_of_key_versions("another-key")) == []


def test_a_rotation_policy_is_azures_own_until_one_is_set(client: KeyClient) -> None:
    (action,) = client.get_key_rotation_policy("acme-key").lifetime_actions
    assert (action.action, action.time_before_expiry) == (NOTIFY, "P30D")


def test_a_rotation_policy_gets_azures_notification_besides(client: KeyClient, cloud: Cloud) -> None:
    policy = KeyRotationPolicy(lifetime_actions=[KeyRotationLifetimeAction(ROTATE, time_after_create="P90D")])
    client.update_key_rotation_policy("acme-key", policy)
    held = client.get_key_rotation_policy("acme-key")
    assert [(action.action, action.time_after_create) for action in held.lifetime_actions] == [
        (ROTATE, "P90D"),
        (NOTIFY, None),
    ]
    shown = cloud.azure.key("acme-vault", "acme-key")["rotationPolicy"]["lifetimeActions"]
    assert [action["action"]["type"] for action in shown] == ["Rotate", "Notify"]


@pytest.mark.parametrize(
    ("actions", "expiry", "words"),
    [
        ([KeyRotationLifetimeAction(ROTATE, time_after_create="P6D")], None, "timeAfterCreate must be at least P7D"),
        ([KeyRotationLifetimeAction(ROTATE, time_after_create="90")], None, "90 is not a duration"),
        ([KeyRotationLifetimeAction(ROTATE, time_before_expiry="P30D")], None, "needs an expiryTime"),
        ([KeyRotationLifetimeAction(ROTATE)], None, "either timeAfterCreate or timeBeforeExpiry"),
        ([KeyRotationLifetimeAction(NOTIFY, time_after_create="P30D")], None, "Notify is triggered by timeBeforeExpiry"),
        ([KeyRotationLifetimeAction(ROTATE, time_after_create="P90D")] * 2, None, "an action is there twice"),
        ([KeyRotationLifetimeAction(ROTATE, time_after_create="P85D")], "P90D", "at least P7D before the expiry"),
        ([], "P27D", "expiryTime must be at least P28D"),
    ],
)
def test_a_rotation_policy_that_azure_refuses_is_refused(
    client: KeyClient, actions: list[KeyRotationLifetimeAction], expiry: str | None, words: str
) -> None:
    with pytest.raises(HttpResponseError, match=words) as refused:
        client.update_key_rotation_policy("acme-key", KeyRotationPolicy(lifetime_actions=actions, expires_in=expiry))
    assert code_of(refused.value) == (400, "BadParameter", "")
    assert len(client.get_key_rotation_policy("acme-key").lifetime_actions) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"lifetimeActions": {}},
        {"lifetimeActions": [1]},
        {"lifetimeActions": [{"action": {"type": "Rotate"}}]},
        {"lifetimeActions": [{"action": {"type": "Purge"}, "trigger": {"timeAfterCreate": "P90D"}}]},
        {"lifetimeActions": [], "attributes": []},
        {"lifetimeActions": [], "more": 1},
    ],
    ids=str,
)
def test_a_body_that_is_no_rotation_policy_is_refused(body: dict[str, Any]) -> None:
    answer = call("PUT", f"{VAULT}/keys/acme-key/rotationpolicy?api-version=7.4", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")


@pytest.mark.parametrize("mark", ["!", "AAAA", "LTU="])
def test_a_mark_of_a_page_that_was_not_given_out_is_refused(mark: str) -> None:
    answer = call("GET", f"{VAULT}/keys/acme-key/versions?api-version=7.4&$skiptoken={mark}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")


def test_a_version_is_read_with_its_own_numbers_and_attributes(client: KeyClient, cloud: Cloud) -> None:
    first = client.get_key("acme-key")
    client.import_key("acme-key", web_key(private_key()))
    DRIFTS["old-version-disabled"](cloud)
    before, now = client.get_key("acme-key", first.properties.version), client.get_key("acme-key")
    assert (before.key.n, before.properties.enabled) == (first.key.n, False)
    assert (now.key.n, now.properties.enabled) == (bytes_of(numbers(private_key())["n"]), True)
