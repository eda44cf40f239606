"""`make verify-azure`: what it says before it starts, what it does besides Pulumi's commands, and what it says at last."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from components.adobe.api.auth import ReadyToken
from components.adobe.api.client import NotShown, PlatformApi
from components.adobe.api.errors import AdobeError
from components.adobe.api.http import HttpExchange
from operations import verify_azure
from operations.verify_azure import DIFFERS, NOT_STARTED, Failed, Verification, az, in_adobes_place
from simulation.azure.arm import SUBSCRIPTION
from simulation.azure.cli import AzureCli
from simulation.cloud import Cloud
from tests.clock import ManualClock
from tests.landscape import build

APP = "7c5d7a12-1111-4222-8333-444455556666"
DISABLED = ("keyvault", "key", "set-attributes", "--vault-name", "acme-vault", "--name", "acme-key", "--enabled", "false")


class Az(AzureCli):
    """The simulated `az`, which keeps the commands, and fails those that a test chooses."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.commands: list[str] = []
        self.failing: dict[str, str] = {}

    def __call__(self, arguments: Sequence[str]) -> CompletedProcess[str]:
        command = " ".join(arguments).split(" --")[0]
        self.commands.append(command)
        if command in self.failing:
            return CompletedProcess(arguments, 1, "", self.failing[command])
        return super().__call__(arguments)


