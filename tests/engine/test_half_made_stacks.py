"""A refresh or destroy with the program on a stack that is empty or half made ends cleanly."""

import pytest

from tests.drivers import Engine

COMMANDS = [("refresh", "--yes", "--skip-preview", "--run-program"), ("destroy", "--yes", "--run-program")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("activate", [True, False], ids=["activated", "prepared"])
@pytest.mark.every_time(cases=1)
def test_an_empty_stack(engine: Engine, command: tuple[str, ...], activate: bool) -> None:
    if not activate:
        engine.configure(activate=None)
    code, text = engine.plain(*command, *engine.on)
    assert code == 0, text
    assert "Traceback" not in text


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("missing", ["Key", "RoleAssignment", "Vault"])
@pytest.mark.every_time(cases=1)
def test_a_stack_that_an_interrupted_up_left(engine: Engine, command: tuple[str, ...], missing: str) -> None:
    engine.configure(activate=None, protect="false")
    assert engine.up().exit_code == 0
    # Deleting the key takes a role on the vault's data plane.
    engine.switch("deployer-data-role", "crypto-officer")
    urns = engine.plain("stack", "--show-urns", "--stack", "dev")[1].split()
    for kind in ("RoleAssignment", "Key", "Vault")[: 1 + ("RoleAssignment", "Key", "Vault").index(missing)]:
        urn = next(word for word in urns if word.startswith("urn:") and f":{kind}::" in word)
        assert engine.plain("state", "delete", urn, "--force", "--yes", "--stack", "dev")[0] == 0
    code, text = engine.plain(*command, *engine.on)
    assert code == 0, text
    assert "Traceback" not in text


def test_a_secret_setting_is_refused_before_it_gets_into_the_state(engine: Engine) -> None:
    engine.plain("stack", "ls")
    set_secret = ("config", "set", "--secret", "--path", "adobe-cmk:tags.team", "s3cr3t-team")
    assert engine.plain(*set_secret, *engine.on)[0] == 0
    code, text = engine.plain_up()
    assert code != 0
    assert "adobe-cmk:tags is set with --secret, but settings are not secrets" in text
    assert "s3cr3t-team" not in text


def test_a_principal_that_may_not_be_read_is_not_called_absent(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulation.errors import CloudError
    from simulation.providers import functions

    def forbidden(*_: object) -> None:
        raise CloudError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")

    token = "azuread:index/getServicePrincipal:getServicePrincipal"
    monkeypatch.setitem(functions.FUNCTIONS, token, (frozenset({"clientId"}), forbidden))
    engine.configure(servicePrincipal="existing")
    code, text = engine.plain_up()
    assert code != 0
    assert "cannot be read" in text
    assert "so it is unknown whether it exists" in text
    assert "accepts; or" not in text
