"""Finds what must not be anywhere: a part of a private key, however it is written."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import AnyStr

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

# Of 20 bytes in a row, at any place of a longer base64, 24 characters say 18 of them in full.
RUN = 20
_BASE64, _HEX, _DIGITS = 24, 2 * RUN, 48


class Traces:
    """Of one key: each run of 20 bytes of its secret numbers and of its private half as DER."""

    def __init__(self, key: rsa.RSAPrivateKey, file: bytes, passphrase: str) -> None:
        """
        :param file: that the key is in.
        :param passphrase: of the file.
        """
        held = key.private_numbers()
        secret = [_bytes(number) for number in (held.d, held.p, held.q, held.dmp1, held.dmq1, held.iqmp)]
        self._digits = {run for part in secret for run in _runs(str(int.from_bytes(part)), _DIGITS)}
        modulus = _bytes(held.public_numbers.n)
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        # Azure shows what comes before: the public half.
        secret.append(der.partition(modulus)[2])
        self._raw = {run for part in secret for run in _runs(part, RUN)}
        self._hex = {run.hex() for run in self._raw}
        self._base64 = {run for part in secret for run in _in_base64(part)}
        lines = {line for line in file.decode().splitlines() if len(line) >= _BASE64 and "-----" not in line}
        self._lines = {line for line in lines if not _is_public(line, der, modulus)}
        self._passphrase = passphrase

    def in_(self, data: bytes) -> set[str]:
        """The forms in which a trace is in the data: raw, hex, base64, decimal, a line of the file, the passphrase."""
        text = data.decode("latin-1")
        found = {
            "raw": any(run in self._raw for run in _runs(data, RUN)),
            "hex": any(run in self._hex for run in _within(r"[0-9a-f]+", text.lower(), _HEX)),
            "base64": any(
                run.replace("-", "+").replace("_", "/") in self._base64
                for run in _within(r"[A-Za-z0-9+/_-]+", text, _BASE64)
            ),
            "decimal": any(run in self._digits for run in _within(r"[0-9]+", text, _DIGITS)),
            "line": any(line in text for line in self._lines),
            "passphrase": self._passphrase in text,
        }
        return {form for form, is_there in found.items() if is_there}


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8)


def _runs(whole: AnyStr, length: int) -> Iterator[AnyStr]:
    for start in range(len(whole) - length + 1):
        yield whole[start : start + length]


def _within(pattern: str, text: str, length: int) -> Iterator[str]:
    """Every run of that length in what matches."""
    for match in re.finditer(pattern, text):
        yield from _runs(match[0], length)


def _in_base64(part: bytes) -> Iterator[str]:
    """Every run, in each of the three ways in which its bytes can fall on the characters."""
    for skipped in range(3):
        rest = part[skipped:]
        encoded = base64.b64encode(rest[: len(rest) // 3 * 3]).decode()
        yield from (encoded[start : start + _BASE64] for start in range(0, len(encoded) - _BASE64 + 1, 4))


def _is_public(line: str, der: bytes, modulus: bytes) -> bool:
    """Whether a line of the file says nothing but the public half."""
    try:
        said = base64.b64decode(line, validate=True)
    except ValueError:
        return False
    end = der.find(modulus) + len(modulus)
    return said in der[:end]
