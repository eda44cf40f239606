"""The submission record: in Pulumi's state before the POST, so that the next run knows of an interrupted submission.

Adobe is read before it is written: an answer that is refused or unclear leaves no record behind.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from ..dynamic.provider import Properties, output, without_provider
from .api.configuration_request import ConfigurationRequest
from .api.evidence import findings, refuse_without
from .provider import ConfigurationProvider, changes_at_adobe, this_run
from .submission import look


class SubmissionAttemptProvider(ConfigurationProvider):
    """Reads what Adobe has, and records that a submission follows, and which run makes it; sends nothing."""

    ignored_in_diffs = ConfigurationProvider.ignored_in_diffs | {"keyName", "keyVaultUri", "revocation"}

    def create(self, props: Properties) -> CreateResult:
        refuse_without(props.get("evidence"), self.clock.now())
        found = look(self.api(props), ConfigurationRequest.from_properties(props), self.clock, self.say)
        # Of a configuration that Adobe has already, no run may rely on having seen none.
        run = "" if found else this_run()
        outs = {**without_provider(props), "attemptedAt": self.clock.now().isoformat(), "run": run}
        return CreateResult(f"{props['imsOrgId']}/{props['configName']}/attempt", outs)

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        kept = {name: _olds.get(name) for name in ("attemptedAt", "run")}
        return UpdateResult({**without_provider(_news), **kept})

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        if olds:
            # What may have been submitted is immutable, like what was submitted.
            return changes_at_adobe(olds, news)
        found = super().validation_errors(olds, news)
        return found + [("evidence", finding) for finding in findings(news.get("evidence"))]


class SubmissionAttempt(Resource, module="adobe", name="SubmissionAttempt"):
    """The submission record."""

    def __init__(self, name: str, inputs: Mapping[str, object], opts: pulumi.ResourceOptions | None = None) -> None:
        """:param inputs: of the configuration (`KeyConfigurationArgs.properties`)."""
        super().__init__(SubmissionAttemptProvider(), name, {**inputs, "attemptedAt": None, "run": None}, opts)

    @property
    def run(self) -> pulumi.Output[str]:
        """The run that wrote the record; empty when Adobe had the configuration already."""
        return output(self, "run")
