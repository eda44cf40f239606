"""The search for traces of a private key finds each form of one, and nothing in what is public."""

import base64
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from components.azure.key_import.keys import thumbprint
from tests.key_files import PASSPHRASE, pem, rsa_key
from tests.key_traces import Traces

KEY = rsa_key()
TRACES = Traces(KEY, pem(KEY), PASSPHRASE)
DER = KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
NUMBERS = KEY.private_numbers()


def part(number: int, start: int, length: int = 20) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8)[start : start + length]


FORMS: dict[str, tuple[Callable[[], bytes], str]] = {
    "raw": (lambda: part(NUMBERS.d, 17), "raw"),
    "raw-p": (lambda: part(NUMBERS.p, 100), "raw"),
    "hex": (lambda: part(NUMBERS.q, 3).hex().encode(), "hex"),
    "hex-upper": (lambda: part(NUMBERS.dmp1, 50).hex().upper().encode(), "hex"),
    "base64-0": (lambda: base64.b64encode(part(NUMBERS.dmq1, 30)), "base64"),
    "base64-1": (lambda: base64.b64encode(b"x" + part(NUMBERS.iqmp, 31)), "base64"),
    "base64-2": (lambda: base64.b64encode(b"xy" + part(NUMBERS.d, 32)), "base64"),
    "base64url": (lambda: base64.urlsafe_b64encode(part(NUMBERS.d, 0, 384)), "base64"),
    "der": (lambda: base64.b64encode(DER), "base64"),
    "decimal": (lambda: str(NUMBERS.d).encode(), "decimal"),
    "line": (lambda: pem(KEY).splitlines()[-3], "line"),
    "passphrase": (lambda: PASSPHRASE.encode(), "passphrase"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_trace_is_found_in_the_midst_of_other_text(form: str) -> None:
    made, name = FORMS[form]
    assert name in TRACES.in_(b'{"value": "' + made() + b'", "other": 1}\n')


def test_what_is_public_is_no_trace() -> None:
    public = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    modulus = part(NUMBERS.public_numbers.n, 0, 384)
    shown = [public, modulus, base64.b64encode(public), base64.b64encode(b"x" + modulus), modulus.hex().encode()]
    shown += [thumbprint(KEY.public_key()).encode(), pem(rsa_key(3072, 1)), str(NUMBERS.public_numbers.n).encode()]
    assert not TRACES.in_(b"\n".join(shown))
