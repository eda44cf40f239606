"""What is declared leaves the program while it imports."""

import threading
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from components import meanwhile
from tests.mocked import declaring


class Registered(mocks.Mocks):
    """Says when a resource arrives at the engine."""

    def __init__(self) -> None:
        self.arrived = threading.Event()

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.arrived.set()
        return "id", args.inputs

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        return {}


def test_a_resource_that_was_declared_arrives_during_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, seen = Registered(), list[tuple[bool, str, str | None]]()

    def imports(name: str, package: str | None) -> None:
        seen.append((engine.arrived.wait(60), name, package))

    monkeypatch.setattr(meanwhile, "import_module", imports)
    with declaring(engine):
        pulumi.CustomResource("test:index:Thing", "thing", {})
        meanwhile.import_meanwhile(".azure.access")
    assert seen == [(True, ".azure.access", "components")]


def test_an_import_that_fails_fails_where_it_was_asked_for() -> None:
    with declaring(Registered()), pytest.raises(ModuleNotFoundError, match="no_such_room"):
        meanwhile.import_meanwhile(".no_such_room")
