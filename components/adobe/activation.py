"""The wait for Adobe to switch over, and the verdict on the key from then on.

Apart from the configuration: a wait that fails must not lose what was sent. The provider of Azure does not see that a key
is disabled or expires, so the findings of the preflight checks are an input here: a finding is a change in every preview,
and ends an `up` with an error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, ReadResult, Resource, UpdateResult

from ..dynamic.provider import Properties, output, without_provider
from .api.client import Configuration, NotShown, Status
from .api.clock import Clock
from .api.configuration_request import ConfigurationRequest
from .api.errors import NotRevokedYet, RequirementsNotMet
from .api.evidence import findings
from .provider import ABSENT, ConfigurationProvider
from .submission import submit_again
from .waiting import NOT_VISIBLE, wait_until_completed


@dataclass(frozen=True, kw_only=True)
class ActivationArgs:
    """The configuration to wait for, and how long."""

    inputs: Mapping[str, object]
    """Inputs of the configuration (`KeyConfigurationArgs.properties`)."""
    evidence: pulumi.Input[Mapping[str, Any]]
    """What was seen in Azure just now, by subject."""
    timeout_minutes: int
    """0: read the status once and do not wait."""
    ignores_findings: bool = False
    """Whether the findings do not matter: while the role is being removed, none may stop that."""


class ActivationProvider(ConfigurationProvider):
    """Waits for the status COMPLETED; creates nothing at Adobe."""

    def create(self, props: Properties) -> CreateResult:
        return CreateResult(f"{props['imsOrgId']}/{props['configName']}/activation", self._waited(props))

    def read(self, id_: str, props: Properties) -> ReadResult:
        found = self.observed_configuration(props)
        outputs = without_provider(props)
        if found is None:
            return ReadResult(id_, {**outputs, "status": ABSENT})
        return ReadResult(id_, {**outputs, "status": found.status, "shown": True})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        before, revocation = _olds.get("revocation") or "", _news.get("revocation") or ""
        audit = {fact: _olds[fact] for fact in ("revokedAt", "restoredAt") if fact in _olds}
        if revocation == "prepared":
            raise NotRevokedYet(
                "Adobe's app still has its role on the key: this run released the deletion guards of the role assignment",
                next_step="run `pulumi up` again, which removes the role",
            )
        if revocation:
            _refuse_findings(_news["findings"])
            audit = audit if before else {"revokedAt": self._audited("revoked", _news)}
            # No call to Adobe: whether the role can be removed does not depend on Adobe's API.
            recorded = {"status": _olds.get("status"), "shown": _olds.get("shown")}
            return UpdateResult({**without_provider(_news), **recorded, **audit})
        restored = {"restoredAt": self._audited("restored", _news)} if before else {}
        return UpdateResult({**self._waited(_news), **audit, **restored})

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        found = super().validation_errors(olds, news)
        minutes = news.get("timeoutMinutes")
        if not isinstance(minutes, int | float) or not 0 <= minutes <= 1440:
            found.append(("timeoutMinutes", f"{minutes!r} is not a number of minutes from 0 to 1440"))
        return found

    def has_drifted(self, outputs: Properties) -> bool:
        # During a revocation, the status is what Adobe makes of the loss of its role.
        return not outputs.get("revocation") and outputs.get("status") != Status.COMPLETED

    def _audited(self, what: str, props: Properties) -> str:
        """Say who lost or regained the key and when; returns the time, ISO 8601."""
        now = self.clock.now().isoformat(timespec="seconds")
        self.say(
            f"audit: {now} {what}: the role of Adobe's app {props['applicationId']} on the key {props['keyIdentifier']}, "
            f"{props['imsOrgId']}/{props['configName']}"
        )
        return now

    def _waited(self, props: Properties) -> Properties:
        """:raises RequirementsNotMet: naming every finding; what `up` can repair is repaired by then."""
        _refuse_findings(props["findings"])
        api, request = self.api(props), ConfigurationRequest.from_properties(props)

        def submitted_again(clock: Clock) -> Configuration | NotShown:
            return submit_again(api, request, clock, self.say)

        minutes = int(props["timeoutMinutes"])
        status = wait_until_completed(api, request, minutes, self.clock, self.say, submitted_again)
        return {**without_provider(props), "status": status, "shown": status != NOT_VISIBLE}


def _refuse_findings(found: Sequence[str]) -> None:
    """:raises RequirementsNotMet: naming every finding."""
    if found:
        raise RequirementsNotMet(
            f"Adobe's access to the key is at risk: {len(found)} requirements are not met: "
            + "; ".join(f"({number}) {text}" for number, text in enumerate(found, 1)),
            next_step="fix each of them, then run `pulumi up`",
        )


class Activation(Resource, module="adobe", name="Activation"):
    """Adobe's switch-over to the key."""

    def __init__(self, name: str, args: ActivationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        verdict = [] if args.ignores_findings else pulumi.Output.from_input(args.evidence).apply(findings)
        properties = {**args.inputs, "findings": verdict, "timeoutMinutes": args.timeout_minutes}
        properties |= {"status": None, "shown": None}
        super().__init__(ActivationProvider(), name, properties, opts)

    @property
    def status(self) -> pulumi.Output[str]:
        """Adobe's status of the configuration; COMPLETED at the end."""
        return output(self, "status")
