"""The key that Adobe's data is encrypted with."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import keyvault

from ..arguments.groups import KeyArgs
from ..constants import ENCRYPTION_KEY, KEY_OPERATIONS
from ..known import when_known
from ..safety.deletion_guards import child_of
from ..safety.error_advice import EXISTS, advice_on_errors
from .key_facts import KeyFacts
from .key_vault_api import KeyVaultApi
from .rotation import rotation_policy

DELETED = "deleted but recoverable state"
ADVICE = {
    EXISTS: (
        "The vault {vaultName} has a key {keyName} already, and Pulumi did not record it. Fix: run pulumi up again, which "
        "takes the key over"
    ),
    DELETED: (
        "the key {keyName} is deleted. Recover it immediately: no other key can read the organisation's data. "
        "Fix: az keyvault key recover --vault-name {vaultName} --name {keyName}, then pulumi up"
    ),
    "RequestDisallowedByPolicy": (
        "an Azure policy disallows this key. If the policy requires an expiry date, request an exemption: Adobe loses "
        "access to the organisation's data on the day that the key expires. This program never sets an expiry date"
    ),
}


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyArgs:
    """The key, and the vault that it is created in."""

    key: KeyArgs
    key_name: str
    """The one that was sent to Adobe, or the argument's."""
    resource_group_name: pulumi.Input[str]
    vault_name: pulumi.Input[str]
    tags: Mapping[str, str]
    api: KeyVaultApi
    exists: bool = False
    """Whether the state holds the key: its rotation policy is then changed on the data plane alone."""
    key_import_id: str = ""
    """ARM id of a key that exists and is taken over; empty to create it."""
    creation_guard: pulumi.ResourceHook | None = None
    """Refuses to create the key."""


class EncryptionKey(KeyFacts):
    """Owns an RSA key that wraps and unwraps other keys, is enabled, and never expires.

    An expired key would end Adobe's access to the data. Azure creates the key once and ignores later changes of its
    properties (the management API's PUT is create-if-not-exist), so `immutable_settings` rejects such changes.
    """

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(ENCRYPTION_KEY, name, None, opts)
        inputs = keyvault.KeyArgs(
            resource_group_name=args.resource_group_name,
            vault_name=args.vault_name,
            key_name=args.key_name,
            properties=keyvault.KeyPropertiesArgs(
                kty=args.key.key_type,
                key_size=args.key.key_size,
                key_ops=list(KEY_OPERATIONS),
                attributes=keyvault.KeyAttributesArgs(enabled=True),
                rotation_policy=rotation_policy(args.key.rotate_after_days),
            ),
            tags=args.tags,
        )
        key = args.api.key(
            f"{name}-key",
            inputs,
            child_of(
                self,
                opts,
                # Azure ignores changes of an existing key; `immutable_settings` rejects them, or the preflight checks warn.
                ignore_changes=["tags", *(["properties.rotationPolicy"] if args.exists else [])],
                on_error=[advice_on_errors(f"{name}-key-refused", ADVICE)],
                before_create=args.creation_guard,
                import_id=args.key_import_id,
            ),
        )
        self.key_name = key.name
        self.key_uri = key.key_uri
        self.key_identifier = key.key_uri_with_version
        self.key_version = when_known(key.key_uri_with_version, lambda identifier: identifier.rsplit("/", 1)[1])
        self.register_outputs(self.as_properties())
