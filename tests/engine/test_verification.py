"""`make verify-azure` on the simulated clouds: it runs to the end, and cleans up after a failure in the middle."""

from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from components.adobe.api.clock import SystemClock
from operations.verification.assumptions import ASSUMPTIONS
from operations.verification.run import DIFFERS, HOLDS, Verification
from operations.verification.steps import Names
from simulation.azure.arm import SUBSCRIPTION
from simulation.azure.cli import AzureCli
from simulation.cloud import Cloud, opened
from simulation.environment import simulated
from tests.drivers import need_the_engine

NAMES = Names.of("1a2b3c4d", "westeurope")
RunAz = Callable[[Sequence[str]], "CompletedProcess[str]"]


def verified(home: Path, outside: Callable[[RunAz], RunAz]) -> tuple[int, str, Cloud]:
    """A whole run: exit code, what it said, and the clouds after it.

    :param outside: what becomes of `az`.
    """
    need_the_engine()
    said: list[str] = []
    with opened(home) as cloud, simulated(cloud, home) as environment:
        verification = Verification(
            NAMES,
            SUBSCRIPTION,
            outside(AzureCli(cloud)),
            environment,
            read_line=lambda _: SUBSCRIPTION,
            say=said.append,
            clock=SystemClock(),
        )
        return verification.run(), "\n".join(said), cloud


def assert_nothing_is_left_but_the_deleted_vault(cloud: Cloud) -> None:
    azure, entra = cloud.state["azure"], cloud.state["entra"]
    assert (azure["resourceGroups"], azure["vaults"]) == ({}, {})
    assert list(azure["deletedVaults"]) == [NAMES.vault]
    assert (entra["applications"], entra["servicePrincipals"]) == ({}, {})


def test_every_assumption_holds_on_the_simulation_and_adobe_is_never_called(tmp_path: Path) -> None:
    code, text, cloud = verified(tmp_path, lambda run_az: run_az)
    assert (code, text.count("\n| no |")) == (HOLDS, 0), text
    assert text.count("\n| yes |") == len(ASSUMPTIONS)
    assert cloud.adobe.journal == []
    assert_nothing_is_left_but_the_deleted_vault(cloud)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (lambda: CompletedProcess((), 1, "", "ERROR: (AuthorizationFailed) no"), "AzFailed: az role assignment delete"),
        (lambda: (_ for _ in ()).throw(KeyboardInterrupt), "The run ended early: interrupted"),
    ],
    ids=["refused", "interrupted"],
)
def test_after_an_end_in_the_middle_what_was_made_is_deleted_and_what_was_seen_is_shown(
    tmp_path: Path, end: Callable[[], "CompletedProcess[str]"], words: str
) -> None:
    def ending(run_az: RunAz) -> RunAz:
        return lambda arguments: end() if list(arguments[:3]) == ["role", "assignment", "delete"] else run_az(arguments)

    code, text, cloud = verified(tmp_path, ending)
    assert code == DIFFERS
    assert words in text
    assert "| yes | This program | an unchanged `up` changes nothing |" in text
    assert "| not tested | Gone | six codes of a 404 |" in text
    assert_nothing_is_left_but_the_deleted_vault(cloud)
