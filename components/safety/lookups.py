"""Lookups in Azure and Entra ID that several steps of a run need, and that are made once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import pulumi

# A run looks at what exists at its start, and judges it a moment later unless something was to be waited for.
MOMENT = timedelta(seconds=10)


class KeyVaultLookups(Protocol):
    """Vault and key, in whichever version of Azure's API the program uses; raises what Pulumi raises for a failed lookup."""

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        """As `keyvault.get_vault` of azure-native."""
        ...

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        """As `keyvault.get_key` of azure-native."""
        ...


GetPrincipal = Callable[[str], Any]
"""As `azuread.get_service_principal`, by the client id of the app."""


class LookedUpOnce:
    """Lookups of a vault and a key that this program never changes."""

    def __init__(self, lookups: KeyVaultLookups, now: Callable[[], datetime]) -> None:
        """:param now: the present moment, UTC."""
        self._lookups, self._recent = lookups, _Recent(now)

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        return self._recent.answer(self._lookups.get_vault, resource_group_name, vault_name)

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        return self._recent.answer(self._lookups.get_key, resource_group_name, vault_name, key_name)


def principal_looked_up_once(opts: pulumi.InvokeOptions, now: Callable[[], datetime]) -> GetPrincipal:
    """
    :param opts: select the provider of Entra ID.
    :param now: the present moment, UTC.
    """
    recent = _Recent(now)

    def look(application_id: str) -> Any:
        # On first use: the import takes 0.1 s, and most runs look later, when it is done already (`import_meanwhile`).
        import pulumi_azuread as azuread

        return azuread.get_service_principal(client_id=application_id, opts=opts)

    return lambda application_id: recent.answer(look, application_id)


class _Recent:
    """An answer counts for a moment, a failure does not."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._answers: dict[tuple[str, ...], tuple[Any, datetime]] = {}

    def answer(self, look: Callable[..., Any], *names: str) -> Any:
        answer, at = self._answers.get(names, (None, self._now()))
        if answer is None or not timedelta() <= self._now() - at <= MOMENT:
            answer = look(*names)
            self._answers[names] = (answer, self._now())
        return answer
