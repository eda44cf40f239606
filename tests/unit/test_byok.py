"""A transfer blob (.byok) on its way from an HSM into the simulated vault, with Azure's SDK."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.keyvault.keys import JsonWebKey, KeyClient, KeyVaultKey
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from simulation.azure.byok import transfer_blob
from simulation.cloud import Cloud
from tests.azure_sdk import PREMIUM, azure_at, bytes_of, key_client, numbers, private_key
from tests.landscape import KEY_PROPERTIES, Landscape

KEK = {"kty": "RSA-HSM", "keySize": 2048, "keyOps": ["import"]}


@pytest.fixture
def client(cloud: Cloud, vault_over_https: Landscape) -> Iterator[KeyClient]:
    """Of a premium vault with a key exchange key."""
    cloud.azure.put_vault("cmk", "acme-vault", "westeurope", PREMIUM, {})
    cloud.azure.put_key("acme-vault", "kek", KEK, {})
    with key_client() as client:
        yield client


def public(kek: KeyVaultKey) -> rsa.RSAPublicKey:
    n, e = (int.from_bytes(number, "big") for number in (kek.key.n, kek.key.e))
    return rsa.RSAPublicNumbers(e, n).public_key()


def blob(client: KeyClient, **changes: Any) -> bytes:
    """A blob for the vault's key exchange key, with some of its properties changed."""
    kek = client.get_key("kek")
    made = json.loads(transfer_blob(kek.id, public(kek), private_key()))
    header = {**made["header"], **changes.pop("header", {})}
    return json.dumps({**made, "header": header, **changes}).encode()


def bring(client: KeyClient, data: bytes, kty: str = "RSA-HSM") -> KeyVaultKey:
    key = JsonWebKey(kty=kty, key_ops=["wrapKey", "unwrapKey"], t=data)
    return client.import_key("own-key", key, hardware_protected=True)


def refusal(client: KeyClient, data: bytes, kty: str = "RSA-HSM") -> str:
    with pytest.raises(HttpResponseError) as refused:
        bring(client, data, kty)
    assert refused.value.status_code == 400
    return str(refused.value)


def test_the_key_in_a_blob_becomes_the_key_in_the_vault(client: KeyClient, cloud: Cloud) -> None:
    made = bring(client, blob(client))
    assert (made.key_type, made.key.n) == ("RSA-HSM", bytes_of(numbers(private_key())["n"]))
    assert cloud.azure.key("acme-vault", "own-key")["keySize"] == 2048


def test_a_key_exchange_key_outlives_the_process_and_its_private_half_is_its_owners_alone(
    client: KeyClient, cloud: Cloud, tmp_path: Path
) -> None:
    data = blob(client)
    (file,) = (tmp_path / "hsm").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    with azure_at(cloud, tmp_path), key_client() as later:
        assert bring(later, data).key.n == bytes_of(numbers(private_key())["n"])


def test_neither_the_key_nor_the_key_exchange_key_is_saved_with_the_cloud(
    client: KeyClient, cloud: Cloud, tmp_path: Path
) -> None:
    bring(client, blob(client))
    saved = json.dumps(cloud.state) + "".join(file.read_text() for file in tmp_path.rglob("*") if file.is_file())
    private = [number for name, number in numbers(private_key()).items() if name not in {"n", "e"}]
    spelled = [base64.urlsafe_b64encode(bytes_of(number)).decode().rstrip("=") for number in private]
    pkcs8 = private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().splitlines()[1]
    assert not [text for text in (*spelled, pkcs8) if text in saved]
    assert "PRIVATE KEY" not in json.dumps(cloud.state)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema_version": "1.0.1"}, "schema_version must be 1.0.0"),
        ({"header": {"alg": "RSA-OAEP"}}, "schema_version must be 1.0.0 and the header"),
        ({"header": {"enc": "A256GCM"}}, "schema_version must be 1.0.0 and the header"),
        ({"header": {"more": 1}}, "schema_version must be 1.0.0 and the header"),
        ({"generator": None}, "schema_version must be 1.0.0 and the header"),
        ({"ciphertext": "!"}, "not the JSON of a transfer blob"),
        ({"header": {"kid": "https://other.vault.azure.net/keys/kek/1"}}, "does not name a version of a key in this vault"),
        ({"header": {"kid": "https://acme-vault.vault.azure.net/keys/kek"}}, "does not name a version of a key"),
        ({"header": {"kid": "https://acme-vault.vault.azure.net/keys/kek/1"}}, "a key that is not in this vault"),
        ({"ciphertext": base64.urlsafe_b64encode(bytes(700)).decode()}, "cannot unwrap the ciphertext"),
    ],
    ids=str,
)
@pytest.mark.sampled(cases=3)
def test_a_blob_that_is_not_as_specified_is_refused(client: KeyClient, changes: dict[str, Any], words: str) -> None:
    assert words in refusal(client, blob(client, **changes))


@pytest.mark.parametrize("data", [b"not JSON", b"[]", b"{}", b'{"header": 1, "ciphertext": "AA"}'])
def test_what_is_no_blob_is_refused(client: KeyClient, data: bytes) -> None:
    assert "not the JSON of a transfer blob" in refusal(client, data)


def test_a_blob_for_another_key_is_refused(client: KeyClient) -> None:
    other = transfer_blob(client.get_key("kek").id, private_key().public_key(), private_key())
    assert "cannot unwrap the ciphertext" in refusal(client, other)


def test_a_key_that_may_do_more_than_import_is_no_key_exchange_key(client: KeyClient, cloud: Cloud) -> None:
    key = cloud.azure.put_key("acme-vault", "hsm-key", {**KEY_PROPERTIES, "kty": "RSA-HSM"}, {})["keyUriWithVersion"]
    words = refusal(client, blob(client, header={"kid": key}))
    assert "does not name an enabled RSA-HSM key with the one operation import" in words


def test_a_disabled_key_exchange_key_imports_nothing(client: KeyClient, cloud: Cloud) -> None:
    data = blob(client)
    cloud.azure.enable_key("acme-vault", "kek", False)
    assert "does not name an enabled RSA-HSM key" in refusal(client, data)


def test_a_blob_with_another_kind_of_key_is_refused(client: KeyClient) -> None:
    kek = client.get_key("kek")
    elliptic: Any = ec.generate_private_key(ec.SECP256R1())
    assert "does not hold an RSA key" in refusal(client, transfer_blob(kek.id, public(kek), elliptic))


def test_a_blob_is_for_a_key_in_hardware_alone(client: KeyClient) -> None:
    assert "must be a valid JsonWebKey object" in refusal(client, blob(client), "RSA")
