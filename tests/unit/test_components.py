"""What the components declare, on Pulumi's test monitor."""

from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from components.adobe.activation import Activation, ActivationArgs
from components.arguments.groups import KeyArgs, VaultArgs
from components.arguments.naming import ArgumentNames
from components.azure.access import AdobeAccess, AdobeAccessArgs
from components.azure.key import EncryptionKey, EncryptionKeyArgs
from components.azure.key_vault_api import ProvidersApi
from components.azure.vault import KeyVault, KeyVaultArgs
from components.outputs import consent_url_of_tenant
from tests.mocked import declaring

ROLE_NAME = "0f9e8d7c-1111-4222-8333-444455556666"
VAULT_ID = "/subscriptions/5E0CAFE0-1111-4222-8333-444455556666/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v"


class Recorder(mocks.Mocks):
    """Writes down what is declared; the key is enabled or not, as told."""

    def __init__(self) -> None:
        self.declared: dict[str, dict[str, Any]] = {}
        self.enabled = True

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.declared[args.typ] = args.inputs
        outputs = {**args.inputs, "name": args.name, "objectId": "0b1ec7", "createdOn": "2026-03-02T09:00:00Z"}
        outputs |= {"keyUri": "https://v/keys/k", "keyUriWithVersion": "https://v/keys/k/1"}
        if args.typ == "azure-native:keyvault:Vault":
            outputs["properties"] = {**args.inputs["properties"], "vaultUri": "https://v.vault.azure.net/"}
        return f"{args.name}-id", outputs

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        return {"name": "acme-key", "attributes": {"enabled": self.enabled, "created": 1, "updated": 1, "recoveryLevel": ""}}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with declaring(Recorder()) as recorder:
        yield recorder


@mocks.test
def _vault(**changes: Any) -> pulumi.Output[Any]:
    args = KeyVaultArgs(
        vault=VaultArgs(**changes),
        resource_group_name="acme",
        vault_name="acme-vault",
        tenant_id="t",
        tags={"team": "security"},
        setting_names=ArgumentNames(),
        api=ProvidersApi(pulumi.InvokeOptions()),
    )
    vault = KeyVault("cmk", args)
    return vault.vault_uri


def test_the_vault_keeps_its_keys_and_states_its_network_rules(recorder: Recorder) -> None:
    _vault()
    properties = recorder.declared["azure-native:keyvault:Vault"]["properties"]
    assert properties["enablePurgeProtection"] is True
    assert properties["enableSoftDelete"] is True
    assert properties["enableRbacAuthorization"] is True
    assert properties["softDeleteRetentionInDays"] == 90
    assert properties["publicNetworkAccess"] == "Enabled"
    assert properties["networkAcls"] == {"bypass": "AzureServices", "defaultAction": "Allow"}


@mocks.test
def _key(**changes: Any) -> pulumi.Output[Any]:
    wanted = KeyArgs(key_name="acme-key", **changes)
    args = EncryptionKeyArgs(
        key=wanted,
        key_name=wanted.key_name,
        resource_group_name="g",
        vault_name="acme-vault",
        tags={"team": "security"},
        api=ProvidersApi(pulumi.InvokeOptions()),
    )
    key = EncryptionKey("cmk", args)
    return pulumi.Output.all(key.key_version, key.key_uri)


def test_the_key_wraps_and_unwraps_and_never_expires(recorder: Recorder) -> None:
    _key(key_size=4096)
    assert recorder.declared["azure-native:keyvault:Key"]["properties"] == {
        "kty": "RSA",
        "keySize": 4096,
        "keyOps": ["wrapKey", "unwrapKey"],
        "attributes": {"enabled": True, "exportable": False},
    }


def test_tags_are_on_every_azure_resource_that_takes_them(recorder: Recorder) -> None:
    _vault()
    _key()
    tagged = {token for token, inputs in recorder.declared.items() if inputs.get("tags") == {"team": "security"}}
    assert tagged == {"azure-native:resources:ResourceGroup", "azure-native:keyvault:Vault", "azure-native:keyvault:Key"}


@mocks.test
def _access(scope: str = VAULT_ID, role_name: str = "") -> pulumi.Output[Any]:
    args = AdobeAccessArgs(
        application_id="app",
        consent_url="https://consent",
        scope=scope,
        setting_names=ArgumentNames(),
        get_principal=lambda _: None,
        reads_principal=False,
        role_name=role_name,
    )
    access = AdobeAccess("cmk", args)
    return access.role_assignment_id


def test_the_role_is_the_encryption_user_under_the_scopes_subscription(recorder: Recorder) -> None:
    _access()
    role = recorder.declared["azure-native:authorization:RoleAssignment"]
    assert role["roleDefinitionId"] == (
        "/subscriptions/5E0CAFE0-1111-4222-8333-444455556666/providers/Microsoft.Authorization/roleDefinitions/"
        "e147488a-f6f5-4113-8e2d-b22465e65bf6"
    )
    assert (role["principalType"], role["principalId"], role["scope"]) == ("ServicePrincipal", "0b1ec7", VAULT_ID)


def test_the_name_of_the_role_assignment_depends_on_the_grant_alone(recorder: Recorder) -> None:
    names = []
    for scope in (VAULT_ID, VAULT_ID.lower(), f"{VAULT_ID}2"):
        _access(scope)
        names.append(recorder.declared["azure-native:authorization:RoleAssignment"]["roleAssignmentName"])
    assert names[0] == names[1] != names[2]


def test_a_role_assignment_that_the_arguments_name_has_that_name_also_when_it_is_made_anew(recorder: Recorder) -> None:
    _access(role_name=ROLE_NAME)
    assert recorder.declared["azure-native:authorization:RoleAssignment"]["roleAssignmentName"] == ROLE_NAME


def test_adobes_principal_is_declared_by_its_client_id_alone(recorder: Recorder) -> None:
    _access()
    assert recorder.declared["azuread:index/servicePrincipal:ServicePrincipal"] == {"clientId": "app"}


def test_consent_is_asked_for_in_the_vaults_tenant() -> None:
    url = "https://login.microsoftonline.com/common/oauth2/authorize?redirect_uri=https://adobe.com/common/x"
    assert consent_url_of_tenant(url, "t1").startswith("https://login.microsoftonline.com/t1/oauth2/authorize?")
    assert consent_url_of_tenant(url, "t1").endswith("adobe.com/common/x")


@mocks.test
def _activation(**changes: Any) -> pulumi.Output[Any]:
    evidence = {"vault": {"findings": ["no purge protection"]}, "key": {"findings": []}}
    return Activation("cmk", ActivationArgs(inputs={}, evidence=evidence, timeout_minutes=0, **changes)).urn


def test_the_findings_are_an_input_of_the_activation_unless_the_role_is_being_removed(recorder: Recorder) -> None:
    _activation()
    (declared,) = recorder.declared.values()
    assert declared["findings"] == ["no purge protection"]
    _activation(ignores_findings=True)
    (declared,) = recorder.declared.values()
    assert declared["findings"] == []
