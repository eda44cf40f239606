"""What is declared around a vault that the program creates, and with which options."""

from collections.abc import Callable, Container, Iterator
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from components.arguments.component import CustomerManagedKeysArgs
from components.arguments.groups import ConfigurationArgs, OrganizationArgs, VaultArgs
from components.arguments.naming import ArgumentNames
from components.azure.audit import audit_advice
from components.azure.key_vault_api import ProvidersApi
from components.azure.lock import ADVICE, NOTES
from components.azure.private_endpoint import endpoint_advice, zone_advice
from components.azure.vault import KeyVault, KeyVaultArgs
from components.azure.vault_addition import CreatedVault
from components.azure.vault_surroundings import surround
from components.constants import VAULT_TYPE
from components.safety import error_advice
from simulation.errors import CloudError
from tests.mocked import declaring
from tests.surroundings import (
    ENDPOINT,
    LOCK,
    OF_OTHERS,
    SETTING,
    SUBNET,
    SURROUNDINGS,
    WORKSPACE,
    ZONE,
    ZONE_GROUP,
)

ORG = OrganizationArgs(ims_org_id="0123456789ABCDEF01234567@AdobeOrg")
VAULT_ID = f"{OF_OTHERS.replace('network', 'g')}/Microsoft.KeyVault/vaults/acme-vault"
EVERYTHING = {
    "network": "restricted",
    "private_endpoint_subnet_id": SUBNET,
    "private_dns_zone_id": ZONE,
    "log_analytics_workspace_id": WORKSPACE,
}
NAMES = ArgumentNames()


class Recorder(mocks.Mocks):
    """Writes down what is declared, and what is looked up."""

    def __init__(self) -> None:
        self.declared: dict[str, dict[str, Any]] = {}
        self.lookups: list[str] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.declared[args.typ] = args.inputs
        given = ("vaultName", "privateEndpointName", "resourceGroupName")
        name = next((args.inputs[name] for name in given if name in args.inputs), args.name)
        outputs = {"location": "westeurope", **args.inputs, "name": name}
        return (VAULT_ID if args.typ == VAULT_TYPE else f"{args.name}-id"), outputs

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        self.lookups.append(args.token.rsplit(":", 1)[1])
        return {"id": "found"}

    @property
    def around(self) -> set[str]:
        return self.declared.keys() & set(SURROUNDINGS)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with declaring(Recorder()) as recorder:
        yield recorder


@mocks.test
def declare(recorded: Container[str] = (), vault_id: str = "", **changes: Any) -> pulumi.Output[Any]:
    of_vault = {name: changes.pop(name) for name in EVERYTHING if name in changes}
    args = CustomerManagedKeysArgs(
        organization=ORG,
        vault=VaultArgs(vault_name="acme-vault", resource_group_name="g", **of_vault),
        tags={"team": "security"},
        **changes,
    )
    vault = KeyVault(
        "cmk",
        KeyVaultArgs(
            vault=args.vault,
            resource_group_name="g",
            vault_name="acme-vault",
            tenant_id="t",
            tags={},
            setting_names=NAMES,
            api=ProvidersApi(pulumi.InvokeOptions()),
        ),
    )
    parent = pulumi.ComponentResource("test:index:Parent", "parent")
    surround("cmk", args, parent, vault, [vault], recorded, vault_id, pulumi.InvokeOptions())
    return vault.vault_id


def test_without_settings_there_is_the_lock_alone(recorder: Recorder) -> None:
    declare()
    assert recorder.around == {LOCK}
    assert recorder.declared[LOCK] == {
        "scope": VAULT_ID.lstrip("/"),
        "lockName": "adobe-cmk",
        "level": "CanNotDelete",
        "notes": NOTES,
    }
    assert "permanently delete the data" in NOTES
    assert len(NOTES) <= 512


def test_the_endpoint_is_beside_the_vault_in_its_region_and_for_the_vault_alone(recorder: Recorder) -> None:
    declare(**EVERYTHING)
    endpoint = recorder.declared[ENDPOINT]
    (connection,) = endpoint["privateLinkServiceConnections"]
    assert connection == {"name": "acme-vault-endpoint", "privateLinkServiceId": VAULT_ID, "groupIds": ["vault"]}
    assert (endpoint["resourceGroupName"], endpoint["privateEndpointName"]) == ("g", "acme-vault-endpoint")
    assert (endpoint["location"], endpoint["subnet"], endpoint["tags"]) == (
        "westeurope",
        {"id": SUBNET},
        {"team": "security"},
    )
    group = recorder.declared[ZONE_GROUP]
    assert (group["privateEndpointName"], group["privateDnsZoneGroupName"]) == ("acme-vault-endpoint", "default")
    assert [config["privateDnsZoneId"] for config in group["privateDnsZoneConfigs"]] == [ZONE]


def test_without_a_zone_the_endpoint_is_registered_by_others(recorder: Recorder) -> None:
    declare(network="restricted", private_endpoint_subnet_id=SUBNET)
    assert recorder.around == {ENDPOINT, LOCK}


def test_audit_events_and_nothing_else_go_to_the_workspace(recorder: Recorder) -> None:
    declare(log_analytics_workspace_id=WORKSPACE)
    assert recorder.around == {SETTING, LOCK}
    setting = recorder.declared[SETTING]
    assert (setting["workspaceId"], setting["logs"]) == (WORKSPACE, [{"category": "AuditEvent", "enabled": True}])
    assert "metrics" not in setting


