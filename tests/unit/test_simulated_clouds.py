"""The simulated clouds are as unforgiving as the real ones."""

import re
from typing import Any

import pytest
import requests

from simulation.adobe.absence import ABSENCES
from simulation.adobe.http import CLIENT_ID, CLIENT_SECRET, ORG, AdobeServer
from simulation.adobe.rules import Refusal
from simulation.adobe.verdict import why_not
from simulation.azure.key_vault_api import AZURE_NATIVE, PACKAGE
from simulation.cloud import Cloud, CloudInUse, opened
from simulation.drifts import of_access
from simulation.errors import CloudError
from simulation.providers.functions import FUNCTIONS, invoke
from simulation.providers.stand_ins import STAND_INS
from simulation.providers.typed_properties import input_mistakes, missing_outputs
from tests.clock import ManualClock
from tests.landscape import KEY_PROPERTIES, ROLE, VAULT_PROPERTIES, build
from tests.surroundings import surrounded

# What Azure does not answer, or answers with null: azure-native leaves it out of the outputs.
ABSENT = {
    "azure-native:resources:ResourceGroup": {"managedBy"},
    "azure-native:keyvault:Key": {"curveName", "releasePolicy", "tags"},
    "azure-native:authorization:RoleAssignment": {
        "condition", "conditionVersion", "delegatedManagedIdentityResourceId", "description", "systemData",
    },
    "azure-native:network:PrivateEndpoint": {
        "applicationSecurityGroups", "extendedLocation",
        # Azure answers with the subnet's id alone.
        "subnet.etag", "subnet.ipConfigurationProfiles", "subnet.ipConfigurations", "subnet.privateEndpoints",
        "subnet.provisioningState", "subnet.purpose", "subnet.resourceNavigationLinks", "subnet.serviceAssociationLinks",
    },
    "azure-native:monitor:DiagnosticSetting": {
        "eventHubAuthorizationRuleId", "eventHubName", "logAnalyticsDestinationType", "marketplacePartnerId",
        "serviceBusRuleId", "storageAccountId", "systemData",
    },
    "azure-native:authorization:ManagementLockByScope": {"owners"},
}  # fmt: skip

REGISTRATION = "/data/infrastructure/manager/byok/app-registration"
CONFIG = "/data/infrastructure/manager/customer/config"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"enablePurgeProtection": False}, "BadRequest"),
        ({"enableSoftDelete": False}, "BadRequest"),
        ({"tenantId": "00000000-0000-4000-8000-000000000000"}, "InvalidTenantId"),
        ({"softDeleteRetentionInDays": 6}, "BadRequest"),
    ],
)
def test_azure_refuses_an_unsafe_vault(cloud: Cloud, change: dict[str, Any], code: str) -> None:
    cloud.azure.put_resource_group("cmk", "westeurope", {})
    with pytest.raises(CloudError, match=code):
        cloud.azure.put_vault("cmk", "acme-vault", "westeurope", {**VAULT_PROPERTIES, **change}, {})


def test_azure_keeps_the_name_of_a_deleted_vault(cloud: Cloud) -> None:
    build(cloud)
    cloud.azure.delete_resource_group("cmk")
    cloud.azure.put_resource_group("cmk", "westeurope", {})
    with pytest.raises(CloudError, match="deleted state"):
        cloud.azure.put_vault("cmk", "acme-vault", "westeurope", VAULT_PROPERTIES, {})


def test_azure_fixes_the_retention_of_a_vault(cloud: Cloud) -> None:
    build(cloud)
    with pytest.raises(CloudError, match="can't be modified"):
        cloud.azure.put_vault("cmk", "acme-vault", "westeurope", {**VAULT_PROPERTIES, "softDeleteRetentionInDays": 7}, {})


def test_azure_leaves_an_existing_key_as_it_is(cloud: Cloud) -> None:
    build(cloud)
    before = cloud.azure.key("acme-vault", "acme-key")
    cloud.azure.put_key("acme-vault", "acme-key", KEY_PROPERTIES, {"team": "security"})
    assert cloud.azure.key("acme-vault", "acme-key") == before


