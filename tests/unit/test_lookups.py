"""What exists and is only read is looked up once in a moment."""

from datetime import timedelta
from typing import Any

import pulumi
import pulumi_azuread as azuread
import pytest

from components.safety import lookups
from components.safety.lookups import LookedUpOnce
from tests.clock import ManualClock


class Azure:
    """Answers every lookup with its number, unless it is told to fail."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.fails = False

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        return self._answer(resource_group_name, vault_name)

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        return self._answer(resource_group_name, vault_name, key_name)

    def _answer(self, *names: str) -> Any:
        self.asked.append(names)
        if self.fails:
            raise RuntimeError("ResourceNotFound")
        return len(self.asked)


def test_an_answer_counts_for_its_names_and_for_ten_seconds() -> None:
    azure, clock = Azure(), ManualClock()
    once = LookedUpOnce(azure, clock.now)
    assert [once.get_vault("g", "v"), once.get_key("g", "v", "k"), once.get_key("g", "v", "other")] == [1, 2, 3]
    clock.moment += timedelta(seconds=10)
    assert [once.get_vault("g", "v"), once.get_key("g", "v", "k")] == [1, 2]
    clock.moment += timedelta(seconds=1)
    assert [once.get_vault("g", "v"), once.get_vault("g", "v")] == [4, 4]


def test_an_answer_from_the_future_does_not_count() -> None:
    azure, clock = Azure(), ManualClock()
    once = LookedUpOnce(azure, clock.now)
    assert once.get_vault("g", "v") == 1
    clock.moment -= timedelta(seconds=1)
    assert once.get_vault("g", "v") == 2


def test_a_failure_is_asked_again() -> None:
    azure = Azure()
    once = LookedUpOnce(azure, ManualClock().now)
    azure.fails = True
    with pytest.raises(RuntimeError):
        once.get_key("g", "v", "k")
    azure.fails = False
    assert once.get_key("g", "v", "k") == 2


def test_a_service_principal_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    azure, clock, opts = Azure(), ManualClock(), pulumi.InvokeOptions()

    def get(client_id: str, opts: object) -> Any:
        return azure.get_vault(client_id, str(id(opts)))

    monkeypatch.setattr(azuread, "get_service_principal", get)
    look = lookups.principal_looked_up_once(opts, clock.now)
    assert [look("app"), look("app"), look("another")] == [1, 1, 2]
    assert azure.asked == [("app", str(id(opts))), ("another", str(id(opts)))]
    clock.moment += timedelta(seconds=11)
    assert look("app") == 3
