"""ARM's list of a key's versions over HTTPS: what it shows, and how it is refused."""

from typing import Any

import pytest
import requests

from simulation.cloud import Cloud
from simulation.drift import DRIFTS
from tests.azure_sdk import ARM_SCOPE, VAULT_SCOPE, call
from tests.landscape import Landscape


def listed(made: Landscape, key: str = "acme-key", version: str = "2026-02-01", **changes: Any) -> requests.Response:
    url = f"https://management.azure.com{changes.get('vault', made.vault_id)}/keys/{key}/versions"
    return call("GET", f"{url}?api-version={version}" if version else url, changes.get("scope", ARM_SCOPE))


def code_of(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize("version", ["2024-11-01", "2026-02-01"])
def test_each_version_is_listed_with_its_own_attributes(cloud: Cloud, vault_over_https: Landscape, version: str) -> None:
    DRIFTS["key-rotated"](cloud)
    DRIFTS["old-version-disabled"](cloud)
    answer = listed(vault_over_https, version=version).json()
    first, second = cloud.state["azure"]["keys"]["acme-vault/acme-key"]["versions"]
    enabled = {entry["name"]: entry["properties"]["attributes"]["enabled"] for entry in answer["value"]}
    assert (enabled, answer["nextLink"]) == ({first: False, second: True}, None)


def test_an_entry_has_what_the_published_example_has(cloud: Cloud, vault_over_https: Landscape) -> None:
    (entry,) = listed(vault_over_https).json()["value"]
    uri = cloud.azure.key("acme-vault", "acme-key")["keyUriWithVersion"]
    version = uri.rsplit("/", 1)[1]
    assert set(entry) == {"id", "name", "type", "location", "properties"}
    assert (entry["id"], entry["name"]) == (f"{vault_over_https.vault_id}/keys/acme-key/versions/{version}", version)
    assert (entry["type"], entry["location"]) == ("Microsoft.KeyVault/vaults/keys/versions", "westeurope")
    assert set(entry["properties"]) == {"attributes", "keyUri", "keyUriWithVersion"}
    assert entry["properties"]["keyUriWithVersion"] == uri


def test_dates_have_their_names_on_the_wire(cloud: Cloud, vault_over_https: Landscape) -> None:
    DRIFTS["key-expiring"](cloud)
    DRIFTS["key-not-yet-valid"](cloud)
    (entry,) = listed(vault_over_https).json()["value"]
    assert {"exp", "nbf"} <= set(entry["properties"]["attributes"])


def test_a_long_list_goes_on_at_its_next_link(cloud: Cloud, vault_over_https: Landscape) -> None:
    for _ in range(26):
        DRIFTS["key-rotated"](cloud)
    first = listed(vault_over_https).json()
    second = call("GET", first["nextLink"], ARM_SCOPE).json()
    assert (len(first["value"]), len(second["value"]), second["nextLink"]) == (25, 2, None)


@pytest.mark.parametrize("version", ["", "2019-09-01"])
def test_a_call_without_a_version_of_the_api_that_the_type_has_is_refused(vault_over_https: Landscape, version: str) -> None:
    code = "NoRegisteredProviderFound" if version else "MissingApiVersionParameter"
    assert code_of(listed(vault_over_https, version=version)) == (400, code)


def test_after_its_date_the_older_version_is_refused(cloud: Cloud, vault_over_https: Landscape) -> None:
    cloud.azure.switches.set("key-vault-api-retired", "yes")
    assert code_of(listed(vault_over_https, version="2024-11-01")) == (400, "NoRegisteredProviderFound")
    assert listed(vault_over_https).status_code == 200


@pytest.mark.parametrize(("code", "answer"), [("403", "AuthorizationFailed"), ("503", "ServiceUnavailable")])
def test_a_reader_who_is_refused_keys_is_refused_their_versions(
    cloud: Cloud, vault_over_https: Landscape, code: str, answer: str
) -> None:
    cloud.azure.switches.set("unreadable", f"key={code}")
    assert code_of(listed(vault_over_https)) == (int(code), answer)


@pytest.mark.parametrize("code", ["ResourceNotFound", "KeyNotFound"])
def test_the_versions_of_a_deleted_key_are_absent_as_the_key_is(
    cloud: Cloud, vault_over_https: Landscape, code: str
) -> None:
    cloud.azure.switches.set("deleted-key-code", code)
    cloud.azure.delete_key("acme-vault", "acme-key")
    assert code_of(listed(vault_over_https)) == (404, code)


def test_what_is_elsewhere_is_absent(vault_over_https: Landscape) -> None:
    vault = vault_over_https.vault_id
    assert code_of(listed(vault_over_https, vault=vault.replace("acme-vault", "no-vault"))) == (
        404,
        "ParentResourceNotFound",
    )
    other = vault.replace(vault.split("/")[2], "00000000-0000-4000-8000-000000000000")
    assert code_of(listed(vault_over_https, vault=other)) == (404, "SubscriptionNotFound")
    assert code_of(listed(vault_over_https, vault=f"{vault}/secrets")) == (404, "InvalidResourceType")


def test_a_token_for_the_data_plane_is_refused(vault_over_https: Landscape) -> None:
    assert code_of(listed(vault_over_https, scope=VAULT_SCOPE)) == (401, "InvalidAuthenticationTokenAudience")


@pytest.mark.parametrize(
    ("header", "code"), [({}, "AuthenticationFailed"), ({"Authorization": "Bearer made-up"}, "InvalidAuthenticationToken")]
)
def test_without_a_token_arm_answers_nothing(vault_over_https: Landscape, header: dict[str, str], code: str) -> None:
    url = f"https://management.azure.com{vault_over_https.vault_id}/keys/acme-key/versions?api-version=2026-02-01"
    assert code_of(requests.get(url, headers=header, timeout=10)) == (401, code)
