"""What somebody set up by hand is judged before it is taken into the state, and what stays different is told."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components import CustomerManagedKeysArgs, KeyArgs, OrganizationArgs
from components.constants import ENCRYPTION_USER_ROLE
from components.safety import preflight
from components.safety.adoption import principal_of_app, refuse_unfit
from components.safety.lookups import GetPrincipal
from components.safety.takeover import CannotTakeOver, Existing
from tests.clock import ManualClock
from tests.seen import key, vault_properties

VAULT_ID = "/subscriptions/s/resourceGroups/acme/providers/Microsoft.KeyVault/vaults/acme-vault"
ARGS = CustomerManagedKeysArgs(organization=OrganizationArgs(ims_org_id="FEDCBA9876543210FEDCBA98@AdobeOrg"))
GROUP = SimpleNamespace(name="acme", tags=None)
RULES = SimpleNamespace(default_action="Deny", bypass="AzureServices", ip_rules=[SimpleNamespace(value="20.88.123.53")])
PROPERTIES = vault_properties(network_acls=RULES, soft_delete_retention_in_days=30.0)
VAULT = SimpleNamespace(name="acme-vault", tags={"team": "x"}, properties=PROPERTIES)
KEY = key(id=f"{VAULT_ID}/keys/acme-key", name="acme-key", tags={})
ROLE = SimpleNamespace(id="r", role_definition_id=f"/x/{ENCRYPTION_USER_ROLE}", principal_id="o", scope=VAULT_ID)
PRINCIPAL = SimpleNamespace(object_id="o", account_enabled=True)


def changed(thing: SimpleNamespace, **changes: Any) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(thing), **changes})


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", said.append)
    monkeypatch.setattr(preflight, "clock", ManualClock())
    return said


def adopt(args: CustomerManagedKeysArgs = ARGS, tenant_id: str = "t", application_id: str = "app", **seen: Any) -> None:
    found = {"resource group": GROUP, "vault": VAULT, "key": KEY, "role assignment": ROLE}
    found |= {name.replace("_", " "): value for name, value in seen.items()}
    principal_id = found.pop("principal id", "o")
    principal = found.pop("principal", PRINCIPAL) if application_id else None
    refuse_unfit(Existing("g", "v", "k", "r", seen=found), args, tenant_id, principal, principal_id)


def test_what_fits_is_taken_and_named_with_what_stays_as_it_is(told: list[str]) -> None:
    adopt()
    text = "\n".join(told)
    for words in (
        "resource group acme",
        "vault acme-vault",
        "key acme-key",
        "{'team': 'x'}",
        "Deny",
        "20.88.123.53",
        "30 days",
    ):
        assert words in text
    # Only the vault has tags.
    assert text.count(" keeps its tags ") == 1


def test_tags_that_are_as_declared_are_not_told(told: list[str]) -> None:
    tags = {"team": "x"}
    args = replace(ARGS, tags=tags)
    adopt(args, resource_group=changed(GROUP, tags=tags), key=changed(KEY, tags=tags))
    assert "keeps its tags" not in "\n".join(told)
    adopt(args)
    assert "\n".join(told).count("keeps its tags {}") == 2


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"network_acls": None}, ["Allow", "none"]),
        ({"network_acls": changed(RULES, ip_rules=None, default_action="Allow")}, ["Allow", "none"]),
        ({"soft_delete_retention_in_days": None}, ["90 days"]),
    ],
    ids=str,
)
def test_what_azure_leaves_out_is_told_as_its_default(told: list[str], properties: dict[str, Any], words: list[str]) -> None:
    adopt(vault=changed(VAULT, properties=changed(PROPERTIES, **properties)))
    (line,) = [line for line in told if "network rules" in line]
    for word in words:
        assert word in line


def test_nothing_is_told_of_what_is_not_there(told: list[str]) -> None:
    adopt(vault=None, key=None, role_assignment=None)
    assert len(told) == 1
    assert "acme" in told[0]
    told.clear()
    adopt(resource_group=None)
    assert [line for line in told if "key acme-key" in line]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"vault": changed(VAULT, properties=changed(PROPERTIES, enable_purge_protection=False))},
            "--enable-purge-protection",
        ),
        ({"tenant_id": "another"}, "another"),
        ({"key": changed(KEY, kty="EC")}, "EC"),
        ({"args": replace(ARGS, key=KeyArgs(key_size=4096))}, "4096"),
        ({"role_assignment": changed(ROLE, scope="/elsewhere")}, "/elsewhere"),
        ({"principal_id": "another", "role_assignment": None}, "another"),
    ],
)
def test_what_adobe_would_not_take_is_not_taken(told: list[str], changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CannotTakeOver) as caught:
        adopt(**changes)
    assert words in str(caught.value)
    assert str(caught.value).count("\n  - ") == 1
    assert told == []


def test_a_role_of_another_principal_is_not_taken_and_the_command_lists_the_right_ones(told: list[str]) -> None:
    with pytest.raises(CannotTakeOver) as caught:
        adopt(role_assignment=changed(ROLE, principal_id="another"))
    assert f"az role assignment list --scope {VAULT_ID} --assignee o " in str(caught.value)


def test_all_that_is_wrong_is_told_at_once(told: list[str]) -> None:
    with pytest.raises(CannotTakeOver) as caught:
        adopt(key=changed(KEY, kty="EC", key_ops=[]), role_assignment=changed(ROLE, scope="/elsewhere"))
    assert str(caught.value).count("\n  - ") == 3


def test_a_finding_that_does_not_block_lets_it_through(told: list[str]) -> None:
    adopt(key=changed(KEY, attributes=SimpleNamespace(enabled=True, not_before=None, expires=4e9, updated=None)))
    assert told


def test_a_disabled_principal_is_found(told: list[str]) -> None:
    disabled = changed(PRINCIPAL, account_enabled=False)
    with pytest.raises(CannotTakeOver, match="accountEnabled"):
        adopt(principal=disabled)
    # Without an app there is none to look at.
    adopt(application_id="", principal=disabled)


def test_a_key_is_judged_in_its_vault_and_a_role_over_its_key(told: list[str]) -> None:
    adopt(vault=None, key=changed(KEY, kty="EC"))
    adopt(key=None, role_assignment=changed(ROLE, scope="/elsewhere"))
    adopt(principal_id="", role_assignment=changed(ROLE, scope="/elsewhere"), application_id="")


def test_where_nothing_is_imported_nothing_is_judged(told: list[str]) -> None:
    unfit = changed(VAULT, properties=changed(PROPERTIES, enable_purge_protection=False))
    refuse_unfit(Existing(seen={"vault": unfit}), ARGS, "t", changed(PRINCIPAL, account_enabled=False), "o")
    assert told == []


def test_the_principal_of_the_app_is_known_absent_or_unreadable() -> None:
    assert principal_of_app("app", {"app": PRINCIPAL}.__getitem__) is PRINCIPAL
    assert principal_of_app("app", failing("No service principal found")) is None
    with pytest.raises(CannotTakeOver, match=r"Authorization_RequestDenied.*Application\.Read\.All"):
        principal_of_app("app", failing("Authorization_RequestDenied"))


def failing(words: str) -> GetPrincipal:
    def fail(_application_id: str) -> Any:
        raise RuntimeError(words)

    return fail
