"""Errors between this program and Azure's data plane and sign-in, one class for each way in which a caller has to react.

AzureError
├── SignInError        no credential, an incomplete one, or Entra ID refused it
├── PackagesMissing    the packages that only an import needs are not installed
├── KeyFileError       the file to import cannot be used; nothing was sent
├── VaultRefused       Key Vault refused the call
├── VaultUnanswered    no usable response; the call may have been processed
├── KeyExists          the vault has another key of that name; nothing was written
└── KeyLost            the key that was sent to Adobe is not in the vault; none is imported in its place
"""

# The package that programs import the classes from; the engine prints it before a message instead of the module path.
_PACKAGE = "adobe_cmk"


class AzureError(Exception):
    """Base class; every message states what happened, the call, Azure's own code and text, and the fix."""

    __module__ = _PACKAGE

    def __init_subclass__(cls) -> None:
        cls.__module__ = _PACKAGE

    def __init__(self, what: str, *, next_step: str, call: str = "", words: str = "") -> None:
        """
        :param what: the fact, as a sentence without a full stop.
        :param next_step: what the user should do.
        :param call: method and address.
        :param words: Azure's own code and text.
        """
        parts = [what, *([f"at {call}"] if call else []), *([f"Azure says: {words}"] if words else [])]
        super().__init__(f"{'; '.join(parts)}. Fix: {next_step}")


def first_line(error: Exception) -> str:
    """What a library's error says, without what follows; its class where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class SignInError(AzureError):
    """There is no usable credential for Azure."""


class PackagesMissing(AzureError):
    """An import needs Azure's packages, and they are not installed."""


class KeyFileError(AzureError):
    """The file does not hold a key that can be imported, or another one than the one that was imported."""


class VaultRefused(AzureError):
    """Key Vault refused the call."""


class VaultUnanswered(AzureError):
    """There was no usable response; the call may have been processed."""


class KeyExists(AzureError):
    """The vault has another key of that name: an import would give it a new version."""


class KeyLost(AzureError):
    """Adobe was sent a key of that name, and the vault does not have it."""
