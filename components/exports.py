"""What programs import from this package."""

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
