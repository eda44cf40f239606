"""Only the credentials in the environment of a command count, and a check that may not look has failed."""

import subprocess
from collections.abc import Mapping

import pytest
import requests

from simulation.adobe.http import CLIENT_ID, CLIENT_SECRET
from simulation.cloud import opened
from simulation.environment import cli, simulated
from tests.drivers import Engine
from tests.promises.drift_matrix import BENIGN, CHECK_FAILED, PURGE, RECOVERABLE

DEAD = "a-token-that-adobe-no-longer-takes"


def token_from(environment: Mapping[str, str]) -> str:
    """A user's token, as Adobe's console hands it out."""
    wanted = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "scope": "openid"}
    answer = requests.post(f"{environment['ADOBE_IMS_URL']}/ims/token/v3", data=wanted, timeout=10)
    return str(answer.json()["access_token"])


def run(engine: Engine, *command: str) -> tuple[int, str, str]:
    """A command with a token of its own, from an Adobe that takes no earlier one; exit code, output, and the token."""
    with opened(engine.home) as cloud, simulated(cloud, engine.home) as environment:
        token = token_from(environment)
        without = {
            name: value for name, value in environment.items() if name not in ("ADOBE_CLIENT_ID", "ADOBE_CLIENT_SECRET")
        }
        done = subprocess.run(
            command,
            env={**without, "ADOBE_ACCESS_TOKEN": token},
            cwd=engine.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout, token


def test_a_refresh_needs_nothing_of_the_token_that_the_up_had(engine: Engine) -> None:
    assert engine.plain("stack", "ls")[0] == 0
    pulumi = str(cli())
    code, said, first = run(engine, pulumi, "up", "--yes", "--skip-preview", *engine.on)
    assert code == 0, said
    for arguments in (("refresh", "--yes", "--skip-preview"), ("refresh", "--yes", "--skip-preview", "--run-program")):
        code, said, token = run(engine, pulumi, *arguments, *engine.on)
        assert code == 0, said
        assert token != first
    assert first not in engine.recorded()
    code, said, _ = run(engine, pulumi, "preview", "--refresh", "--expect-no-changes", *engine.on)
    assert code == 0, said


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.every_time(cases=1)
def test_a_check_with_a_dead_token_has_failed_and_does_not_say_no_drift(settled: Engine, form: str) -> None:
    code, said = settled.drift_check("--format", form, ADOBE_ACCESS_TOKEN=DEAD, ADOBE_CLIENT_ID="", ADOBE_CLIENT_SECRET="")
    assert code == CHECK_FAILED, said
    assert DEAD not in said


def test_a_check_that_cannot_read_the_vault_has_failed(settled: Engine) -> None:
    settled.switch("unreadable", "vault=403")
    code, said = settled.drift_check()
    assert code == CHECK_FAILED, said
    # Azure's own words.
    assert "Microsoft.KeyVault/vaults/read" in said


def test_a_check_of_a_stack_that_is_not_there_has_failed(engine: Engine) -> None:
    code, said = engine.drift_check()
    assert code == CHECK_FAILED, said


def test_a_check_ends_with_0_on_a_clean_stack_and_otherwise_with_the_code_of_the_worst_class(settled: Engine) -> None:
    assert settled.drift_check()[0] == BENIGN
    settled.drift("firewall-closed")
    assert settled.drift_check()[0] == RECOVERABLE
    # Of several, the worst counts.
    settled.drift("key-disabled")
    assert settled.drift_check()[0] == PURGE


def test_make_drift_is_the_same_check() -> None:
    recipe = subprocess.run(
        ["make", "--dry-run", "drift", "STACK=dev"], cwd=Engine.folder, capture_output=True, text=True, check=True
    )
    assert '-m operations.drift --stack "dev" --format text' in recipe.stdout
