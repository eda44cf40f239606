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
        AppReplaced,
        CallRefused,
        CallUnanswered,
        CertificatesMissing,
        ConfigurationAbsent,
        ConfigurationConflict,
        CredentialError,
        HostChanged,
        NotRevokedYet,
        PreflightFailed,
        RegistrationMissing,
        RequirementsNotMet,
        SubmissionUnclear,
    )
    from .adobe.existing_configuration import AdobeUnreadable, ConfigurationExists
    from .arguments.component import CustomerManagedKeysArgs
    from .arguments.groups import AccessArgs, ConfigurationArgs, KeyArgs, OrganizationArgs, VaultArgs
    from .azure.errors import (
        AzureError,
        KeyExists,
        KeyFileError,
        KeyLost,
        PackagesMissing,
        SignInError,
        VaultRefused,
        VaultUnanswered,
    )
    from .customer_managed_keys import CustomerManagedKeys
    from .safety.api_retirement import ApiVersionRetired
    from .safety.creation_guards import CreationBlocked
    from .safety.deletion_guards import DeletionBlocked
    from .safety.existing_resources import CannotUseExisting
    from .safety.immutable_settings import ImmutableSettingsChanged
    from .safety.one_per_organization import DeclaredTwice
    from .safety.place import OtherPlace
    from .safety.revocation import NothingToRevoke
    from .safety.stack_state import StateUnreadable
    from .safety.takeover import CannotTakeOver
    from .valid_arguments import InvalidArguments

__all__ = [
    "AccessArgs",
    "ActivationFailed",
    "ActivationPending",
    "AdobeError",
    "AdobeUnreadable",
    "AnswerContradictsRequest",
    "AnswerNotUnderstood",
    "ApiVersionRetired",
    "AppReplaced",
    "AzureError",
    "CallRefused",
    "CallUnanswered",
    "CannotTakeOver",
    "CannotUseExisting",
    "CertificatesMissing",
    "ConfigurationAbsent",
    "ConfigurationArgs",
    "ConfigurationConflict",
    "ConfigurationExists",
    "CreationBlocked",
    "CredentialError",
    "CustomerManagedKeys",
    "CustomerManagedKeysArgs",
    "DeclaredTwice",
    "DeletionBlocked",
    "HostChanged",
    "ImmutableSettingsChanged",
    "InvalidArguments",
    "KeyArgs",
    "KeyExists",
    "KeyFileError",
    "KeyLost",
    "NotRevokedYet",
    "NothingToRevoke",
    "OrganizationArgs",
    "OtherPlace",
    "PackagesMissing",
    "PreflightFailed",
    "RegistrationMissing",
    "RequirementsNotMet",
    "SignInError",
    "StateUnreadable",
    "SubmissionUnclear",
    "VaultArgs",
    "VaultRefused",
    "VaultUnanswered",
]

_ROOMS = {
    "adobe.existing_configuration": ("AdobeUnreadable", "ConfigurationExists"),
    "arguments.component": ("CustomerManagedKeysArgs",),
    "azure.errors": (
        "AzureError",
        "KeyExists",
        "KeyFileError",
        "KeyLost",
        "PackagesMissing",
        "SignInError",
        "VaultRefused",
        "VaultUnanswered",
    ),
    "customer_managed_keys": ("CustomerManagedKeys",),
    "safety.api_retirement": ("ApiVersionRetired",),
    "safety.creation_guards": ("CreationBlocked",),
    "safety.deletion_guards": ("DeletionBlocked",),
    "safety.existing_resources": ("CannotUseExisting",),
    "safety.immutable_settings": ("ImmutableSettingsChanged",),
    "safety.one_per_organization": ("DeclaredTwice",),
    "safety.place": ("OtherPlace",),
    "safety.revocation": ("NothingToRevoke",),
    "safety.stack_state": ("StateUnreadable",),
    "safety.takeover": ("CannotTakeOver",),
    "valid_arguments": ("InvalidArguments",),
}


def __getattr__(name: str) -> Any:
    """Import on first use: the plugin process needs no Azure SDK, and the program needs no HTTP client."""
    if name not in __all__:
        raise AttributeError(name)
    others = ".arguments.groups" if name.endswith("Args") else ".adobe.api.errors"
    room = next((f".{room}" for room, names in _ROOMS.items() if name in names), others)
    return getattr(import_module(room, __name__), name)