@pytest.mark.parametrize(
    "change",
    [
        {"keySize": 4096},
        {"kty": "RSA-HSM"},
        {"keyOps": ["wrapKey"]},
        {"attributes": {"enabled": False}},
        {"attributes": {"expires": 4e9}},
    ],
)
def test_azure_refuses_other_parameters_for_a_key_that_exists(cloud: Cloud, change: dict[str, Any]) -> None:
    build(cloud)
    before = cloud.azure.key("acme-vault", "acme-key")
    with pytest.raises(CloudError, match=r"KeyCreationParametersDidNotMatchExistingKey.*first version of a new key"):
        cloud.azure.put_key("acme-vault", "acme-key", {**KEY_PROPERTIES, **change}, {})
    assert cloud.azure.key("acme-vault", "acme-key") == before


def test_azure_does_not_make_a_key_over_a_deleted_one(cloud: Cloud) -> None:
    build(cloud)
    cloud.azure.delete_key("acme-vault", "acme-key")
    with pytest.raises(CloudError, match=r'^Code="Conflict" Message=".*currently in a deleted but recoverable state'):
        cloud.azure.put_key("acme-vault", "acme-key", KEY_PROPERTIES, {})


def test_azure_wants_the_premium_sku_for_an_hsm_key(cloud: Cloud) -> None:
    build(cloud)
    with pytest.raises(CloudError, match="premium"):
        cloud.azure.put_key("acme-vault", "hsm-key", {**KEY_PROPERTIES, "kty": "RSA-HSM"}, {})


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("not-a-guid", {}, "InvalidRoleAssignmentId"),
        ("0f9e8d7c-9999-5222-8333-444455556666", {}, "RoleAssignmentExists"),
        ("0f9e8d7c-9999-5222-8333-444455556666", {"principalType": "User"}, "PrincipalNotFound"),
        ("0f9e8d7c-9999-5222-8333-444455556666", {"principalId": "nobody"}, "PrincipalNotFound"),
        ("0f9e8d7c-9999-5222-8333-444455556666", {"roleDefinitionId": ROLE[55:]}, "RoleDefinitionDoesNotExist"),
    ],
)
def test_azure_refuses_a_wrong_role_assignment(cloud: Cloud, name: str, change: dict[str, str], code: str) -> None:
    made = build(cloud)
    grant = {"principalId": made.object_id, "principalType": "ServicePrincipal", "roleDefinitionId": ROLE, **change}
    with pytest.raises(CloudError, match=code):
        cloud.azure.put_role_assignment(made.vault_id, name, grant)


def test_azure_takes_its_time_to_apply_a_role(cloud: Cloud, clock: ManualClock) -> None:
    made = build(cloud)
    assert cloud.azure.effective_roles(made.object_id, made.vault_id) == set()
    clock.sleep(1)
    assert cloud.azure.effective_roles(made.object_id, f"{made.vault_id}/keys/acme-key") != set()


def test_entra_refuses_an_unknown_app_and_a_second_principal(cloud: Cloud) -> None:
    made = build(cloud)
    with pytest.raises(CloudError, match="does not reference a valid application object"):
        cloud.entra.create_service_principal("00000000-0000-4000-8000-000000000000")
    with pytest.raises(CloudError, match="already exists"):
        cloud.entra.create_service_principal(made.application_id)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda azure: azure["vaults"]["acme-vault"]["properties"].update(enableRbacAuthorization=False), "RBAC"),
        (lambda azure: azure["vaults"]["acme-vault"]["properties"].update(enablePurgeProtection=None), "purge protection"),
        (lambda azure: azure["vaults"]["acme-vault"]["properties"].update(publicNetworkAccess="Disabled"), "firewall"),
        (lambda azure: azure["keys"]["acme-vault/acme-key"].update(keySize=2048), "3072"),
        (lambda azure: azure["keys"]["acme-vault/acme-key"].update(kty="EC"), "not RSA"),
        (lambda azure: azure["keys"]["acme-vault/acme-key"].update(keyOps=["wrapKey"]), "wrap and unwrap"),
        (lambda azure: azure["keys"]["acme-vault/acme-key"]["attributes"].update(enabled=False), "disabled"),
        (lambda azure: azure["keys"]["acme-vault/acme-key"]["attributes"].update(expires=1), "expired"),
        (lambda azure: azure["keys"]["acme-vault/acme-key"]["attributes"].update(notBefore=4e9), "not valid yet"),
        (lambda azure: azure["keys"].clear(), "was not found in this key vault"),
        (lambda azure: azure["vaults"].clear(), "not found"),
        (lambda azure: azure["roleAssignments"].clear(), "has not"),
    ],
)
def test_adobe_completes_only_with_everything_in_order(cloud: Cloud, clock: ManualClock, spoil: Any, reason: str) -> None:
    made = build(cloud)
    clock.sleep(5)
    data = {"keyVaultKeyIdentifier": made.key_identifier}
    assert why_not(cloud.azure, cloud.entra, made.application_id, data, clock.now()) == []
    spoil(cloud.state["azure"])
    assert reason in " ".join(why_not(cloud.azure, cloud.entra, made.application_id, data, clock.now()))


