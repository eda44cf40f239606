"""Customer-managed keys for Adobe Experience Platform, with a key in your own Azure Key Vault, as a Pulumi component."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .adobe.api.errors import (
        ActivationFailed,
        ActivationPending,
        AdobeError,
        AnswerContradictsRequest,
        AnswerNotUnderstood,
        CallRefused,
        CallUnanswered,
        CertificatesMissing,
        ConfigurationAbsent,
        ConfigurationConflict,
        CredentialError,
        HostChanged,
        PreflightFailed,
        RegistrationMissing,
    )
    from .adobe.existing_configuration import ConfigurationExists
    from .arguments import AccessArgs, ConfigurationArgs, CustomerManagedKeysArgs, KeyArgs, OrganizationArgs, VaultArgs
    from .customer_managed_keys import CustomerManagedKeys, InvalidArguments
    from .safety.deletion_guards import DeletionBlocked
    from .safety.immutable_settings import ImmutableSettingsChanged
    from .safety.one_per_organization import DeclaredTwice
    from .safety.place import OtherPlace
    from .safety.stack_state import StateUnreadable

__all__ = [
    "AccessArgs",
    "ActivationFailed",
    "ActivationPending",
    "AdobeError",
    "AnswerContradictsRequest",
    "AnswerNotUnderstood",
    "CallRefused",
    "CallUnanswered",
    "CertificatesMissing",
    "ConfigurationAbsent",
    "ConfigurationArgs",
    "ConfigurationConflict",
    "ConfigurationExists",
    "CredentialError",
    "CustomerManagedKeys",
    "CustomerManagedKeysArgs",
    "DeclaredTwice",
    "DeletionBlocked",
    "HostChanged",
    "ImmutableSettingsChanged",
    "InvalidArguments",
    "KeyArgs",
    "OrganizationArgs",
    "OtherPlace",
    "PreflightFailed",
    "RegistrationMissing",
    "StateUnreadable",
    "VaultArgs",
]

_ROOMS = {
    "adobe.existing_configuration": ("ConfigurationExists",),
    "customer_managed_keys": ("CustomerManagedKeys", "InvalidArguments"),
    "safety.deletion_guards": ("DeletionBlocked",),
    "safety.immutable_settings": ("ImmutableSettingsChanged",),
    "safety.one_per_organization": ("DeclaredTwice",),
    "safety.place": ("OtherPlace",),
    "safety.stack_state": ("StateUnreadable",),
}


def __getattr__(name: str) -> Any:
    """Import on first use: the process that talks to Adobe needs no Azure SDK, and the program no HTTP client."""
    if name not in __all__:
        raise AttributeError(name)
    others = ".arguments" if name.endswith("Args") else ".adobe.api.errors"
    room = next((f".{room}" for room, names in _ROOMS.items() if name in names), others)
    return getattr(import_module(room, __name__), name)
