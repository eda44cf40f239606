"""A role assignment, and the service principal that it is for."""

import pytest
from pulumi.runtime import rpc

from simulation.cloud import Cloud
from simulation.drifts import of_access
from simulation.errors import CloudError
from simulation.providers.functions import invoke
from simulation.providers.stand_ins import STAND_INS
from tests.declared import ASSIGNMENT, PRINCIPAL, ROLE_NAME, Provider, arm_id, declared, plain
from tests.landscape import ROLE, build

KIND = STAND_INS[ASSIGNMENT]
OTHER_NAME = "0f9e8d7c-9999-5222-8333-444455556666"


def test_a_put_names_no_creator_and_a_get_does(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.state["azure"]["roleAssignments"].clear()
    answer = cloud.azure.put_role_assignment(made.vault_id, ROLE_NAME, declared(ASSIGNMENT, made))
    assert answer["createdBy"] is None
    assert cloud.azure.role_assignment(answer["id"])["createdBy"] == cloud.entra.operator_object_id


def test_the_creator_is_in_the_state(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.state["azure"]["roleAssignments"].clear()
    assert KIND.create(cloud, declared(ASSIGNMENT, made))[1]["createdBy"] == cloud.entra.operator_object_id


def test_there_is_no_system_data(cloud: Cloud) -> None:
    made = build(cloud)
    assert "systemData" not in (KIND.read(cloud, arm_id(ASSIGNMENT, made)) or {})


@pytest.mark.parametrize(
    ("name", "other"), [("roleDefinitionId", ROLE.replace("e147488a", "14b46e9e")), ("principalType", "Group")]
)
def test_another_role_or_type_is_an_update_that_azure_refuses(cloud: Cloud, name: str, other: str) -> None:
    made = build(cloud)
    inputs = declared(ASSIGNMENT, made, **{name: other})
    assert KIND.changes(declared(ASSIGNMENT, made), inputs) == {name: False}
    with pytest.raises(CloudError, match="RoleAssignmentUpdateNotPermitted"):
        KIND.update(cloud, arm_id(ASSIGNMENT, made), inputs)


@pytest.mark.parametrize("spelling", [str.lower, str.upper])
def test_the_same_grant_under_another_name_is_refused_whatever_the_scopes_case(cloud: Cloud, spelling: object) -> None:
    made = build(cloud)
    assert callable(spelling)
    inputs = declared(ASSIGNMENT, made, roleAssignmentName=OTHER_NAME, scope=spelling(made.vault_id))
    with pytest.raises(CloudError, match=f"RoleAssignmentExists.*{ROLE_NAME.replace('-', '')}"):
        KIND.create(cloud, inputs)


def test_a_principal_without_its_type_is_not_found(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.state["azure"]["roleAssignments"].clear()
    inputs = declared(ASSIGNMENT, made)
    del inputs["principalType"]
    with pytest.raises(CloudError, match=r"PrincipalNotFound.*does not exist in the directory"):
        KIND.create(cloud, inputs)


def test_a_grant_that_was_given_again_under_another_name_is_gone_and_cannot_be_given(cloud: Cloud) -> None:
    made = build(cloud)
    of_access.role_under_another_name(cloud)
    assert KIND.read(cloud, arm_id(ASSIGNMENT, made)) is None
    with pytest.raises(CloudError, match="RoleAssignmentExists"):
        KIND.create(cloud, declared(ASSIGNMENT, made))


def test_an_import_reads_the_scope_without_its_leading_slash(cloud: Cloud) -> None:
    made = build(cloud)
    seen = plain(Provider(cloud).read(ASSIGNMENT, arm_id(ASSIGNMENT, made)).inputs)
    inputs = declared(ASSIGNMENT, made)
    assert seen["scope"] == made.vault_id.removeprefix("/")
    answer = Provider(cloud).diff(ASSIGNMENT, seen, {**inputs, "principalId": rpc.UNKNOWN})
    assert sorted(answer.replaces) == ["principalId", "scope"]
    # What ignore_changes does to the inputs of the program.
    ignoring = {**inputs, **{name: seen[name] for name in ("scope", "principalId", "roleAssignmentName")}}
    assert list(Provider(cloud).diff(ASSIGNMENT, seen, ignoring).diffs) == []


def test_a_scope_without_its_leading_slash_leads_to_the_same_assignment(cloud: Cloud) -> None:
    made = build(cloud)
    inputs = declared(ASSIGNMENT, made, scope=made.vault_id.removeprefix("/"))
    assert KIND.update(cloud, arm_id(ASSIGNMENT, made), inputs)["scope"] == made.vault_id
    assert len(cloud.state["azure"]["roleAssignments"]) == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("403", "Authorization_RequestDenied: Insufficient privileges to complete the operation."),
        ("503", "ServiceUnavailable"),
    ],
)
def test_a_principal_that_may_not_be_read_is_an_error_in_graphs_words(cloud: Cloud, code: str, words: str) -> None:
    made = build(cloud)
    cloud.azure.switches.set("unreadable", f"principal={code}")
    with pytest.raises(CloudError, match=words):
        invoke(cloud, "azuread:index/getServicePrincipal:getServicePrincipal", {"clientId": made.application_id})
    with pytest.raises(CloudError, match=words):
        Provider(cloud).read(PRINCIPAL, arm_id(PRINCIPAL, made), {"clientId": made.application_id}, {})
