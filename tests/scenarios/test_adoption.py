"""What somebody set up by hand, or a lost state left behind, is taken into the state without a write."""

import json

import pytest

from simulation.by_hand import NAMES, SET_UPS
from simulation.cloud import opened
from tests.drivers import Driver, Engine
from tests.lives.mending import create_role

ADOPTED = {"ResourceGroup": "import", "Vault": "import", "Key": "import", "RoleAssignment": "import"}
RECORDED = ("NameClaim", "AppRegistration", "RolePropagation", "SubmissionAttempt", "KeyConfiguration", "Activation")


def set_up_by_hand(driver: Driver, name: str) -> str:
    """Set up by hand; returns the name of the role assignment."""
    with opened(driver.home, driver.clock) as cloud, cloud.at_work():
        SET_UPS[name](cloud)
        return str(next(iter(cloud.state["azure"]["roleAssignments"].values()))["name"])


def in_azure(driver: Driver) -> str:
    return json.dumps([driver.state()["azure"], driver.state()["entra"]], sort_keys=True)


def kinds(changed: dict[str, str]) -> dict[str, str]:
    """Operations that concern Azure and Entra ID."""
    return {kind: operation for kind, operation in changed.items() if kind not in RECORDED and operation != "read"}


@pytest.mark.parametrize("name", ["as-documented", "with-differences"])
@pytest.mark.sampled(cases=1)
@pytest.mark.every_time(cases=1)
def test_a_set_up_by_hand_is_adopted_without_a_write(driver: Driver, name: str) -> None:
    role = set_up_by_hand(driver, name)
    driver.configure(adopt="true", roleAssignmentName=role, **NAMES)
    before = in_azure(driver)
    preview = driver.preview()
    assert (preview.exit_code, kinds(preview.changed())) == (0, ADOPTED), preview.text
    outcome = driver.up()
    assert (outcome.exit_code, kinds(outcome.changed())) == (0, ADOPTED), outcome.text
    assert outcome.outputs["status"] == "COMPLETED"
    assert in_azure(driver) == before
    assert not [call for call in driver.calls() if call.startswith("POST")]
    watched = driver.watch()
    assert (watched.exit_code, kinds(watched.changed())) == (0, {}), watched.text
    again = driver.up()
    assert (again.exit_code, kinds(again.changed())) == (0, {}), again.text
    assert in_azure(driver) == before


def test_a_role_under_another_name_is_asked_for_before_anything_is_changed(driver: Driver) -> None:
    set_up_by_hand(driver, "as-documented")
    driver.configure(adopt="true", **NAMES)
    before = in_azure(driver)
    outcome = driver.up()
    assert outcome.exit_code != 0
    assert "az role assignment list --scope" in outcome.text
    assert "pulumi config set adobe-cmk:roleAssignmentName" in outcome.text
    assert in_azure(driver) == before


def test_a_role_that_is_gone_is_given_as_the_error_says_and_adopted(driver: Driver) -> None:
    set_up_by_hand(driver, "as-documented")
    driver.drift("role-removed")
    driver.configure(adopt="true", **NAMES)
    before = in_azure(driver)
    refused = driver.up()
    assert refused.exit_code != 0
    assert in_azure(driver) == before
    with opened(driver.home, driver.clock) as cloud, cloud.at_work():
        create_role(cloud, refused.text)
    before = in_azure(driver)
    outcome = driver.up()
    assert (outcome.exit_code, kinds(outcome.changed())) == (0, ADOPTED), outcome.text
    assert in_azure(driver) == before
    assert driver.watch().exit_code == 0


def test_the_role_of_another_principal_is_not_adopted_and_the_error_asks_for_the_right_one(driver: Driver) -> None:
    role = set_up_by_hand(driver, "as-documented")
    driver.drift("app-replaced")
    driver.drift("app-consented")
    driver.configure(adopt="true", roleAssignmentName=role, **NAMES)
    outcome = driver.up()
    assert outcome.exit_code != 0
    principals = driver.state()["entra"]["servicePrincipals"].values()
    app = next(iter(driver.state()["adobe"]["apps"].values()))["applicationId"]
    principal = next(principal["objectId"] for principal in principals if principal["clientId"] == app)
    assert f"role assignment: must be for the principal {principal}" in outcome.text
    assert f"--assignee {principal} --query [].name -o tsv, then pulumi config set adobe-cmk:roleAssign" in outcome.text
    assert "pulumi up --refresh" not in outcome.text


def test_a_role_that_somebody_removes_after_the_adoption_is_restored(driver: Driver) -> None:
    role = set_up_by_hand(driver, "as-documented")
    driver.configure(adopt="true", roleAssignmentName=role, **NAMES)
    assert driver.up().exit_code == 0
    driver.drift("role-removed")
    driver.refresh()
    outcome = driver.up()
    assert (outcome.exit_code, kinds(outcome.changed())) == (0, {"RoleAssignment": "create"}), outcome.text
    assert driver.watch().exit_code == 0


