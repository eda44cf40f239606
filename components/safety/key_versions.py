"""The versions of a rotated key: those that Adobe may still need must stay enabled.

Azure and Adobe follow the key, so that a new version is no drift. What earlier versions encrypted is not encrypted anew,
and no document says when Adobe no longer needs one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from .absence import READER, unread, unreadable
from .finding import Finding, loss


class KeyVersion(NamedTuple):
    """A version of a key."""

    name: str
    created: float
    """Seconds since 1970."""
    enabled: bool


class VersionsNotRead(Exception):
    """The versions could not be asked for; the message says why and what to do."""


ListVersions = Callable[[str], Sequence[KeyVersion]]
"""Takes the ARM ID of a key."""


def of_earlier_versions(
    vault_name: str, key: Any, sent_version: str | None, list_versions: ListVersions
) -> Iterator[Finding]:
    """Compare the versions since the one that was sent with what Adobe needs.

    A key that was not rotated since then costs no call.

    :param key: as `get_key` returns it.
    :param sent_version: that Adobe was sent; empty when it is unknown, so that Adobe may need every version; None before a
        submission.
    """
    current = str(key.key_uri_with_version).rsplit("/", 1)[1]
    if sent_version is None or current == sent_version:
        return
    label = f"versions of the key {key.name}"
    try:
        versions = list_versions(key.id)
    except VersionsNotRead as error:
        yield Finding(f"{label}: {unread(str(error))}")
        return
    except Exception as error:  # noqa: BLE001 - whatever the reason, the versions are unknown
        right = f"{READER} on the vault (Microsoft.KeyVault/vaults/keys/versions/read)"
        yield Finding(f"{label}: {unreadable(error, right)}")
        return
    # Adobe never had a version that is older than the one that was sent.
    since = next((version.created for version in versions if version.name == sent_version), 0.0)
    for version in versions:
        if version.created >= since and version.name != current and not version.enabled:
            yield loss(
                f"key {key.name}: Adobe may still need the version {version.name}, which must be enabled; found: disabled. "
                f"Fix: az keyvault key set-attributes --vault-name {vault_name} --name {key.name} --version {version.name} "
                f"--enabled true"
            )
