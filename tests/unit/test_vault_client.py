"""Calls of the vault's data plane by Azure's SDK, and what is said of those that fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.core.pipeline.transport import HttpTransport

from components.azure.errors import AzureError, SignInError, VaultRefused, VaultUnanswered
from components.azure.key_import.key_file import parse
from components.azure.key_import.keys import TransferBlob, thumbprint
from components.azure.key_import.vault_client import VaultClient
from components.azure.sign_in import credential
from simulation.azure.data_plane import DataPlane
from simulation.azure.wire import Answer, Request
from simulation.cloud import Cloud
from simulation.entra.rules import TENANT
from simulation.entra.sign_in import CLIENT_ID, CLIENT_SECRET
from tests.key_files import CRYPTO_OFFICER, azure_at, blob_for, pem, premium_vault, rsa_key

WHO = {"ARM_TENANT_ID": TENANT, "ARM_CLIENT_ID": CLIENT_ID, "ARM_CLIENT_SECRET": CLIENT_SECRET}
KEY = parse("k.pem", pem(rsa_key()), {})
UNAVAILABLE = Answer(503, {"error": {"code": "ServiceUnavailable", "message": "busy"}})


@pytest.fixture
def client(cloud: Cloud, tmp_path: Path) -> Iterator[VaultClient]:
    """Of a premium vault, by somebody who may use its data plane."""
    premium_vault(cloud)
    with azure_at(cloud, tmp_path):
        yield VaultClient("https://acme.vault.azure.net", credential(WHO))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reached the data plane with a token, in its order."""
    made: list[str] = []
    answer = DataPlane.answer

    def noted(self: DataPlane, request: Request) -> Answer:
        given = answer(self, request)
        if given.status != 401:
            made.append(f"{request.method} {given.status}")
        return given

    monkeypatch.setattr(DataPlane, "answer", noted)
    return made


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The data plane answers 503 to what is named here: methods. Waits of the SDK take no time."""
    methods: list[str] = []
    answer = DataPlane.answer
    monkeypatch.setattr(HttpTransport, "sleep", lambda self, seconds: None)

    def answered(self: DataPlane, request: Request) -> Answer:
        given = answer(self, request)
        return UNAVAILABLE if request.method in methods and given.status != 401 else given

    monkeypatch.setattr(DataPlane, "answer", answered)
    return methods


def test_a_key_that_is_not_there_is_none(client: VaultClient) -> None:
    assert client.key("adobe") is None


@pytest.mark.parametrize("kty", ["RSA", "RSA-HSM"])
def test_an_imported_key_is_as_adobe_requires_it(client: VaultClient, cloud: Cloud, kty: str) -> None:
    made = client.import_key("adobe", KEY, kty, {"team": "security"})
    assert (made.kty, made.thumbprint) == (kty, thumbprint(rsa_key().public_key()))
    assert client.key("adobe") == made
    (record,) = cloud.state["azure"]["keys"].values()
    assert made.identifier == f"https://acme.vault.azure.net/keys/adobe/{record['versions'][-1]}"
    assert (record["kty"], record["keySize"], record["keyOps"]) == (kty, 3072, ["wrapKey", "unwrapKey"])
    assert record["attributes"]["enabled"]
    assert not record["attributes"].keys() & {"expires", "notBefore"}
    assert record["tags"] == {"team": "security"}


def test_a_transfer_blob_is_uploaded_as_it_is(client: VaultClient, cloud: Cloud) -> None:
    data = blob_for(cloud, "acme", rsa_key())
    made = client.import_key("adobe", TransferBlob(data, "acme.vault.azure.net"), "RSA-HSM", {})
    assert (made.kty, made.thumbprint) == ("RSA-HSM", thumbprint(rsa_key().public_key()))


def test_a_key_with_several_versions_says_so(client: VaultClient) -> None:
    client.import_key("adobe", KEY, "RSA", {})
    client.import_key("adobe", KEY, "RSA", {})
    held = client.key("adobe")
    assert held is not None
    assert not held.is_first


def test_a_deleted_key_is_gone_and_can_be_deleted_once_more(client: VaultClient, cloud: Cloud) -> None:
    client.import_key("adobe", KEY, "RSA", {})
    client.delete_key("adobe")
    assert client.key("adobe") is None
    assert "acme/adobe" in cloud.state["azure"]["deletedKeys"]
    client.delete_key("adobe")


def test_a_deletion_is_done_when_the_vault_is_gone(client: VaultClient, cloud: Cloud, busy: list[str]) -> None:
    cloud.azure.delete_vault("acme")
    client.delete_key("adobe")
    with pytest.raises(VaultUnanswered, match="no such host"):
        client.key("adobe")


def test_a_deletion_that_is_not_answered_is_an_error(client: VaultClient, busy: list[str]) -> None:
    client.import_key("adobe", KEY, "RSA", {})
    busy.append("DELETE")
    with pytest.raises(VaultUnanswered):
        client.delete_key("adobe")


def refusal(client: VaultClient, call: str = "import") -> str:
    with pytest.raises(VaultRefused) as refused:
        client.import_key("adobe", KEY, "RSA", {}) if call == "import" else client.key("adobe")
    return str(refused.value)


@pytest.mark.parametrize("call", ["import", "read"])
def test_without_a_role_on_the_data_plane_the_role_is_named(client: VaultClient, cloud: Cloud, call: str) -> None:
    cloud.azure.switches.set("deployer-data-role", "none")
    message = refusal(client, call)
    assert "Azure says: ForbiddenByRbac: Caller is not authorized" in message
    assert "Fix: az role assignment create --role 'Key Vault Crypto Officer'" in message
    assert "$(az keyvault show --name acme --query id -o tsv)" in message


def test_behind_a_firewall_the_setting_is_named(client: VaultClient, cloud: Cloud) -> None:
    cloud.state["azure"]["vaults"]["acme"]["properties"]["networkAcls"] = {
        "bypass": "AzureServices",
        "defaultAction": "Deny",
    }
    message = refusal(client)
    assert "Azure says: ForbiddenByFirewall: Client address is not authorized" in message
    assert "(allowedIpRanges), or run this from the network of the vault's private endpoint" in message


def test_without_public_access_the_private_endpoint_is_named(client: VaultClient, cloud: Cloud) -> None:
    cloud.state["azure"]["vaults"]["acme"]["properties"]["publicNetworkAccess"] = "Disabled"
    message = refusal(client)
    assert "Azure says: ForbiddenByConnection: " in message
    assert "Fix: run this from the network of the vault's private endpoint" in message


def test_a_deleted_key_under_that_name_is_recovered_by_command(client: VaultClient, cloud: Cloud) -> None:
    client.import_key("adobe", KEY, "RSA", {})
    client.delete_key("adobe")
    message = refusal(client)
    assert "Azure says: ObjectIsDeletedButRecoverable: Key adobe is currently in a deleted but recoverable state" in message
    assert "Fix: the key adobe is deleted and its name is taken: az keyvault key recover --vault-name acme --name adobe" in (
        message
    )


def test_another_refusal_is_told_in_azures_words(client: VaultClient, cloud: Cloud) -> None:
    cloud.state["azure"]["vaults"]["acme"]["properties"]["sku"]["name"] = "standard"
    with pytest.raises(VaultRefused, match="BadParameter: The 'RSA-HSM' key type needs a vault of the premium SKU"):
        client.import_key("adobe", KEY, "RSA-HSM", {})


@pytest.mark.usefixtures("client")
def test_a_wrong_secret_is_told_in_the_words_of_entra_id() -> None:
    wrong = VaultClient("https://acme.vault.azure.net", credential({**WHO, "ARM_CLIENT_SECRET": "not-the-secret"}))
    with pytest.raises(SignInError) as refused:
        wrong.key("adobe")
    assert "Azure says: " in str(refused.value)
    assert "AADSTS7000215: Invalid client secret provided" in str(refused.value)
    assert "Fix: sign in as azure-native does" in str(refused.value)
    assert "not-the-secret" not in str(refused.value)


def test_an_import_is_sent_once(client: VaultClient, calls: list[str], busy: list[str]) -> None:
    busy.append("PUT")
    with pytest.raises(VaultUnanswered, match="did not answer"):
        client.import_key("adobe", KEY, "RSA", {})
    assert calls == ["PUT 200"]


def test_a_reading_is_repeated(client: VaultClient, calls: list[str], busy: list[str]) -> None:
    client.import_key("adobe", KEY, "RSA", {})
    busy.append("GET")
    with pytest.raises(VaultUnanswered, match="run the command again: it looks first"):
        client.key("adobe")
    assert calls.count("GET 200") == 4


def test_no_message_holds_a_part_of_the_key(client: VaultClient, cloud: Cloud, busy: list[str]) -> None:
    messages: list[str] = []
    for switch, value in (("deployer-data-role", "none"), CRYPTO_OFFICER):
        cloud.azure.switches.set(switch, value)
        busy[:] = ["PUT"] if value == "crypto-officer" else []
        with pytest.raises(AzureError) as failed:
            client.import_key("adobe", KEY, "RSA", {})
        messages.append(f"{failed.value!r} {failed.value.__context__!r} {failed.value.__cause__!r}")
    shown = "\n".join(messages)
    assert not [line for line in pem(rsa_key()).decode().splitlines() if line[:20] in shown and "-----" not in line]
