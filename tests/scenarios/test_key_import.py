"""A key that was generated elsewhere, imported through the vault's data plane: once, and without a trace of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from azure.keyvault.keys import KeyClient

from components.azure.key_import import key_file
from components.azure.key_import.keys import BLOB_TAG, digest
from components.azure.key_import.vault_client import web_key
from simulation.by_hand import PLATFORM_VAULT_ID, SET_UPS
from simulation.cloud import Cloud, opened
from tests.drivers import Driver
from tests.key_files import CRYPTO_OFFICER, PASSPHRASE, azure_at, blob_for, key_client, pem, rsa_key
from tests.key_traces import Traces

IMPORTED = {"AppRegistration", "ImportedKey", "ServicePrincipal", "RoleAssignment"}
IN_PLATFORM_VAULT = {"existingVaultId": PLATFORM_VAULT_ID}
FROM_THE_LAST_TO_THE_KEY = (
    "Activation", "KeyConfiguration", "SubmissionAttempt", "RolePropagation", "RoleAssignment", "ImportedKey"
)  # fmt: skip
OF_KEY = "platform-vault/adobe-cmk-key"


@pytest.fixture
def stack(driver: Driver) -> Driver:
    """A stack whose user may use the data plane, beside what a platform team set up: a premium vault among it."""
    with opened(driver.home, driver.clock) as cloud, cloud.at_work():
        SET_UPS["platform-team"](cloud)
    driver.switch(*CRYPTO_OFFICER)
    return driver


@contextmanager
def by_hand(stack: Driver) -> Iterator[tuple[Cloud, KeyClient]]:
    """Somebody at the platform team's vault."""
    with opened(stack.home, stack.clock) as cloud, azure_at(cloud, stack.home), key_client("platform-vault") as client:
        yield cloud, client


def a_file(stack: Driver, data: bytes, name: str = "key.pem") -> Path:
    path = stack.home / name
    path.write_bytes(data)
    return path


def a_blob(stack: Driver) -> Path:
    with by_hand(stack) as (cloud, _):
        return a_file(stack, blob_for(cloud, "platform-vault", rsa_key()), "key.byok")


def versions(stack: Driver, name: str) -> list[str]:
    found: list[str] = stack.state()["azure"]["keys"][name]["versions"]
    return found


def no_write_reached_adobe(stack: Driver) -> bool:
    return not [call for call in stack.calls() if call.startswith("POST") and "customer/config" in call]


