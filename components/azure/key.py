"""The key that Adobe's data is encrypted with."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import keyvault

from ..arguments import KeyArgs
from ..constants import ENCRYPTION_KEY, KEY_OPERATIONS
from ..known import when_known
from ..safety.deletion_guards import child_of
from ..safety.error_advice import advice_on_errors

ADVICE = {
    "ObjectIsDeletedButRecoverable": (
        "the key {keyName} was deleted. Recover it now, another one cannot read the organisation's data: "
        "az keyvault key recover --vault-name {vaultName} --name {keyName}, then pulumi up"
    ),
    "RequestDisallowedByPolicy": (
        "a policy of your Azure forbids this key. If it asks for an expiry date, ask for an exemption: on the day that the "
        "key expires Adobe loses the organisation's data. This program never sets one"
    ),
}


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyArgs:
    """Which key is created, and where."""

    key: KeyArgs
    resource_group_name: pulumi.Input[str]
    vault_name: pulumi.Input[str]
    tags: Mapping[str, str]


class EncryptionKey(pulumi.ComponentResource):
    """Owns an RSA key that wraps and unwraps other keys, is enabled, and never expires.

    An expiry would end Adobe's access on its day. Azure creates the key once and ignores later changes of its properties
    (the management API's PUT is create-if-not-exist), so such a change is refused (`immutable_settings`).
    """

    key_name: pulumi.Output[str]
    """Name of the key in the vault."""
    key_uri: pulumi.Output[str]
    """Key identifier without version."""
    key_identifier: pulumi.Output[str]
    """Key identifier with the version that is current."""
    key_version: pulumi.Output[str]
    """The version that is current."""

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(ENCRYPTION_KEY, name, None, opts)
        key = keyvault.Key(
            f"{name}-key",
            resource_group_name=args.resource_group_name,
            vault_name=args.vault_name,
            key_name=args.key.key_name,
            properties=keyvault.KeyPropertiesArgs(
                kty=args.key.key_type,
                key_size=args.key.key_size,
                key_ops=list(KEY_OPERATIONS),
                attributes=keyvault.KeyAttributesArgs(enabled=True),
            ),
            tags=args.tags,
            # Azure ignores them on a key that exists; `immutable_settings` tells.
            opts=child_of(self, opts, ignore_changes=["tags"], on_error=[advice_on_errors(f"{name}-key-refused", ADVICE)]),
        )
        self.key_name = key.name
        self.key_uri = key.key_uri
        self.key_identifier = key.key_uri_with_version
        self.key_version = when_known(key.key_uri_with_version, lambda identifier: identifier.rsplit("/", 1)[1])
        self.register_outputs({"keyUri": self.key_uri, "keyIdentifier": self.key_identifier, "keyVersion": self.key_version})
