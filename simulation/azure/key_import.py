"""What Key Vault accepts as a key to import: a whole RSA key as a JSON Web Key, or a transfer blob of an HSM.

https://learn.microsoft.com/rest/api/keyvault/keys/import-key/import-key and
https://learn.microsoft.com/azure/key-vault/keys/byok-specification. The words of the refusals are those that people report:
Azure/azure-sdk-for-java#19529, Azure/azure-sdk-for-go#22173. Where nobody reported any, they are the simulation's own.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import CloudError
from .arm import Json
from .keys import ALL_OPERATIONS

SIZES = (2048, 3072, 4096)
_PRIVATE = ("d", "p", "q", "dp", "dq", "qi")
_BODY = frozenset({"key", "Hsm", "attributes", "tags"})
_KEY = frozenset({"kty", "kid", "key_ops", "key_hsm", "n", "e", *_PRIVATE})

# Public modulus and exponent.
Numbers = tuple[int, int]
Unwrap = Callable[[bytes], Numbers]


def read_import(body: Mapping[str, Any], sku: str, unwrap: Unwrap) -> Json:
    """The version that an import makes, as a record holds it: of the key its public numbers alone.

    :param sku: of the vault.
    :param unwrap: opens a transfer blob, and checks what is in it.
    :raises CloudError: as Key Vault refuses it.
    """
    key = body.get("key")
    if not isinstance(key, Mapping) or set(key) - _KEY or key.get("kty") not in {"RSA", "RSA-HSM"}:
        raise _bad('The property "key" must be a valid JsonWebKey object.')
    if unknown := set(body) - _BODY:
        raise _bad(f"Unknown properties: {', '.join(sorted(unknown))}")
    for name in ("attributes", "tags"):
        if not isinstance(body.get(name, {}), Mapping):
            raise _bad(f"Property {name} has an invalid value {body[name]}")
    hsm = body.get("Hsm")
    if hsm is not None and not isinstance(hsm, bool):
        raise _bad('The property "Hsm" must be a boolean.')
    kty = "RSA-HSM" if hsm or key["kty"] == "RSA-HSM" else "RSA"
    if kty == "RSA-HSM" and hsm is False:
        raise _bad("A key of type RSA-HSM cannot be imported with Hsm false.")
    if kty == "RSA-HSM" and sku != "premium":
        # https://learn.microsoft.com/azure/key-vault/keys/about-keys: HSM-protected keys in Premium vaults.
        raise _bad("The 'RSA-HSM' key type needs a vault of the premium SKU")
    n, e = _transferred(key, unwrap) if "key_hsm" in key else _whole(key)
    if n.bit_length() not in SIZES:
        raise _bad(f"Property size has an invalid value {n.bit_length()}")
    return {
        "kty": kty,
        "keySize": n.bit_length(),
        "keyOps": _operations(key),
        "attributes": _attributes(body.get("attributes", {})),
        "tags": _tags(body.get("tags", {})),
        "n": encoded(n),
        "e": encoded(e),
    }


def _whole(key: Mapping[str, Any]) -> Numbers:
    """The public numbers of a private key of which every part is there and fits the others (RFC 8017, 3.2)."""
    if any(not isinstance(key.get(name), str) for name in ("n", "e", *_PRIVATE)):
        raise _bad('The property "key" must be a valid JsonWebKey object.')
    n, e, d, p, q, dp, dq, qi = (decoded(key[name]) for name in ("n", "e", *_PRIVATE))
    fits = (
        min(p, q) > 2
        and p * q == n
        and e > 2
        and e * d % (p - 1) == 1
        and e * d % (q - 1) == 1
        and (dp, dq) == (d % (p - 1), d % (q - 1))
        and qi < p
        and qi * q % p == 1
    )
    if not fits:
        raise _bad("RSA key is not valid - cannot instantiate crypto service")
    return n, e


def _transferred(key: Mapping[str, Any], unwrap: Unwrap) -> Numbers:
    if key["kty"] != "RSA-HSM" or any(name in key for name in ("n", "e", *_PRIVATE)) or not isinstance(key["key_hsm"], str):
        raise _bad('The property "key" must be a valid JsonWebKey object.')
    return unwrap(_bytes(key["key_hsm"]))


def _operations(key: Mapping[str, Any]) -> list[str]:
    given = key.get("key_ops")
    if given is None:
        return list(ALL_OPERATIONS)
    if not isinstance(given, list) or not given or any(name not in ALL_OPERATIONS for name in given):
        raise _bad(f"Property key_ops has an invalid value {given}")
    return list(dict.fromkeys(given))


def _attributes(given: Mapping[str, Any]) -> Json:
    """In the names of a record; dates are Unix time."""
    kinds = {"enabled": bool, "exportable": bool, "nbf": int, "exp": int}
    for name, value in given.items():
        if name not in kinds or type(value) is not kinds[name]:
            raise _bad(f"Property attributes.{name} has an invalid value {value}")
    if given.get("exportable"):
        # An exportable key needs a release policy, which is not simulated.
        raise _bad("AKV.SKR.1004: Exportable keys must have release policy")
    names = {"nbf": "notBefore", "exp": "expires"}
    return {names.get(name, name): value for name, value in given.items()}


def _tags(given: Mapping[str, Any]) -> Json:
    # https://learn.microsoft.com/azure/key-vault/keys/about-keys-details#key-tags: up to 15, of 256 characters each.
    if len(given) > 15 or any(
        not isinstance(value, str) or max(len(name), len(value)) > 256 for name, value in given.items()
    ):
        raise _bad("Property tags has an invalid value")
    return dict(given)


def encoded(number: int) -> str:
    """A number as a JSON Web Key has it."""
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> int:
    """A number of a JSON Web Key.

    :raises CloudError: when it is not base64url.
    """
    return int.from_bytes(_bytes(text), "big")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _bad('The property "key" must be a valid JsonWebKey object.') from None


def _bad(message: str) -> CloudError:
    return CloudError("BadParameter", message)
