"""Keeps a second vault or key from being created once a key was sent to Adobe, whatever made the state forget the first.

A new key cannot read what the old one encrypted: Adobe needs the one that it knows. The state may lose it in a refresh,
also in one within the same command (`pulumi up --refresh`), so that the program alone cannot tell.
"""

import pulumi

from ..adobe.api.errors import PACKAGE

LOSS = (
    "Another one cannot read the organisation's data. Adobe may treat the loss as deliberate revocation and permanently "
    "delete the data: act at once."
)


class CreationBlocked(Exception):
    """A resource was about to be created in place of one that Adobe depends on."""

    __module__ = PACKAGE


def creation_guards(name: str, vault: str, key: str) -> pulumi.ResourceHook:
    """A hook for resource group, vault and key; previews run it too.

    :param name: of the instance; a hook's name is unique in a program.
    :param vault: name of the vault that was sent. key: of the key.
    """

    def refuse(wanted: pulumi.ResourceHookArgs) -> None:
        raise CreationBlocked(
            f"Creation blocked: {wanted.type} {wanted.name}. The key {key} in the vault {vault} was sent to Adobe, and "
            f"this resource is no longer there. {LOSS} Fix: recover what was deleted (az keyvault recover --name {vault}, "
            f"or az keyvault key recover --vault-name {vault} --name {key}); then run pulumi up"
        )

    return pulumi.ResourceHook(f"{name}-no-second", refuse, pulumi.ResourceHookOptions(on_dry_run=True))
