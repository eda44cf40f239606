"""The arguments of `CustomerManagedKeys`.

Each violation is an `InvalidArgument`; all are reported together, before any resource is declared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi import Input

from .arm_ids import VaultId, key_of, vault_of
from .groups import AccessArgs, ConfigurationArgs, KeyArgs, OrganizationArgs, VaultArgs
from .naming import ArgumentNames, SettingNames
from .rules import SECRET_MARKER, TAG_RULE, InvalidArgument


@dataclass(frozen=True, kw_only=True)
class CustomerManagedKeysArgs:
    """The arguments of `CustomerManagedKeys`."""

    organization: OrganizationArgs
    vault: VaultArgs = field(default_factory=VaultArgs)
    key: KeyArgs = field(default_factory=KeyArgs)
    access: AccessArgs = field(default_factory=AccessArgs)
    configuration: ConfigurationArgs = field(default_factory=ConfigurationArgs)
    protect: bool = True
    """Deletion guards for everything that Adobe depends on; may be false only before activation."""
    adopt: bool = False
    """Take over existing Azure resources with these names, and an existing configuration at Adobe, without changing them."""
    release_guards: str = ""
    """Must be <ims_org_id>/<config_name>; the only way to release the deletion guards after activation."""
    revoked: str = ""
    """Must be <ims_org_id>/<config_name>; removes the role of Adobe's app on the key until it is unset, and nothing else."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of every Azure resource."""
    azure_configuration: Mapping[str, Input[str]] = field(default_factory=dict)
    """Configuration of azure-native, such as credentials, for its local package (`vault.api_version` 2026-02-01)."""
    setting_names: SettingNames = field(default_factory=ArgumentNames, compare=False)
    """How messages name a setting; the default is for programs that declare the component themselves."""

    @property
    def existing_vault(self) -> VaultId | None:
        """The vault that exists and is only read; None when this program creates one."""
        return vault_of(self.vault.existing_id or self.key.existing_id)

    @property
    def key_name(self) -> str:
        """Name of the key, whether it is created or exists."""
        return key_of(self.key.existing_id) or self.key.key_name

    @property
    def has_guards(self) -> bool:
        """Whether what Adobe depends on is guarded against deletion."""
        return self.protect and not self.release_guards

    def validation_errors(self) -> list[InvalidArgument]:
        """Every argument that violates a rule by itself (`contradictions` has those that do not fit another one)."""
        found = {
            "organization": self.organization.invalid(),
            "vault": self.vault.invalid(),
            "key": self.key.invalid(),
            "access": self.access.invalid(),
            "configuration": self.configuration.invalid(self.organization),
        }
        errors = [
            InvalidArgument(f"{group}.{name}", value, allowed)
            for group, those in found.items()
            for name, value, allowed in those
        ]
        errors += self._guard_errors()
        # Azure allows 50 tags of 512 and 256 characters, none of <>%&\?/ in a name, and names ignore case.
        names = [name.lower() for name in self.tags]
        if (
            len(self.tags) > 50
            or len(names) != len(set(names))
            or SECRET_MARKER in names
            or not all(re.fullmatch(r"[^<>%&\\?/]{1,512}", name) for name in names)
            or not all(isinstance(value, str) and len(value) <= 256 for value in self.tags.values())
        ):
            errors.append(InvalidArgument("tags", dict(self.tags), TAG_RULE))
        return errors

    def _guard_errors(self) -> list[InvalidArgument]:
        """Deletion guards are released only on purpose."""
        activate, meant = self.configuration.activate, self.configuration.switched_on(self.organization)
        names, errors = self.setting_names, []
        if activate and not self.protect:
            allowed = f"true while {names.name('configuration.activate')} is set. After activation, only "
            errors.append(InvalidArgument("protect", False, f"{allowed}{names.name('release_guards')} releases the guards"))
        if self.release_guards and self.release_guards != meant:
            allowed = f"empty, or exactly {meant}. Without the guards, Adobe may lose what it depends on and delete the data"
            errors.append(InvalidArgument("release_guards", self.release_guards, allowed))
        elif self.release_guards and not activate:
            allowed = f"only after activation; before activation, set {names.name('protect')} to false"
            errors.append(InvalidArgument("release_guards", self.release_guards, allowed))
        if self.revoked and self.revoked != meant:
            allowed = f"empty, or exactly {meant}. Without its role, Adobe cannot read the data and may delete it"
            errors.append(InvalidArgument("revoked", self.revoked, allowed))
        elif self.revoked and not activate:
            errors.append(InvalidArgument("revoked", self.revoked, f"only with {names.name('configuration.activate')} set"))
        return errors
