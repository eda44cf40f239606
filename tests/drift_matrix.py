"""The drift matrix: each change behind Pulumi's back, what it can cost, what shows it, and what the next `up` does about it.

The table in README follows these rows (`tests/unit/test_documents.py`).
"""

from typing import NamedTuple

from operations.drift.severity import Severity

REPAIRS = "repairs it"
ANEW = "creates another one"
REFUSES = "refuses, and names the procedure"
NOTHING = "has nothing to do"


class Row(NamedTuple):
    """One drift."""

    drift: str
    """Names of the simulation, joined by +."""
    label: str
    severity: Severity
    words: str
    """In the report of `make drift`."""
    is_in_refresh: bool
    """Whether a refresh without the program shows it."""
    up: str
    """What `pulumi up --refresh` does."""


KEY = "az keyvault key set-attributes"
ROWS = (
    Row("key-disabled", "key disabled", Severity.PURGE, "found: disabled", False, REFUSES),
    Row("key-deleted", "key deleted", Severity.PURGE, "az keyvault key recover", True, REFUSES),
    Row("key-expired", "key expired", Severity.PURGE, "must not expire; found: expires on", False, REFUSES),
    Row("key-expiring", "key expires within a year", Severity.RECOVERABLE, "must not expire", False, REFUSES),
    Row("key-not-yet-valid", "key not yet valid", Severity.PURGE, "not valid before", False, REFUSES),
    Row(
        "key-operations-gone", "operations removed by a new version", Severity.PURGE, "wrapKey and unwrapKey", False, REFUSES
    ),
    Row("key-rotated", "key rotated", Severity.BENIGN, "benign", False, NOTHING),
    Row(
        "key-rotated+old-version-disabled",
        "an old version disabled after a rotation",
        Severity.PURGE,
        "Adobe may still need the version",
        False,
        REFUSES,
    ),
    Row("rotation-expires", "rotation policy with an expiry", Severity.RECOVERABLE, "an expiry of P2Y", False, REFUSES),
    Row("vault-deleted", "vault deleted", Severity.PURGE, "az keyvault recover", True, REFUSES),
    Row("group-deleted", "resource group deleted", Severity.PURGE, "az keyvault recover", True, REFUSES),
    Row("access-policies", "access policies instead of RBAC", Severity.PURGE, "found: access policies", True, REPAIRS),
    Row("soft-delete-gone", "soft delete missing", Severity.RECOVERABLE, "requires soft delete", True, REPAIRS),
    Row("purge-protection-gone", "purge protection missing", Severity.RECOVERABLE, "purge protection", True, REPAIRS),
    Row("firewall-closed", "network closed to Adobe", Severity.RECOVERABLE, "bypass the firewall", True, REPAIRS),
    Row("bypass-removed", "bypass removed", Severity.RECOVERABLE, "--bypass AzureServices", True, REPAIRS),
    Row(
        "adobe-address-removed", "Adobe's address removed", Severity.RECOVERABLE, "--ip-address 20.88.123.53", True, REPAIRS
    ),
    Row("public-access-disabled", "public access disabled", Severity.RECOVERABLE, "found: Disabled", True, REPAIRS),
    Row("in-a-perimeter", "network security perimeter", Severity.RECOVERABLE, "SecuredByPerimeter", True, REPAIRS),
    Row("role-removed", "role assignment removed", Severity.PURGE, "role assignment adobe-cmk-role: gone", True, REPAIRS),
    Row("role-changed", "another role", Severity.PURGE, "az role assignment delete --ids", True, REFUSES),
    Row(
        "role-scope-changed",
        "another scope of the role",
        Severity.PURGE,
        "role assignment adobe-cmk-role: gone",
        True,
        REPAIRS,
    ),
    Row("role-under-another-name", "role assigned again under another name", Severity.PURGE, "gone", True, REFUSES),
    Row("principal-removed", "service principal deleted", Severity.PURGE, "restore it in Entra ID", True, ANEW),
    Row("principal-disabled", "service principal disabled", Severity.PURGE, "accountEnabled=true", False, REFUSES),
    Row("app-replaced", "another app at Adobe", Severity.PURGE, "Adobe has another app", True, REFUSES),
    Row("registration-gone", "registration gone", Severity.PURGE, "Adobe has another app", True, REFUSES),
    Row("configuration-gone", "configuration not returned", Severity.RECOVERABLE, "status ABSENT", True, REFUSES),
    Row("configuration-moved", "configuration names another key", Severity.RECOVERABLE, "another-key", True, REFUSES),
    Row("configuration-failed", "configuration FAILED", Severity.RECOVERABLE, "status FAILED", True, REPAIRS),
    Row("lock-removed", "lock removed", Severity.RECOVERABLE, "lock on the vault", True, REPAIRS),
    Row("vault-tagged", "tags of a policy, where none are set", Severity.BENIGN, "benign", True, NOTHING),
)
# What Azure, Adobe or a policy of the company may do without any meaning for Adobe.
BENIGN = (
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


def readme_row(row: Row) -> str:
    """The row as README shows it."""
    by = ["check"] * (row.severity is not Severity.BENIGN) + ["refresh"] * row.is_in_refresh
    shown = ", ".join(by) or "nothing"
    mended = {
        REPAIRS: "`pulumi up --refresh`",
        ANEW: "you: restore it first, because `pulumi up --refresh` creates another one",
        REFUSES: "you, by the fix that the finding names",
        NOTHING: "nobody",
    }[row.up]
    return f"| {row.label} | {row.severity.word} | {shown} | {mended} |"
