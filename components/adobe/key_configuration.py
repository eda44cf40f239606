"""The configuration at Adobe that names the key. Submitting it cannot be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, UpdateResult

from ..arguments.groups import ConfigurationArgs, OrganizationArgs
from ..constants import absence_confirmation
from ..dynamic.provider import Properties, has_moved, without_provider
from .api.client import ACCEPTED, Configuration, NotShown, Status
from .api.configuration_request import ConfigurationRequest
from .api.errors import ConfigurationAbsent
from .provider import ABSENT, ConfigurationProvider, changes_at_adobe, key_properties, this_run
from .submission import submit, submit_again, submit_or_adopt


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
    contract: pulumi.Input[str]
    """Generation of Adobe's API that the app registration has shown."""
    never_shown: bool
    """Whether the state has a configuration that was accepted and that Adobe has not shown yet."""
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
            "contract": self.contract,
            "configurationAbsent": self.configuration.absent,
            "neverShown": self.never_shown,
            "revocation": self.revocation,
        }


class KeyConfigurationProvider(ConfigurationProvider):
    """Submits the configuration once, adopts an existing one, and never changes or removes it."""

    ignored_in_diffs = ConfigurationProvider.ignored_in_diffs | {"revocation"}

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        if _news.get("revocation"):
            # Whatever Adobe reports without its role: nothing is submitted, and no error keeps the role from its removal.
            return DiffResult(changes=has_moved(_olds, _news), replaces=[])
        if self._may_be_sent_again(_news):
            return DiffResult(changes=True, replaces=[])
        return super().diff(_id, _olds, _news)

    def create(self, props: Properties) -> CreateResult:
        api, request = self.api(props), ConfigurationRequest.from_properties(props)
        if props["attempt"] == this_run():
            # This run wrote the submission record a moment ago, after Adobe had shown that it has no configuration.
            found = submit(api, request, None, self.clock, self.say)
        else:
            found = submit_or_adopt(api, request, self.clock, self.say)
        return CreateResult(f"{props['imsOrgId']}/{props['configName']}", _outputs(props, found))

    def read(self, id_: str, props: Properties) -> ReadResult:
        found = self.observed_configuration(props)
        outputs = without_provider(props)
        if found is None:
            # Not reported as deleted, because the state must keep the fact that it was submitted.
            return ReadResult(id_, {**outputs, "status": ABSENT})
        return ReadResult(id_, {**outputs, "status": found.status, "shown": True})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        api, request = self.api(_news), ConfigurationRequest.from_properties(_news)
        if self._may_be_sent_again(_news):
            return UpdateResult(_outputs(_news, submit_or_adopt(api, request, self.clock, self.say)))
        found = api.requested(request)
        if isinstance(found, Configuration) and found.status == Status.FAILED:
            found = submit_again(api, request, self.clock, self.say)
            if isinstance(found, Configuration):
                return UpdateResult({**_outputs(_news, found), "shown": True})
        if isinstance(found, NotShown):
            if _news.get("neverShown"):
                # Accepted, and not shown yet: the wait goes on.
                return UpdateResult({**without_provider(_news), **_sent(_olds), "status": ACCEPTED, "shown": False})
            raise ConfigurationAbsent(
                f"Adobe does not return the configuration {request.config_name!r}, which was already submitted; it is not "
                "submitted again",
                call=request.reading,
                next_step="run `pulumi up` again in an hour, because Adobe may return it late; if the error persists, "
                "contact Adobe support. In any case, keep the vault, the key, the app and its role",
            )
        return UpdateResult({**_outputs(_news, found), **_sent(_olds)})

    def delete(self, _id: str, _props: Properties) -> None:
        self.say(
            "Adobe's API cannot remove a configuration or return to Adobe's own keys: the configuration stays in force and "
            "is only removed from this stack's state. Keep the vault, the key, the app and its role"
        )

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        return super().validation_errors(olds, news) + changes_at_adobe(olds, news)

    def has_drifted(self, outputs: Properties) -> bool:
        return outputs.get("status") in (Status.FAILED, ABSENT)

    def _may_be_sent_again(self, props: Properties) -> bool:
        """Whether a configuration that was accepted, and never shown, is one that the user confirms not to exist."""
        if not props.get("neverShown"):
            return False
        today = absence_confirmation(props["imsOrgId"], props["configName"], self.clock.now().date())
        return bool(props["configurationAbsent"] == today)


class KeyConfiguration(Resource, module="adobe", name="KeyConfiguration"):
    """The configuration that tells Adobe which key to use."""

    def __init__(
        self,
        name: str,
        inputs: Mapping[str, object],
        attempt: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        :param inputs: of the configuration (`KeyConfigurationArgs.properties`).
        :param attempt: the run that wrote the submission record (`SubmissionAttempt.run`).
        """
        properties = {**inputs, "attempt": attempt, "status": None, "shown": None}
        super().__init__(KeyConfigurationProvider(), name, properties, opts)


def _outputs(inputs: Mapping[str, object], found: Configuration) -> Properties:
    """The version that was sent is recorded as a fact: Adobe's, of a configuration that Adobe shows.

    Where Adobe's answer names no version, none is recorded, and every version counts as one that Adobe may need.
    """
    facts = {"status": found.status, "shown": found.status != ACCEPTED, "keyIdentifier": found.key.identifier}
    return {**without_provider(dict(inputs)), **facts}


def _sent(olds: Properties) -> Properties:
    return {"keyIdentifier": olds["keyIdentifier"]}
