"""What everything that surrounds a created vault shares: the vault's facts, and how one that exists is taken over."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from ..arguments.naming import SettingNames
from ..known import when_known
from ..safety.error_advice import EXISTS, advice_on_errors

TAKEN_OVER = "It exists in Azure, and Pulumi did not record it. Fix: run pulumi up again, which takes it over"


@dataclass(frozen=True, kw_only=True)
class CreatedVault:
    """A vault that this program creates, and what the state says of its surroundings."""

    vault_id: pulumi.Output[str]
    vault_name: pulumi.Output[str]
    resource_group_name: pulumi.Output[str]
    location: pulumi.Output[str]
    tags: Mapping[str, str]
    setting_names: SettingNames
    parent: pulumi.Resource
    lookups: pulumi.InvokeOptions
    recorded: Container[str]
    """Types of the resources that the state holds."""
    recorded_id: str
    """ARM id of the vault; empty while the state does not hold it."""
    is_adoption: bool
    """Whether only what the state holds already is declared: an adoption makes no write (`adopt`)."""

    @property
    def scope(self) -> pulumi.Output[str]:
        """ARM id of the vault without its leading slash, which is how an import reads it."""
        return when_known(self.vault_id, lambda vault_id: vault_id.lstrip("/"))

    @property
    def recorded_scope(self) -> str:
        """Likewise of the vault that the state holds."""
        return self.recorded_id.lstrip("/")

    def declares(self, kind: str) -> bool:
        """Whether a resource of this type may be declared."""
        return kind in self.recorded or not self.is_adoption

    def options(
        self,
        name: str,
        kind: str,
        advice: Mapping[str, str],
        look: Callable[[], Any],
        *,
        depends_on: Sequence[pulumi.Resource] = (),
        replace_on_changes: Sequence[str] = (),
    ) -> pulumi.ResourceOptions:
        """Options without deletion guards: Adobe does not depend on these resources.

        :param name: logical name of the resource.
        :param advice: what to do about errors.
        :param look: looks the resource up under the name that it gets.
        """
        return pulumi.ResourceOptions(
            parent=self.parent,
            protect=False,
            retain_on_delete=False,
            depends_on=depends_on,
            replace_on_changes=list(replace_on_changes),
            # Azure accepts each of these once under its name.
            delete_before_replace=True,
            import_=self._existing(kind, look) or None,
            hooks=pulumi.ResourceHookBinding(on_error=[advice_on_errors(f"{name}-refused", {EXISTS: TAKEN_OVER, **advice})]),
        )

    def _existing(self, kind: str, look: Callable[[], Any]) -> str:
        """ARM id of what an interrupted `up` created and did not record; empty when there is none."""
        if kind in self.recorded or not self.recorded_id:
            return ""
        try:
            return str(look().id)
        except Exception:  # noqa: BLE001 - absent or unreadable: the provider never creates what exists
            return ""
