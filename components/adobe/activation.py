"""The wait for Adobe to switch over, apart from the configuration: a wait that fails must not lose what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi.dynamic import CreateResult, ReadResult, Resource, UpdateResult

from .api.client import Configuration, Status
from .api.configuration_request import ConfigurationRequest
from .provider import ABSENT, ConfigurationProvider, Properties, output, without_provider
from .submission import submit
from .waiting import wait_until_completed


@dataclass(frozen=True, kw_only=True)
class ActivationArgs:
    """The configuration to wait for, and how long."""

    inputs: Mapping[str, object]
    """Inputs of the configuration (`KeyConfigurationArgs.properties`)."""
    timeout_minutes: int
    """0: look once and do not wait."""


class ActivationProvider(ConfigurationProvider):
    """Waits for COMPLETED; holds nothing at Adobe."""

    def create(self, props: Properties) -> CreateResult:
        return CreateResult(f"{props['imsOrgId']}/{props['configName']}/activation", self._waited(props))

    def read(self, id_: str, props: Properties) -> ReadResult:
        found = self.observed_configuration(props)
        return ReadResult(id_, {**without_provider(props), "status": found.status if found else ABSENT})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        return UpdateResult(self._waited(_news))

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        found = super().validation_errors(olds, news)
        minutes = news.get("timeoutMinutes")
        if not isinstance(minutes, int | float) or not 0 <= minutes <= 1440:
            found.append(("timeoutMinutes", f"{minutes!r} is not a number of minutes from 0 to 1440"))
        return found

    def has_drifted(self, outputs: Properties) -> bool:
        return bool(outputs.get("status") != Status.COMPLETED)

    def _waited(self, props: Properties) -> Properties:
        api, request = self.api(props), ConfigurationRequest.from_properties(props)

        def submit_again(found: Configuration) -> Configuration:
            return submit(api, request, found, self.clock, self.say)

        minutes = int(props["timeoutMinutes"])
        status = wait_until_completed(api, request, minutes, self.clock, self.say, submit_again)
        return {**without_provider(props), "status": status}


class Activation(Resource, module="adobe", name="Activation"):
    """Adobe's switch-over to the key."""

    def __init__(self, name: str, args: ActivationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        properties = {**args.inputs, "timeoutMinutes": args.timeout_minutes, "status": None}
        super().__init__(ActivationProvider(), name, properties, opts)

    @property
    def status(self) -> pulumi.Output[str]:
        """Adobe's word for how far it is; COMPLETED at the end."""
        return output(self, "status")
