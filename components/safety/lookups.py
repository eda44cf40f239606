"""Lookups of vault and key, in whichever version of Azure's API the program uses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

# A run looks at what exists at its start, and judges it a moment later unless something was to be waited for.
MOMENT = timedelta(seconds=10)


class KeyVaultLookups(Protocol):
    """Raises what Pulumi raises for a lookup that failed."""

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        """As `keyvault.get_vault` of azure-native."""
        ...

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        """As `keyvault.get_key` of azure-native."""
        ...


class LookedUpOnce:
    """Lookups of what this program never changes: an answer counts for a moment, a failure does not."""

    def __init__(self, lookups: KeyVaultLookups, now: Callable[[], datetime]) -> None:
        """:param now: the present moment, UTC."""
        self._lookups, self._now = lookups, now
        self._answers: dict[tuple[str, ...], tuple[Any, datetime]] = {}

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        return self._once(self._lookups.get_vault, resource_group_name, vault_name)

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        return self._once(self._lookups.get_key, resource_group_name, vault_name, key_name)

    def _once(self, look: Callable[..., Any], *names: str) -> Any:
        answer, at = self._answers.get(names, (None, self._now()))
        if answer is None or not timedelta() <= self._now() - at <= MOMENT:
            answer = look(*names)
            self._answers[names] = (answer, self._now())
        return answer
