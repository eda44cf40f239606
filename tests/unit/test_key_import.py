"""Importing a key into the simulated vault with Azure's SDK, and what Key Vault refuses."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.keyvault.keys import JsonWebKey, KeyClient

from simulation.cloud import Cloud
from tests.azure_sdk import PREMIUM, VAULT, azure_at, bytes_of, call, key_client, numbers, private_key, web_key
from tests.clock import ManualClock
from tests.landscape import build

pytestmark = pytest.mark.usefixtures("vault_over_https")


@pytest.fixture
def client() -> Iterator[KeyClient]:
    with key_client() as client:
        yield client


def refusal(client: KeyClient, key: JsonWebKey, **options: Any) -> str:
    """The words of a refused import, which is a 400."""
    with pytest.raises(HttpResponseError) as refused:
        client.import_key("own-key", key, **options)
    assert refused.value.status_code == 400
    return str(refused.value)


def test_an_imported_key_has_the_public_half_of_the_file(client: KeyClient, cloud: Cloud) -> None:
    own = private_key()
    made = client.import_key("own-key", web_key(own, key_ops=["wrapKey", "unwrapKey"]), tags={"team": "security"})
    held = client.get_key("own-key")
    assert (held.id, held.key.n) == (made.id, bytes_of(numbers(own)["n"]))
    assert (held.key_type, held.key_operations, held.properties.tags) == (
        "RSA",
        ["wrapKey", "unwrapKey"],
        {"team": "security"},
    )
    shown = cloud.azure.key("acme-vault", "own-key")
    assert (shown["keyUriWithVersion"], shown["keySize"], shown["attributes"]["enabled"]) == (made.id, 2048, True)


def test_an_imported_key_without_operations_has_all_of_them(client: KeyClient) -> None:
    operations = client.import_key("own-key", web_key(private_key())).key_operations
    assert operations == ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"]


def test_an_import_over_a_key_is_a_new_version(client: KeyClient, cloud: Cloud) -> None:
    before = client.get_key("acme-key")
    made = client.import_key("acme-key", web_key(private_key()), enabled=False)
    assert client.get_key("acme-key").id == made.id != before.id
    assert client.get_key("acme-key", before.properties.version).properties.enabled is True
    assert len(list(client.list_properties_of_key_versions("acme-key"))) == 2


def test_dates_of_an_import_are_those_of_the_key(client: KeyClient, cloud: Cloud, clock: ManualClock) -> None:
    end = clock.now() + timedelta(days=400)
    made = client.import_key("own-key", web_key(private_key()), expires_on=end, not_before=clock.now())
    assert (made.properties.expires_on, made.properties.not_before) == (end, clock.now())
    assert cloud.azure.key("acme-vault", "own-key")["attributes"]["expires"] == int(end.timestamp())


@pytest.mark.parametrize("missing", ["n", "e", "d", "p", "q", "dp", "dq", "qi"])
def test_a_key_with_a_number_missing_is_refused(client: KeyClient, missing: str) -> None:
    words = refusal(client, web_key(private_key(), **{missing: None}))
    assert 'The property "key" must be a valid JsonWebKey object.' in words


@pytest.mark.parametrize("wrong", ["n", "d", "p", "q", "dp", "dq", "qi"])
def test_a_key_whose_numbers_do_not_fit_is_refused(client: KeyClient, wrong: str) -> None:
    words = refusal(client, web_key(private_key(), **{wrong: bytes_of(numbers(private_key())[wrong] + 2)}))
    assert "RSA key is not valid - cannot instantiate crypto service" in words


def test_a_key_of_another_size_is_refused(client: KeyClient) -> None:
    assert "Property size has an invalid value 1024" in refusal(client, web_key(private_key(1024)))


def test_a_key_of_another_type_is_refused(client: KeyClient) -> None:
    assert "must be a valid JsonWebKey object" in refusal(client, JsonWebKey(kty="EC", crv="P-256", x=b"1", y=b"2", d=b"3"))


@pytest.mark.parametrize("operations", [["wrap"], ["import"], ["wrapKey", "export"]])
def test_an_operation_that_an_imported_key_cannot_have_is_refused(client: KeyClient, operations: list[str]) -> None:
    assert "Property key_ops has an invalid value" in refusal(client, web_key(private_key(), key_ops=operations))


def test_an_exportable_key_is_refused_without_a_release_policy(client: KeyClient) -> None:
    assert "Exportable keys must have release policy" in refusal(client, web_key(private_key()), exportable=True)


@pytest.mark.parametrize("options", [{"kty": "RSA-HSM"}, {"hardware_protected": True}], ids=str)
def test_a_key_in_hardware_needs_a_premium_vault(client: KeyClient, cloud: Cloud, options: dict[str, Any]) -> None:
    key = web_key(private_key(), kty=options.pop("kty", "RSA"))
    assert "premium" in refusal(client, key, **options)
    cloud.azure.put_vault("cmk", "acme-vault", "westeurope", PREMIUM, {})
    assert client.import_key("own-key", key, **options).key_type == "RSA-HSM"


@pytest.mark.parametrize(
    "more",
    [
        {"key": 1},
        {"key": {"kty": "RSA", "secret": 1}},
        {"Hsm": "true"},
        {"Hsm": False, "key": {"kty": "RSA-HSM"}},
        {"attributes": []},
        {"attributes": {"nbf": True}},
        {"attributes": {"created": 1}},
        {"tags": ["team"]},
        {"tags": {"team": 1}},
        {"release_policy": {}},
    ],
    ids=str,
)
def test_a_body_that_is_no_import_is_refused(more: dict[str, Any]) -> None:
    key = {name: base64.urlsafe_b64encode(bytes_of(number)).decode() for name, number in numbers(private_key()).items()}
    body = {"key": {"kty": "RSA", **key}}
    answer = call("PUT", f"{VAULT}/keys/own-key?api-version=7.4", json={**body, **more})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")


def test_no_private_number_is_saved_in_any_spelling(tmp_path: Path) -> None:
    own, cloud = numbers(private_key()), Cloud(tmp_path / "cloud.json")
    build(cloud)
    cloud.azure.switches.set("deployer-data-role", "crypto-officer")
    with azure_at(cloud, tmp_path), key_client() as client:
        client.import_key("own-key", web_key(private_key()))
        client.import_key("own-key", web_key(private_key()))
    saved = "".join(file.read_text() for file in tmp_path.rglob("*") if file.is_file()).lower()
    assert saved.count(spellings(own.pop("n"))[0]) == 2
    own.pop("e")
    assert not [name for name, number in own.items() if any(text in saved for text in spellings(number))]


def spellings(number: int) -> list[str]:
    data = bytes_of(number)
    texts = [base64.urlsafe_b64encode(data).decode().rstrip("="), base64.b64encode(data).decode().rstrip("=")]
    return [text.lower() for text in (*texts, json.dumps(texts[1]).strip('"'), data.hex(), str(number))]
