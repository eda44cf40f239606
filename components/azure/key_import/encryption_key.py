"""The key that Adobe's data is encrypted with, imported."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from ...constants import ENCRYPTION_KEY
from ...known import when_known
from ...safety.deletion_guards import child_of
from ..key_facts import KeyFacts
from ..key_vault_api import KeyVaultApi
from .imported_key import ImportedKey, ImportedKeyArgs


@dataclass(frozen=True, kw_only=True)
class ImportedEncryptionKeyArgs:
    """The import, and where the facts of the key come from."""

    imported: ImportedKeyArgs
    resource_group_name: pulumi.Input[str]
    vault_name: pulumi.Input[str]
    api: KeyVaultApi
    recorded_identifier: str
    """Of the last run; for when Azure cannot be asked, which the preflight checks tell."""


class ImportedEncryptionKey(KeyFacts):
    """Owns a key that somebody generated elsewhere; its current version is the one that Azure has now."""

    def __init__(self, name: str, args: ImportedEncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(ENCRYPTION_KEY, name, None, opts)
        key_name = args.imported.key_name
        key = ImportedKey(f"{name}-key-import", args.imported, child_of(self, opts))

        def current(known: list[str]) -> str:
            imported, group, vault = known
            try:
                return str(args.api.get_key(group, vault, key_name).key_uri_with_version)
            except Exception:  # noqa: BLE001 - Pulumi raises no narrower class for a failed lookup
                return args.recorded_identifier or imported

        facts = pulumi.Output.all(key.key_identifier, args.resource_group_name, args.vault_name)
        self.take(when_known(facts, current))
        # Known when the key is there: the preflight checks wait for it.
        self.key_name = when_known(self.key_identifier, lambda _: key_name)
        self.register_outputs(self.as_properties())
