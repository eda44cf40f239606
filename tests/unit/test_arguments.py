"""The component's own arguments: the same rules, in the words of a program that has no stack file of ours."""

import pytest

from components import (
    ConfigurationArgs,
    CustomerManagedKeys,
    CustomerManagedKeysArgs,
    InvalidArguments,
    KeyArgs,
    OrganizationArgs,
    VaultArgs,
)

ORG = "FEDCBA9876543210FEDCBA98@AdobeOrg"


def test_an_organisation_is_enough() -> None:
    assert CustomerManagedKeysArgs(organization=OrganizationArgs(ims_org_id=ORG)).validation_errors() == []


def test_all_errors_are_raised_at_once_with_the_arguments_names() -> None:
    args = CustomerManagedKeysArgs(
        organization=OrganizationArgs(ims_org_id="acme", region="mars"),
        vault=VaultArgs(vault_name="9-lives"),
        key=KeyArgs(key_size=2048),
        configuration=ConfigurationArgs(activate="yes"),
    )
    with pytest.raises(InvalidArguments) as caught:
        CustomerManagedKeys("acme", args)
    for name in ("organization.ims_org_id", "organization.region", "vault.vault_name", "key.key_size"):
        assert f"  - {name} is " in str(caught.value)
    assert "configuration.activate is 'yes'; allowed: empty, or exactly acme/cmk-config" in str(caught.value)
    assert "pulumi config" not in str(caught.value)


def test_a_name_that_is_too_long_for_the_vault_that_pulumi_names_is_refused() -> None:
    args = CustomerManagedKeysArgs(organization=OrganizationArgs(ims_org_id=ORG))
    with pytest.raises(InvalidArguments, match=r"has more than 10 characters.*set the argument vault.vault_name of"):
        CustomerManagedKeys("customer-keys", args)


def test_every_public_name_of_the_package_can_be_imported() -> None:
    import components

    assert all(getattr(components, name).__name__ == name for name in components.__all__)


def test_a_host_that_is_not_adobes_is_refused_before_anything_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOBE_PLATFORM_URL", "https://adobe.io.evil.example")
    args = CustomerManagedKeysArgs(organization=OrganizationArgs(ims_org_id=ORG))
    with pytest.raises(InvalidArguments, match="ADOBE_PLATFORM_URL is not allowed: Adobe's credentials are sent only to"):
        CustomerManagedKeys("acme", args)
