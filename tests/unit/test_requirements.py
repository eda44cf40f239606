"""What Adobe requires of Azure, each limit on both of its sides."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from components.constants import ENCRYPTION_USER_ROLE
from components.safety import requirements
from components.safety.finding import LOSS, Finding
from components.safety.requirements import DeclaredKey

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TENANT = "7e4a0000-aaaa-4bbb-8ccc-ddddeeeeffff"
VAULT_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/acme"
Findings = list[Finding]


def found(findings: Findings, *words: str) -> bool:
    """Whether there is exactly one finding, that blocks, and it has the words."""
    assert len(findings) == 1, findings
    assert findings[0].is_blocking
    return all(word in findings[0].text for word in words)


def of_vault(**changes: Any) -> Findings:
    good = {
        "enable_purge_protection": True,
        "enable_soft_delete": True,
        "enable_rbac_authorization": True,
        "tenant_id": TENANT,
        "network_acls": None,
        "public_network_access": "Enabled",
    }
    return list(requirements.of_vault("acme", SimpleNamespace(**{**good, **changes}), TENANT))


def firewall(*ranges: str, action: str = "Deny", bypass: str = "AzureServices") -> SimpleNamespace:
    rules = [SimpleNamespace(value=value) for value in ranges]
    return SimpleNamespace(default_action=action, bypass=bypass, ip_rules=rules or None)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        # Azure leaves out what it has on by default, and where there are no rules.
        {"enable_soft_delete": None},
        {"public_network_access": None},
        {"network_acls": firewall(action="Allow", bypass="None")},
        {"network_acls": firewall("20.88.123.53")},
        {"network_acls": firewall("10.0.0.0/8", "20.88.123.53/32")},
        {"network_acls": firewall("20.88.123.0/24")},
        # Azure takes a range whose address is not its first one.
        {"network_acls": firewall("20.88.123.77/24")},
    ],
    ids=str,
)
def test_a_vault_as_adobe_requires_it_has_no_finding(changes: dict[str, Any]) -> None:
    assert of_vault(**changes) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"enable_purge_protection": None}, "--enable-purge-protection true"),
        ({"enable_purge_protection": False}, "--enable-purge-protection true"),
        ({"enable_soft_delete": False}, "--enable-soft-delete true"),
        ({"enable_rbac_authorization": None}, "--enable-rbac-authorization true"),
        ({"enable_rbac_authorization": False}, "--enable-rbac-authorization true"),
        ({"tenant_id": "elsewhere"}, "elsewhere"),
        ({"public_network_access": "Disabled"}, "--public-network-access Enabled"),
        ({"public_network_access": "SecuredByPerimeter"}, "--public-network-access Enabled"),
        ({"network_acls": firewall("20.88.123.53", bypass="None")}, "--bypass AzureServices"),
        ({"network_acls": firewall()}, "--ip-address 20.88.123.53"),
        ({"network_acls": firewall("20.88.123.52", "20.88.124.0/24")}, "--ip-address 20.88.123.53"),
    ],
    ids=str,
)
def test_each_thing_that_is_wrong_with_a_vault_is_one_finding(changes: dict[str, Any], words: str) -> None:
    assert found(of_vault(**changes), "vault acme", words)


def of_key(declared: tuple[str, int] | None = ("RSA", 3072), **changes: Any) -> Findings:
    attributes = {"enabled": True, "not_before": None, "expires": None, "updated": None}
    attributes |= {name: changes.pop(name) for name in list(changes) if name in attributes}
    good = {"name": "k", "kty": "RSA", "key_size": 3072, "key_ops": ["wrapKey", "unwrapKey"]}
    key = SimpleNamespace(**{**good, **changes}, attributes=SimpleNamespace(**attributes))
    return list(requirements.of_key("acme", key, NOW, DeclaredKey(*declared, 0) if declared else None))


@pytest.mark.parametrize(
    ("declared", "changes"),
    [
        (("RSA", 3072), {}),
        # From the engine numbers arrive as floats.
        (("RSA-HSM", 4096), {"kty": "RSA-HSM", "key_size": 4096.0}),
        (("RSA", 3072), {"key_ops": ["sign", "unwrapKey", "wrapKey"]}),
        (("RSA", 3072), {"enabled": None}),
        (("RSA", 3072), {"not_before": NOW.timestamp()}),
        # A key that this stack does not declare.
        (None, {"kty": "RSA-HSM", "key_size": 4096.0}),
    ],
    ids=str,
)
def test_a_key_as_adobe_requires_it_has_no_finding(declared: tuple[str, int] | None, changes: dict[str, Any]) -> None:
    assert of_key(declared, **changes) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kty": "EC"}, "found: EC"),
        ({"key_size": 3071}, "found: 3071"),
        ({"key_size": None}, "found: 0"),
        ({"key_size": 4096}, "4096"),
        ({"kty": "RSA-HSM"}, "RSA-HSM"),
        ({"key_ops": ["wrapKey"]}, "unwrapKey"),
        ({"key_ops": None}, "wrapKey"),
        ({"enabled": False}, "az keyvault key set-attributes --vault-name acme --name k --enabled true"),
        ({"not_before": (NOW + SECOND).timestamp()}, "2026-03-02"),
        ({"expires": (NOW + timedelta(days=365) - SECOND).timestamp()}, "2027-03-02"),
        ({"expires": (NOW - SECOND).timestamp()}, "--expires"),
    ],
    ids=str,
)
def test_each_thing_that_is_wrong_with_a_key_is_one_finding(changes: dict[str, Any], words: str) -> None:
    assert found(of_key(**changes), "key k", words)


def test_what_was_changed_on_a_key_says_when_it_was_changed_last() -> None:
    for changes in ({"enabled": False}, {"key_ops": ["wrapKey"]}):
        (finding,) = of_key(**changes, updated=(NOW - timedelta(hours=1)).timestamp())
        assert "last changed on 2026-03-02 08:00 UTC" in finding.text


@pytest.mark.parametrize(
    "changes",
    [
        {"enabled": False},
        {"key_ops": ["wrapKey"]},
        {"not_before": (NOW + SECOND).timestamp()},
        {"expires": NOW.timestamp()},
    ],
)
def test_what_adobe_may_treat_as_revocation_says_so(changes: dict[str, Any]) -> None:
    (finding,) = of_key(**changes)
    assert LOSS in finding.text


@pytest.mark.parametrize("changes", [{"expires": (NOW + SECOND).timestamp()}, {"key_size": 2048}])
def test_what_is_no_loss_of_access_yet_does_not_say_so(changes: dict[str, Any]) -> None:
    (finding,) = of_key(**changes)
    assert LOSS not in finding.text


def test_a_key_that_expires_in_a_year_or_later_is_warned_of_with_the_day() -> None:
    (warning,) = of_key(expires=(NOW + timedelta(days=365)).timestamp())
    assert not warning.is_blocking
    assert "2027-03-02" in warning.text


def of_principal(**changes: Any) -> Findings:
    principal = SimpleNamespace(**{"object_id": "0b1ec7", "account_enabled": True, **changes})
    return list(requirements.of_principal(principal, "0b1ec7"))


def test_the_service_principal_is_the_one_with_the_role_and_enabled() -> None:
    assert of_principal() == []
    assert of_principal(account_enabled=None) == []
    assert found(of_principal(object_id="another"), "0b1ec7", "another")
    assert found(of_principal(account_enabled=False), "az ad sp update --id 0b1ec7")


def of_role(**changes: Any) -> Findings:
    definition = f"/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{ENCRYPTION_USER_ROLE}"
    good = {"id": f"{VAULT_ID}/r", "role_definition_id": definition, "principal_id": "0b1ec7", "scope": VAULT_ID}
    return list(requirements.of_role(SimpleNamespace(**{**good, **changes}), "0b1ec7", f"{VAULT_ID}/keys/k"))


@pytest.mark.parametrize(
    "scope", [VAULT_ID, VAULT_ID.upper(), f"{VAULT_ID}/keys/k", "/subscriptions/s/resourceGroups/g", "/subscriptions/s"]
)
def test_a_role_on_the_key_or_on_what_holds_it_is_enough(scope: str) -> None:
    assert of_role(scope=scope) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"role_definition_id": "/providers/x/roleDefinitions/00482a5a-887f-4fb3-b363-3b7fe8e74483"}, "00482a5a"),
        ({"principal_id": "another"}, "found: another"),
        ({"scope": f"{VAULT_ID}2"}, f"{VAULT_ID}2"),
        ({"scope": f"{VAULT_ID}/keys/k2"}, "/keys/k2"),
    ],
    ids=str,
)
def test_each_thing_that_is_wrong_with_the_role_is_one_finding(changes: dict[str, Any], words: str) -> None:
    assert found(of_role(**changes), "role assignment", words)


def test_the_role_is_told_by_its_id_in_any_spelling() -> None:
    assert of_role(role_definition_id=f"/x/{ENCRYPTION_USER_ROLE.upper()}") == []
