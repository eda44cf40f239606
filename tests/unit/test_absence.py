"""Only an answer that says so means that a thing is not there."""

import pytest

from components.safety.absence import is_absence


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ('Status=404 Code="ResourceNotFound" Message="The Resource \'x\' was not found."', True),
        ("Code: ResourceGroupNotFound", True),
        ("ParentResourceNotFound: no parent", True),
        ("(RoleAssignmentNotFound) The role assignment 'x' is not found.", True),
        ("KeyNotFound", True),
        ("error: VaultNotFound", True),
        ("code=NotFound", True),
        ("No service principal found matching clientId", True),
        ("SubscriptionNotFound", False),
        ("NotFoundation", False),
        ("AuthorizationFailed", False),
        ("ResourceNotFound: AuthorizationFailed", False),
        ("NotFound Authorization_RequestDenied", False),
        ("NotFound: Forbidden", False),
        ("NotFound: ServiceUnavailable", False),
        ("NotFound: the client connection is closing", False),
        ("connection refused", False),
        ("", False),
    ],
)
def test_an_error_means_absence_only_where_the_provider_says_so(text: str, absent: bool) -> None:
    assert is_absence(Exception(text)) is absent