@pytest.fixture
def azure_cli(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Az:
    azure_cli = Az(cloud)
    monkeypatch.setattr(verify_azure, "run_az", azure_cli)
    return azure_cli


def run(monkeypatch: pytest.MonkeyPatch, typed: str | None, subscription: str = SUBSCRIPTION) -> int:
    def read_line(_: str) -> str:
        if typed is None:
            raise EOFError
        return typed

    monkeypatch.setattr("builtins.input", read_line)
    return Verification(subscription, "westeurope").run()


def test_before_anything_is_made_it_says_what_it_costs_and_what_stays(
    azure_cli: Az, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "yes") == NOT_STARTED
    said = capsys.readouterr().out
    for fact in (
        f"subscription  {SUBSCRIPTION} (simulated)",
        "signed in as  somebody@contoso.example",
        "the resource group adobe-cmk-verify-",
        "(standard) with one RSA key of 3072 bits",
        "in place of Adobe's app, with its service principal",
        "Key Vault Crypto Service Encryption User",
        "Key Vault Crypto Officer",
        "Costs: some dozens of operations",
        "for seven days nobody can purge it",
        "among Entra ID's deleted items for 30 days",
        "Nothing is sent to Adobe",
        f"--yes --subscription {SUBSCRIPTION}",
        "az ad app delete --id",
    ):
        assert fact in said


@pytest.mark.parametrize("typed", [None, "", "yes", SUBSCRIPTION[:-1]])
def test_without_the_subscription_typed_once_more_nothing_is_made(
    cloud: Cloud, azure_cli: Az, monkeypatch: pytest.MonkeyPatch, typed: str | None
) -> None:
    before = str(cloud.state)
    assert run(monkeypatch, typed) == NOT_STARTED
    assert azure_cli.commands == ["account show"]
    assert str(cloud.state) == before


@pytest.mark.parametrize(
    ("subscription", "failing", "words"),
    [
        (SUBSCRIPTION.replace("5e", "6e"), {}, "Fix: az account set --subscription 6e0cafe0"),
        (SUBSCRIPTION, {"account show": "ERROR: Please run 'az login' to setup account."}, "Please run 'az login'"),
    ],
    ids=["elsewhere", "nowhere"],
)
def test_it_does_not_start_in_another_subscription_than_that_of_the_sign_in(
    azure_cli: Az,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    subscription: str,
    failing: dict[str, str],
    words: str,
) -> None:
    azure_cli.failing = failing
    assert run(monkeypatch, subscription, subscription) == NOT_STARTED
    assert words in capsys.readouterr().out
    assert azure_cli.commands == ["account show"]


def test_without_the_azure_cli_it_says_where_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert run(monkeypatch, SUBSCRIPTION) == NOT_STARTED
    assert "not on PATH. Fix: https://learn.microsoft.com/cli/azure" in capsys.readouterr().out


def test_what_could_not_be_deleted_is_named_and_the_rest_is_deleted(
    cloud: Cloud, azure_cli: Az, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Verification, "_prepare", end)
    azure_cli.failing = {"group delete": "ERROR: (ScopeLocked) The scope cannot perform delete operation."}
    assert run(monkeypatch, f" {SUBSCRIPTION.upper()} ") == DIFFERS
    said = capsys.readouterr().out
    assert "NOT DELETED: the resource group adobe-cmk-verify-" in said
    assert "ScopeLocked" in said
    assert "The run ended early: interrupted" in said
    assert cloud.state["entra"]["applications"] == {}


def test_what_was_never_made_is_not_missing_at_the_clean_up(
    azure_cli: Az, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    azure_cli.failing = {"ad app create": "ERROR: Insufficient privileges to complete the operation."}
    assert run(monkeypatch, SUBSCRIPTION) == DIFFERS
    said = capsys.readouterr().out
    assert "The run ended early: Failed: az ad app create" in said
    assert "NOT DELETED" not in said
    assert "If the app registration was created: az ad app list --display-name adobe-cmk-verify-" in said
    assert azure_cli.commands[2:] == ["group delete"]


@pytest.mark.parametrize(("naps", "applies"), [(3, True), (30, False)])
def test_a_role_that_does_not_apply_yet_is_waited_for_ten_minutes(
    cloud: Cloud, azure_cli: Az, monkeypatch: pytest.MonkeyPatch, naps: int, applies: bool
) -> None:
    build(cloud)
    waited: list[int] = []

    def sleep(seconds: int) -> None:
        waited.append(seconds)
        if applies and len(waited) == naps:
            cloud.azure.switches.set("deployer-data-role", "crypto-officer")

    monkeypatch.setattr("time.sleep", sleep)
    command = (*DISABLED, "--subscription", SUBSCRIPTION)
    if applies:
        az(*command, patience_seconds=verify_azure.PATIENCE_SECONDS)
        assert cloud.azure.key("acme-vault", "acme-key")["attributes"]["enabled"] is False
    else:
        with pytest.raises(Failed, match="ForbiddenByRbac"):
            az(*command, patience_seconds=verify_azure.PATIENCE_SECONDS)
    assert waited == [20] * naps


def test_another_error_is_not_waited_for(cloud: Cloud, azure_cli: Az, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail(f"waited {seconds} s"))
    with pytest.raises(Failed, match="NoSuchHost"):
        az(*DISABLED, "--subscription", SUBSCRIPTION, patience_seconds=600)


def test_every_command_outside_pulumi_is_named_before_it_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run_az(arguments: Sequence[str]) -> CompletedProcess[str]:
        assert capsys.readouterr().out == "$ az group list\n"
        return subprocess.CompletedProcess(arguments, 0, "[]", "")

    monkeypatch.setattr(verify_azure, "run_az", run_az)
    assert az("group", "list") == []


def test_in_adobes_place_there_is_the_made_up_app_and_no_configuration() -> None:
    with in_adobes_place(APP, "adobe-cmk-verify-1a2b3c4d5e6f") as (environment, sent):
        assert environment["ADOBE_CLIENT_ID"] == environment["ADOBE_CLIENT_SECRET"] == ""
        assert all(environment[name].startswith("http://127.0.0.1:") for name in ("ADOBE_PLATFORM_URL", "ADOBE_IMS_URL"))
        exchange = HttpExchange(environment["ADOBE_PLATFORM_URL"], ManualClock())
        credentials = ReadyToken(environment["ADOBE_ACCESS_TOKEN"])
        api = PlatformApi(exchange, credentials, ims_org_id="000000000000000000000000@AdobeOrg", api_key="acp_provisioning")
        app = api.app_registration()
        assert app is not None
        assert app.application_id == APP
        assert isinstance(api.configuration("cmk-config"), NotShown)
        assert sent == []
        with pytest.raises(AdobeError):
            api.register_app()
        assert sent == ["POST /data/infrastructure/manager/byok/app-registration"]


def test_each_check_names_a_rule_that_the_simulation_rests_on_and_each_rule_that_a_run_can_show_has_one() -> None:
    table = Path("simulation/README.md").read_text().split("## How far azure-native is known")[1].split("## ")[0]
    rules = set(re.findall(r"^\| ([A-Z][^|]+) \|", table, re.MULTILINE))
    checked = re.findall(r'_check\(\s*(?:"(.+?)"|PROGRAM),', Path(verify_azure.__file__).read_text())
    # The program refuses every change that would replace something.
    assert {rule for rule in checked if rule} == rules - {"Replacement"}


@pytest.mark.parametrize(("seen", "holds"), [("Key create", "yes"), ("Key create; Vault | update", "no")])
def test_what_differs_from_what_is_expected_is_a_no(seen: str, holds: str) -> None:
    verification = Verification(SUBSCRIPTION, "westeurope")
    verification._check("Creation", "a key", seen, "Key create")
    assert verification._rows == [f"| {holds} | Creation | a key | Key create | {seen.replace('|', '/')} |"]
    assert verification._differs is (holds == "no")