def test_adobe_fails_without_a_word_about_why(cloud: Cloud, clock: ManualClock, adobe: AdobeServer) -> None:
    made = build(cloud)
    of_access.principal_removed(cloud)
    identifier = made.key_identifier
    data = {"providerType": "AZURE_KEYVAULT", "keyVaultKeyIdentifier": identifier}
    cloud.adobe.submit(ORG, {"name": "c", "type": "BYOK_CONFIG", "imsOrgId": ORG, "configData": data})
    clock.sleep(5)
    answer = cloud.adobe.configuration(ORG, "c", "BYOK_CONFIG")
    assert answer["status"] == "FAILED"
    assert set(answer) == {"name", "type", "status", "configData", "imsOrgId", "subscriptionId", "id", "rowType"}


def test_adobe_checks_requests_in_the_documented_order(adobe: AdobeServer) -> None:
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "scope": "openid"}
    token = requests.post(f"{adobe.url}/ims/token/v3", data=form, timeout=5).json()["access_token"]
    headers: dict[str, str] = {}
    seen = []
    for name, value in (
        ("Authorization", "Bearer nonsense"),
        ("Authorization", f"Bearer {token}"),
        ("x-api-key", "my-own-key"),
        ("x-api-key", "acp_provisioning"),
        ("x-gw-ims-org-id", "acme"),
        ("x-gw-ims-org-id", "FFFF456789ABCDEF01234567@AdobeOrg"),
        ("x-gw-ims-org-id", ORG),
    ):
        seen.append(requests.get(adobe.url + REGISTRATION, headers=headers, timeout=5).json().get("error_code"))
        headers[name] = value
    assert seen == ["403010", "401013", "403000", "403003", "400003", "403027", "403025"]
    assert requests.get(adobe.url + REGISTRATION, headers=headers, timeout=5).status_code == 200
    plain = requests.post(adobe.url + CONFIG, headers=headers, data=b"{}", timeout=5)
    assert (plain.status_code, plain.json()["detail"]) == (400, "A valid content-type must be specified")


@pytest.mark.parametrize("contract", ["beta", "current"])
def test_adobe_refuses_the_other_generations_request(
    cloud: Cloud, contract: str, adobe: AdobeServer, clock: ManualClock
) -> None:
    from components.adobe.api.auth import ServerToServer
    from components.adobe.api.client import Contract, PlatformApi
    from components.adobe.api.errors import CallRefused
    from components.adobe.api.http import HttpExchange
    from components.adobe.api.key_reference import KeyReference

    exchange = HttpExchange(adobe.url, clock)
    credentials = ServerToServer(CLIENT_ID, CLIENT_SECRET, "openid", exchange, clock)
    api_key = CLIENT_ID if contract == "beta" else "acp_provisioning"
    api = PlatformApi(exchange, credentials, ims_org_id=ORG, api_key=api_key)
    key = KeyReference.parse(build(cloud).key_identifier)
    cloud.adobe.contract = contract
    other = Contract.CURRENT if contract == "beta" else Contract.BETA
    with pytest.raises(CallRefused, match="Missing, unknown or invalid field"):
        api.submit_configuration("c", key, other)


@pytest.mark.parametrize("contract", ["beta", "current"])
def test_adobe_refuses_both_references_in_one_body(cloud: Cloud, contract: str) -> None:
    identifier = build(cloud).key_identifier
    cloud.adobe.contract = contract
    both = {"keyVaultUri": identifier.split("/keys/")[0], "keyName": "acme-key", "keyVaultKeyIdentifier": identifier}
    data = {"providerType": "AZURE_KEYVAULT", **both}
    with pytest.raises(Refusal, match="Missing, unknown or invalid field"):
        cloud.adobe.submit(ORG, {"name": "c", "type": "BYOK_CONFIG", "imsOrgId": ORG, "configData": data})


def test_each_contract_takes_its_own_api_key(cloud: Cloud) -> None:
    keys = cloud.adobe.api_keys
    assert cloud.adobe.contract == "current"
    assert keys("GET", "id") == keys("POST", "id") == ("acp_provisioning",)
    cloud.adobe.contract = "beta"
    assert keys("GET", "id") == keys("POST", "id") == ("id",)
    cloud.azure.switches.set("beta-gateway", "reads-both")
    assert set(keys("GET", "id")) == {"id", "acp_provisioning"}
    assert keys("POST", "id") == ("id",)


