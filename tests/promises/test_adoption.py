"""What somebody set up by hand is taken into the state without a write, and nobody's resources are taken by accident."""

import pytest

from simulation.by_hand import NAMES, SET_UPS
from simulation.cloud import opened
from tests.drivers import Driver, Engine
from tests.promises.judge import (
    assert_completed,
    assert_fails,
    assert_refused,
    changed_in_azure,
    in_azure,
    posts,
)

ADOPTED = {"ResourceGroup": "import", "Vault": "import", "Key": "import", "RoleAssignment": "import"}


def set_up_by_hand(stack: Driver, name: str) -> str:
    """Set up by hand; returns the name of the role assignment."""
    with opened(stack.home, stack.clock) as cloud, cloud.at_work():
        SET_UPS[name](cloud)
        return str(next(iter(cloud.state["azure"]["roleAssignments"].values()))["name"])


@pytest.mark.parametrize("name", ["as-documented", "with-differences"])
@pytest.mark.every_time(cases=1)
def test_a_set_up_by_hand_is_adopted_without_a_write(engine: Engine, name: str) -> None:
    role = set_up_by_hand(engine, name)
    engine.configure(adopt="true", roleAssignmentName=role, **NAMES)
    before = in_azure(engine)
    preview = engine.preview()
    assert (preview.exit_code, changed_in_azure(preview)) == (0, ADOPTED), preview.text
    outcome = engine.up()
    assert_completed(outcome)
    assert changed_in_azure(outcome) == ADOPTED
    assert in_azure(engine) == before
    for look in (engine.watch, engine.up):
        again = look()
        assert (again.exit_code, changed_in_azure(again)) == (0, {}), again.text
    assert in_azure(engine) == before
    assert not [call for call in engine.calls() if call.startswith("POST")]


def test_what_was_adopted_has_the_deletion_guards(engine: Engine) -> None:
    role = set_up_by_hand(engine, "as-documented")
    engine.configure(adopt="true", roleAssignmentName=role, **NAMES)
    assert_completed(engine.up())
    for command in (("destroy", "--yes"), ("destroy", "--yes", "--run-program", "--ignore-protect")):
        assert_refused(engine, "", *command)


def test_the_role_of_another_principal_is_not_adopted(engine: Engine) -> None:
    role = set_up_by_hand(engine, "as-documented")
    engine.drift("app-replaced")
    engine.drift("app-consented")
    engine.configure(adopt="true", roleAssignmentName=role, **NAMES)
    before = in_azure(engine)
    app = next(iter(engine.state()["adobe"]["apps"].values()))["applicationId"]
    principals = engine.state()["entra"]["servicePrincipals"].values()
    # The principal that needs the role.
    assert_fails(engine.up(), next(principal["objectId"] for principal in principals if principal["clientId"] == app))
    assert in_azure(engine) == before


def test_a_role_that_somebody_removes_after_the_adoption_is_restored(engine: Engine) -> None:
    role = set_up_by_hand(engine, "as-documented")
    engine.configure(adopt="true", roleAssignmentName=role, **NAMES)
    assert engine.up().exit_code == 0
    engine.drift("role-removed")
    engine.refresh()
    outcome = engine.up()
    assert (outcome.exit_code, changed_in_azure(outcome)) == (0, {"RoleAssignment": "create"}), outcome.text
    assert engine.watch().exit_code == 0


def test_what_adobe_would_not_take_is_told_before_anything_is_written(engine: Engine) -> None:
    role = set_up_by_hand(engine, "with-a-fault")
    engine.configure(adopt="true", roleAssignmentName=role, **NAMES)
    before = in_azure(engine)
    for outcome in (engine.preview(), engine.up()):
        # Each thing at once.
        assert_fails(outcome, "2048", "--bypass AzureServices")
        assert outcome.changed() == {}
    assert in_azure(engine) == before
    assert posts(engine) == 0


def test_without_adopt_the_error_names_it_and_nothing_is_changed(engine: Engine) -> None:
    set_up_by_hand(engine, "as-documented")
    engine.configure(**NAMES)
    before = in_azure(engine)
    assert_fails(engine.up(), "pulumi config set adobe-cmk:adopt true")
    assert in_azure(engine) == before


def test_a_resource_group_that_exists_is_not_taken_by_accident(engine: Engine) -> None:
    with opened(engine.home, engine.clock) as cloud, cloud.at_work():
        cloud.azure.put_resource_group("contoso-cmk", "westeurope", {})
    engine.configure(activate=None, resourceGroupName="contoso-cmk")
    assert_fails(engine.preview(), "contoso-cmk")
    engine.configure(activate=None, resourceGroupName="contoso-cmk", adopt="true")
    outcome = engine.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.changed()["ResourceGroup"] == "import"
    assert outcome.changed()["Vault"] == "create"
