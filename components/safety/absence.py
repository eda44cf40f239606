"""Whether a lookup that failed says that a thing does not exist, or that it could not be read."""

import re

# Azure Resource Manager's codes, Key Vault's, and the words of the azuread provider. A refusal (403), an outage and a
# connection that closes say nothing about what exists.
_ABSENT = re.compile(
    r"(?:^|[:\s\"'=(])"
    r"(?:ResourceNotFound|ResourceGroupNotFound|ParentResourceNotFound|RoleAssignmentNotFound|KeyNotFound|VaultNotFound"
    r"|NotFound)"
    r"(?:$|[:\s\"')])"
    r"|No service principal found"
)
_UNREADABLE = re.compile(r"AuthorizationFailed|Authorization_RequestDenied|Forbidden|ServiceUnavailable|is closing")


def is_absence(error: Exception) -> bool:
    """Whether the provider's error of a lookup means that what was looked up is not there."""
    text = str(error)
    return bool(_ABSENT.search(text)) and not _UNREADABLE.search(text)