def test_what_adobe_would_not_take_is_told_before_anything_is_written(driver: Driver) -> None:
    role = set_up_by_hand(driver, "with-a-fault")
    driver.configure(adopt="true", roleAssignmentName=role, **NAMES)
    before = in_azure(driver)
    for outcome in (driver.preview(), driver.up()):
        assert outcome.exit_code != 0
        assert "3072 bits or more; found: 2048" in outcome.text
        assert "--bypass AzureServices" in outcome.text
        assert outcome.changed() == {}
    assert in_azure(driver) == before


def test_without_adopt_the_error_names_it_and_nothing_is_changed(driver: Driver) -> None:
    set_up_by_hand(driver, "as-documented")
    driver.configure(**NAMES)
    before = in_azure(driver)
    outcome = driver.up()
    assert outcome.exit_code != 0
    assert "pulumi config set adobe-cmk:adopt true" in outcome.text
    assert in_azure(driver) == before


def test_a_resource_group_that_exists_is_not_taken_by_accident(driver: Driver) -> None:
    with opened(driver.home, driver.clock) as cloud, cloud.at_work():
        cloud.azure.put_resource_group("contoso-cmk", "westeurope", {})
    driver.configure(activate=None, resourceGroupName="contoso-cmk")
    outcome = driver.preview()
    assert outcome.exit_code != 0
    assert "Azure already has the resource group contoso-cmk" in outcome.text
    driver.configure(activate=None, resourceGroupName="contoso-cmk", adopt="true")
    outcome = driver.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.changed()["ResourceGroup"] == "import"
    assert outcome.changed()["Vault"] == "create"


def test_a_lost_state_makes_no_second_vault_without_activation_either(driver: Driver) -> None:
    assert driver.up().exit_code == 0
    driver.forget()
    before = in_azure(driver)
    driver.configure(activate=None)
    refused = driver.up()
    assert refused.exit_code != 0
    assert "pulumi config set adobe-cmk:adopt true" in refused.text
    assert in_azure(driver) == before


@pytest.mark.parametrize("names", [{}, {"resourceGroupName": "acme", "vaultName": "acme-vault"}], ids=["generated", "set"])
@pytest.mark.sampled(cases=1)
def test_a_lost_state_is_taken_back_with_the_setting_that_the_error_names(driver: Driver, names: dict[str, str]) -> None:
    driver.configure(**names)
    assert driver.up().exit_code == 0
    before = in_azure(driver)
    posts = [call for call in driver.calls() if call.startswith("POST")]
    driver.forget()
    refused = driver.up()
    assert refused.exit_code != 0
    assert "pulumi config set adobe-cmk:adopt true" in refused.text
    driver.configure(adopt="true", **names)
    outcome = driver.up()
    assert (outcome.exit_code, kinds(outcome.changed())) == (0, ADOPTED), outcome.text
    assert outcome.outputs["status"] == "COMPLETED"
    assert in_azure(driver) == before
    assert [call for call in driver.calls() if call.startswith("POST")] == posts
    watched = driver.watch()
    assert (watched.exit_code, kinds(watched.changed())) == (0, {}), watched.text
    # What differs from the settings is managed again from here on, and the lock, which is there still.
    driver.configure(**names)
    managed = driver.up()
    changed = kinds(managed.changed())
    assert (managed.exit_code, changed.pop("ManagementLockByScope")) == (0, "import"), managed.text
    # Nothing else differs, and tags are not managed where none are set.
    assert changed == {}
    assert driver.watch().exit_code == 0
    before = in_azure(driver)
    if isinstance(driver, Engine):
        code, text = driver.plain("destroy", "--yes", "--run-program", *driver.on)
        assert code != 0, text
        assert in_azure(driver) == before


def test_an_adoption_that_was_cut_off_after_the_vault_goes_on_with_the_key_that_adobe_has(driver: Driver) -> None:
    role = set_up_by_hand(driver, "as-documented")
    # Which key it is, Adobe says.
    names = {name: value for name, value in NAMES.items() if name != "keyName"}
    driver.configure(adopt="true", roleAssignmentName=role, **names)
    assert driver.up().exit_code == 0
    driver.forget("Activation", "KeyConfiguration", "SubmissionAttempt", "RolePropagation", "RoleAssignment", "Key")
    before = in_azure(driver)
    outcome = driver.up()
    assert (outcome.exit_code, kinds(outcome.changed())) == (0, {"Key": "import", "RoleAssignment": "import"}), outcome.text
    assert outcome.outputs["status"] == "COMPLETED"
    assert in_azure(driver) == before


def test_a_lost_state_whose_group_cannot_be_derived_asks_for_it(driver: Driver) -> None:
    # Names as Pulumi generated them, each with digits of its own.
    names = {"resourceGroupName": "adobe-cmk-rg11111111", "vaultName": "adobe-cmk-vault22222222"}
    driver.configure(**names)
    assert driver.up().exit_code == 0
    driver.forget()
    driver.configure(adopt="true")
    refused = driver.up()
    assert refused.exit_code != 0
    assert "pulumi config set adobe-cmk:resourceGroupName" in refused.text
    driver.configure(adopt="true", resourceGroupName=names["resourceGroupName"])
    outcome = driver.up()
    assert (outcome.exit_code, kinds(outcome.changed())) == (0, ADOPTED), outcome.text
