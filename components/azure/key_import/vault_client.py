"""A vault's data plane: reads a key, imports one, deletes one. What fails is told with Azure's words and the way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...constants import KEY_OPERATIONS
from ..errors import SignInError, VaultRefused, VaultUnanswered, first_line
from .keys import HeldKey, PemKey, TransferBlob, thumbprint

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.exceptions import HttpResponseError
    from azure.keyvault.keys import JsonWebKey, KeyVaultKey

# What the names of a system's resolver say of a name that does not exist; a failing resolver says something else.
_NO_SUCH_NAME = ("name or service not known", "not known", "getaddrinfo failed", "no such host")
_SIGN_IN = (
    "sign in as azure-native does: az login, or the ARM_* variables of a service principal (Contributor for the vault does "
    "not include its data plane)"
)


class VaultClient:
    """Calls of one vault."""

    def __init__(self, vault_uri: str, credential: TokenCredential) -> None:
        from azure.keyvault.keys import KeyClient

        self._uri, self._name = vault_uri, (urlsplit(vault_uri).hostname or "").partition(".")[0]
        self._keys = KeyClient(vault_uri, credential, retry_total=3, connection_timeout=20, read_timeout=60)

    def key(self, name: str) -> HeldKey | None:
        """The key; None when the vault says that it has none of that name."""
        from azure.core.exceptions import ResourceNotFoundError

        with self._explained(f"GET {self._uri}/keys/{name}", name):
            try:
                found = self._keys.get_key(name)
            except ResourceNotFoundError as error:
                if _codes(error)[0] == "KeyNotFound":
                    return None
                raise
            versions = self._keys.list_properties_of_key_versions(name)
            return _held(found, is_first=sum(1 for _ in zip(versions, range(2), strict=False)) < 2)

    def import_key(self, name: str, key: PemKey | TransferBlob, kty: str, tags: Mapping[str, str]) -> HeldKey:
        """Import a key: enabled, without dates, for the two operations that Adobe requires.

        Sent once: over a key of that name an import makes a new version, so that what is not answered is looked up.
        """
        with self._explained(f"PUT {self._uri}/keys/{name}", name):
            return _held(
                self._keys.import_key(
                    name,
                    web_key(key, kty),
                    hardware_protected=kty == "RSA-HSM",
                    enabled=True,
                    tags=dict(tags),
                    retry_total=0,
                )
            )

    def delete_key(self, name: str) -> None:
        """Delete a key; it can be recovered. What is gone already, with its vault or without, is no error."""
        from azure.core.exceptions import ResourceNotFoundError, ServiceRequestError

        with self._explained(f"DELETE {self._uri}/keys/{name}", name):
            try:
                self._keys.begin_delete_key(name)
            except ResourceNotFoundError:
                return
            except ServiceRequestError as error:
                if not any(words in str(error).lower() for words in _NO_SUCH_NAME):
                    raise

    @contextmanager
    def _explained(self, call: str, name: str) -> Iterator[None]:
        """Turns the SDK's errors into this program's."""
        from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

        try:
            yield
        except ClientAuthenticationError as error:
            raise SignInError(
                "Key Vault's data plane could not be called, because the sign-in failed",
                call=call,
                words=first_line(error),
                next_step=_SIGN_IN,
            ) from None
        except HttpResponseError as error:
            if (error.status_code or 0) >= 500 or error.status_code in (408, 429):
                raise self._unanswered(call, error) from None
            code, inner, message = _codes(error)
            raise VaultRefused(
                f"Key Vault refused the call (HTTP {error.status_code})",
                call=call,
                words=f"{inner or code}: {message}",
                next_step=self._next_step(inner or code, name),
            ) from None
        except AzureError as error:
            raise self._unanswered(call, error) from None

    def _unanswered(self, call: str, error: Exception) -> VaultUnanswered:
        return VaultUnanswered(
            "Key Vault's data plane did not answer",
            call=call,
            words=first_line(error),
            next_step="check that this machine reaches the vault, and run the command again: it looks first, and imports "
            "nothing that is there",
        )

    def _next_step(self, code: str, name: str) -> str:
        vault = self._name
        known = {
            "ForbiddenByRbac": (
                "az role assignment create --role 'Key Vault Crypto Officer' --assignee <the identity that runs this> "
                f"--scope $(az keyvault show --name {vault} --query id -o tsv). Azure takes some minutes to apply it; then "
                "run pulumi up again, which continues where it was"
            ),
            "ForbiddenByFirewall": (
                "add the public address of this machine to the vault's allowed addresses (allowedIpRanges), or run this "
                "from the network of the vault's private endpoint"
            ),
            "ForbiddenByConnection": "run this from the network of the vault's private endpoint",
            "ObjectIsDeletedButRecoverable": (
                f"the key {name} is deleted and its name is taken: az keyvault key recover --vault-name {vault} --name "
                f"{name}; then run pulumi up again, which compares it with the file. Or choose another name for the key"
            ),
        }
        return known.get(code, "correct what Azure names, and run pulumi up again")


def _held(key: KeyVaultKey, *, is_first: bool = True) -> HeldKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    web_key: Any = key.key
    n, e = web_key.n, web_key.e
    public = RSAPublicNumbers(int.from_bytes(e), int.from_bytes(n)).public_key() if n and e else None
    return HeldKey(
        identifier=str(key.id),
        kty=str(getattr(web_key.kty, "value", web_key.kty)),
        thumbprint=thumbprint(public) if public else "",
        tags=dict(key.properties.tags or {}),
        is_first=is_first,
    )


def web_key(key: PemKey | TransferBlob, kty: str) -> JsonWebKey:
    """The key as an import takes it."""
    from azure.keyvault.keys import JsonWebKey

    operations = list(KEY_OPERATIONS)
    if isinstance(key, TransferBlob):
        return JsonWebKey(kty=kty, key_ops=operations, t=key.data)
    held = key.private.private_numbers()
    public = held.public_numbers
    numbers = {
        "n": public.n, "e": public.e, "d": held.d, "p": held.p, "q": held.q, "dp": held.dmp1, "dq": held.dmq1,
        "qi": held.iqmp,
    }  # fmt: skip
    minimal = {name: number.to_bytes((number.bit_length() + 7) // 8) for name, number in numbers.items()}
    return JsonWebKey(kty=kty, key_ops=operations, **minimal)


def _codes(error: HttpResponseError) -> tuple[str, str, str]:
    """Key Vault's code, the inner one, and the text."""
    parsed: Any = error.error
    inner: Any = getattr(parsed, "innererror", None) or {}
    message = str(getattr(parsed, "message", None) or error.reason or "")
    return str(getattr(parsed, "code", None) or ""), str(inner.get("code") or ""), " ".join(message.split())