WAYS: dict[str, tuple[Callable[[Driver], Path], dict[str, str], str]] = {
    "pem": (lambda stack: a_file(stack, pem(rsa_key())), {}, "RSA"),
    "encrypted-pem": (lambda stack: a_file(stack, pem(rsa_key(4096), PASSPHRASE)), {}, "RSA"),
    "pem-for-an-hsm": (
        lambda stack: a_file(stack, pem(rsa_key())),
        {"keyType": "RSA-HSM", "vaultSku": "premium"},
        "RSA-HSM",
    ),
    "existing-vault": (lambda stack: a_file(stack, pem(rsa_key())), {**IN_PLATFORM_VAULT, "roleScope": "key"}, "RSA"),
    "byok": (a_blob, {**IN_PLATFORM_VAULT, "keyType": "RSA-HSM"}, "RSA-HSM"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.sampled(cases=1)
def test_an_imported_key_ends_completed_and_is_needed_no_more(stack: Driver, way: str) -> None:
    make, settings, kty = WAYS[way]
    path = make(stack)
    stack.configure(keyFile=str(path), tags={"team": "security"}, **settings)
    secrets = {"ADOBE_CMK_KEY_PASSPHRASE": PASSPHRASE}
    preview = stack.preview(**secrets)
    assert preview.exit_code == 0, preview.text
    outcome = stack.up(**secrets)
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"
    assert outcome.changed().keys() >= IMPORTED
    assert "Key" not in outcome.changed()
    (key,) = [key for key in stack.state()["azure"]["keys"].values() if key["name"] == "adobe-cmk-key"]
    assert (key["kty"], key["keyOps"], key["tags"]["team"]) == (kty, ["wrapKey", "unwrapKey"], "security")
    assert outcome.outputs["keyVersion"] == key["versions"][-1]
    path.unlink()
    for look in (stack.up, stack.refresh, stack.watch):
        again = look()
        assert (again.exit_code, again.changed()) == (0, {}), again.text


@pytest.fixture
def imported(stack: Driver) -> Driver:
    """Such a stack after an `up`."""
    stack.configure(keyFile=str(a_file(stack, pem(rsa_key()))))
    outcome = stack.up()
    assert outcome.exit_code == 0, outcome.text
    return stack


def test_the_same_key_in_another_file_is_no_change_and_another_key_is_refused(imported: Driver) -> None:
    encrypted = a_file(imported, pem(rsa_key(), PASSPHRASE), "encrypted.pem")
    imported.configure(keyFile=str(encrypted))
    for look in (imported.preview, imported.up):
        same = look(ADOBE_CMK_KEY_PASSPHRASE=PASSPHRASE)
        assert (same.exit_code, same.changed()) == (0, {}), same.text
    before = imported.clouds()
    encrypted.write_bytes(pem(rsa_key(3072, 1)))
    for look in (imported.preview, imported.up):
        refused = look()
        assert refused.exit_code != 0
        assert "holds another key than the one that was imported as adobe-cmk-key" in refused.text
    assert imported.clouds() == before


def test_a_rotation_of_an_imported_key_is_no_drift_and_shows_its_version(imported: Driver) -> None:
    first = imported.up().outputs["keyVersion"]
    imported.drift("key-rotated")
    watched = imported.watch()
    assert (watched.exit_code, watched.changed()) == (0, {}), watched.text
    again = imported.up()
    assert (again.exit_code, again.changed()) == (0, {}), again.text
    assert again.outputs["keyVersion"] != first


@pytest.mark.parametrize("drift", ["key-disabled", "key-deleted", "vault-deleted"])
@pytest.mark.sampled(cases=1)
def test_what_happens_to_an_imported_key_is_found(imported: Driver, drift: str) -> None:
    imported.drift(drift)
    watched, up = imported.watch(), imported.up()
    assert watched.exit_code != 0
    assert up.exit_code != 0
    assert "az keyvault" in up.text


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        ("file", {}, "this stack imported the key, and the change would delete it and let Azure generate another one"),
        ("file", {"adopt": True}, "this stack imported the key, and the change would delete it"),
        ("file", {"existingKeyId": f"{PLATFORM_VAULT_ID}/keys/ceremony-key"}, "this stack created the key"),
        ("file", {"keyFile": "key.pem", "keyName": "another"}, "keyName cannot change from 'adobe-cmk-key' to 'another'"),
        (
            "file",
            {"keyFile": "key.pem", "keyType": "RSA-HSM", "vaultSku": "premium"},
            "keyType cannot change from 'RSA' to 'RSA-HSM'",
        ),
        ("generated", {"keyFile": "key.pem"}, "Azure generated the key for this stack, and the change would delete it"),
    ],
)
@pytest.mark.sampled(cases=2)
def test_what_was_sent_stays_whoever_generated_it(stack: Driver, first: str, then: dict[str, Any], words: str) -> None:
    path = str(a_file(stack, pem(rsa_key())))
    stack.configure(**({"keyFile": path} if first == "file" else {}))
    assert stack.up().exit_code == 0
    before = stack.clouds()
    stack.configure(**{**then, **({"keyFile": path} if "keyFile" in then else {})})
    for refused in (stack.preview(), stack.up()):
        assert refused.exit_code != 0
        assert words in refused.text
    assert stack.clouds() == before


