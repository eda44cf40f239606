"""The custom roles in operations/roles allow what the program calls, and nothing else."""

import json
import re
from pathlib import Path

import pytest

from components.constants import ENCRYPTION_USER_ROLE
from simulation.cloud import opened
from simulation.environment import ROOT
from simulation.providers.stand_ins import STAND_INS
from tests.drivers import Rehearsal
from tests.settled import once
from tests.surroundings import SURROUNDINGS
from tests.ways import COVERING, Way, configure, prepare_azure

ROLES = ("reader", "deployer", "key-importer", "remover")
FULLEST = Way("new", "generated", "restricted", "key")
# Each is read, seen or repaired through another type of resource.
DRIFTS = (
    "key-rotated",
    "role-removed",
    "bypass-removed",
    "lock-removed",
    "diagnostic-setting-removed",
    "private-endpoint-removed",
)
# The stand-ins answer at once what Azure answers with the address of an operation that the provider then polls.
POLLED = {
    # A private endpoint's PUT and DELETE.
    "deployer": {"Microsoft.Network/locations/operations/read", "Microsoft.Network/locations/operationResults/read"},
    # A resource group's DELETE.
    "remover": {"Microsoft.Resources/subscriptions/operationresults/read"},
}

Needs = dict[str, set[str]]


def role(name: str) -> dict[str, list[str]]:
    definition: dict[str, list[str]] = json.loads((ROOT / "operations" / "roles" / f"{name}.json").read_text())
    return definition


def allowed(name: str) -> set[str]:
    return {*role(name)["Actions"], *role(name)["DataActions"]}


class Stack:
    """A stack whose every command tells who needs what."""

    def __init__(self, home: Path, way: Way, needs: Needs) -> None:
        self.driver, self._needs = Rehearsal(home), needs
        prepare_azure(self.driver)
        configure(self.driver, way)

    def look(self) -> None:
        """Preview and watch, and a refresh."""
        for command in (self.driver.preview, self.driver.watch, self.driver.refresh):
            command()
            assert not self.driver.data_actions
            self._needs["reader"] |= self.driver.actions

    def deploy(self) -> None:
        """`up`, and an unchanged one."""
        for _ in range(2):
            outcome = self.driver.up()
            assert outcome.exit_code == 0, outcome.text
            self._needs["deployer"] |= self.driver.actions
            self._needs["key-importer"] |= self.driver.data_actions

    def delete(self) -> None:
        """As the engine does after the guards were released: what surrounds the vault, then what Adobe depends on."""
        kinds = [(label.split()[0], entry) for label, entry in json.loads(self.driver.recorded()).items()]
        with opened(self.driver.home, self.driver.clock) as cloud, cloud.at_work():
            azure = cloud.azure
            for token, entry in reversed(
                [one for one in kinds if one[0] in STAND_INS and one[0].startswith("azure-native:")]
            ):
                azure.actions.clear()
                STAND_INS[token].delete(cloud, entry["id"])
                self._needs["deployer" if token in SURROUNDINGS else "remover"] |= azure.actions
            self._needs["remover"] |= azure.data_actions


@pytest.fixture(scope="module")
def needs(tmp_path_factory: pytest.TempPathFactory) -> Needs:
    """What the runs of a whole life needed, by role."""

    def live(folder: Path) -> None:
        found: Needs = {name: set() for name in ROLES}
        for way in sorted(way for way in COVERING if not way.refusal):
            stack = Stack(folder / "-".join(way), way, found)
            stack.look()
            stack.deploy()
            stack.look()
            if way == FULLEST:
                for drift in DRIFTS:
                    stack.driver.drift(drift)
                    stack.look()
                    stack.deploy()
                configure(stack.driver, way, tags={"team": "data"})
                stack.deploy()
                stack.delete()
        (folder / "needs.json").write_text(json.dumps({name: sorted(actions) for name, actions in found.items()}))

    made = json.loads((once(tmp_path_factory, "needs", live) / "needs.json").read_text())
    return {name: set(actions) for name, actions in made.items()}


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.sampled(cases=0)
def test_no_call_is_outside_the_role(needs: Needs, name: str) -> None:
    assert needs[name] - allowed(name) == set()


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.sampled(cases=0)
def test_the_role_allows_nothing_that_is_not_called(needs: Needs, name: str) -> None:
    assert allowed(name) - needs[name] == POLLED.get(name, set())


def test_the_deployer_may_read_all_that_the_reader_may() -> None:
    assert allowed("reader") < allowed("deployer")


def test_the_reader_only_reads() -> None:
    assert {action.rsplit("/", 1)[1] for action in allowed("reader")} == {"read"}


def test_the_deployer_cannot_delete_what_adobe_depends_on() -> None:
    deletions = {action for action in allowed("remover") if action.endswith("/delete")}
    assert len(deletions) == 4
    assert deletions & {*allowed("deployer"), *allowed("key-importer"), *allowed("reader")} == set()


@pytest.mark.parametrize("name", ROLES)
def test_the_calls_of_a_vault_itself_are_data_actions(name: str) -> None:
    data = set(role(name)["DataActions"])
    assert data == (allowed(name) if name == "key-importer" else {"Microsoft.KeyVault/vaults/keys/delete"} & allowed(name))


@pytest.mark.parametrize("name", ROLES)
def test_azure_takes_the_definition_when_the_subscription_is_filled_in(name: str) -> None:
    definition = role(name)
    assert definition["AssignableScopes"] == ["/subscriptions/<subscription>"]
    assert definition["Name"] == f"Adobe CMK {name.replace('-', ' ')}"
    assert all(re.fullmatch(r"Microsoft(\.\w+|/\w+)+", action) for action in allowed(name))


def test_the_condition_allows_adobes_role_alone() -> None:
    condition = (ROOT / "operations" / "roles" / "condition.txt").read_text()
    attribute = r"@(\w+)\[Microsoft\.Authorization/roleAssignments:RoleDefinitionId\] ForAnyOfAnyValues:GuidEquals \{(.+?)\}"
    limited = re.findall(rf"\(!\(ActionMatches\{{'(.+?)'\}}\)\) OR \({attribute}\)", condition)
    assert limited == [
        ("Microsoft.Authorization/roleAssignments/write", "Request", ENCRYPTION_USER_ROLE),
        ("Microsoft.Authorization/roleAssignments/delete", "Resource", ENCRYPTION_USER_ROLE),
    ]
