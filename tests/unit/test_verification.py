"""`make verify-azure`: what it says before it starts, and what it does besides Pulumi's commands."""

import re
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from components.adobe.api.auth import ReadyToken
from components.adobe.api.client import NotShown, PlatformApi
from components.adobe.api.errors import AdobeError
from components.adobe.api.http import HttpExchange
from operations.verification.announcement import announcement, confirmed
from operations.verification.assumptions import ASSUMPTIONS, GONE, NOT_TESTED, PROGRAM, REPAIRS, table
from operations.verification.azure_cli import Account, AzFailed, AzureCli
from operations.verification.clean_up import clean_up
from operations.verification.in_adobes_place import TOKEN, InAdobesPlace
from operations.verification.run import NOT_STARTED, Verification
from operations.verification.steps import ORGANISATION, Names
from simulation.azure import cli as simulated
from simulation.azure.arm import SUBSCRIPTION
from simulation.cloud import Cloud
from tests.clock import ManualClock
from tests.landscape import build

NAMES = Names.of("1a2b3c4d", "westeurope")
ACCOUNT = Account(SUBSCRIPTION, "Contoso test", "7e4a0000-aaaa-4bbb-8ccc-ddddeeeeffff", "ana@contoso.example")
README = Path("simulation/README.md").read_text().split("## How far azure-native is known")[1].split("## ")[0]
ROWS = {line.split("|")[1].strip(): line for line in README.splitlines() if line.startswith("| ") and "---" not in line}


class Az(simulated.AzureCli):
    """The simulated `az`, which keeps the commands, and fails those that a test chooses."""

    def __init__(self, cloud: Cloud, **failing: str) -> None:
        super().__init__(cloud)
        self.commands: list[str] = []
        self.failing = {name.replace("_", " "): error for name, error in failing.items()}

    def __call__(self, arguments: Sequence[str]) -> CompletedProcess[str]:
        command = " ".join(arguments).split(" --")[0]
        self.commands.append(command)
        if command in self.failing:
            return CompletedProcess(arguments, 1, "", self.failing[command])
        return super().__call__(arguments)


class Talk:
    """What is said and asked; types the answer."""

    def __init__(self, *answers: str) -> None:
        self.said: list[str] = []
        self._answers = list(answers)

    def read_line(self, question: str) -> str:
        self.said.append(question)
        if not self._answers:
            raise EOFError
        return self._answers.pop()

    @property
    def text(self) -> str:
        return "\n".join(self.said)


def run(az: Az, talk: Talk, subscription: str = SUBSCRIPTION) -> int:
    clock = ManualClock()
    return Verification(NAMES, subscription, az, {}, read_line=talk.read_line, say=talk.said.append, clock=clock).run()


def az_in(run_az: simulated.AzureCli, clock: ManualClock | None = None) -> AzureCli:
    return AzureCli(run_az, SUBSCRIPTION, lambda _: None, clock or ManualClock())


@pytest.mark.parametrize(
    "fact",
    [
        f"subscription  {SUBSCRIPTION} (Contoso test)",
        f"tenant        {ACCOUNT.tenant_id}",
        "signed in as  ana@contoso.example",
        "the resource group adobe-cmk-verify-1a2b3c4d in westeurope",
        "the vault cmk-verify-1a2b3c4d (standard) with one RSA key of 3072 bits",
        "the app registration adobe-cmk-verify-1a2b3c4d in place of Adobe's app, with its service principal",
        "Key Vault Crypto Service Encryption User",
        "Key Vault Crypto Officer",
        "Costs: some dozens of operations",
        "for seven days nobody can purge it",
        "among Entra ID's deleted items for 30 days",
        "Nothing is sent to Adobe",
        f"az group delete --name adobe-cmk-verify-1a2b3c4d --yes --subscription {SUBSCRIPTION}",
        "az ad app delete --id",
    ],
)
def test_the_announcement_says_what_is_made_what_it_costs_and_what_stays(fact: str) -> None:
    assert fact in " ".join(announcement(ACCOUNT, NAMES).split(" "))


def test_the_typed_subscription_may_be_spelt_in_capitals_and_with_spaces_around() -> None:
    assert confirmed(SUBSCRIPTION, lambda _: f" {SUBSCRIPTION.upper()} ")


