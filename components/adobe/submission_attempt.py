"""The submission record: in Pulumi's state before the POST, so that the next run knows of an interrupted submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from ..dynamic.provider import PluginProvider, Properties, output, without_provider
from .api.evidence import findings, refuse_without
from .provider import changes_at_adobe, key_properties, this_run

if TYPE_CHECKING:
    # Types alone: the plugin spares itself the arguments' classes.
    from ..arguments.groups import OrganizationArgs


@dataclass(frozen=True, kw_only=True)
class SubmissionAttemptArgs:
    """The configuration to submit, and the results of the preflight checks."""

    organization: OrganizationArgs
    config_name: str
    key_identifier: pulumi.Input[str]
    """With version."""
    evidence: pulumi.Input[Mapping[str, Any]]
    host: str
    """Host of Adobe's API, without scheme and port."""


class SubmissionAttemptProvider(PluginProvider):
    """Records that a submission follows, and which run makes it; makes no call."""

    ignored_in_diffs = frozenset({"apiContract", "apiKey", "evidence", "keyName", "keyVaultUri"})

    def create(self, props: Properties) -> CreateResult:
        refuse_without(props.get("evidence"), self.clock.now())
        outs = {**without_provider(props), "attemptedAt": self.clock.now().isoformat(), "run": this_run()}
        return CreateResult(f"{props['imsOrgId']}/{props['configName']}/attempt", outs)

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        kept = {name: _olds.get(name) for name in ("attemptedAt", "run")}
        return UpdateResult({**without_provider(_news), **kept})

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        if olds:
            # What may have been submitted is immutable, like what was submitted.
            return changes_at_adobe(olds, news)
        return [("evidence", finding) for finding in findings(news.get("evidence"))]


class SubmissionAttempt(Resource, module="adobe", name="SubmissionAttempt"):
    """The submission record."""

    def __init__(self, name: str, args: SubmissionAttemptArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        properties = {
            **args.organization.properties(args.host),
            "configName": args.config_name,
            **key_properties(args.key_identifier),
            "evidence": args.evidence,
            "attemptedAt": None,
            "run": None,
        }
        super().__init__(SubmissionAttemptProvider(), name, properties, opts)

    @property
    def run(self) -> pulumi.Output[str]:
        """The run that wrote the record."""
        return output(self, "run")
