"""The configuration at Adobe that names the key. Submitting it cannot be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, UpdateResult

from ..dynamic.provider import Properties, has_moved, without_provider
from .api.client import Configuration, Status
from .api.configuration_request import ConfigurationRequest
from .api.errors import ConfigurationAbsent
from .provider import ABSENT, ConfigurationProvider, changes_at_adobe, key_properties, this_run
from .submission import submit_again, submit_or_adopt

if TYPE_CHECKING:
    # Types alone: the plugin spares itself the arguments' classes.
    from ..arguments.groups import ConfigurationArgs, OrganizationArgs


@dataclass(frozen=True, kw_only=True)
class KeyConfigurationArgs:
    """The configuration, and what determines whether it may be submitted."""

    organization: OrganizationArgs
    configuration: ConfigurationArgs
    key_identifier: pulumi.Input[str]
    """With version."""
    application_id: pulumi.Input[str]
    role_granted_at: pulumi.Input[str]
    """`createdOn` of the role assignment."""
    evidence: pulumi.Input[Mapping[str, Any]]
    """Results of the preflight checks, by subject; nothing is submitted unless all four passed."""
    attempt: pulumi.Input[str]
    """The run that wrote the submission record (`SubmissionAttempt.run`)."""
    host: str
    """Host of Adobe's API, without scheme and port."""
    revocation: str
    """How far a revocation of Adobe's role is (`safety.revocation`); empty for none."""

    def properties(self) -> dict[str, object]:
        """The inputs under their names in the state."""
        return {
            **self.organization.properties(self.host),
            "configName": self.configuration.config_name,
            "activate": self.configuration.activate,
            **key_properties(self.key_identifier),
            "keyIdentifier": self.key_identifier,
            "applicationId": self.application_id,
            "roleGrantedAt": self.role_granted_at,
            "evidence": self.evidence,
            "attempt": self.attempt,
            "revocation": self.revocation,
        }


class KeyConfigurationProvider(ConfigurationProvider):
    """Submits the configuration once, adopts an existing one, and never changes or removes it."""

    ignored_in_diffs = ConfigurationProvider.ignored_in_diffs | {"revocation"}

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        if _news.get("revocation"):
            # Whatever Adobe reports without its role: nothing is submitted, and no error keeps the role from its removal.
            return DiffResult(changes=has_moved(_olds, _news), replaces=[])
        return super().diff(_id, _olds, _news)

    def create(self, props: Properties) -> CreateResult:
        found = submit_or_adopt(
            self.api(props),
            ConfigurationRequest.from_properties(props),
            self.clock,
            self.say,
            # Another run wrote the submission record and was interrupted before the configuration was recorded.
            sent_before=props.get("attempt") != this_run(),
            recent_app=self.recent_app(props),
        )
        return CreateResult(f"{props['imsOrgId']}/{props['configName']}", _outputs(props, found))

    def read(self, id_: str, props: Properties) -> ReadResult:
        found = self.observed_configuration(props)
        outputs = without_provider(props)
        if found is None:
            # Not reported as deleted, because the state must keep the fact that it was submitted.
            return ReadResult(id_, {**outputs, "status": ABSENT})
        return ReadResult(id_, {**outputs, "status": found.status})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        api, request = self.api(_news), ConfigurationRequest.from_properties(_news)
        found = api.requested(request)
        if found is None:
            raise ConfigurationAbsent(
                f"Adobe does not return the configuration {request.config_name!r}, which was already submitted; it is not "
                "submitted again",
                call=request.reading,
                next_step="run `pulumi up` again in an hour, because Adobe may return it late; if the error persists, "
                "contact Adobe support. In any case, keep the vault, the key, the app and its role",
            )
        if found.status == Status.FAILED:
            return UpdateResult(_outputs(_news, submit_again(api, request, found, self.clock, self.say)))
        # The version that was sent stays on record: those since then must stay enabled (`safety/key_versions.py`).
        return UpdateResult({**_outputs(_news, found), "keyIdentifier": _olds["keyIdentifier"]})

    def delete(self, _id: str, _props: Properties) -> None:
        self.say(
            "Adobe's API cannot remove a configuration or return to Adobe's own keys: the configuration stays in force and "
            "is only removed from this stack's state. Keep the vault, the key, the app and its role"
        )

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        return super().validation_errors(olds, news) + changes_at_adobe(olds, news)

    def has_drifted(self, outputs: Properties) -> bool:
        return outputs.get("status") in (Status.FAILED, ABSENT)


class KeyConfiguration(Resource, module="adobe", name="KeyConfiguration"):
    """The configuration that tells Adobe which key to use."""

    def __init__(self, name: str, args: KeyConfigurationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(KeyConfigurationProvider(), name, {**args.properties(), "status": None}, opts)


def _outputs(inputs: Mapping[str, object], found: Configuration) -> Properties:
    return {**without_provider(dict(inputs)), "status": found.status}
