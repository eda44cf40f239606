"""The rotation of the key: its policy in Azure, and the versions that Adobe may still need."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from components.safety.finding import Finding
from components.safety.key_versions import KeyVersion, VersionsNotRead, of_earlier_versions
from components.safety.rotation import of_rotation_policy
from operations.drift.classes import UNREAD, classed
from operations.drift.look import Seen
from operations.drift.severity import Severity

VAULT_URI = "https://acme.vault.azure.net"
KEY_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/acme/keys/k"


def policy(after: str | None = None, expiry: str | None = None, before: str | None = None) -> Any:
    """As `get_key` returns it; every key has Azure's own notification."""

    def action(kind: str, created: str | None, expires: str | None) -> Any:
        trigger = SimpleNamespace(time_after_create=created, time_before_expiry=expires)
        return SimpleNamespace(action=SimpleNamespace(type=kind), trigger=trigger)

    actions = [action("Notify", None, "P30D")]
    if after or before:
        actions.append(action("Rotate", after, before))
    return SimpleNamespace(attributes=SimpleNamespace(expiry_time=expiry), lifetime_actions=actions)


def of_policy(rotation_policy: Any, wanted: int | None) -> list[Finding]:
    return list(of_rotation_policy("acme", SimpleNamespace(name="k", rotation_policy=rotation_policy), wanted))


@pytest.mark.parametrize(
    ("rotation_policy", "wanted"),
    [
        (None, 0),
        (policy(), 0),
        (policy("P90D"), 90),
        (policy("P3M"), 90),
        (policy("P1Y"), 365),
        (policy("P1Y2M3D"), 428),
        # A key of another team's.
        (policy("P90D"), None),
        (SimpleNamespace(attributes=None, lifetime_actions=None), 0),
    ],
)
def test_a_policy_that_is_as_declared_is_no_finding(rotation_policy: Any, wanted: int | None) -> None:
    assert of_policy(rotation_policy, wanted) == []


@pytest.mark.parametrize(
    ("rotation_policy", "wanted", "words", "fix"),
    [
        (policy(), 90, "declares a rotation after 90 days; found: no rotation", '"timeAfterCreate": "P90D"'),
        (policy("P90D"), 365, "declares a rotation after 365 days; found: a rotation after 90 days", '"P365D"'),
        (
            policy("P90D"),
            0,
            "declares no rotation; found: a rotation after 90 days",
            '[{"trigger": {"timeBeforeExpiry": "P30D"}',
        ),
        (policy(before="P30D"), 90, "found: a rotation before an expiry", '"P90D"'),
        (policy(before="P30D"), 0, "found: a rotation before an expiry", '"Notify"'),
    ],
)
def test_another_policy_is_a_warning_with_the_command_that_sets_it(
    rotation_policy: Any, wanted: int, words: str, fix: str
) -> None:
    (finding,) = of_policy(rotation_policy, wanted)
    assert not finding.is_blocking
    assert words in finding.text
    assert "az keyvault key rotation-policy update --vault-name acme --name k --value '" in finding.text
    assert fix in finding.text


@pytest.mark.parametrize("wanted", [90, None])
def test_a_policy_that_lets_versions_expire_blocks_and_its_fix_keeps_the_rotation(wanted: int | None) -> None:
    (finding,) = of_policy(policy("P90D", expiry="P2Y"), wanted)
    assert finding.is_blocking
    assert "gives each new version an expiry of P2Y" in finding.text
    assert '"P90D"' in finding.text
    assert '"attributes": {}' in finding.text


def test_a_daily_rotation_is_kept_when_its_expiry_is_taken_away() -> None:
    (finding,) = of_policy(policy("P1D", expiry="P2Y"), None)
    assert '"timeAfterCreate": "P1D"' in finding.text


def versions(current: str, sent: str | None, listed: Sequence[KeyVersion] | Exception) -> list[Finding]:
    def list_versions(key_id: str) -> Sequence[KeyVersion]:
        assert key_id == KEY_ID
        if isinstance(listed, Exception):
            raise listed
        return listed

    key = SimpleNamespace(name="k", id=KEY_ID, key_uri_with_version=f"{VAULT_URI}/keys/k/{current}")
    return list(of_earlier_versions("acme", key, sent, list_versions))


def test_a_key_that_was_not_rotated_costs_no_call() -> None:
    assert versions("a", "a", AssertionError("was called")) == []
    assert versions("a", None, AssertionError("was called")) == []


def test_versions_that_are_enabled_are_no_finding() -> None:
    assert versions("b", "a", [KeyVersion("b", 2, True), KeyVersion("a", 1, True)]) == []


def test_a_disabled_version_that_adobe_may_need_is_found() -> None:
    listed = [KeyVersion("c", 3, True), KeyVersion("a", 1, False), KeyVersion("b", 2, False)]
    first, second = versions("c", "a", listed)
    assert first.is_blocking
    assert "may still need the version a, which must be enabled; found: disabled" in first.text
    assert "az keyvault key set-attributes --vault-name acme --name k --version a --enabled true" in first.text
    assert "--version b " in second.text


def test_a_version_that_adobe_never_had_may_be_disabled() -> None:
    listed = [KeyVersion("before", 1, False), KeyVersion("sent", 2, True), KeyVersion("now", 3, True)]
    assert versions("now", "sent", listed) == []


def test_where_the_version_that_was_sent_is_not_listed_every_one_counts() -> None:
    listed = [KeyVersion("oldest", 0, False), KeyVersion("now", 3, True)]
    (finding,) = versions("now", "sent", listed)
    assert "may still need the version oldest" in finding.text


def test_where_the_version_that_adobe_has_is_unknown_every_one_counts() -> None:
    listed = [KeyVersion("oldest", 0, False), KeyVersion("middle", 1, False), KeyVersion("now", 3, True)]
    found = versions("now", "", listed)
    assert ["may still need the version oldest" in found[0].text, "may still need the version middle" in found[1].text] == [
        True
    ] * 2
    assert len(found) == 2


def test_a_disabled_current_version_is_a_finding_of_the_key_itself() -> None:
    assert versions("b", "a", [KeyVersion("b", 2, False), KeyVersion("a", 1, True)]) == []


def test_versions_that_cannot_be_read_are_found_and_not_called_gone() -> None:
    (finding,) = versions("b", "a", RuntimeError("(AuthorizationFailed) The client does not have authorization"))
    assert finding.is_blocking
    assert "could not be read, which does not mean that it is gone" in finding.text
    assert "Microsoft.KeyVault/vaults/keys/versions/read" in finding.text


def test_a_look_that_cannot_be_taken_is_a_failed_check_and_says_why() -> None:
    (finding,) = versions("b", "a", VersionsNotRead("The package is not installed. Fix: install it"))
    assert finding.is_blocking
    assert finding.text == f"versions of the key k: {UNREAD}. The package is not installed. Fix: install it"
    (told,) = classed(Seen(verdict=[finding.text], was_taken=True))
    assert (told.severity, told.fix) == (Severity.UNKNOWN, "install it")
