"""What only the real engine can show: Pulumi's state, protection, hooks, plain terminal output, signals."""

import base64
import json
from typing import Any

import pytest

from simulation.adobe.http import CLIENT_SECRET
from tests.drivers import Engine


def exported(stack: Engine) -> dict[str, Any]:
    code, text = stack.plain("stack", "export", "--stack", "dev")
    assert code == 0, text
    state: dict[str, Any] = json.loads(text)
    return state


@pytest.mark.every_time
def test_the_state_names_the_provider_classes_and_holds_no_code(settled: Engine) -> None:
    providers = {
        resource["type"].rsplit(":", 1)[1]: base64.b64decode(resource["inputs"]["__provider"])
        for resource in exported(settled)["deployment"]["resources"]
        if resource["type"].startswith("pulumi-python:dynamic/adobe:")
    }
    modules = {
        "NameClaim": "name_claim",
        "AppRegistration": "app_registration",
        "RolePropagation": "role_propagation",
        "SubmissionAttempt": "submission_attempt",
        "KeyConfiguration": "key_configuration",
        "Activation": "activation",
    }
    assert set(providers) == set(modules)
    for name, pickled in providers.items():
        assert f"components.adobe.{modules[name]}".encode() in pickled
        assert f"{name}Provider".encode() in pickled
        assert len(pickled) < 120


@pytest.mark.every_time
def test_each_package_has_one_provider_which_lookups_and_resources_share(settled: Engine) -> None:
    providers = [
        resource["type"]
        for resource in exported(settled)["deployment"]["resources"]
        if resource["type"].startswith("pulumi:providers:")
    ]
    packages = ("azure-native", "azuread", "pulumi", "pulumi-python")
    assert sorted(providers) == [f"pulumi:providers:{package}" for package in packages]


@pytest.mark.every_time
def test_the_state_holds_no_secret(settled: Engine) -> None:
    text = json.dumps(exported(settled))
    assert CLIENT_SECRET not in text
    assert "eyJ-simulated" not in text


@pytest.mark.every_time
def test_resources_are_nested_under_their_components(settled: Engine) -> None:
    urns = [resource["urn"] for resource in exported(settled)["deployment"]["resources"]]
    for parent, child in (
        ("KeyVault", "azure-native:resources:ResourceGroup"),
        ("KeyVault", "azure-native:keyvault:Vault"),
        ("EncryptionKey", "azure-native:keyvault:Key"),
        ("AdobeAccess", "azuread:index/servicePrincipal:ServicePrincipal"),
        ("AdobeAccess", "azure-native:authorization:RoleAssignment"),
    ):
        assert any(f"adobe-cmk:components:{parent}${child}::" in urn for urn in urns)


@pytest.mark.every_time
def test_a_failing_up_shows_one_clear_error_and_the_next_completes(engine: Engine) -> None:
    code, text = engine.plain_up(environment={"ADOBE_CLIENT_SECRET": "not-the-secret-77"})
    assert code != 0
    assert "invalid client_secret parameter" in text
    for unwanted in ("KeyboardInterrupt", "Traceback", "not-the-secret-77"):
        assert unwanted not in text
    code, text = engine.plain_up()
    assert code == 0, text
    assert '"COMPLETED"' in text


@pytest.mark.every_time
def test_the_wait_shows_as_it_happens(engine: Engine) -> None:
    code, text = engine.plain_up()
    assert code == 0, text
    for line in (
        "until Azure has applied the role",
        "UPDATE_EXISTING_RESOURCES after 0:01 min",
        "COMPLETED after",
    ):
        assert line in text


def test_a_principal_that_exists_already_is_an_error_that_names_the_setting(engine: Engine) -> None:
    engine.configure(servicePrincipal="existing")
    engine.up()
    engine.drift("app-consented")
    engine.configure()
    outcome = engine.up()
    assert outcome.exit_code != 0
    assert "already exists" in outcome.text
    assert "pulumi config set adobe-cmk:servicePrincipal existing" in outcome.text


@pytest.mark.every_time
def test_a_wrong_type_is_refused_by_the_schema_of_the_project(engine: Engine) -> None:
    engine.configure(keySize="large")
    outcome = engine.preview()
    assert outcome.exit_code != 0
    assert "keySize" in outcome.text
