"""What happens to the key."""

from __future__ import annotations

from datetime import timedelta

from ..azure.key_versions import add_version
from ..cloud import Cloud
from .held import keys_of


def key_disabled(cloud: Cloud) -> None:
    """someone disables the key"""
    _set_attributes(cloud, enabled=False)


def key_expiring(cloud: Cloud) -> None:
    """someone gives the key an expiry date five days from now"""
    _set_attributes(cloud, expires=_seconds(cloud, timedelta(days=5)))


def key_expired(cloud: Cloud) -> None:
    """the key's expiry date was yesterday"""
    _set_attributes(cloud, expires=_seconds(cloud, -timedelta(days=1)))


def key_not_yet_valid(cloud: Cloud) -> None:
    """someone sets a date before which the key is not valid, five days from now"""
    _set_attributes(cloud, notBefore=_seconds(cloud, timedelta(days=5)))


def key_operations_gone(cloud: Cloud) -> None:
    """someone makes a new version of the key that may neither wrap nor unwrap"""
    for key in keys_of(cloud):
        add_version(key, cloud.clock.now(), keyOps=["encrypt", "decrypt"])


def key_deleted(cloud: Cloud) -> None:
    """someone deletes the key"""
    for key in list(keys_of(cloud)):
        cloud.azure.delete_key(key["vault"], key["name"])


def key_recovered(cloud: Cloud) -> None:
    """someone recovers the deleted key"""
    for key in list(cloud.state["azure"]["deletedKeys"].values()):
        cloud.azure.recover_key(key["vault"], key["name"])


def key_rotated(cloud: Cloud) -> None:
    """the key gets a new version; no drift, Adobe follows the key"""
    for key in keys_of(cloud):
        add_version(key, cloud.clock.now())


def rotation_expires(cloud: Cloud) -> None:
    """a policy of the company's lets every new version of the key expire after two years"""
    for key in keys_of(cloud):
        actions = [{"trigger": {"timeAfterCreate": "P18M"}, "action": {"type": "Rotate"}}]
        cloud.azure.set_key_policy(key["vault"], key["name"], actions, "P2Y")


def old_version_disabled(cloud: Cloud) -> None:
    """someone disables the version before the key's current one; needs a rotation before"""
    for key in keys_of(cloud):
        for version in key["versions"][-2:-1]:
            key["earlier"][version]["attributes"]["enabled"] = False


def key_tagged(cloud: Cloud) -> None:
    """a policy of the company's tags the key"""
    for key in keys_of(cloud):
        key["tags"]["cost-centre"] = "4711"


def _set_attributes(cloud: Cloud, **changes: object) -> None:
    """Change attributes of the key, as `az keyvault key set-attributes` does."""
    for key in keys_of(cloud):
        key["attributes"] |= {**changes, "updated": _seconds(cloud, timedelta())}


def _seconds(cloud: Cloud, from_now: timedelta) -> int:
    """Unix time, as keys hold their dates."""
    return int((cloud.clock.now() + from_now).timestamp())
