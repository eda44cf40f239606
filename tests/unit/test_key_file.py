"""What is read of a file to import, and how one that cannot be used is refused: without a byte of it in the message."""

import hashlib
import importlib.util
import json
from datetime import UTC, datetime, timedelta
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from components.azure.errors import KeyFileError, PackagesMissing
from components.azure.key_import import key_file
from components.azure.key_import.key_file import contents, parse, require_packages
from components.azure.key_import.keys import PemKey, TransferBlob
from simulation.azure.byok import transfer_blob
from tests.key_files import PASSPHRASE, pem, rsa_key

SET = {"ADOBE_CMK_KEY_PASSPHRASE": PASSPHRASE}
FORMS = [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL]


def ec_key() -> bytes:
    key = ec.generate_private_key(ec.SECP384R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public() -> bytes:
    return rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def certificate() -> bytes:
    name, now = x509.Name([]), datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(rsa_key().public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return builder.sign(rsa_key(), hashes.SHA256()).public_bytes(Encoding.PEM)


def blob(**changes: object) -> bytes:
    made = json.loads(transfer_blob("https://Acme.vault.azure.net/keys/kek/1", rsa_key().public_key(), rsa_key(2048)))
    return json.dumps({name: value for name, value in {**made, **changes}.items() if value is not None}).encode()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("passphrase", "environment"), [("", {}), ("", SET), (PASSPHRASE, SET)])
def test_a_private_key_is_known_by_its_public_half(
    form: PrivateFormat, passphrase: str, environment: dict[str, str]
) -> None:
    key = parse("k.pem", pem(rsa_key(), passphrase, form), environment)
    assert isinstance(key, PemKey)
    der = rsa_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert key.thumbprint == hashlib.sha256(der).hexdigest()


def test_a_certificate_before_the_key_does_no_harm() -> None:
    assert isinstance(parse("k.pem", certificate() + pem(rsa_key()), {}), PemKey)


def test_a_transfer_blob_is_kept_as_it_is() -> None:
    data = blob()
    assert parse("k.byok", data, {}) == TransferBlob(data, "acme.vault.azure.net")


REFUSED = [
    ("encrypted", lambda: pem(rsa_key(), PASSPHRASE), {}, "is encrypted, and ADOBE_CMK_KEY_PASSPHRASE is not set"),
    (
        "encrypted-before-pkcs8",
        lambda: pem(rsa_key(), PASSPHRASE, PrivateFormat.TraditionalOpenSSL),
        {},
        "is encrypted, and ADOBE_CMK_KEY_PASSPHRASE is not set",
    ),
    (
        "wrong-passphrase",
        lambda: pem(rsa_key(), "another"),
        SET,
        "cannot be decrypted with ADOBE_CMK_KEY_PASSPHRASE. Fix: set ADOBE_CMK_KEY_PASSPHRASE to its passphrase",
    ),
    ("public", public, {}, "holds a public key or a certificate, and no private key"),
    ("certificate", certificate, {}, "holds a public key or a certificate, and no private key"),
    ("elliptic-curve", ec_key, {}, "does not hold an RSA key; Adobe requires RSA"),
    ("2048", lambda: pem(rsa_key(2048)), {}, "holds an RSA key of 2048 bits; Adobe requires at least 3072"),
    ("der", lambda: b"\x30\x82\x04\xbf\x02\x01\x00", {}, "does not hold a private key in PEM"),
    ("empty", lambda: b"", {}, "does not hold a private key in PEM"),
    ("damaged", lambda: pem(rsa_key())[:600] + pem(rsa_key())[700:], {}, "does not hold a private key in PEM"),
]


@pytest.mark.parametrize(("data", "environment", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_file_that_is_no_key_for_adobe_is_refused(data, environment, words: str) -> None:
    file = data()
    with pytest.raises(KeyFileError) as refused:
        parse("some/k.pem", file, environment)
    message = str(refused.value)
    assert words in message
    assert "Fix: " in message
    lines = [line for line in file.decode("latin-1").splitlines() if len(line) > 20 and "-----" not in line]
    assert not [line for line in lines if line[:20] in message]
    assert PASSPHRASE not in message


@pytest.mark.parametrize(
    "changes",
    [
        {"schema_version": "2.0.0"},
        {"header": {"kid": "https://acme.vault.azure.net/keys/kek/1", "alg": "dir", "enc": "A256GCM"}},
        {"header": {"kid": "kek", "alg": "dir", "enc": "CKM_RSA_AES_KEY_WRAP"}},
        {"header": None},
        {"header": "text"},
        {"ciphertext": None},
        {"ciphertext": ""},
        {"ciphertext": "not base64!"},
    ],
    ids=str,
)
def test_a_file_that_is_no_transfer_blob_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(KeyFileError, match="is not a transfer blob as Key Vault specifies it"):
        parse("k.byok", blob(**changes), {})


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff\xfe", pem(rsa_key())])
def test_a_transfer_blob_is_json(data: bytes) -> None:
    with pytest.raises(KeyFileError, match="is not a transfer blob"):
        parse("k.byok", data, {})


def test_a_file_is_read_or_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "k.pem"
    file.write_bytes(b"contents")
    assert contents(str(file)) == b"contents"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert contents("~/k.pem") == b"contents"
    assert contents(str(tmp_path / "none.pem")) is None
    assert contents(str(file / "k.pem")) is None
    with pytest.raises(KeyFileError, match="cannot be read"):
        contents(str(tmp_path))


@pytest.mark.parametrize(
    ("absent", "named"),
    [
        ("azure.identity", "azure-identity, not installed"),
        ("azure.keyvault.keys", "azure-keyvault-keys, not installed"),
        ("azure", "azure-identity and azure-keyvault-keys, not installed"),
    ],
)
def test_missing_packages_are_named_with_both_commands(absent: str, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_spec(name: str) -> ModuleSpec | None:
        if absent == "azure":
            raise ModuleNotFoundError(name)
        return None if name == absent else importlib.util.find_spec(name)

    monkeypatch.setattr(key_file, "find_spec", find_spec)
    with pytest.raises(PackagesMissing) as refused:
        require_packages()
    assert named in str(refused.value)
    assert ".venv/bin/pip install azure-identity azure-keyvault-keys" in str(refused.value)
    assert "pip install 'adobe-cmk[import]'" in str(refused.value)


def test_with_the_packages_nothing_is_said() -> None:
    require_packages()


@pytest.mark.parametrize(("path", "data"), [("k.pem", pem(rsa_key())), ("k.byok", blob())], ids=["pem", "byok"])
def test_what_was_read_does_not_show_in_its_representation(path: str, data: bytes) -> None:
    shown = repr(parse(path, data, {}))
    assert not [line for line in data.decode().split() if len(line) > 20 and line[:20] in shown]
    assert str(rsa_key().private_numbers().d)[:20] not in shown
