"""`make verify-azure` on the simulated clouds: it runs to the end, and cleans up after a failure in the middle."""

import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from operations import verify_azure
from operations.verify_azure import DIFFERS, HOLDS
from simulation.azure.arm import SUBSCRIPTION
from simulation.azure.cli import AzureCli
from simulation.cloud import Cloud, opened
from simulation.environment import simulated
from tests.drivers import need_the_engine

# As the script has them.
CHECKS = Path(verify_azure.__file__).read_text().count("self._check(")
RunAz = Callable[[Sequence[str]], "CompletedProcess[str]"]


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The clouds, and the script as somebody runs it who confirms."""
    need_the_engine()
    with opened(tmp_path) as cloud, simulated(cloud, tmp_path) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("builtins.input", lambda _: SUBSCRIPTION)
        monkeypatch.setattr(verify_azure, "run_az", AzureCli(cloud))
        of_pytest = signal.getsignal(signal.SIGTERM)
        yield cloud
        signal.signal(signal.SIGTERM, of_pytest)


def verified(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """A whole run: exit code, and what it said."""
    code = verify_azure.main(["--subscription", SUBSCRIPTION])
    return code, capsys.readouterr().out


def assert_nothing_is_left_but_the_deleted_vault(cloud: Cloud) -> None:
    azure, entra = cloud.state["azure"], cloud.state["entra"]
    assert (azure["resourceGroups"], azure["vaults"]) == ({}, {})
    assert [name[:11] for name in azure["deletedVaults"]] == ["cmk-verify-"]
    assert (entra["applications"], entra["servicePrincipals"]) == ({}, {})


def test_every_assumption_holds_on_the_simulation_and_adobe_is_never_called(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = verified(capsys)
    assert (code, text.count("\n| no |")) == (HOLDS, 0), text
    assert text.count("\n| yes |") == CHECKS
    assert cloud.adobe.journal == []
    assert_nothing_is_left_but_the_deleted_vault(cloud)


def test_an_azure_that_differs_is_a_no_for_this_assumption(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.azure.switches.set("deleted-key-code", "KeyNotFound")
    code, text = verified(capsys)
    assert code == DIFFERS
    assert "| no | Gone | the code for a deleted key | Key delete |" in text
    assert_nothing_is_left_but_the_deleted_vault(cloud)


def refused() -> "CompletedProcess[str]":
    return CompletedProcess((), 1, "", "ERROR: (AuthorizationFailed) no")


def interrupted() -> Any:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("end", "words"), [(refused, "Failed: az role assignment delete"), (interrupted, "The run ended early: interrupted")]
)
def test_after_an_end_in_the_middle_what_was_made_is_deleted_and_what_was_seen_is_shown(
    cloud: Cloud,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[], "CompletedProcess[str]"],
    words: str,
) -> None:
    az = AzureCli(cloud)

    def run_az(arguments: Sequence[str]) -> "CompletedProcess[str]":
        return end() if list(arguments[:3]) == ["role", "assignment", "delete"] else az(arguments)

    monkeypatch.setattr(verify_azure, "run_az", run_az)
    code, text = verified(capsys)
    assert code == DIFFERS
    assert words in text
    assert "| yes | This program | an unchanged `up` changes nothing |" in text
    assert "| Gone |" not in text
    assert_nothing_is_left_but_the_deleted_vault(cloud)
