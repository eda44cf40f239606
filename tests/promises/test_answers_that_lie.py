"""An answer that lies is an error that quotes it: nothing is declared from it, nothing is sent, and refresh fails."""

import pytest

from tests.drivers import Engine, Outcome
from tests.promises.judge import REFRESH, assert_fails, assert_quiet, posts


@pytest.mark.parametrize(
    ("fault", "quote"),
    [
        ("other-client-id", "0badc0de-1111-4222-8333-444455556666"),
        ("no-guid", "'applicationId'"),
    ],
)
def test_an_app_that_is_not_the_organisations_is_handed_to_nobody(engine: Engine, fault: str, quote: str) -> None:
    engine.configure(activate=None)
    engine.faults = [f"{fault}@app-get"]
    code, text = engine.plain_up()
    assert_fails(Outcome(code, text=text), quote)
    state = engine.state()
    assert state["entra"]["servicePrincipals"] == {}
    assert state["azure"]["roleAssignments"] == {}
    assert posts(engine) == 0


@pytest.mark.parametrize(
    ("fault", "quote"),
    [
        ("other-org", "FFFF456789ABCDEF01234567@AdobeOrg"),
        ("other-type", "LOG_CONFIG"),
        ("other-provider", "AWS_KMS"),
        ("evil-vault", "azure.net.evil.example"),
    ],
)
@pytest.mark.every_time(cases=1)
def test_a_configuration_that_is_not_ours_fails_the_refresh_and_is_adopted_by_nobody(
    settled: Engine, fault: str, quote: str
) -> None:
    settled.faults = [f"{fault}@config-get"]
    code, text = settled.plain(*REFRESH, *settled.on)
    assert_fails(Outcome(code, text=text), quote)
    settled.faults = []
    assert_quiet(settled.up())
    assert posts(settled) == 1


def test_a_configuration_that_names_another_key_in_the_wait_is_an_error(engine: Engine) -> None:
    engine.faults = ["other-key@config-get"]
    code, text = engine.plain_up()
    assert_fails(Outcome(code, text=text), "https://another-vault.vault.azure.net")
    assert posts(engine) == 1


@pytest.mark.parametrize("command", [REFRESH, ("up", "--yes", "--skip-preview", "--refresh")], ids=" ".join)
def test_a_configuration_for_another_key_is_an_error_at_refresh_and_at_up(settled: Engine, command: tuple[str, ...]) -> None:
    settled.drift("configuration-moved")
    code, text = settled.plain(*command, *settled.on)
    assert_fails(Outcome(code, text=text), "another-vault.vault.azure.net/keys/another-key")
    assert posts(settled) == 1
