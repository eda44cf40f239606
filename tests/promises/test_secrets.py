"""No secret and no private key is in a message, a log, the state, an output or a file, however much is logged."""

import json
from collections.abc import Callable

import pytest

from simulation.adobe.http import CLIENT_SECRET
from simulation.by_hand import PLATFORM_VAULT_ID, SET_UPS
from simulation.cloud import opened
from tests.drivers import Engine, Outcome
from tests.key_files import CRYPTO_OFFICER, PASSPHRASE, azure_at, blob_for, pem, rsa_key
from tests.key_traces import Traces
from tests.promises.judge import UP, assert_fails

# What Adobe gives for the secret begins so.
TOKEN = "eyJ-simulated"
VERBOSE = ("--logtostderr", "--logflow", "-v=9")


@pytest.mark.every_time
def test_the_state_and_the_outputs_have_no_secret(settled: Engine) -> None:
    for command in (("stack", "export"), ("stack", "output", "--json", "--show-secrets")):
        code, text = settled.plain(*command, "--stack", settled.stack)
        assert code == 0, text
        assert "adobe-cmk-vault" in text
        assert CLIENT_SECRET not in text
        assert TOKEN not in text


@pytest.mark.parametrize("fault", ["", "403025@config-get"], ids=["succeeding", "failing"])
def test_neither_the_token_nor_the_secret_is_in_the_most_verbose_log_or_in_the_state(engine: Engine, fault: str) -> None:
    engine.faults = [fault] if fault else []
    code, text = engine.plain_up(*VERBOSE)
    assert (code == 0) == (not fault)
    assert "RegisterResource" in text
    _, state = engine.plain("stack", "export", "--stack", "dev")
    saved = [path.read_text() for path in (engine.home / "pulumi").rglob("*.json*") if path.is_file()]
    for output in (text, state, *saved, json.dumps(engine.state())):
        assert CLIENT_SECRET not in output
        assert TOKEN not in output


@pytest.mark.every_time
def test_a_credential_that_adobe_refuses_is_not_in_the_error(engine: Engine) -> None:
    code, text = engine.plain_up(environment={"ADOBE_CLIENT_SECRET": "not-the-secret-77"})
    # Adobe's own words.
    assert_fails(Outcome(code, text=text), "invalid client_secret parameter")
    assert "not-the-secret-77" not in text
    code, text = engine.plain_up()
    assert code == 0, text


def test_without_credentials_the_error_names_the_variables_and_the_next_up_completes(engine: Engine) -> None:
    assert_fails(engine.up(ADOBE_CLIENT_ID="", ADOBE_CLIENT_SECRET=""), "ADOBE_CLIENT_ID", "ADOBE_CLIENT_SECRET")
    assert engine.up().exit_code == 0


def test_a_setting_that_was_saved_as_a_secret_is_refused_before_it_gets_into_the_state(engine: Engine) -> None:
    engine.plain("stack", "ls")
    set_secret = ("config", "set", "--secret", "--path", "adobe-cmk:tags.team", "s3cr3t-team")
    assert engine.plain(*set_secret, *engine.on)[0] == 0
    code, text = engine.plain_up()
    assert_fails(Outcome(code, text=text), "adobe-cmk:tags", "--secret")
    assert "s3cr3t-team" not in text
    assert "s3cr3t-team" not in engine.recorded()


@pytest.mark.parametrize("variable", ["ADOBE_PLATFORM_URL", "ADOBE_IMS_URL"])
def test_no_host_but_adobes_gets_a_credential(engine: Engine, variable: str) -> None:
    # Of the fictitious one, no address but this machine's is asked anything.
    engine.configure(imsOrgId="FEDCBA9876543210FEDCBA98@AdobeOrg", activate=None)
    for address in ("https://platform.adobe.io.evil.example", "http://platform.adobe.io"):
        code, text = engine.plain("preview", *engine.on, environment={variable: address})
        code, text = engine.plain_up(environment={variable: address}) if code == 0 else (code, text)
        assert_fails(Outcome(code, text=text), variable)
        assert engine.calls() == []


def a_pem(engine: Engine) -> bytes:
    return pem(rsa_key())


def an_encrypted_pem(engine: Engine) -> bytes:
    return pem(rsa_key(), PASSPHRASE)


def a_transfer_blob(engine: Engine) -> bytes:
    with opened(engine.home) as cloud, azure_at(cloud, engine.home):
        return blob_for(cloud, "platform-vault", rsa_key())


HSM = {"keyType": "RSA-HSM", "existingVaultId": PLATFORM_VAULT_ID}
FILES: dict[str, tuple[Callable[[Engine], bytes], dict[str, str], str]] = {
    "pem": (a_pem, {}, "crypto-officer"),
    "encrypted-pem": (an_encrypted_pem, {}, "crypto-officer"),
    "byok": (a_transfer_blob, HSM, "crypto-officer"),
    "encrypted-pem-refused": (an_encrypted_pem, {}, "none"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.every_time(cases=1)
def test_no_run_leaves_a_trace_of_an_imported_key(engine: Engine, name: str) -> None:
    make, settings, role = FILES[name]
    with opened(engine.home) as cloud, cloud.at_work():
        SET_UPS["platform-team"](cloud)
    engine.switch(CRYPTO_OFFICER[0], role)
    path = engine.home / ("key.byok" if name == "byok" else "key.pem")
    path.write_bytes(make(engine))
    engine.configure(keyFile=str(path), **settings)
    secrets = {"ADOBE_CMK_KEY_PASSPHRASE": PASSPHRASE}
    said = [engine.plain(*command, *engine.on, *VERBOSE, environment=secrets)[1] for command in (("preview",), UP, UP)]
    said.append(engine.plain("stack", "output", "--json", "--show-secrets", "--stack", engine.stack)[1])
    files = [file.read_bytes() for file in engine.home.rglob("*") if file.is_file() and file != path]
    # What the engine logs of the properties is among what is searched.
    assert str(path) in said[1]
    was_imported = "adobe-cmk-key" in [key["name"] for key in engine.state()["azure"]["keys"].values()]
    assert was_imported == (role == "crypto-officer")
    traces = Traces(rsa_key(), path.read_bytes(), PASSPHRASE)
    for text in (*[text.encode() for text in said], *files):
        assert not traces.in_(text)
