"""The configuration at Adobe that names the key: the step that cannot be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, ReadResult, Resource, UpdateResult

from ..arguments import ConfigurationArgs, OrganizationArgs
from .api.client import Configuration, Status
from .api.configuration_request import ConfigurationRequest
from .api.errors import ConfigurationAbsent
from .provider import (
    ABSENT,
    ConfigurationProvider,
    Properties,
    changes_at_adobe,
    key_properties,
    this_run,
    without_provider,
)
from .submission import submit, submit_or_adopt


@dataclass(frozen=True, kw_only=True)
class KeyConfigurationArgs:
    """The configuration, and what decides whether it may be sent."""

    organization: OrganizationArgs
    configuration: ConfigurationArgs
    key_identifier: pulumi.Input[str]
    """With version."""
    application_id: pulumi.Input[str]
    role_granted_at: pulumi.Input[str]
    """`createdOn` of the role assignment."""
    evidence: pulumi.Input[Mapping[str, Any]]
    """What was seen in Azure just now, by subject; without four good looks nothing is sent."""
    attempt: pulumi.Input[str]
    """The run that recorded the attempt (`SubmissionAttempt.run`); empty when nobody did."""
    host: str
    """Host of Adobe's API, without scheme and port."""

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
        }


class KeyConfigurationProvider(ConfigurationProvider):
    """Sends the configuration once, adopts it where it exists, and never changes or removes it."""

    def create(self, props: Properties) -> CreateResult:
        found = submit_or_adopt(
            self.api(props),
            ConfigurationRequest.from_properties(props),
            self.clock,
            self.say,
            # Another run recorded the attempt, and did not get as far as to record the configuration.
            sent_before=props.get("attempt") != this_run(),
        )
        return CreateResult(f"{props['imsOrgId']}/{props['configName']}", _outputs(props, found))

    def read(self, id_: str, props: Properties) -> ReadResult:
        found = self.observed_configuration(props)
        outputs = without_provider(props)
        if found is None:
            # Not reported as deleted: forgetting it would hide that it was sent once.
            return ReadResult(id_, {**outputs, "status": ABSENT})
        return ReadResult(id_, {**outputs, "status": found.status})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        api, request = self.api(_news), ConfigurationRequest.from_properties(_news)
        found = api.requested(request)
        if found is None:
            raise ConfigurationAbsent(
                f"Adobe does not show the configuration {request.config_name!r}, which was sent to it; it is not sent again",
                call=request.reading,
                next_step="run `pulumi up` again in an hour, since Adobe may show it late; if it stays so, ask Adobe's "
                "support. Keep the vault, the key, the app and its role in any case",
            )
        if found.status == Status.FAILED:
            found = submit(api, request, found, self.clock, self.say)
        return UpdateResult(_outputs(_news, found))

    def delete(self, _id: str, _props: Properties) -> None:
        self.say(
            "Adobe has no call that removes a configuration, and no way back to its own keys: it stays in force, and "
            "only this stack forgets it. Keep the vault, the key, the app and its role"
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
