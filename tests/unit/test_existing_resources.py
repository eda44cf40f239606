"""Facts of a vault and a key that exist, also in a preview that could not read them."""

from types import SimpleNamespace
from typing import Any, Literal, NoReturn

import pulumi
import pytest

from components import CustomerManagedKeysArgs, KeyArgs, OrganizationArgs
from components.constants import KEY_CONFIGURATION_TYPE
from components.safety import existing_resources
from components.safety.existing_resources import CannotUseExisting, ExistingFacts, ExistingResources
from simulation.adobe.http import ORG

KEY = (
    "/subscriptions/5e0cafe0-1111-4222-8333-444455556666/resourceGroups/platform/providers/Microsoft.KeyVault"
    "/vaults/Platform-Vault/keys/ceremony"
)
SENT = {"keyVaultUri": "https://platform-vault.vault.azure.cn", "keyIdentifier": "https://sent/keys/ceremony/1"}


class Unreadable:
    def get_vault(self, resource_group_name: str, vault_name: str) -> NoReturn:
        raise RuntimeError("Status=403 Code=AuthorizationFailed")

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> NoReturn:
        raise RuntimeError("Status=403 Code=AuthorizationFailed")


def facts(created: dict[str, Any]) -> ExistingFacts:
    args = CustomerManagedKeysArgs(organization=OrganizationArgs(ims_org_id=ORG), key=KeyArgs(existing_id=KEY))
    return ExistingResources(args, created, Unreadable(), pulumi.InvokeOptions()).facts("tenant")


@pytest.fixture(autouse=True)
def in_a_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(existing_resources, "is_dry_run", lambda: True)
    monkeypatch.setattr(pulumi.log, "warn", lambda _: None)


def test_before_a_submission_the_uri_follows_from_the_name_and_the_version_is_not_known() -> None:
    found = facts({})
    assert (found.vault_uri, found.tenant_id) == ("https://platform-vault.vault.azure.net", "tenant")
    assert found.key_identifier is None


def test_after_a_submission_they_are_what_was_sent() -> None:
    found = facts({KEY_CONFIGURATION_TYPE: SENT})
    assert (found.vault_uri, found.key_identifier) == (SENT["keyVaultUri"], SENT["keyIdentifier"])


def test_an_up_does_not_go_on_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(existing_resources, "is_dry_run", lambda: False)
    with pytest.raises(CannotUseExisting, match=r"key\.existing_id.*could not be read.*Nothing was changed"):
        facts({})


class Readable:
    """A vault of one kind."""

    def __init__(self, sku: str) -> None:
        self._sku = sku

    def get_vault(self, resource_group_name: str, vault_name: str) -> Any:
        sku = SimpleNamespace(name=self._sku)
        return SimpleNamespace(
            properties=SimpleNamespace(sku=sku, vault_uri="https://platform-vault.vault.azure.net/", tenant_id="its-own")
        )

    def get_key(self, resource_group_name: str, vault_name: str, key_name: str) -> Any:
        return SimpleNamespace(key_uri_with_version=f"https://platform-vault.vault.azure.net/keys/{key_name}/1")


def seen(sku: str, key_type: Literal["RSA", "RSA-HSM"]) -> ExistingFacts:
    key = KeyArgs(existing_id=KEY, key_type=key_type)
    args = CustomerManagedKeysArgs(organization=OrganizationArgs(ims_org_id=ORG), key=key)
    return ExistingResources(args, {}, Readable(sku), pulumi.InvokeOptions()).facts("tenant")


@pytest.mark.parametrize(("sku", "key_type"), [("standard", "RSA"), ("premium", "RSA"), ("Premium", "RSA-HSM")])
def test_what_was_read_counts(sku: str, key_type: Literal["RSA", "RSA-HSM"]) -> None:
    found = seen(sku, key_type)
    assert (found.vault_uri, found.tenant_id) == ("https://platform-vault.vault.azure.net", "its-own")
    assert found.key_identifier == "https://platform-vault.vault.azure.net/keys/ceremony/1"


def test_an_hsm_key_needs_a_premium_vault() -> None:
    with pytest.raises(CannotUseExisting, match="requires a premium vault"):
        seen("standard", "RSA-HSM")