@pytest.mark.parametrize("answers", [(), ("",), ("yes",), (SUBSCRIPTION[:-1],)])
def test_without_the_subscription_typed_once_more_nothing_is_made(cloud: Cloud, answers: tuple[str, ...]) -> None:
    before, az, talk = str(cloud.state), Az(cloud), Talk(*answers)
    assert run(az, talk) == NOT_STARTED
    assert "Nothing was created" in talk.text
    assert az.commands == ["account show", "group exists"]
    assert str(cloud.state) == before


@pytest.mark.parametrize(
    ("subscription", "failing", "words"),
    [
        (SUBSCRIPTION.replace("5e", "6e"), {}, "Fix: az account set --subscription 6e0cafe0"),
        (SUBSCRIPTION, {"account_show": "ERROR: Please run 'az login' to setup account."}, "Please run 'az login'"),
    ],
    ids=["elsewhere", "nowhere"],
)
def test_it_does_not_start_in_another_subscription_than_that_of_the_sign_in(
    cloud: Cloud, subscription: str, failing: dict[str, str], words: str
) -> None:
    az, talk = Az(cloud, **failing), Talk(subscription)
    assert run(az, talk, subscription) == NOT_STARTED
    assert words in talk.text
    assert az.commands == ["account show"]


def test_a_group_of_that_name_that_somebody_else_made_is_neither_used_nor_deleted(cloud: Cloud) -> None:
    cloud.azure.put_resource_group(NAMES.name, "westeurope", {})
    talk = Talk(SUBSCRIPTION)
    assert run(Az(cloud), talk) == NOT_STARTED
    assert f"a resource group {NAMES.name} exists already" in talk.text
    assert cloud.azure.resource_group(NAMES.name)


def test_a_run_that_fails_before_anything_is_made_still_prints_every_assumption(cloud: Cloud) -> None:
    az, talk = Az(cloud, ad_app_create="ERROR: Insufficient privileges to complete the operation."), Talk(SUBSCRIPTION)
    assert run(az, talk) == 1
    assert "The run ended early: AzFailed: az ad app create" in talk.text
    assert talk.text.count("the run did not get there") == len(ASSUMPTIONS)
    assert az.commands[-1] == "group exists"


def test_every_command_outside_pulumi_is_named_before_it_runs(cloud: Cloud) -> None:
    made = build(cloud)
    role = next(iter(cloud.state["azure"]["roleAssignments"].values()))["id"]
    said: list[str] = []
    heard: list[list[str]] = []

    def run_az(arguments: Sequence[str]) -> CompletedProcess[str]:
        heard.append(list(said))
        return simulated.AzureCli(cloud)(arguments)

    az = AzureCli(run_az, SUBSCRIPTION, said.append, ManualClock())
    az.remove_role(role)
    az.grant_key_officer(simulated.USER, made.vault_id)
    az.enable_key("acme-vault", "acme-key", enabled=False)
    assert [lines[-1] for lines in heard] == said
    assert said[-1].startswith("$ az keyvault key set-attributes --vault-name acme-vault --name acme-key --enabled false")
    assert cloud.state["azure"]["roleAssignments"] == {}
    assert cloud.azure.key("acme-vault", "acme-key")["attributes"]["enabled"] is False


