"""The import as a resource: what a preview refuses, what counts as a change, and what is taken for the key's own import."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime import rpc

from components.azure.errors import KeyExists, KeyFileError, KeyLost, PackagesMissing, SignInError, VaultUnanswered
from components.azure.key_import import key_file
from components.azure.key_import.imported_key import ImportedKeyProvider
from components.azure.key_import.keys import BLOB_TAG, digest, thumbprint
from simulation.azure.data_plane import DataPlane
from simulation.azure.wire import Answer, Request
from simulation.cloud import Cloud
from tests.key_files import PASSPHRASE, azure_at, blob_for, pem, premium_vault, rsa_key

URI = "https://acme.vault.azure.net"
THUMBPRINT = thumbprint(rsa_key().public_key())
PROVIDER = ImportedKeyProvider()
Json = dict[str, Any]


@pytest.fixture
def azure(cloud: Cloud, tmp_path: Path) -> Iterator[Cloud]:
    """A premium vault, for somebody who may use its data plane."""
    premium_vault(cloud)
    with azure_at(cloud, tmp_path):
        yield cloud


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "k.pem"
    path.write_bytes(pem(rsa_key()))
    return path


def inputs(file: Path, **changes: Any) -> Json:
    props = {"vaultUri": URI, "keyName": "adobe", "file": str(file), "keyType": "RSA", "tags": {}, "sentToAdobe": False}
    return {"__provider": "p", **props, **changes}


def checked(news: Json, olds: Json | None = None) -> Json:
    """Inputs after a check that takes them."""
    result = PROVIDER.check(olds or {}, news)
    assert not result.failures, result.failures[0].reason
    return dict(result.inputs)


def refused(news: Json, olds: Json | None = None) -> str:
    """Why a check refuses them."""
    (failure,) = PROVIDER.check(olds or {}, news).failures
    assert failure.property == "file"
    return failure.reason


def created(news: Json) -> tuple[Json, Json]:
    """Inputs and outputs of a resource that was just created."""
    props = checked(news)
    return props, dict(PROVIDER.create(props).outs or {})


def keys(cloud: Cloud) -> Json:
    found: Json = cloud.state["azure"]["keys"]
    return {name: key["versions"] for name, key in found.items() if name != "acme/kek"}


def blob_file(cloud: Cloud, folder: Path) -> Path:
    path = folder / "k.byok"
    path.write_bytes(blob_for(cloud, "acme", rsa_key()))
    return path


def test_a_check_records_the_public_thumbprint_and_the_files_digest(file: Path) -> None:
    news = inputs(file)
    assert checked(news) == {**news, "thumbprint": THUMBPRINT, "fileDigest": digest(pem(rsa_key()))}
    assert checked(inputs(file, vaultUri=rpc.UNKNOWN))["thumbprint"] == THUMBPRINT


def test_a_file_that_is_not_there_is_missed_before_the_import_alone(file: Path) -> None:
    recorded = checked(inputs(file))
    file.unlink()
    assert "does not exist, and no key was imported yet" in refused(inputs(file))
    assert checked(inputs(file), recorded) == recorded
    assert "does not exist" in refused(inputs(file, keyName="another"), recorded)
    assert checked(inputs(file, vaultUri=rpc.UNKNOWN), recorded)["thumbprint"] == THUMBPRINT


def test_another_key_in_the_file_is_refused_after_the_import(file: Path) -> None:
    recorded = checked(inputs(file))
    file.write_bytes(pem(rsa_key(3072, 1)))
    assert "holds another key than the one that was imported as adobe" in refused(inputs(file), recorded)
    assert checked(inputs(file, keyName="another"), recorded)["thumbprint"] != THUMBPRINT


def test_the_same_key_may_change_its_path_and_its_encryption(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = checked(inputs(file))
    moved = tmp_path / "moved.pem"
    moved.write_bytes(pem(rsa_key(), PASSPHRASE))
    assert "ADOBE_CMK_KEY_PASSPHRASE is not set" in refused(inputs(moved), recorded)
    monkeypatch.setenv("ADOBE_CMK_KEY_PASSPHRASE", PASSPHRASE)
    news = checked(inputs(moved), recorded)
    assert not PROVIDER.diff("id", {**recorded, "keyIdentifier": "i"}, news).changes


def test_an_unchanged_file_needs_neither_passphrase_nor_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "k.pem"
    path.write_bytes(pem(rsa_key(), PASSPHRASE))
    monkeypatch.setenv("ADOBE_CMK_KEY_PASSPHRASE", PASSPHRASE)
    recorded = checked(inputs(path))
    monkeypatch.delenv("ADOBE_CMK_KEY_PASSPHRASE")
    monkeypatch.setattr(key_file, "find_spec", lambda name: None)
    assert checked(inputs(path), recorded) == recorded


def test_missing_packages_are_told_before_the_first_import(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = checked(inputs(file))
    monkeypatch.setattr(key_file, "find_spec", lambda name: None)
    assert "requires azure-identity and azure-keyvault-keys" in refused(inputs(file))
    with pytest.raises(PackagesMissing):
        PROVIDER.create(recorded)


def test_a_transfer_blob_is_compared_by_its_digest(azure: Cloud, tmp_path: Path) -> None:
    path = blob_file(azure, tmp_path)
    news = inputs(path, keyType="RSA-HSM")
    recorded = checked(news)
    assert (recorded["thumbprint"], recorded["fileDigest"]) == ("", digest(path.read_bytes()))
    assert checked(news, recorded) == recorded
    path.write_bytes(path.read_bytes() + b"\n")
    assert "holds another key" in refused(news, recorded)


def test_a_transfer_blob_for_another_vault_is_refused_before_anything_is_sent(azure: Cloud, tmp_path: Path) -> None:
    path = blob_file(azure, tmp_path)
    other = inputs(path, keyType="RSA-HSM", vaultUri="https://other.vault.azure.net")
    words = "was made for a key exchange key in acme.vault.azure.net, and the key goes to https://other.vault.azure.net"
    assert words in refused(other)
    later = checked({**other, "vaultUri": rpc.UNKNOWN})
    with pytest.raises(KeyFileError, match="was made for a key exchange key in"):
        PROVIDER.create({**later, "vaultUri": other["vaultUri"]})


CHANGES: list[tuple[Json, bool, list[str]]] = [
    ({}, False, []),
    ({"file": "elsewhere.pem", "tags": {"a": "b"}, "sentToAdobe": True, "fileDigest": "other"}, False, []),
    ({"vaultUri": rpc.UNKNOWN}, False, []),
    ({"thumbprint": ""}, False, []),
    ({"thumbprint": "other"}, True, []),
    ({"keyName": "other"}, True, ["keyName"]),
    ({"keyType": "RSA-HSM"}, True, ["keyType"]),
    ({"vaultUri": "https://other.vault.azure.net"}, True, ["vaultUri"]),
    ({"__provider": "moved"}, True, []),
]


@pytest.mark.parametrize(("change", "is_change", "replaces"), CHANGES, ids=[str(change) for change, _, _ in CHANGES])
def test_what_is_a_change(file: Path, change: Json, is_change: bool, replaces: list[str]) -> None:
    recorded = checked(inputs(file))
    result = PROVIDER.diff("id", {**recorded, "keyIdentifier": "i"}, {**recorded, **change})
    assert (result.changes, result.replaces) == (is_change, replaces)


def test_an_update_calls_nobody_and_keeps_what_the_import_made(file: Path) -> None:
    recorded = checked(inputs(file, tags={"a": "b"}))
    olds = {**recorded, "keyIdentifier": "i"}
    outs = PROVIDER.update("id", olds, {**recorded, "tags": {}, "file": "moved.pem"}).outs
    assert outs == {**{name: olds[name] for name in olds if name != "__provider"}, "file": "moved.pem"}
    with pytest.raises(KeyFileError, match="holds another key than the one that was imported"):
        PROVIDER.update("id", olds, {**recorded, "thumbprint": "other"})


def test_a_reading_calls_nobody(file: Path) -> None:
    props = {**checked(inputs(file)), "keyIdentifier": "i"}
    assert PROVIDER.read("id", props).outs == props


def test_an_import_is_announced_and_recorded_by_its_public_half(
    azure: Cloud, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    props, outs = created(inputs(file, tags={"team": "security"}))
    (version,) = keys(azure)["acme/adobe"]
    expected = {name: value for name, value in props.items() if name != "__provider"}
    assert outs == {**expected, "keyIdentifier": f"{URI}/keys/adobe/{version}", "thumbprint": THUMBPRINT}
    assert azure.state["azure"]["keys"]["acme/adobe"]["tags"] == {"team": "security"}
    assert capsys.readouterr().out == f"adobe-cmk: importing the key adobe into {URI}\n"


def test_an_engine_that_died_imports_nothing(azure: Cloud, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(self: ImportedKeyProvider, line: str) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(ImportedKeyProvider, "say", closed)
    with pytest.raises(BrokenPipeError):
        created(inputs(file))
    assert not keys(azure)


def test_an_import_that_was_cut_off_is_known_as_its_own(
    azure: Cloud, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, first = created(inputs(file))
    capsys.readouterr()
    _, second = created(inputs(file))
    assert second == first
    assert len(keys(azure)["acme/adobe"]) == 1
    assert capsys.readouterr().out == f"adobe-cmk: the key adobe is in {URI} already; nothing is written\n"


def test_the_import_of_a_transfer_blob_that_was_cut_off_is_known_by_its_tag(azure: Cloud, tmp_path: Path) -> None:
    path = blob_file(azure, tmp_path)
    _, first = created(inputs(path, keyType="RSA-HSM"))
    assert first["thumbprint"] == THUMBPRINT
    assert azure.state["azure"]["keys"]["acme/adobe"]["tags"] == {BLOB_TAG: digest(path.read_bytes())}
    assert created(inputs(path, keyType="RSA-HSM"))[1] == first
    azure.state["azure"]["keys"]["acme/adobe"]["tags"] = {}
    with pytest.raises(KeyExists):
        created(inputs(path, keyType="RSA-HSM"))


def with_an_older_version(azure: Cloud) -> None:
    record = azure.state["azure"]["keys"]["acme/adobe"]
    older = {name: record[name] for name in ("attributes", "kty", "keySize", "keyOps", "tags")}
    record |= {"versions": ["0" * 32, *record["versions"]], "earlier": {"0" * 32: older}}


@pytest.mark.parametrize(
    ("by_hand", "wanted"),
    [
        ("another", "has a key adobe (RSA, one version) that is not the one in"),
        ("two versions", "has a key adobe (RSA, several versions)"),
        ("another type", "has a key adobe (RSA-HSM, one version)"),
    ],
)
@pytest.mark.sampled(cases=1)
def test_a_key_that_somebody_else_made_gets_no_new_version(azure: Cloud, file: Path, by_hand: str, wanted: str) -> None:
    if by_hand == "another":
        azure.azure.put_key("acme", "adobe", {"kty": "RSA", "keySize": 3072}, {})
    else:
        created(inputs(file, keyType="RSA-HSM" if by_hand == "another type" else "RSA"))
    if by_hand == "two versions":
        with_an_older_version(azure)
    before = keys(azure)
    with pytest.raises(KeyExists, match="choose another name for the key") as refused:
        created(inputs(file))
    assert wanted in str(refused.value)
    assert keys(azure) == before


def test_a_lost_answer_to_the_import_is_looked_up(azure: Cloud, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = DataPlane.answer

    def cut_off(self: DataPlane, request: Request) -> Answer:
        given = answer(self, request)
        return Answer(502, {}) if (request.method, given.status) == ("PUT", 200) else given

    monkeypatch.setattr(DataPlane, "answer", cut_off)
    _, outs = created(inputs(file))
    (version,) = keys(azure)["acme/adobe"]
    assert outs["keyIdentifier"].endswith(version)


def test_an_import_that_did_not_arrive_is_an_error_and_nothing_is_repeated(
    azure: Cloud, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, puts = DataPlane.answer, []

    def unavailable(self: DataPlane, request: Request) -> Answer:
        if request.method == "PUT":
            puts.append(request)
            return Answer(503, {})
        return answer(self, request)

    monkeypatch.setattr(DataPlane, "answer", unavailable)
    with pytest.raises(VaultUnanswered):
        created(inputs(file))
    assert len(puts) == 1
    assert not keys(azure)


def test_a_file_that_changes_while_the_command_runs_is_not_imported(azure: Cloud, file: Path) -> None:
    props = checked(inputs(file))
    file.write_bytes(pem(rsa_key(3072, 1)))
    with pytest.raises(KeyFileError, match="changed while the command was running"):
        PROVIDER.create(props)
    assert not keys(azure)


def test_what_was_sent_is_taken_back_with_the_file_or_without(azure: Cloud, file: Path) -> None:
    _, first = created(inputs(file))
    assert created(inputs(file, sentToAdobe=True))[1] == {**first, "sentToAdobe": True}
    # A rotation since.
    with_an_older_version(azure)
    assert created(inputs(file, sentToAdobe=True))[1]["keyIdentifier"] == first["keyIdentifier"]
    file.unlink()
    _, outs = created(inputs(file, sentToAdobe=True))
    assert (outs["thumbprint"], outs["fileDigest"]) == (THUMBPRINT, "")


def test_what_was_sent_and_is_gone_is_never_imported_a_second_time(azure: Cloud, file: Path) -> None:
    with pytest.raises(KeyLost, match="az keyvault key recover --vault-name acme --name adobe; then run pulumi up"):
        created(inputs(file, sentToAdobe=True))
    assert not keys(azure)


def test_what_was_sent_and_is_another_key_than_the_files_says_how_it_is_taken_back(azure: Cloud, file: Path) -> None:
    azure.azure.put_key("acme", "adobe", {"kty": "RSA", "keySize": 3072}, {})
    with pytest.raises(KeyExists, match="set keyType to RSA and remove"):
        created(inputs(file, sentToAdobe=True))


def test_a_file_that_comes_back_after_a_taking_back_is_compared_with_the_state(azure: Cloud, file: Path) -> None:
    created(inputs(file))
    file.unlink()
    props, outs = created(inputs(file, sentToAdobe=True))
    file.write_bytes(pem(rsa_key()))
    assert not PROVIDER.diff("id", outs, checked(inputs(file), props)).changes
    file.write_bytes(pem(rsa_key(3072, 1)))
    assert PROVIDER.diff("id", outs, checked(inputs(file), props)).changes


def test_a_deletion_deletes_the_key_and_a_second_one_is_done(azure: Cloud, file: Path) -> None:
    _, outs = created(inputs(file))
    PROVIDER.delete("id", outs)
    assert not keys(azure)
    assert "acme/adobe" in azure.state["azure"]["deletedKeys"]
    PROVIDER.delete("id", outs)


def test_an_incomplete_sign_in_is_told(azure: Cloud, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARM_CLIENT_ID")
    with pytest.raises(SignInError, match="ARM_CLIENT_ID, which is not set"):
        created(inputs(file))
