"""The configuration at Adobe that names the key: the step that cannot be undone."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi.dynamic import CreateResult, ReadResult, Resource, UpdateResult

from ..arguments import ConfigurationArgs, OrganizationArgs
from .api.client import Configuration, Status
from .api.configuration_request import ConfigurationRequest, immutable_changes
from .api.key_reference import KeyReference
from .provider import ABSENT, ConfigurationProvider, Properties, is_unknown, without_provider
from .submission import ensure_configuration


@dataclass(frozen=True, kw_only=True)
class KeyConfigurationArgs:
    """The configuration, and the role that must be in force before it is sent."""

    organization: OrganizationArgs
    configuration: ConfigurationArgs
    key_identifier: pulumi.Input[str]
    """With version."""
    application_id: pulumi.Input[str]
    role_granted_at: pulumi.Input[str]
    """`createdOn` of the role assignment."""
    findings: pulumi.Input[list[str]]
    """What a look at Azure found wrong just now; with any of it nothing is sent."""

    def properties(self) -> dict[str, object]:
        """The inputs under their names in the state."""
        key = pulumi.Output.from_input(self.key_identifier).apply(KeyReference.parse)
        return {
            **self.organization.properties(),
            "configName": self.configuration.config_name,
            "activate": self.configuration.activate,
            "keyVaultUri": key.apply(lambda reference: reference.vault_uri),
            "keyName": key.apply(lambda reference: reference.key_name),
            "keyIdentifier": self.key_identifier,
            "applicationId": self.application_id,
            "roleGrantedAt": self.role_granted_at,
            "rolePropagationSeconds": self.configuration.role_propagation_seconds,
            "findings": self.findings,
        }


class KeyConfigurationProvider(ConfigurationProvider):
    """Sends the configuration once, adopts it where it exists, and never changes or removes it."""

    def create(self, props: Properties) -> CreateResult:
        found = ensure_configuration(self.api(props), ConfigurationRequest.from_properties(props), self.clock, self.say)
        return CreateResult(f"{props['imsOrgId']}/{props['configName']}", _outputs(props, found))

    def read(self, id_: str, props: Properties) -> ReadResult:
        found = self.observed_configuration(props)
        outputs = without_provider(props)
        if found is None:
            # Not reported as deleted: forgetting it would hide that it was sent once.
            return ReadResult(id_, {**outputs, "status": ABSENT})
        own = KeyReference.parse(outputs["keyIdentifier"])
        # The spelling of the same key is no news; another key is.
        shown = found.key if found.key and not found.key.is_same_key(own) else own
        live = {"status": found.status, "keyVaultUri": shown.vault_uri, "keyName": shown.key_name}
        return ReadResult(id_, {**outputs, **live})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        found = ensure_configuration(self.api(_news), ConfigurationRequest.from_properties(_news), self.clock, self.say)
        return UpdateResult(_outputs(_news, found))

    def delete(self, _id: str, _props: Properties) -> None:
        self.say(
            "Adobe has no call that removes a configuration, and no way back to its own keys: it stays in force, and "
            "only this stack forgets it. Keep the vault, the key, the app and its role"
        )

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        found = super().validation_errors(olds, news)
        if not olds and isinstance(news.get("findings"), list):
            found += [("findings", finding) for finding in news["findings"]]
        known = {name: value for name, value in news.items() if not is_unknown(value)}
        found += immutable_changes(olds, known)
        return found

    def has_drifted(self, outputs: Properties) -> bool:
        return outputs.get("status") in (Status.FAILED, ABSENT)


class KeyConfiguration(Resource, module="adobe", name="KeyConfiguration"):
    """The configuration that tells Adobe which key to use."""

    def __init__(self, name: str, args: KeyConfigurationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(KeyConfigurationProvider(), name, {**args.properties(), "status": None}, opts)


def _outputs(inputs: Mapping[str, object], found: Configuration) -> Properties:
    return {**without_provider(dict(inputs)), "status": found.status}