@pytest.mark.parametrize("way", ["existing-vault", "byok"])
@pytest.mark.sampled(cases=1)
def test_an_import_that_pulumi_did_not_hear_of_is_not_repeated(stack: Driver, way: str) -> None:
    make, settings, kty = WAYS[way]
    path = make(stack)
    with by_hand(stack) as (_, client):
        parsed = key_file.parse(str(path), path.read_bytes(), {})
        tags = {BLOB_TAG: digest(path.read_bytes())} if way == "byok" else {}
        client.import_key("adobe-cmk-key", web_key(parsed, kty), tags=tags)
    stack.configure(keyFile=str(path), **settings)
    outcome = stack.up()
    assert outcome.exit_code == 0, outcome.text
    assert versions(stack, OF_KEY) == [outcome.outputs["keyVersion"]]


def test_a_key_that_somebody_else_made_is_refused_and_gets_no_new_version(stack: Driver) -> None:
    with by_hand(stack) as (_, client):
        _import_another(client)
    before = versions(stack, OF_KEY)
    stack.configure(keyFile=str(a_file(stack, pem(rsa_key()))), **IN_PLATFORM_VAULT)
    outcome = stack.up()
    assert outcome.exit_code != 0
    assert "has a key adobe-cmk-key (RSA, one version) that is not the one in" in outcome.text
    assert versions(stack, OF_KEY) == before
    assert no_write_reached_adobe(stack)


def _import_another(client: KeyClient) -> Any:
    other = key_file.parse("k.pem", pem(rsa_key(3072, 1)), {})
    return client.import_key("adobe-cmk-key", web_key(other, "RSA"))


def test_a_name_that_a_deleted_key_holds_is_told_with_the_command_that_recovers_it(stack: Driver) -> None:
    with by_hand(stack) as (_, client):
        _import_another(client)
        client.begin_delete_key("adobe-cmk-key")
    stack.configure(keyFile=str(a_file(stack, pem(rsa_key()))), **IN_PLATFORM_VAULT)
    outcome = stack.up()
    assert outcome.exit_code != 0
    assert "az keyvault key recover --vault-name platform-vault --name adobe-cmk-key" in outcome.text
    assert no_write_reached_adobe(stack)


def test_without_a_role_on_the_data_plane_the_run_stops_and_goes_on_when_it_is_there(stack: Driver) -> None:
    stack.switch("deployer-data-role", "none")
    stack.configure(keyFile=str(a_file(stack, pem(rsa_key()))))
    stopped = stack.up()
    assert stopped.exit_code != 0
    assert "ForbiddenByRbac" in stopped.text
    assert "az role assignment create --role 'Key Vault Crypto Officer'" in stopped.text
    assert no_write_reached_adobe(stack)
    stack.switch(*CRYPTO_OFFICER)
    outcome = stack.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"


def test_a_firewall_that_keeps_the_import_out_is_told_and_opened_by_a_setting(stack: Driver) -> None:
    settings = {"keyFile": str(a_file(stack, pem(rsa_key()))), "network": "restricted"}
    stack.configure(**settings)
    stopped = stack.up()
    assert stopped.exit_code != 0
    assert "ForbiddenByFirewall" in stopped.text
    assert "allowedIpRanges" in stopped.text
    stack.configure(**settings, allowedIpRanges=["192.0.2.0/24"])
    outcome = stack.up()
    assert outcome.exit_code == 0, outcome.text


def test_a_sign_in_that_entra_id_refuses_is_told_in_its_words(stack: Driver) -> None:
    stack.configure(keyFile=str(a_file(stack, pem(rsa_key()))))
    outcome = stack.up(ARM_CLIENT_SECRET="not-the-secret")
    assert outcome.exit_code != 0
    assert "AADSTS7000215: Invalid client secret provided" in outcome.text
    assert "not-the-secret" not in outcome.text
    assert no_write_reached_adobe(stack)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lambda: None, "does not exist, and no key was imported yet"),
        (lambda: pem(rsa_key(2048)), "holds an RSA key of 2048 bits; Adobe requires at least 3072"),
        (lambda: pem(rsa_key(), "another"), "cannot be decrypted with ADOBE_CMK_KEY_PASSPHRASE"),
        (lambda: b"not a key", "does not hold a private key in PEM"),
    ],
    ids=["missing", "too-small", "wrong-passphrase", "no-key"],
)
@pytest.mark.sampled(cases=1)
def test_a_file_that_cannot_be_used_is_refused_in_preview_without_a_call(
    stack: Driver, data: Callable[[], bytes | None], words: str
) -> None:
    contents = data()
    path = stack.home / "key.pem"
    if contents is not None:
        path.write_bytes(contents)
    stack.configure(keyFile=str(path))
    before = stack.clouds()
    preview = stack.preview(ADOBE_CMK_KEY_PASSPHRASE=PASSPHRASE)
    assert preview.exit_code != 0
    assert words in preview.text
    assert "Traceback" not in preview.text
    assert stack.clouds() == before
    assert not [call for call in stack.calls() if call.startswith("POST")]


