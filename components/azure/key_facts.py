"""What the chain needs to know of the key, whoever created it."""

import pulumi

from ..constants import ENCRYPTION_KEY
from ..known import when_known


class KeyFacts(pulumi.ComponentResource):
    """Base class with the facts as outputs."""

    key_name: pulumi.Output[str]
    """Name of the key in the vault."""
    key_uri: pulumi.Output[str]
    """Key identifier without version."""
    key_identifier: pulumi.Output[str]
    """Key identifier with the current version."""
    key_version: pulumi.Output[str]
    """The current version."""

    def take(self, identifier: pulumi.Input[str]) -> None:
        """Set identifier, URI and version."""
        self.key_identifier = pulumi.Output.from_input(identifier)
        parts = when_known(self.key_identifier, lambda text: text.rsplit("/", 1))
        self.key_uri = when_known(parts, lambda known: known[0])
        self.key_version = when_known(parts, lambda known: known[1])

    def as_properties(self) -> dict[str, pulumi.Output[str]]:
        """What the state records of it."""
        return {"keyUri": self.key_uri, "keyIdentifier": self.key_identifier, "keyVersion": self.key_version}


class ExistingKey(KeyFacts):
    """A key that exists: nothing of it is declared, and the preflight checks judge it."""

    def __init__(
        self, name: str, key_name: str, identifier: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """:param identifier: with the current version; not known in a preview that could not read it."""
        super().__init__(ENCRYPTION_KEY, name, None, opts)
        self.key_name = pulumi.Output.from_input(key_name)
        self.take(identifier)
        self.register_outputs({**self.as_properties(), "readsKey": True})
