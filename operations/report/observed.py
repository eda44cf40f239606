"""The state and the look together: what was read just now, what is only recorded, and what was checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from components.safety.revocation import REVOKED

from ..drift.classes import last_word
from ..drift.look import Json, Seen
from .state import Recorded
from .words import moment, words

VAULT, KEY, PRINCIPAL, ROLE = "vault", "key", "service principal", "role assignment"
# What must be there before the look can check a subject, by the last words of the types.
_NEEDED: Mapping[str, frozenset[str]] = {
    VAULT: frozenset({"ResourceGroup", "Vault"}),
    KEY: frozenset({"ResourceGroup", "Vault", "Key", "ImportedKey"}),
    PRINCIPAL: frozenset({"AppRegistration", "ServicePrincipal"}),
    ROLE: frozenset(
        {"ResourceGroup", "Vault", "Key", "ImportedKey", "AppRegistration", "ServicePrincipal", "RoleAssignment"}
    ),
}
# An update leaves what identifies a resource; of these, another one would take its place.
_IDENTITIES = ("AppRegistration", "ServicePrincipal")
# Whose absence is the absence of the subject.
_OF_SUBJECT: Mapping[str, tuple[str, ...]] = {
    VAULT: ("Vault", "ResourceGroup"),
    KEY: ("Key", "ImportedKey"),
    PRINCIPAL: ("ServicePrincipal",),
    ROLE: ("RoleAssignment",),
}


@dataclass(frozen=True)
class Observed:
    """One stack."""

    recorded: Recorded
    seen: Seen

    @cached_property
    def _read(self) -> Mapping[str, Json | None]:
        return {last_word(kind): outputs for kind, outputs in self.seen.read.items()}

    @property
    def is_activated(self) -> bool:
        """Whether a configuration was sent to Adobe, or may have been by a run that was interrupted."""
        return bool({"KeyConfiguration", "SubmissionAttempt"} & set(self.recorded.resources))

    @property
    def is_prepared(self) -> bool:
        """Whether the state says that nothing was sent."""
        return bool(self.recorded.resources) and not self.is_activated

    @property
    def is_revoked(self) -> bool:
        """Whether Adobe's role is removed by the setting; the look says it, or, if it did not end, the state."""
        if self.seen.was_taken:
            return any(text.startswith(f"{REVOKED}: ") for text in self.seen.warnings)
        return words(self.recorded.outputs.get("status")).startswith(f"{REVOKED}: ")

    def is_read(self, kind: str) -> bool:
        """Whether the look read the resource."""
        return self._read.get(kind) is not None

    def outputs(self, kind: str) -> Json:
        """Of a resource: read just now, else recorded; empty for none."""
        return self._read.get(kind) or self.recorded.outputs_of(kind)

    def fresh(self, kind: str) -> Json:
        """Of a resource that was read just now; empty for another."""
        return self._read.get(kind) or {}

    def is_gone(self, subject: str) -> bool:
        """Whether the look found that it does not exist any more."""
        return any(kind in self._read and self._read[kind] is None for kind in _OF_SUBJECT[subject])

    def checked_at(self, subject: str) -> str:
        """When the preflight check of a subject had its result, ISO 8601; empty if that is not recorded."""
        return moment(self._result(subject).get("takenAt")) if self._result(subject) else ""

    def is_checked(self, subject: str) -> bool:
        """Whether this look ran the preflight check of the subject.

        The check has a result among the evidence. Or, since an organisation that is not activated has no evidence, and an
        activated one has none while anything is missing: the look came to its end, and it had all that the check needs.
        """
        if self._result(subject):
            return True
        is_hindered = any(
            last_word(change.kind) in _NEEDED[subject]
            and (change.operation != "update" or last_word(change.kind) in _IDENTITIES)
            for change in self.seen.changes
        )
        return self.seen.was_taken and not is_hindered

    def _result(self, subject: str) -> Json:
        result: Any = self.seen.evidence.get(subject)
        return result if isinstance(result, Mapping) and isinstance(result.get("findings"), list) else {}
