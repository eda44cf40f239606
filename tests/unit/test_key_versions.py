"""Versions of a key in the saved cloud: each keeps its own."""

from typing import Any

from simulation.cloud import Cloud
from simulation.drift import DRIFTS
from tests.clock import ManualClock
from tests.landscape import build


def record(cloud: Cloud) -> dict[str, Any]:
    build(cloud)
    held: dict[str, Any] = cloud.state["azure"]["keys"]["acme-vault/acme-key"]
    return held


def test_a_rotation_keeps_what_the_version_before_was(cloud: Cloud, clock: ManualClock) -> None:
    key = record(cloud)
    DRIFTS["key-expiring"](cloud)
    before = dict(key["attributes"])
    clock.sleep(60)
    DRIFTS["key-rotated"](cloud)
    first, second = key["versions"]
    assert cloud.azure.held_key("acme-vault", "acme-key", first)["attributes"] == before
    now = int(clock.now().timestamp())
    assert key["attributes"] == {
        **{name: value for name, value in before.items() if name != "expires"}, "created": now, "updated": now,
    }  # fmt: skip
    assert cloud.azure.held_key("acme-vault", "acme-key")["version"] == second


def test_a_rotation_of_a_disabled_key_makes_an_enabled_version(cloud: Cloud) -> None:
    key = record(cloud)
    DRIFTS["key-disabled"](cloud)
    DRIFTS["key-rotated"](cloud)
    enabled = [version["attributes"]["enabled"] for version in cloud.azure.held_versions("acme-vault", "acme-key")]
    assert (sorted(enabled), key["attributes"]["enabled"]) == ([False, True], True)


def test_a_version_without_its_operations_leaves_them_to_the_one_before(cloud: Cloud) -> None:
    key = record(cloud)
    DRIFTS["key-operations-gone"](cloud)
    operations = [cloud.azure.held_key("acme-vault", "acme-key", version)["keyOps"] for version in key["versions"]]
    assert operations == [["wrapKey", "unwrapKey"], ["encrypt", "decrypt"]]


def test_only_the_version_before_the_current_one_is_disabled(cloud: Cloud) -> None:
    key = record(cloud)
    for _ in range(2):
        DRIFTS["key-rotated"](cloud)
    DRIFTS["old-version-disabled"](cloud)
    held = [cloud.azure.held_key("acme-vault", "acme-key", version) for version in key["versions"]]
    assert [version["attributes"]["enabled"] for version in held] == [True, False, True]


def test_without_a_rotation_there_is_no_old_version_to_disable(cloud: Cloud) -> None:
    key = record(cloud)
    DRIFTS["old-version-disabled"](cloud)
    assert "earlier" not in key
    assert key["attributes"]["enabled"] is True


def test_whoever_mends_everything_enables_old_versions_too(cloud: Cloud) -> None:
    record(cloud)
    DRIFTS["key-rotated"](cloud)
    DRIFTS["old-version-disabled"](cloud)
    DRIFTS["everything-mended"](cloud)
    assert all(version["attributes"]["enabled"] for version in cloud.azure.held_versions("acme-vault", "acme-key"))


def test_arm_shows_nothing_of_what_the_data_plane_alone_has(cloud: Cloud) -> None:
    record(cloud)
    before = set(cloud.azure.key("acme-vault", "acme-key"))
    imported = {"kty": "RSA", "keySize": 3072, "keyOps": ["wrapKey"], "attributes": {}, "tags": {}, "n": "AQ", "e": "AQAB"}
    cloud.azure.import_key("acme-vault", "acme-key", imported)
    cloud.azure.set_key_policy("acme-vault", "acme-key", [], None)
    DRIFTS["key-deleted"](cloud)
    DRIFTS["key-recovered"](cloud)
    assert set(cloud.azure.key("acme-vault", "acme-key")) == before
