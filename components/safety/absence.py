"""Lookups that fail: whether one says that a thing does not exist, and what to say when it could not be read."""

import re

READER = "the role Reader"
DIRECTORY_READER = "Application.Read.All, or the role Directory Readers, in Entra ID"

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


def unreadable(error: Exception, right: str) -> str:
    """What follows the name of a thing that a lookup could not read.

    :param right: that the identity needs to read it.
    """
    return unread(
        f"The provider says: {error}. "
        f"Fix: run the command again; if the access is refused, grant the identity that runs it {right}"
    )


def unread(reason: str) -> str:
    """The same for another reason.

    :param reason: as a sentence, and what to do about it.
    """
    return f"could not be read, which does not mean that it is gone. {reason}"
