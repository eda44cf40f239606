"""Key Vault's management API in both versions: the package, its provider's own configuration, the end of the older one."""

import base64
import copy
import json
from typing import Any

import pytest

from simulation.azure.arm import SIGN_IN_SUBSCRIPTION, SUBSCRIPTION
from simulation.azure.key_vault_api import API_VERSIONS, PACKAGE
from simulation.cloud import Cloud
from simulation.errors import CloudError
from simulation.providers.azure_native import ABSENT
from simulation.providers.stand_ins import STAND_INS
from tests.declared import ASSIGNMENT, GROUP, KEY, VAULT, Provider, arm_id, declared, plain
from tests.landscape import VAULT_PROPERTIES, build

NEW_VAULT, NEW_KEY = f"{PACKAGE}:keyvault:Vault", f"{PACKAGE}:keyvault:Key"
PARAMETER = base64.b64encode(b'{"module":"keyvault","version":"v20260201"}')
PLACE = {"resourceGroupName": "cmk", "vaultName": "acme-vault"}
LOOKUPS = [("getVault", PLACE), ("getKey", {**PLACE, "keyName": "acme-key"})]
PAIRS = [(VAULT, NEW_VAULT), (KEY, NEW_KEY)]
RETIRED = (
    r"NoRegisteredProviderFound.*location 'westeurope' and API version '2024-11-01'.*"
    r"supported api-versions are '2026-02-01'"
)


def empty(cloud: Cloud) -> None:
    """Take vault and key away; the resource group stays."""
    cloud.state["azure"]["keys"].clear()
    cloud.state["azure"]["vaults"].clear()


def properties(**changes: Any) -> dict[str, Any]:
    """A vault's properties that leave the access model to Azure."""
    return {**{name: value for name, value in VAULT_PROPERTIES.items() if name != "enableRbacAuthorization"}, **changes}


def of_the_package(cloud: Cloud) -> Provider:
    """A provider of the package with a configuration, beside one of azure-native."""
    provider = Provider(cloud)
    provider.parameterize(PACKAGE, "3.29.0", PARAMETER)
    provider.configure(subscriptionId=SUBSCRIPTION, location="westeurope")
    return provider


def test_the_parameter_of_the_generated_package_is_taken(cloud: Cloud) -> None:
    answer = Provider(cloud).parameterize(PACKAGE, "3.29.0", PARAMETER)
    assert (answer.name, answer.version) == (PACKAGE, "3.29.0")


@pytest.mark.parametrize(
    ("name", "version", "value", "said"),
    [
        (PACKAGE, "3.29.0", b'{"module":"keyvault","version":"v20260201"}', "must be base64 of JSON"),
        (PACKAGE, "3.29.0", base64.b64encode(b"keyvault"), "must be base64 of JSON"),
        (PACKAGE, "3.29.0", base64.b64encode(b'{"module":"keyvault","version":"v20230701"}'), "knows the parameter"),
        ("azure-native", "3.29.0", PARAMETER, f"makes the package {PACKAGE}"),
        (PACKAGE, "", PARAMETER, "without a version"),
    ],
)
def test_any_other_parameter_is_refused(cloud: Cloud, name: str, version: str, value: bytes, said: str) -> None:
    with pytest.raises(CloudError, match=said):
        Provider(cloud).parameterize(name, version, value)


