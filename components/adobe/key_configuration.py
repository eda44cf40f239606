"""The configuration at Adobe that names the key: the step that cannot be undone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, ReadResult, Resource, UpdateResult

from .key_reference import KeyReference
from .order import Order
from .platform_api import Configuration, Status
from .provider import AdobeProvider, Properties, is_unknown, without_provider
from .submission import ensure_configuration

# This program's word for a configuration that was sent and that Adobe no longer shows.
ABSENT = "ABSENT"
CONFIG_NAME = r"[A-Za-z][A-Za-z0-9-]{0,63}"
# What Adobe offers no call to change, with the words for it.
_FIXED = {
    "imsOrgId": "organisation",
    "region": "region",
    "configName": "name of the configuration",
    "keyVaultUri": "vault",
    "keyName": "key",
}


@dataclass(frozen=True, kw_only=True)
class KeyConfigurationArgs:
    """The configuration, and the role that must be in force before it is sent."""

    ims_org_id: str
    region: str
    api_key: str
    api_contract: str
    config_name: str
    activate: str
    """The organisation's id once more, typed in on purpose."""
    key_identifier: pulumi.Input[str]
    """With version."""
    application_id: pulumi.Input[str]
    role_granted_at: pulumi.Input[str]
    """`createdOn` of the role assignment."""
    role_propagation_seconds: int
    findings: pulumi.Input[list[str]]
    """What a look at Azure found wrong just now; with any of it nothing is sent."""

    def properties(self) -> dict[str, object]:
        """The inputs under their names in the state."""
        key = pulumi.Output.from_input(self.key_identifier).apply(KeyReference.parse)
        return {
            "imsOrgId": self.ims_org_id,
            "region": self.region,
            "apiKey": self.api_key,
            "apiContract": self.api_contract,
            "configName": self.config_name,
            "activate": self.activate,
            "keyVaultUri": key.apply(lambda reference: reference.vault_uri),
            "keyName": key.apply(lambda reference: reference.key_name),
            "keyIdentifier": self.key_identifier,
            "applicationId": self.application_id,
            "roleGrantedAt": self.role_granted_at,
            "rolePropagationSeconds": self.role_propagation_seconds,
            "findings": self.findings,
        }


class ConfigurationProvider(AdobeProvider):
    """What the configuration and the wait for it check alike."""

    quiet = frozenset(
        {"keyIdentifier", "applicationId", "roleGrantedAt", "rolePropagationSeconds", "timeoutMinutes", "findings"}
    )

    def mistakes(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        found = super().mistakes(olds, news)
        if not re.fullmatch(CONFIG_NAME, str(news.get("configName"))):
            found.append(("configName", f"{news.get('configName')!r} is not a letter and up to 63 letters, digits or -"))
        if news.get("activate") != news.get("imsOrgId"):
            found.append(("activate", f"{news.get('activate')!r} must equal imsOrgId, typed in on purpose"))
        try:
            KeyReference.parse(str(news.get("keyIdentifier")))
        except ValueError as error:
            found.append(("keyIdentifier", str(error)))
        return found


class KeyConfigurationProvider(ConfigurationProvider):
    """Sends the configuration once, adopts it where it exists, and never changes or removes it."""

    def create(self, props: Properties) -> CreateResult:
        found = ensure_configuration(self.api(props), Order.from_properties(props), self.clock, self.say)
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
        found = ensure_configuration(self.api(_news), Order.from_properties(_news), self.clock, self.say)
        return UpdateResult(_outputs(_news, found))

    def delete(self, _id: str, _props: Properties) -> None:
        self.say(
            "Adobe has no call that removes a configuration, and no way back to its own keys: it stays in force, and "
            "only this stack forgets it. Keep the vault, the key, the app and its role"
        )

    def mistakes(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        found = super().mistakes(olds, news)
        if not olds and isinstance(news.get("findings"), list):
            found += [("findings", finding) for finding in news["findings"]]
        found += fixed_mistakes(olds, news)
        return found

    def has_drifted(self, outputs: Properties) -> bool:
        return outputs.get("status") in (Status.FAILED, ABSENT)


class KeyConfiguration(Resource, module="adobe", name="KeyConfiguration"):
    """The configuration that tells Adobe which key to use."""

    def __init__(self, name: str, args: KeyConfigurationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(KeyConfigurationProvider(), name, {**args.properties(), "status": None}, opts)


def fixed_mistakes(sent: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Property and reason of each thing that was sent to Adobe and would change; what is not known yet passes."""
    found = []
    for name, words in _FIXED.items():
        old, new = sent.get(name), wanted.get(name)
        if old is not None and new is not None and not is_unknown(old) and not is_unknown(new) and old != new:
            found.append(
                (
                    name,
                    f"the {words} was {old!r} when the configuration was sent to Adobe and would become {new!r}. "
                    "Adobe has no call to change it: set it back, and ask Adobe's support about a change",
                )
            )
    return found


def _outputs(inputs: Mapping[str, object], found: Configuration) -> Properties:
    return {**without_provider(dict(inputs)), "status": found.status}
