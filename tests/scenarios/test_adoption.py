"""What the errors of an adoption say about the role assignment leads to the adoption."""

from simulation.by_hand import NAMES
from simulation.cloud import opened
from tests.drivers import Driver
from tests.lives.mending import create_role
from tests.promises.judge import assert_fails, changed_in_azure, in_azure
from tests.promises.test_adoption import ADOPTED, set_up_by_hand


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
    assert (outcome.exit_code, changed_in_azure(outcome)) == (0, ADOPTED), outcome.text
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


def test_a_key_under_another_name_than_adobe_holds_is_refused_before_anything_is_changed(driver: Driver) -> None:
    role = set_up_by_hand(driver, "as-documented")
    driver.configure(adopt="true", roleAssignmentName=role, **{**NAMES, "keyName": "another-key"})
    before = in_azure(driver)
    assert_fails(driver.preview(), "adobe-cmk:keyName is 'another-key'", "pulumi config set adobe-cmk:keyName adobe-key")
    assert in_azure(driver) == before
