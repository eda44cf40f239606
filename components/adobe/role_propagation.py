"""The wait until Azure has applied the role of Adobe's app, before the preflight checks and any submission to Adobe."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from ..dynamic.provider import PluginProvider, Properties, output, without_provider
from .api.clock import azure_time, sleep_aloud

# A role assignment that is younger, by the clock of this machine, is waited for in full: Azure's `createdOn` is by another
# clock, and one that is ahead must not shorten the wait.
CERTAINLY_OLD = timedelta(days=1)
# Longest random delay in seconds, so that two stacks that waited for the same role do not submit at the same instant.
LONGEST_SPREAD = 3.0


@dataclass(frozen=True, kw_only=True)
class RolePropagationArgs:
    """The role assignment, and how long to wait for Azure to apply it."""

    role_granted_at: pulumi.Input[str]
    """`createdOn` of the role assignment."""
    seconds: int


class RolePropagationProvider(PluginProvider):
    """Waits; creates nothing."""

    ignored_in_diffs = frozenset({"rolePropagationSeconds"})
    spread: Callable[[float, float], float] = staticmethod(random.uniform)

    def create(self, props: Properties) -> CreateResult:
        return CreateResult("role-propagation", self._waited(props))

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        return UpdateResult(self._waited(_news))

    def _waited(self, props: Properties) -> Properties:
        seconds = float(props["rolePropagationSeconds"])
        is_old = self.clock.now() - azure_time(props["roleGrantedAt"]) > CERTAINLY_OLD
        if seconds > 0 and not is_old:
            sleep_aloud(
                self.clock,
                seconds + self.spread(0.0, min(LONGEST_SPREAD, seconds)),
                lambda s: self.say(f"waiting {s:.0f} s until Azure has applied the role of Adobe's app"),
            )
        return {**without_provider(props), "readyAt": self.clock.now().isoformat()}


class RolePropagation(Resource, module="adobe", name="RolePropagation"):
    """The wait until Azure has applied the role."""

    def __init__(self, name: str, args: RolePropagationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        properties = {
            "roleGrantedAt": args.role_granted_at,
            "rolePropagationSeconds": args.seconds,
            "readyAt": None,
        }
        super().__init__(RolePropagationProvider(), name, properties, opts)

    @property
    def ready_at(self) -> pulumi.Output[str]:
        """When the role assignment was old enough, ISO 8601."""
        return output(self, "readyAt")
