"""Who asks Azure for the versions of a key, and what is said where that one cannot ask."""

import sys

import azure
import pytest
from azure.core.exceptions import HttpResponseError

from components.azure.key_versions import key_versions, names_a_credential
from components.safety.key_versions import VersionsNotRead
from simulation.cloud import Cloud
from simulation.drift import DRIFTS
from tests.landscape import Landscape

BOTH = pytest.mark.parametrize("is_providers", [True, False], ids=["the provider's", "another"])


@BOTH
def test_each_version_is_listed_with_what_it_is(cloud: Cloud, vault_over_https: Landscape, is_providers: bool) -> None:
    DRIFTS["key-rotated"](cloud)
    DRIFTS["old-version-disabled"](cloud)
    listed = key_versions(f"{vault_over_https.vault_id}/keys/acme-key", is_providers_credential=is_providers)
    names = cloud.state["azure"]["keys"]["acme-vault/acme-key"]["versions"]
    assert {version.name: version.enabled for version in listed} == {names[0]: False, names[1]: True}


@pytest.mark.parametrize("switch", ["key=403", "key=503"])
def test_what_azure_refuses_to_the_providers_own_identity_is_azures_error(
    cloud: Cloud, vault_over_https: Landscape, switch: str
) -> None:
    cloud.azure.switches.set("unreadable", switch)
    with pytest.raises(HttpResponseError):
        key_versions(f"{vault_over_https.vault_id}/keys/acme-key", is_providers_credential=True)


@pytest.mark.parametrize(("key", "switch"), [("acme-key", "key=403"), ("no-key", "")], ids=["refused", "not shown"])
def test_what_azure_refuses_to_another_identity_is_a_matter_of_the_sign_in(
    cloud: Cloud, vault_over_https: Landscape, key: str, switch: str
) -> None:
    if switch:
        cloud.azure.switches.set("unreadable", switch)
    with pytest.raises(VersionsNotRead) as refused:
        key_versions(f"{vault_over_https.vault_id}/keys/{key}", is_providers_credential=False)
    assert "not with the credential that azure-native is configured with, which failed: " in str(refused.value)
    assert "Fix: sign in as the identity that azure-native uses, by the ARM_* variables or az login" in str(refused.value)
    assert "the role Reader" not in str(refused.value)


def test_an_outage_is_no_matter_of_the_sign_in(cloud: Cloud, vault_over_https: Landscape) -> None:
    cloud.azure.switches.set("unreadable", "key=503")
    with pytest.raises(HttpResponseError):
        key_versions(f"{vault_over_https.vault_id}/keys/acme-key", is_providers_credential=False)


@pytest.mark.parametrize(
    ("is_providers", "who"), [(True, "as azure-native does"), (False, "as the identity that azure-native uses")]
)
def test_a_sign_in_that_entra_id_refuses_is_named(
    vault_over_https: Landscape, monkeypatch: pytest.MonkeyPatch, is_providers: bool, who: str
) -> None:
    monkeypatch.setenv("ARM_CLIENT_SECRET", "wrong-secret")
    with pytest.raises(VersionsNotRead, match=f"AADSTS7000215.*Fix: sign in {who}, ") as refused:
        key_versions(f"{vault_over_https.vault_id}/keys/acme-key", is_providers_credential=is_providers)
    assert "wrong-secret" not in str(refused.value)


@BOTH
def test_an_incomplete_sign_in_names_what_is_missing(monkeypatch: pytest.MonkeyPatch, is_providers: bool) -> None:
    monkeypatch.setenv("ARM_CLIENT_SECRET", "s")
    monkeypatch.delenv("ARM_TENANT_ID", raising=False)
    with pytest.raises(VersionsNotRead, match=r"sign-in of this check failed: .*Fix: set ARM_TENANT_ID in the environment"):
        key_versions("/subscriptions/s", is_providers_credential=is_providers)


@BOTH
def test_without_its_package_the_check_names_it_and_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, is_providers: bool
) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    monkeypatch.delattr(azure, "identity", raising=False)
    with pytest.raises(VersionsNotRead, match=r"package azure-identity is not installed.*Fix: pip install azure-identity"):
        key_versions("/subscriptions/s", is_providers_credential=is_providers)


@pytest.mark.parametrize("name", ["clientId", "clientCertificatePath", "useOidc", "useMsi", "oidcToken", "msiEndpoint"])
def test_a_setting_of_the_providers_credential_makes_it_another_identity(name: str) -> None:
    assert names_a_credential(["location", name])


def test_tenant_subscription_and_location_are_no_credential() -> None:
    assert not names_a_credential(["location", "tenantId", "subscriptionId", "environment", "userAgent"])