@pytest.mark.parametrize("token", [NEW_VAULT, NEW_KEY])
def test_inputs_and_outputs_name_the_version_of_the_package(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    outputs = STAND_INS[token].update(
        cloud.through([PACKAGE], {"subscriptionId": SUBSCRIPTION}), arm_id(token, made), declared(token, made)
    )
    assert declared(token, made)["azureApiVersion"] == outputs["azureApiVersion"] == "2026-02-01"


@pytest.mark.parametrize(("function", "args"), LOOKUPS)
def test_both_packages_look_the_same_resources_up(cloud: Cloud, function: str, args: dict[str, Any]) -> None:
    build(cloud)
    found = {package: of_the_package(cloud).invoke(f"{package}:keyvault:{function}", args) for package in API_VERSIONS}
    assert {package: answer.pop("azureApiVersion") for package, answer in found.items()} == API_VERSIONS
    assert found["azure-native"] == found[PACKAGE]


@pytest.mark.parametrize(("token", "new"), PAIRS)
def test_another_package_changes_the_version_of_the_api_in_place_and_nothing_else(
    cloud: Cloud, token: str, new: str
) -> None:
    made = build(cloud)
    answer = Provider(cloud).diff(new, declared(token, made), declared(new, made))
    assert (list(answer.diffs), list(answer.replaces)) == (["azureApiVersion"], [])


@pytest.mark.parametrize(("token", "new"), PAIRS)
def test_with_the_version_ignored_another_package_changes_nothing(cloud: Cloud, token: str, new: str) -> None:
    made = build(cloud)
    olds = declared(token, made)
    # What ignore_changes does to the inputs of the program.
    news = declared(new, made, azureApiVersion=olds["azureApiVersion"])
    assert list(Provider(cloud).diff(new, olds, news).diffs) == []


@pytest.mark.parametrize(("token", "new"), PAIRS)
def test_the_update_to_another_version_leaves_azure_as_it_was(cloud: Cloud, token: str, new: str) -> None:
    made = build(cloud)
    STAND_INS[token].update(cloud, arm_id(token, made), declared(token, made))
    before = copy.deepcopy(cloud.state["azure"])
    of_the_package(cloud).update(new, arm_id(token, made), {}, declared(new, made))
    assert cloud.state["azure"] == before


@pytest.mark.parametrize("token", [NEW_VAULT, NEW_KEY])
def test_the_provider_of_the_package_creates_where_it_is_configured(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    provider = of_the_package(cloud)
    cloud.state["azure"]["keys"].clear()
    if token == NEW_VAULT:
        empty(cloud)
    assert provider.create(token, declared(token, made)).id == arm_id(token, made)


@pytest.mark.parametrize("token", [NEW_VAULT, NEW_KEY])
def test_without_a_subscription_the_package_creates_and_updates_in_that_of_the_sign_in(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    provider = Provider(cloud)
    provider.configure()
    before = json.dumps(cloud.state["azure"])
    for write in (
        lambda: provider.create(token, declared(token, made)),
        lambda: provider.update(token, arm_id(token, made), {}, declared(token, made)),
    ):
        with pytest.raises(CloudError, match=f"in subscription '{SIGN_IN_SUBSCRIPTION}'"):
            write()
    assert json.dumps(cloud.state["azure"]) == before


@pytest.mark.parametrize(("function", "args"), LOOKUPS)
def test_without_a_subscription_the_package_finds_nothing(cloud: Cloud, function: str, args: dict[str, Any]) -> None:
    build(cloud)
    provider = Provider(cloud)
    provider.configure()
    with pytest.raises(CloudError, match=f'Code="ResourceNotFound".*{SIGN_IN_SUBSCRIPTION}'):
        provider.invoke(f"{PACKAGE}:keyvault:{function}", args)


@pytest.mark.parametrize("token", [NEW_VAULT, NEW_KEY])
def test_a_refresh_finds_a_resource_by_its_id_whatever_is_configured(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    provider = Provider(cloud)
    provider.configure()
    assert provider.read(token, arm_id(token, made)).id == arm_id(token, made)


def test_the_package_gets_nothing_of_what_azure_native_is_configured_with(cloud: Cloud) -> None:
    build(cloud)
    azure_native = Provider(cloud)
    azure_native.configure(subscriptionId=SUBSCRIPTION, location="westeurope")
    package = Provider(cloud, azure_native.servicer)
    package.configure()
    assert azure_native.invoke("azure-native:keyvault:getVault", PLACE)["name"] == "acme-vault"
    with pytest.raises(CloudError, match=SIGN_IN_SUBSCRIPTION):
        package.invoke(f"{PACKAGE}:keyvault:getVault", PLACE)
    assert azure_native.invoke("azure-native:keyvault:getVault", PLACE)["name"] == "acme-vault"


def test_two_providers_of_the_package_keep_their_configurations_apart(cloud: Cloud) -> None:
    build(cloud)
    explicit = of_the_package(cloud)
    default = Provider(cloud, explicit.servicer)
    default.configure()
    assert explicit.invoke(f"{PACKAGE}:keyvault:getVault", PLACE)["name"] == "acme-vault"
    with pytest.raises(CloudError, match=SIGN_IN_SUBSCRIPTION):
        default.invoke(f"{PACKAGE}:keyvault:getVault", PLACE)


def test_a_vault_without_a_location_takes_that_of_its_own_provider_alone(cloud: Cloud) -> None:
    made = build(cloud)
    explicit = of_the_package(cloud)
    default = Provider(cloud, explicit.servicer)
    default.configure()
    news = {name: value for name, value in declared(NEW_VAULT, made).items() if name != "location"}
    assert plain(explicit.check(NEW_VAULT, news).inputs)["location"] == "westeurope"
    assert "missing required property 'location'" in default.check(NEW_VAULT, news).failures[0].reason


@pytest.mark.parametrize(("given", "has"), [({}, True), ({"enableRbacAuthorization": False}, False)])
def test_a_vault_made_with_the_newer_version_has_azure_rbac_unless_it_is_turned_off(
    cloud: Cloud, given: dict[str, Any], has: bool
) -> None:
    made = build(cloud)
    empty(cloud)
    inputs = declared(NEW_VAULT, made, properties=properties(**given))
    outputs = plain(of_the_package(cloud).create(NEW_VAULT, inputs).properties)
    assert outputs["properties"]["enableRbacAuthorization"] is has


def test_a_vault_made_with_the_older_version_has_access_policies_and_keeps_them_under_the_newer(cloud: Cloud) -> None:
    made = build(cloud)
    empty(cloud)
    Provider(cloud).create(VAULT, declared(VAULT, made, properties=properties()))
    of_the_package(cloud).update(NEW_VAULT, made.vault_id, {}, declared(NEW_VAULT, made, properties=properties()))
    assert "enableRbacAuthorization" not in cloud.state["azure"]["vaults"]["acme-vault"]["properties"]


@pytest.mark.parametrize("token", [VAULT, KEY])
def test_a_retired_version_fails_a_refresh_and_does_not_mean_gone(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    cloud.azure.switches.set("key-vault-api-retired", "yes")
    with pytest.raises(CloudError, match=RETIRED) as refused:
        STAND_INS[token].read(cloud, arm_id(token, made))
    assert refused.value.code not in ABSENT


@pytest.mark.parametrize("token", [VAULT, KEY])
def test_a_retired_version_refuses_updates_and_creations_and_changes_nothing(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    cloud.azure.switches.set("key-vault-api-retired", "yes")
    before = json.dumps(cloud.state["azure"])
    with pytest.raises(CloudError, match=RETIRED):
        STAND_INS[token].update(cloud, arm_id(token, made), declared(token, made))
    with pytest.raises(CloudError, match=f"cannot check existence of resource .*{RETIRED}"):
        STAND_INS[token].create(cloud, declared(token, made))
    assert json.dumps(cloud.state["azure"]) == before


@pytest.mark.parametrize(("function", "args"), LOOKUPS)
def test_a_retired_version_refuses_lookups(cloud: Cloud, function: str, args: dict[str, Any]) -> None:
    build(cloud)
    cloud.azure.switches.set("key-vault-api-retired", "yes")
    with pytest.raises(CloudError, match=RETIRED):
        Provider(cloud).invoke(f"azure-native:keyvault:{function}", args)


def test_a_retired_version_refuses_the_deletion_of_a_vault(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.azure.switches.set("key-vault-api-retired", "yes")
    with pytest.raises(CloudError, match=RETIRED):
        Provider(cloud).delete(VAULT, made.vault_id)
    assert "acme-vault" in cloud.state["azure"]["vaults"]


def test_the_data_plane_outlives_the_management_api(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.azure.switches.set("key-vault-api-retired", "yes")
    cloud.azure.switches.set("deployer-data-role", "crypto-officer")
    Provider(cloud).delete(KEY, arm_id(KEY, made))
    assert cloud.state["azure"]["keys"] == {}


@pytest.mark.parametrize("token", [GROUP, ASSIGNMENT])
def test_other_types_outlive_key_vaults_management_api(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    cloud.azure.switches.set("key-vault-api-retired", "yes")
    assert STAND_INS[token].read(cloud, arm_id(token, made)) is not None


@pytest.mark.parametrize("token", [NEW_VAULT, NEW_KEY])
def test_the_newer_version_outlives_the_older(cloud: Cloud, token: str) -> None:
    made = build(cloud)
    cloud.azure.switches.set("key-vault-api-retired", "yes")
    provider = of_the_package(cloud)
    provider.update(token, arm_id(token, made), {}, declared(token, made))
    assert provider.read(token, arm_id(token, made)).id == arm_id(token, made)
