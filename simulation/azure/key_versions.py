"""The versions of a key in the simulated vaults, as the data plane makes and shows them.

A record holds at its top what its current version is like, and under `earlier` what each version before it is like.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..errors import CloudError
from .arm import Json
from .keys import Keys

# What each version has of its own; n and e where the key was imported.
_OWN = ("attributes", "kty", "keySize", "keyOps", "tags")
_PUBLIC = ("n", "e")


def add_version(record: Json, now: datetime, **changes: Any) -> None:
    """Give a key a new version: enabled, without dates, and otherwise like the one before unless said otherwise."""
    seconds = int(now.timestamp())
    record.setdefault("earlier", {})[record["versions"][-1]] = _entry(record, *_OWN, *_PUBLIC)
    for name in _PUBLIC:
        record.pop(name, None)
    attributes = {name: value for name, value in record["attributes"].items() if name not in {"expires", "notBefore"}}
    record["attributes"] = {**attributes, "enabled": True, "created": seconds, "updated": seconds}
    record |= changes
    record["versions"].append(uuid.uuid4().hex)


def version_of(record: Mapping[str, Any], version: str) -> Json:
    """What one version is like, with its name and the key's."""
    like = record if version == record["versions"][-1] else record["earlier"][version]
    return {**_entry(like, *_OWN, *_PUBLIC), "name": record["name"], "version": version}


def public_numbers(version: Mapping[str, Any]) -> Json:
    """n and e as a JSON Web Key has them.

    A key that was not imported has no numbers here. It is given a modulus of the right size, always the same, that nobody
    could use: to generate real keys is slow, and nothing is encrypted with them.
    """
    if "n" in version:
        return {name: version[name] for name in _PUBLIC}
    size = int(version["keySize"]) // 8
    modulus = bytearray(hashlib.shake_256(str(version["version"]).encode()).digest(size))
    modulus[0] |= 0x80
    modulus[-1] |= 1
    return {"n": base64.urlsafe_b64encode(modulus).decode().rstrip("="), "e": "AQAB"}


def _entry(record: Mapping[str, Any], *names: str) -> Json:
    return {name: copy.deepcopy(record[name]) for name in names if name in record}


class KeyVersions(Keys):
    """Keys as the data plane has them, by whoever was let in."""

    def held_key(self, vault: str, name: str, version: str = "") -> Json:
        """One version of a key; by default the current one."""
        record = self._state["keys"].get(f"{vault}/{name}".lower())
        if record is None or (version and version not in record["versions"]):
            raise CloudError(
                "KeyNotFound",
                f"A key with (name/id) {name}{version and '/'}{version} was not found in this key vault. If you recently "
                "deleted this key you may be able to recover it using the correct recovery command. For help resolving this "
                "issue, please see https://go.microsoft.com/fwlink/?linkid=2125182",
            )
        return version_of(record, version or record["versions"][-1])

    def held_versions(self, vault: str, name: str) -> list[Json]:
        """All versions, by their names (nagyesta/lowkey-vault#467); none of a key that is not there.

        Azure/azure-sdk-for-java#11033 and Azure/azure-sdk-for-net#16444: an empty list, not a 404.
        """
        record = self._state["keys"].get(f"{vault}/{name}".lower())
        return [version_of(record, version) for version in sorted(record["versions"])] if record else []

    def import_key(self, vault: str, name: str, imported: Mapping[str, Any]) -> Json:
        """Create a key from what was imported, or a new version of the one that is there."""
        path = f"{vault}/{name}".lower()
        # Recorded by Azure's own SDKs.
        self.refuse_deleted(vault, name, "ObjectIsDeletedButRecoverable")
        now = self._clock.now()
        made = {"created": int(now.timestamp()), "updated": int(now.timestamp()), "recoveryLevel": "Recoverable"}
        attributes = {"enabled": True, "exportable": False, **imported["attributes"], **made}
        fields = {**imported, "attributes": attributes}
        record = self._state["keys"].get(path)
        if record:
            add_version(record, now, **fields)
        else:
            own = {"vault": vault.lower(), "name": name, "versions": [uuid.uuid4().hex]}
            self._state["keys"][path] = {**fields, **own}
        return self.held_key(vault, name)

    def key_policy(self, vault: str, name: str) -> Json:
        """The rotation policy."""
        self.held_key(vault, name)
        return self.policy_of(self._state["keys"][f"{vault}/{name}".lower()])

    def set_key_policy(self, vault: str, name: str, actions: list[Json], expiry: str | None) -> Json:
        """Set the rotation policy; Azure adds its Notify action where there is none."""
        self.held_key(vault, name)
        record = self._state["keys"][f"{vault}/{name}".lower()]
        self.set_policy(record, actions, expiry)
        return self.policy_of(record)

    def deleted_key(self, vault: str, name: str) -> Json:
        """The current version of a deleted key, with the dates of its deletion and purge."""
        record = self._state["deletedKeys"].get(f"{vault}/{name}".lower())
        if record is None:
            raise CloudError("KeyNotFound", f"Deleted Key not found: {name}")
        days = self.vault(vault)["properties"]["softDeleteRetentionInDays"]
        purge = int(record["deletedDate"] + timedelta(days=days).total_seconds())
        dates = {"deletedDate": record["deletedDate"], "scheduledPurgeDate": purge}
        return {**version_of(record, record["versions"][-1]), **dates}