@pytest.mark.parametrize("form", ABSENCES)
def test_adobe_says_that_there_is_none_in_the_form_of_the_switch(cloud: Cloud, form: str) -> None:
    cloud.azure.switches.set("absence-form", form)
    with pytest.raises(Refusal) as caught:
        cloud.adobe.configuration(ORG, "c", "BYOK_CONFIG")
    assert (caught.value.http_status, caught.value.body) == ABSENCES[form]


def test_adobe_shows_a_configuration_after_the_seconds_of_the_switch(cloud: Cloud, clock: ManualClock) -> None:
    data = {"providerType": "AZURE_KEYVAULT", "keyVaultKeyIdentifier": build(cloud).key_identifier}
    cloud.azure.switches.set("visible-after-seconds", "30")
    cloud.adobe.submit(ORG, {"name": "c", "type": "BYOK_CONFIG", "imsOrgId": ORG, "configData": data})
    clock.sleep(29)
    with pytest.raises(Refusal):
        cloud.adobe.configuration(ORG, "c", "BYOK_CONFIG")
    clock.sleep(1)
    assert cloud.adobe.configuration(ORG, "c", "BYOK_CONFIG")["name"]


def test_misspelt_missing_and_mistyped_properties_are_found_by_the_sdks_own_classes() -> None:
    inputs = {
        "resourceGroupName": "cmk",
        "vaultNam": "v",
        "properties": {"tenantId": 7, "sku": {"name": "gold", "famly": "A"}, "networkAcls": {"ipRules": [{"valu": "1"}]}},
    }
    found = " ".join(input_mistakes(STAND_INS["azure-native:keyvault:Vault"].args_class, inputs))
    for path in (
        "'vaultNam'",
        "'properties.tenantId'",
        "'properties.sku.famly'",
        "'properties.sku.family'",
        "ipRules[0].valu",
    ):
        assert path in found
    assert "gold" in found


def test_outputs_are_complete_by_the_sdks_own_classes(cloud: Cloud) -> None:
    around = surrounded(cloud)
    made = around.made
    ids = {
        **around.ids,
        "azure-native:resources:ResourceGroup": made.vault_id.split("/providers/")[0],
        "azure-native:keyvault:Vault": made.vault_id,
        "azure-native:keyvault:Key": f"{made.vault_id}/keys/acme-key",
        "azure-native:authorization:RoleAssignment": next(iter(cloud.state["azure"]["roleAssignments"].values()))["id"],
        "azuread:index/servicePrincipal:ServicePrincipal": f"/servicePrincipals/{made.object_id}",
    }
    ids |= {f"{PACKAGE}:keyvault:{name}": ids[f"azure-native:keyvault:{name}"] for name in ("Vault", "Key")}
    assert set(ids) == set(STAND_INS)
    for token, id_ in ids.items():
        outputs = STAND_INS[token].read(cloud, id_)
        assert outputs is not None
        assert set(missing_outputs(STAND_INS[token].resource_class, outputs)) == ABSENT.get(
            token.replace(PACKAGE, AZURE_NATIVE), set()
        ), token


def test_functions_take_their_arguments_and_no_others(cloud: Cloud) -> None:
    build(cloud)
    vault = {"resourceGroupName": "cmk", "vaultName": "acme-vault"}
    assert invoke(cloud, "azure-native:keyvault:getKey", {**vault, "keyName": "acme-key"})["keySize"] == 3072
    assert invoke(cloud, "azure-native:keyvault:getVault", vault)["name"] == "acme-vault"
    lookups = {token: re.sub(r":(\w+)$", r":get\1", token) for token in STAND_INS if token.startswith("azure-native")}
    for token in (*FUNCTIONS, *lookups.values()):
        with pytest.raises(CloudError, match="InvalidArguments"):
            invoke(cloud, token, {"nonsense": "1"})


def test_a_saved_cloud_is_the_same_after_opening_it_again_and_is_opened_once(tmp_path: Any) -> None:
    with opened(tmp_path) as cloud:
        with cloud.at_work():
            build(cloud)
        with pytest.raises(CloudInUse), opened(tmp_path):
            pass
        state = cloud.state
    with opened(tmp_path) as again:
        assert again.state == state