def test_a_role_that_does_not_apply_yet_is_waited_for(cloud: Cloud) -> None:
    build(cloud)

    class Late(ManualClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if len(self.naps) == 3:
                cloud.azure.switches.set("deployer-data-role", "crypto-officer")

    clock = Late()
    az_in(simulated.AzureCli(cloud), clock).enable_key("acme-vault", "acme-key", enabled=False)
    assert clock.naps == [20.0, 20.0, 20.0]
    assert cloud.azure.key("acme-vault", "acme-key")["attributes"]["enabled"] is False


def test_a_role_that_never_applies_is_waited_for_ten_minutes(cloud: Cloud) -> None:
    build(cloud)
    clock = ManualClock()
    with pytest.raises(AzFailed, match="ForbiddenByRbac"):
        az_in(simulated.AzureCli(cloud), clock).enable_key("acme-vault", "acme-key", enabled=False)
    assert sum(clock.naps) == 600


def test_another_error_is_not_waited_for(cloud: Cloud) -> None:
    build(cloud)
    clock = ManualClock()
    with pytest.raises(AzFailed, match="NoSuchHost"):
        az_in(simulated.AzureCli(cloud), clock).enable_key("no-vault", "acme-key", enabled=False)
    assert clock.naps == []


def test_the_clean_up_tells_what_it_could_not_delete_and_deletes_the_rest(cloud: Cloud) -> None:
    cloud.azure.put_resource_group(NAMES.name, "westeurope", {})
    az = Az(cloud, group_delete="ERROR: (ScopeLocked) The scope cannot perform delete operation.")
    application_id = az_in(az).create_app(NAMES.name)
    left = clean_up(az_in(az), NAMES, application_id)
    assert len(left) == 1
    assert left[0].startswith(f"the resource group {NAMES.name}: az group delete")
    assert "ScopeLocked" in left[0]
    assert cloud.state["entra"]["applications"] == {}


def test_the_clean_up_deletes_no_app_where_none_was_made(cloud: Cloud) -> None:
    az = Az(cloud)
    assert clean_up(az_in(az), NAMES, "") == []
    assert az.commands == ["group exists"]


def test_in_adobes_place_there_is_the_made_up_app_and_no_configuration() -> None:
    place = InAdobesPlace("7c5d7a12-1111-4222-8333-444455556666", NAMES.name)
    with place.serving() as environment:
        exchange = HttpExchange(environment["ADOBE_PLATFORM_URL"], ManualClock())
        api = PlatformApi(exchange, ReadyToken(TOKEN), ims_org_id=ORGANISATION, api_key="acp_provisioning")
        app = api.app_registration()
        assert app is not None
        assert app.application_id == "7c5d7a12-1111-4222-8333-444455556666"
        assert isinstance(api.configuration("cmk-config"), NotShown)
        assert place.sent == []
        with pytest.raises(AdobeError):
            api.register_app()
    assert place.sent == ["POST /data/infrastructure/manager/byok/app-registration"]


def test_in_adobes_place_the_users_own_credentials_are_hidden() -> None:
    with InAdobesPlace("7c5d7a12-1111-4222-8333-444455556666", NAMES.name).serving() as environment:
        assert environment["ADOBE_CLIENT_ID"] == environment["ADOBE_CLIENT_SECRET"] == ""
        assert environment["ADOBE_ACCESS_TOKEN"] == TOKEN
        assert all(environment[name].startswith("http://127.0.0.1:") for name in ("ADOBE_PLATFORM_URL", "ADOBE_IMS_URL"))


CLAIMS = [(one.rule, one.words) for one in ASSUMPTIONS if one.rule != PROGRAM] + list(NOT_TESTED)


@pytest.mark.parametrize(("rule", "words"), CLAIMS, ids=[f"{rule}, {words}" for rule, words in CLAIMS])
def test_every_assumption_is_worded_as_in_the_simulations_readme(rule: str, words: str) -> None:
    assert words in ROWS[rule]


@pytest.mark.parametrize("rule", [rule for rule in ROWS if rule != "rule"])
def test_every_rule_of_the_simulations_readme_is_in_the_table(rule: str) -> None:
    assert f"| {rule} |" in table([])


def test_the_table_shows_what_was_seen_what_was_not_reached_and_what_no_run_shows() -> None:
    shown = table([GONE.seen("first | second\nthird", holds=True), REPAIRS.seen("no change", holds=False)]).splitlines()
    assert sum(line.startswith("| yes | Gone | six codes of a 404 |") for line in shown) == 1
    assert any(line.endswith("| first / second third |") for line in shown)
    assert sum(line.startswith("| no |") for line in shown) == 1
    assert sum("the run did not get there" in line for line in shown) == len(ASSUMPTIONS) - 2
    assert sum(line.startswith("| not tested |") for line in shown) == len(ASSUMPTIONS) - 2 + len(NOT_TESTED)
    assert len({len(re.findall(r"\|", line)) for line in shown}) == 1
