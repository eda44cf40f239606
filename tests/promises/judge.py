"""What the promises are judged by: what Adobe was sent, and that a refusal names what a user needs and changes nothing."""

import json

from tests.drivers import Driver, Engine, Outcome

POST = "POST /data/infrastructure/manager/customer/config"
UP = ("up", "--yes", "--skip-preview")
REFRESH = ("refresh", "--yes", "--skip-preview")
KINDS = ("resourceGroups", "vaults", "keys", "roleAssignments")
# What nobody should see who did nothing wrong.
ACCIDENTS = ("Traceback", "KeyboardInterrupt")


def posts(stack: Driver) -> int:
    """How often a configuration was sent, as Adobe saw it."""
    return stack.calls().count(POST)


def configurations(stack: Driver) -> list[str]:
    """Status of each configuration that Adobe holds."""
    held = stack.state()["adobe"]["configurations"].values()
    return [configuration["status"] for names in held for configuration in names.values()]


def in_azure(stack: Driver) -> str:
    """All that Azure and Entra ID hold, to be compared."""
    state = stack.state()
    return json.dumps([state["azure"], state["entra"]], sort_keys=True)


def counted(stack: Driver) -> list[int]:
    """How many resource groups, vaults, keys and role assignments Azure has."""
    azure = stack.state()["azure"]
    return [len(azure[kind]) for kind in KINDS]


def changed_in_azure(outcome: Outcome) -> dict[str, str]:
    """Operations on resources of Azure and Entra ID that are not only read, by the last word of the type."""
    clouds = {label: op for label, op in outcome.operations.items() if label.startswith(("azure-native", "azuread"))}
    return {kind: op for kind, op in Outcome(0, clouds).changed().items() if op != "read"}


def assert_fails(outcome: Outcome, *named: str) -> None:
    """A command fails, names what a user needs, and shows no accident."""
    assert outcome.exit_code != 0, outcome.text
    for name in named:
        assert name in outcome.text
    for accident in ACCIDENTS:
        assert accident not in outcome.text


def assert_refused(engine: Engine, named: str, *command: str) -> str:
    """A command (`up`, if none is given) fails likewise, and leaves the clouds as they were; returns all that it printed."""
    before = engine.clouds()
    code, text = engine.plain(*(command or UP), *engine.on)
    assert_fails(Outcome(code, text=text), named)
    assert engine.clouds() == before
    return text


def assert_quiet(outcome: Outcome) -> None:
    """A command succeeds and has nothing to do."""
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text


def assert_completed(outcome: Outcome) -> None:
    """An `up` succeeds, and Adobe has switched over."""
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"
