"""The steps of `make verify-azure`: what differs from an assumption is a no, for this assumption."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from subprocess import CompletedProcess
from typing import Any

import pytest
from pulumi.automation import EngineEvent, OpType, ResOutputsEvent, StepEventMetadata
from pulumi.automation.events import DiagnosticEvent

from operations.verification import assumptions as a
from operations.verification.assumptions import ASSUMPTIONS, Assumption
from operations.verification.azure_cli import Account, AzureCli
from operations.verification.stacks import UNKNOWN, Outcome, StepFailed
from operations.verification.steps import OF_AZURE, Names, Steps
from tests.clock import ManualClock

NAMES = Names.of("1a2b3c4d", "westeurope")
ACCOUNT = Account("5e0cafe0-1111-4222-8333-444455556666", "test", "7e4a0000-aaaa-4bbb-8ccc-ddddeeeeffff", "ana")
VAULT_ID = f"/subscriptions/{ACCOUNT.subscription_id}/resourceGroups/{NAMES.name}/providers/vaults/{NAMES.vault}"
PACKAGE = "azure-native_keyvault_v20260201:keyvault"
EXISTS = "cannot create already existing resource"
State = dict[str, dict[str, Any]]


def outcome(operations: Mapping[str, str], said: str = "", **outputs: Any) -> Outcome:
    return Outcome(operations={kind: [done] for kind, done in operations.items()}, said=said, outputs=outputs)


def failed(*errors: str) -> Outcome:
    return Outcome(succeeded=False, errors=list(errors), said=" ".join(errors))


def recorded() -> State:
    """The state after the first `up`."""
    types = {"ResourceGroup": "resources", "Vault": "keyvault", "Key": "keyvault", "RoleAssignment": "authorization"}
    state: State = {
        kind: {
            "type": f"azure-native:{module}:{kind}",
            "id": f"{VAULT_ID}/{kind}",
            "inputs": {"azureApiVersion": "2024-11-01"},
            "outputs": {"azureApiVersion": "2024-11-01"},
        }
        for kind, module in types.items()
    }
    state["Vault"]["outputs"]["properties"] = {"vaultUri": "https://x.vault.azure.net/", "provisioningState": "Succeeded"}
    state["Key"]["outputs"]["keyUriWithVersion"] = "https://x.vault.azure.net/keys/k/0123"
    state["RoleAssignment"]["outputs"] |= {"createdBy": "somebody", "name": "0f9e8d7c-1111-5222-8333-444455556666"}
    return state


def as_assumed() -> dict[str, tuple[Outcome, State]]:
    """What each command does, in order, and the state after it, where every assumption holds."""
    new = recorded()
    read = copy.deepcopy(new)
    read["Key"]["outputs"]["rotationPolicy"] = {}
    other = copy.deepcopy(read)
    for kind in ("Vault", "Key"):
        other[kind]["type"] = f"{PACKAGE}:{kind}"
    created = dict.fromkeys((*OF_AZURE, "ServicePrincipal"), "create")
    tagged = {"ResourceGroup": "update", "Vault": "update"}
    previewed = {
        "name": NAMES.vault,
        "location": "westeurope",
        "tags": {"changed": "once"},
        "properties": {"vaultUri": UNKNOWN},
    }
    command = f"az keyvault key set-attributes --vault-name {NAMES.vault} --name {NAMES.key} --enabled true"
    finding = f"key {NAMES.key}: Adobe requires an enabled key; found: disabled. Fix: {command}"
    steps: dict[str, tuple[Outcome, State]] = {
        "prepare": (outcome(created), new),
        "again": (outcome({}), new),
        "refresh": (outcome({}), read),
        "repair": (outcome({"RoleAssignment": "create"}), read),
        "watch": (outcome({}, finding), read),
        "preview": (outcome(tagged, Vault=previewed), read),
        "tags": (outcome(tagged), read),
        "declared again": (failed(*(f"{EXISTS} '{kind}'" for kind in OF_AZURE)), read),
        "switch": (outcome({}), other),
        "refresh with the package": (outcome({}), other),
        "back": (outcome({}), read),
        "adopt": (outcome(dict.fromkeys(OF_AZURE, "import")), read),
        "adopted": (outcome({}), read),
        "refresh without the key": (outcome({"Key": "delete"}), read),
        "recover": (outcome({"Key": "create"}), read),
        "destroy": (outcome(dict.fromkeys(created, "delete")), {}),
        "deleted vault": (failed("A vault with the same name already exists in deleted state."), {}),
    }
    return {step: copy.deepcopy(answer) for step, answer in steps.items()}


class Scripted:
    """All stacks of a run, and each of them: every command takes the next of the script."""

    def __init__(self, script: dict[str, tuple[Outcome, State]]) -> None:
        self._script = list(script.values())
        self._state: State = {}

    def stack(self, name: str, settings: Mapping[str, str]) -> Scripted:
        return self

    def configure(self, settings: Mapping[str, str]) -> None:
        """Take any."""

    def recorded(self) -> State:
        return self._state

    def up(self, *, refresh: bool = False) -> Outcome:
        done, self._state = self._script.pop(0)
        return done

    preview = up
    refresh = destroy = up

    def declared_again(self, *_: Any) -> Outcome:
        return self.up()


def no(script: dict[str, tuple[Outcome, State]]) -> list[Assumption]:
    """The assumptions that do not hold; every step must be reached."""

    def run(arguments: Any) -> CompletedProcess[str]:
        return CompletedProcess(arguments, 0, "", "")

    az = AzureCli(run, ACCOUNT.subscription_id, lambda _: None, ManualClock())
    stacks: Any = Scripted(script)
    seen = list(Steps(stacks, az, NAMES, ACCOUNT).run())
    assert [one.assumption for one in seen] == list(ASSUMPTIONS)
    return [one.assumption for one in seen if one.holds == "no"]


def did(step: str, operations: Mapping[str, str], **outputs: Any) -> Callable[[Any], None]:
    """A command does something else."""

    def change(script: dict[str, tuple[Outcome, State]]) -> None:
        script[step][0].operations = {kind: [done] for kind, done in operations.items()}
        script[step][0].outputs |= outputs

    return change


def holds(step: str, kind: str, part: str, **values: Any) -> Callable[[Any], None]:
    """The state holds something else after a command."""

    def change(script: dict[str, tuple[Outcome, State]]) -> None:
        script[step][1][kind][part] |= values

    return change


def says(step: str, *errors: str) -> Callable[[Any], None]:
    """A command fails with other errors, or says something else."""

    def change(script: dict[str, tuple[Outcome, State]]) -> None:
        script[step][0].errors, script[step][0].said = list(errors), " ".join(errors)

    return change


def fails(step: str, error: str) -> Callable[[Any], None]:
    def change(script: dict[str, tuple[Outcome, State]]) -> None:
        script[step] = (failed(error), script[step][1])

    return change


def without_slash(script: dict[str, tuple[Outcome, State]]) -> None:
    script["prepare"][1]["Vault"]["outputs"]["properties"]["vaultUri"] = "https://x.vault.azure.net"


def registering(script: dict[str, tuple[Outcome, State]]) -> None:
    script["prepare"][1]["Vault"]["outputs"]["properties"]["provisioningState"] = "RegisteringDns"


def known_uri(script: dict[str, tuple[Outcome, State]]) -> None:
    script["preview"][0].outputs["Vault"]["properties"]["vaultUri"] = "https://x.vault.azure.net/"


def unknown_name(script: dict[str, tuple[Outcome, State]]) -> None:
    script["preview"][0].outputs["Vault"]["name"] = UNKNOWN


def without_policy(script: dict[str, tuple[Outcome, State]]) -> None:
    del script["refresh"][1]["Key"]["outputs"]["rotationPolicy"]


def elsewhere(script: dict[str, tuple[Outcome, State]]) -> None:
    other = "0de1ca7e-1111-4222-8333-444455556666"
    script["refresh with the package"][1]["Vault"]["id"] = VAULT_ID.replace(ACCOUNT.subscription_id, other)


def same_types(script: dict[str, tuple[Outcome, State]]) -> None:
    script["switch"][1]["Key"]["type"] = "azure-native:keyvault:Key"


ANOTHER_VERSION = "https://x.vault.azure.net/keys/k/4567"
DIFFERENCES: list[tuple[Callable[[Any], None], Assumption]] = [
    (did("prepare", {"ResourceGroup": "create", "Vault": "create"}), a.PREPARES),
    (holds("prepare", "Vault", "outputs", azureApiVersion="2026-02-01"), a.API_VERSIONS),
    (holds("prepare", "Key", "inputs", azureApiVersion=None), a.API_VERSIONS),
    (holds("prepare", "RoleAssignment", "outputs", condition=None), a.NO_NULLS),
    (without_slash, a.GET_AFTER_PUT),
    (holds("prepare", "RoleAssignment", "outputs", createdBy=""), a.GET_AFTER_PUT),
    (holds("prepare", "Key", "outputs", rotationPolicy={}), a.GET_AFTER_PUT),
    (registering, a.REGISTERED),
    (did("again", {"Vault": "update"}), a.UNCHANGED),
    (did("refresh", {"Vault": "update"}), a.NO_DRIFT),
    (without_policy, a.ROTATION_POLICY),
    (did("watch", {"Key": "update"}), a.KEY_IS_NOT_SEEN),
    (says("watch", "found: disabled"), a.FINDS_DISABLED_KEY),
    (known_uri, a.PREVIEW),
    (unknown_name, a.PREVIEW),
    (did("tags", {"ResourceGroup": "update", "Vault": "update", "RoleAssignment": "replace"}), a.ONE_PUT),
    (says("declared again", f"{EXISTS} 'Vault'", f"{EXISTS} 'Vault'", f"{EXISTS} 'Key'", "refused"), a.NEVER_TAKES_OVER),
    (did("switch", {"Vault": "update"}), a.SWITCHES),
    (same_types, a.SWITCHES),
    (did("refresh with the package", {"Vault": "delete"}), a.OTHER_VERSION),
    (elsewhere, a.CONFIGURED),
    (says("switch", "vault cmk: must exist; found: ResourceNotFound"), a.CONFIGURED),
    (says("switch", "vault cmk: could not be read, which does not mean that it is gone"), a.CONFIGURED),
    (did("back", {"Key": "update"}), a.SWITCHES_BACK),
    (did("adopt", {**dict.fromkeys(OF_AZURE, "import"), "Vault": "update"}), a.IMPORTS),
    (did("adopted", {"Vault": "update"}), a.ADOPTS),
    (did("refresh without the key", {}), a.DELETED_KEY),
    (fails("refresh without the key", "KeyNotFound"), a.DELETED_KEY),
    (did("recover", {}), a.RECOVERED),
    (holds("recover", "Key", "outputs", keyUriWithVersion=ANOTHER_VERSION), a.RECOVERED),
    (did("destroy", {"Vault": "delete"}), a.KEY_DELETION),
    (says("deleted vault", "VaultNameInUse"), a.DELETED_VAULT),
]


def test_where_all_is_as_assumed_every_assumption_holds() -> None:
    assert no(as_assumed()) == []


CASES = [pytest.param(*case, id=f"{number} {case[1].words}") for number, case in enumerate(DIFFERENCES)]


@pytest.mark.parametrize(("change", "assumption"), CASES)
def test_what_differs_is_a_no_for_this_assumption_alone(
    change: Callable[[dict[str, tuple[Outcome, State]]], None], assumption: Assumption
) -> None:
    script = as_assumed()
    change(script)
    assert no(script) == [assumption]


def test_a_removed_role_that_is_not_restored_is_a_no_for_both_assumptions_about_it() -> None:
    script = as_assumed()
    did("repair", {})(script)
    assert no(script) == [a.GONE, a.REPAIRS]


def test_a_role_restored_with_other_changes_is_no_clean_repair() -> None:
    script = as_assumed()
    did("repair", {"RoleAssignment": "create", "Vault": "update"})(script)
    assert no(script) == [a.REPAIRS]


def test_a_change_of_the_imported_key_is_a_no_for_the_import_and_the_adoption() -> None:
    script = as_assumed()
    did("adopted", {"Key": "update"})(script)
    assert no(script) == [a.KEY_IMPORTS, a.ADOPTS]


# Commands whose failure is an answer.
MAY_FAIL = ("declared again", "refresh without the key", "deleted vault")


@pytest.mark.parametrize("step", [step for step in as_assumed() if step not in MAY_FAIL])
def test_a_command_that_must_succeed_and_fails_ends_the_run(step: str) -> None:
    script = as_assumed()
    fails(step, "Code=ServiceUnavailable")(script)
    with pytest.raises(StepFailed, match="ServiceUnavailable"):
        no(script)


def event(operation: OpType, token: str, **outputs: Any) -> EngineEvent:
    urn = f"urn:pulumi:verification::adobe-cmk::adobe-cmk:components:KeyVault${token}::adobe-cmk"
    new: Any = type("New", (), {"outputs": outputs})
    metadata = StepEventMetadata(op=operation, urn=urn, type=token, provider="", new=new)
    return EngineEvent(sequence=1, timestamp=1, res_outputs_event=ResOutputsEvent(metadata))


def test_of_the_engines_events_only_changes_of_what_is_in_the_clouds_count() -> None:
    heard = Outcome()
    for told in (
        event(OpType.UPDATE, "pulumi:providers:pulumi-python"),
        event(OpType.CREATE, "adobe-cmk:components:KeyVault"),
        event(OpType.CREATE, "pulumi-python:dynamic/adobe:NameClaim"),
        event(OpType.REFRESH, "azure-native:keyvault:Vault", name="cmk"),
        event(OpType.SAME, "azure-native:keyvault:Vault", name="cmk"),
        event(OpType.READ, "azuread:index/servicePrincipal:ServicePrincipal"),
        event(OpType.DELETE, "azure-native:keyvault:Key"),
        event(OpType.CREATE, "azure-native:keyvault:Key"),
    ):
        heard.hear(told)
    assert heard.operations == {"Key": ["delete", "create"]}
    assert heard.changes() == "Key delete, create"
    assert heard.outputs["Vault"] == {"name": "cmk"}


def test_of_the_engines_messages_errors_are_kept_and_debug_is_not() -> None:
    heard = Outcome()
    for severity in ("debug", "warning", "error"):
        told = DiagnosticEvent(message=f"a {severity}\n", color="never", severity=severity)
        heard.hear(EngineEvent(sequence=1, timestamp=1, diagnostic_event=told))
    assert heard.errors == ["a error"]
    assert heard.said == "a warning\na error\n"