def test_missing_packages_are_told_in_preview(stack: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # In this process; and in the engine's plugin by an empty package that comes first.
    monkeypatch.setattr(key_file, "find_spec", lambda name: None)
    (tmp_path / "first" / "azure").mkdir(parents=True)
    (tmp_path / "first" / "azure" / "__init__.py").touch()
    stack.configure(keyFile=str(a_file(stack, pem(rsa_key()))))
    preview = stack.preview(PYTHONPATH=str(tmp_path / "first"))
    assert preview.exit_code != 0
    assert "requires azure-identity and azure-keyvault-keys, not installed" in preview.text
    assert "pip install azure-identity azure-keyvault-keys" in preview.text


@pytest.mark.parametrize("has_file", [True, False])
@pytest.mark.sampled(cases=1)
def test_an_import_that_the_state_lost_is_taken_back_without_a_write(imported: Driver, has_file: bool) -> None:
    imported.forget(
        "Activation", "KeyConfiguration", "SubmissionAttempt", "RolePropagation", "RoleAssignment", "ImportedKey"
    )
    before = imported.state()["azure"]["keys"]
    if not has_file:
        (imported.home / "key.pem").unlink()
    imported.configure(keyFile=str(imported.home / "key.pem"), adopt=True)
    outcome = imported.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.changed()["ImportedKey"] == "create"
    assert outcome.outputs["status"] == "COMPLETED"
    assert imported.state()["azure"]["keys"] == before


def test_a_key_that_was_sent_and_is_gone_is_not_imported_a_second_time(imported: Driver) -> None:
    imported.forget(
        "Activation", "KeyConfiguration", "SubmissionAttempt", "RolePropagation", "RoleAssignment", "ImportedKey"
    )
    imported.drift("key-deleted")
    imported.configure(keyFile=str(imported.home / "key.pem"), adopt=True)
    for refused in (imported.preview(), imported.up()):
        assert refused.exit_code != 0
        assert "Creation blocked: the key adobe-cmk-key, which was sent to Adobe" in refused.text
    assert "adobe-cmk-key" not in [key["name"] for key in imported.state()["azure"]["keys"].values()]


@pytest.mark.parametrize("kind", ["rehearsal"], indirect=True)
@pytest.mark.parametrize("way", ["pem", "encrypted-pem", "pem-for-an-hsm", "byok"])
@pytest.mark.parametrize("role", ["crypto-officer", "none"])
@pytest.mark.sampled(cases=1)
def test_no_run_leaves_a_trace_of_the_private_key(stack: Driver, way: str, role: str) -> None:
    make, settings, _ = WAYS[way]
    path = make(stack)
    stack.switch("deployer-data-role", role)
    stack.configure(keyFile=str(path), **settings)
    secrets = {"ADOBE_CMK_KEY_PASSPHRASE": PASSPHRASE}
    said = [str(run(**secrets)) for run in (stack.preview, stack.up, stack.up)]
    files = [file.read_bytes() for file in stack.home.rglob("*") if file.is_file() and file != path]
    was_imported = "adobe-cmk-key" in [key["name"] for key in stack.state()["azure"]["keys"].values()]
    assert was_imported == (role == "crypto-officer")
    traces = Traces(rsa_key(4096 if way == "encrypted-pem" else 3072), path.read_bytes(), PASSPHRASE)
    for text in (*[text.encode() for text in said], *files):
        assert not traces.in_(text)
