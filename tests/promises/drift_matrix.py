"""The drift matrix: each change behind Pulumi's back, what it can cost, what shows it, and what `up` does about it.

What it can cost is a class, the exit code of `python -m operations.drift`. A new drift is a new row, and the README's table
follows the rows (`tests/unit/test_documents.py`).
"""

from typing import NamedTuple

# The classes, as README has them: nothing that matters to Adobe; it is not known; no data is deleted; Adobe may delete it.
BENIGN, CHECK_FAILED, RECOVERABLE, PURGE = 0, 1, 2, 3
REPAIRS = "repairs it"
ANEW = "creates another one"
REFUSES = "refuses, and names the procedure"
NOTHING = "has nothing to do"


class Row(NamedTuple):
    """One drift."""

    drift: str
    """Names of the simulation, joined by +."""
    label: str
    code: int
    """The class."""
    named: str
    """What the check must name: the resource, what was found, or the option of the command that fixes it."""
    is_in_refresh: bool
    """Whether a refresh without the program shows it."""
    up: str
    """What `pulumi up --refresh` does."""


ROWS = (
    Row("key-disabled", "key disabled", PURGE, "--enabled true", False, REFUSES),
    Row("key-deleted", "key deleted", PURGE, "az keyvault key recover", True, REFUSES),
    Row("key-expired", "key expired", PURGE, "--expires", False, REFUSES),
    Row("key-expiring", "key expires within a year", RECOVERABLE, "--expires", False, REFUSES),
    Row("key-not-yet-valid", "key not yet valid", PURGE, "--not-before", False, REFUSES),
    Row("key-operations-gone", "operations removed by a new version", PURGE, "--ops wrapKey unwrapKey", False, REFUSES),
    Row("key-rotated", "key rotated", BENIGN, "", False, NOTHING),
    Row(
        "key-rotated+old-version-disabled",
        "an old version disabled after a rotation",
        PURGE,
        "--version",
        False,
        REFUSES,
    ),
    Row("rotation-expires", "rotation policy with an expiry", RECOVERABLE, "rotation-policy update", False, REFUSES),
    Row("vault-deleted", "vault deleted", PURGE, "az keyvault recover", True, REFUSES),
    Row("group-deleted", "resource group deleted", PURGE, "az keyvault recover", True, REFUSES),
    Row(
        "access-policies",
        "access policies instead of RBAC",
        PURGE,
        "--enable-rbac-authorization true",
        True,
        REPAIRS,
    ),
    Row("soft-delete-gone", "soft delete missing", RECOVERABLE, "--enable-soft-delete true", True, REPAIRS),
    Row(
        "purge-protection-gone",
        "purge protection missing",
        RECOVERABLE,
        "--enable-purge-protection true",
        True,
        REPAIRS,
    ),
    Row("firewall-closed", "network closed to Adobe", RECOVERABLE, "--bypass AzureServices", True, REPAIRS),
    Row("bypass-removed", "bypass removed", RECOVERABLE, "--bypass AzureServices", True, REPAIRS),
    Row("adobe-address-removed", "Adobe's address removed", RECOVERABLE, "--ip-address 20.88.123.53", True, REPAIRS),
    Row(
        "public-access-disabled",
        "public access disabled",
        RECOVERABLE,
        "--public-network-access Enabled",
        True,
        REPAIRS,
    ),
    Row("in-a-perimeter", "network security perimeter", RECOVERABLE, "SecuredByPerimeter", True, REPAIRS),
    Row("role-removed", "role assignment removed", PURGE, "adobe-cmk-role", True, REPAIRS),
    Row("role-changed", "another role", PURGE, "az role assignment delete --ids", True, REFUSES),
    Row("role-scope-changed", "another scope of the role", PURGE, "adobe-cmk-role", True, REPAIRS),
    Row("role-under-another-name", "role assigned again under another name", PURGE, "adobe-cmk-role", True, REFUSES),
    Row("principal-removed", "service principal deleted", PURGE, "Entra ID", True, ANEW),
    Row("principal-disabled", "service principal disabled", PURGE, "accountEnabled=true", False, REFUSES),
    Row("app-replaced", "another app at Adobe", PURGE, "Adobe support", True, REFUSES),
    Row("registration-gone", "registration gone", PURGE, "Adobe support", True, REFUSES),
    Row("configuration-gone", "configuration not returned", RECOVERABLE, "configuration", True, REFUSES),
    Row("configuration-moved", "configuration names another key", RECOVERABLE, "another-key", True, REFUSES),
    Row("configuration-failed", "configuration FAILED", RECOVERABLE, "FAILED", True, REPAIRS),
    Row("lock-removed", "lock removed", RECOVERABLE, "lock", True, REPAIRS),
    Row("vault-tagged", "tags of a policy, where none are set", BENIGN, "", True, NOTHING),
)
# What Azure, Adobe or a policy of the company may do without any meaning for Adobe.
NO_ALARM = (
    "key-rotated",
    "key-rotated+key-rotated",
    "key-tagged",
    "vault-tagged",
    "group-tagged",
    "vault-id-respelled",
    "region-respelled",
    "new-default-appears",
    "uri-without-slash",
    "configuration-respelled",
    "app-consented",
    "key-rotated+vault-tagged",
    "key-disabled+everything-mended",
    "key-not-yet-valid+everything-mended",
    "key-deleted+key-recovered",
    "key-operations-gone+everything-mended",
    "principal-disabled+everything-mended",
    "public-access-disabled+everything-mended",
    "key-expiring+everything-mended",
    "access-policies+everything-mended",
)
