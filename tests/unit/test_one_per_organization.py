"""An organisation has one instance in a program, whatever the case of its digits."""

from typing import Any

import pulumi
import pytest

from components import CustomerManagedKeysArgs, OrganizationArgs
from components.safety import one_per_organization as instances

ORG, ANOTHER = "FEDCBA9876543210FEDCBA98@AdobeOrg", "0123456789ABCDEF01234567@AdobeOrg"


def args(org: str) -> CustomerManagedKeysArgs:
    return CustomerManagedKeysArgs(organization=OrganizationArgs(ims_org_id=org))


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Any:
    root: Any = object.__new__(pulumi.Resource)
    monkeypatch.setattr(instances, "get_root_resource", lambda: root)
    return root


def test_two_organisations_may_share_a_program(program: Any) -> None:
    instances.declare("a", args(ORG))
    instances.declare("b", args(ANOTHER))
    for org in (ORG, ANOTHER):
        instances.refuse_a_second(args(org))


def test_a_second_instance_is_refused_by_both_names(program: Any) -> None:
    instances.declare("first", args(ORG))
    with pytest.raises(instances.DeclaredTwice, match=r"'first' and 'second'"):
        instances.declare("second", args(ORG.lower()))
    # The first one learns of it too.
    with pytest.raises(instances.DeclaredTwice, match=r"'first' and 'second'"):
        instances.refuse_a_second(args(ORG))


def test_another_program_in_the_same_process_starts_afresh(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    instances.declare("a", args(ORG))
    other: Any = object.__new__(pulumi.Resource)
    monkeypatch.setattr(instances, "get_root_resource", lambda: other)
    instances.declare("b", args(ORG))


def test_without_a_program_nothing_is_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instances, "get_root_resource", lambda: None)
    instances.declare("a", args(ORG))
    instances.declare("b", args(ORG))