@pytest.mark.parametrize(
    "released",
    [
        {"protect": False},
        {
            "configuration": ConfigurationArgs(activate=f"{ORG.ims_org_id}/cmk-config"),
            "release_guards": f"{ORG.ims_org_id}/cmk-config",
        },
    ],
    ids=["before activation", "after it"],
)
def test_without_the_deletion_guards_there_is_no_lock(recorder: Recorder, released: dict[str, Any]) -> None:
    declare(**EVERYTHING, **released)
    assert recorder.around == set(SURROUNDINGS) - {LOCK}


def test_an_adoption_declares_only_what_the_state_holds(recorder: Recorder) -> None:
    declare(**EVERYTHING, adopt=True)
    assert recorder.around == set()
    declare(**EVERYTHING, adopt=True, recorded={LOCK, SETTING})
    assert recorder.around == {LOCK, SETTING}


@pytest.mark.parametrize(
    ("recorded", "lookups"),
    [
        ((), []),
        ((VAULT_TYPE, *SURROUNDINGS), []),
        (
            (VAULT_TYPE,),
            ["getPrivateEndpoint", "getPrivateDnsZoneGroup", "getDiagnosticSetting", "getManagementLockByScope"],
        ),
        ((VAULT_TYPE, ENDPOINT, ZONE_GROUP, SETTING), ["getManagementLockByScope"]),
    ],
    ids=["new", "complete", "vault alone", "without lock"],
)
def test_azure_is_asked_only_for_what_an_interrupted_up_may_have_made(
    recorder: Recorder, recorded: tuple[str, ...], lookups: list[str]
) -> None:
    declare(recorded, VAULT_ID, **EVERYTHING)
    assert recorder.lookups == lookups


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> Callable[..., pulumi.ResourceOptions]:
    """The options of the lock, with other facts than those of a vault that the state holds without it."""
    monkeypatch.setattr(pulumi, "ErrorHook", lambda _name, callback: callback)
    facts: Any = dict.fromkeys(("vault_id", "vault_name", "resource_group_name", "location", "parent", "lookups"))
    facts |= {"tags": {}, "setting_names": NAMES, "recorded": (), "recorded_id": VAULT_ID, "is_adoption": False}

    def with_facts(found: Any = None, **changes: Any) -> pulumi.ResourceOptions:
        def look() -> Any:
            if found is None:
                raise CloudError("ResourceNotFound", "")
            return SimpleNamespace(id=found)

        return CreatedVault(**{**facts, **changes}).options("cmk-lock", LOCK, {}, look)

    return with_facts


def test_no_deletion_guard_holds_what_surrounds_the_vault(options: Callable[..., pulumi.ResourceOptions]) -> None:
    made = options()
    assert (made.protect, made.retain_on_delete) == (False, False)
    assert made.hooks
    assert not made.hooks.before_delete


def test_what_exists_is_imported_until_the_state_holds_it(options: Callable[..., pulumi.ResourceOptions]) -> None:
    assert options("lock-id").import_ == "lock-id"
    assert options("lock-id", recorded={LOCK}).import_ is None
    assert options("lock-id", recorded_id="").import_ is None
    assert options().import_ is None


def advice_of(monkeypatch: pytest.MonkeyPatch, advice: dict[str, str], error: CloudError, inputs: dict[str, Any]) -> str:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", said.append)
    monkeypatch.setattr(pulumi, "ErrorHook", lambda _name, callback: callback)
    hook: Any = error_advice.advice_on_errors("x", advice)
    hook(SimpleNamespace(errors=[str(error)], new_inputs=inputs))
    return " ".join(said)


@pytest.mark.parametrize(
    ("advice", "code", "message", "told"),
    [
        (endpoint_advice(NAMES), "InvalidResourceReference", "", "not in westeurope"),
        (endpoint_advice(NAMES), "LinkedAuthorizationFailed", "", "Network Contributor on the subnet"),
        (endpoint_advice(NAMES), "ScopeLocked", "", "pulumi up --refresh, which restores the lock"),
        (zone_advice(NAMES), "LinkedAuthorizationFailed", "", "Private DNS Zone Contributor"),
        (zone_advice(NAMES), "MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed", "", "unset vault.private_dns"),
        (audit_advice(NAMES), "Conflict", "Data sink 'w' is already used in diagnostic setting 's'", "or remove that"),
        (audit_advice(NAMES), "BadRequest", "The limit of 5 diagnostic settings was reached.", "list --resource subscr"),
        (audit_advice(NAMES), "LinkedAuthorizationFailed", "", "Log Analytics Contributor"),
        (ADVICE, "AuthorizationFailed", "", "Role Based Access Control Administrator does not include it"),
    ],
)
def test_an_error_of_azure_is_followed_by_what_to_do(
    monkeypatch: pytest.MonkeyPatch, advice: dict[str, str], code: str, message: str, told: str
) -> None:
    inputs = {"location": "westeurope", "resourceUri": "subscriptions/s"}
    assert told in advice_of(monkeypatch, advice, CloudError(code, message), inputs)
