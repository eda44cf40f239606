"""An answer that lies is an error that quotes it: nothing is declared from it, nothing is sent, and refresh fails."""

import pytest

from tests.drivers import Engine

POST = "POST /data/infrastructure/manager/customer/config"


@pytest.mark.parametrize(
    ("fault", "quote"),
    [
        ("other-client-id", "0badc0de-1111-4222-8333-444455556666"),
        ("no-guid", "'applicationId' is"),
    ],
)
def test_an_app_that_is_not_the_organisations_is_handed_to_nobody(engine: Engine, fault: str, quote: str) -> None:
    engine.configure(activate=None)
    engine.faults = [f"{fault}@app-get"]
    code, text = engine.plain_up()
    assert code != 0
    assert "Adobe's response does not match the request" in text
    assert quote in text
    assert "Traceback" not in text
    state = engine.state()
    assert state["entra"]["servicePrincipals"] == {}
    assert state["azure"]["roleAssignments"] == {}
    assert POST not in engine.calls()


@pytest.mark.parametrize("fault", ["other-org", "other-type", "other-provider", "evil-vault"])
def test_a_configuration_that_is_not_ours_fails_the_refresh_and_is_adopted_by_nobody(settled: Engine, fault: str) -> None:
    settled.faults = [f"{fault}@config-get"]
    code, text = settled.plain("refresh", "--yes", "--skip-preview", *settled.on)
    assert code != 0, text
    assert "Adobe's response does not match the request" in text
    settled.faults = []
    outcome = settled.up()
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    assert settled.calls().count(POST) == 1
