"""The mock engine and the package of Key Vault's management API: packages, explicit providers and aliases."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pulumi.runtime import invoke_output, settings
from pulumi.runtime.proto import resource_pb2
from pulumi_azure_native import keyvault, resources

from simulation.azure.arm import SIGN_IN_SUBSCRIPTION, SUBSCRIPTION
from simulation.azure.key_vault_api import PACKAGE
from simulation.cloud import Cloud
from simulation.entra.rules import TENANT
from simulation.rehearsal import rehearsal
from simulation.rehearsal.rehearsal import Rehearsed, rehearse

PARAMETER = base64.b64encode(b'{"module":"keyvault","version":"v20260201"}')
OLD, NEW = "azure-native:keyvault", f"{PACKAGE}:keyvault"
LABELS = [f"{NEW}:Vault vault", f"{NEW}:Key key"]

Run = Callable[..., Rehearsed]


@pytest.fixture
def run(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a program on the mock engine."""
    config_file = tmp_path / "settings.yaml"
    config_file.write_text(yaml.safe_dump({"config": {"azure-native:location": "westeurope"}}))

    def run(program: Callable[[], None], operation: str = "up") -> Rehearsed:
        monkeypatch.setattr(rehearsal.runpy, "run_path", lambda *_, **__: program())
        return rehearse(cloud, tmp_path, operation, config_file, notice="")

    return run


def old() -> None:
    """Vault and key of azure-native, under the package's types before."""
    group = resources.ResourceGroup("group", resource_group_name="cmk")
    vault = keyvault.Vault(
        "vault",
        vault_name="acme-vault",
        resource_group_name=group.name,
        properties=keyvault.VaultPropertiesArgs(**properties()),
        opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(type_=f"{NEW}:Vault")]),
    )
    keyvault.Key(
        "key",
        key_name="acme-key",
        vault_name=vault.name,
        resource_group_name=group.name,
        properties=keyvault.KeyPropertiesArgs(kty="RSA", key_size=3072),
        opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(type_=f"{OLD}:Key"), pulumi.Alias(type_=f"{NEW}:Key")]),
    )


def new(*, provided: bool = True, ignored: list[str] | None = None, alias: bool = True) -> None:
    """The same of the package."""
    group = resources.ResourceGroup("group", resource_group_name="cmk")
    provider = made_provider() if provided else None

    def options(kind: str) -> pulumi.ResourceOptions:
        aliases = [pulumi.Alias(type_=f"{OLD}:{kind}")] if alias else []
        return pulumi.ResourceOptions(provider=provider, ignore_changes=ignored, aliases=aliases)

    place = {"resourceGroupName": group.name, "vaultName": "acme-vault"}
    vault = keyvault.VaultPropertiesArgs(**properties())
    key = keyvault.KeyPropertiesArgs(kty="RSA", key_size=3072)
    made = pulumi.CustomResource(
        f"{NEW}:Vault", "vault", {**place, "properties": vault}, options("Vault"), package_ref=package()
    )
    options_of_key = options("Key")
    options_of_key.depends_on = [made]
    pulumi.CustomResource(
        f"{NEW}:Key", "key", {**place, "keyName": "acme-key", "properties": key}, options_of_key, package_ref=package()
    )


def made_provider() -> pulumi.ProviderResource:
    config = {"subscriptionId": SUBSCRIPTION, "location": "westeurope"}
    return pulumi.ProviderResource(PACKAGE, "keyvault", config, package_ref=package())


def properties() -> Any:
    return {"tenant_id": TENANT, "sku": keyvault.SkuArgs(family="A", name="standard"), "soft_delete_retention_in_days": 90}


def package(value: bytes = PARAMETER) -> Awaitable[str | None]:
    """Register the package, as a generated SDK does."""

    async def register() -> str | None:
        made = resource_pb2.Parameterization(name=PACKAGE, version="3.29.0", value=value)
        request = resource_pb2.RegisterPackageRequest(name="azure-native", version="3.29.0", parameterization=made)
        monitor: Any = settings.get_monitor()
        return str(monitor.RegisterPackage(request).ref)

    return asyncio.ensure_future(register())


def looked_up(provider: pulumi.ProviderResource | None) -> None:
    """Look the vault up, and export the version of the API that answered."""
    args: dict[str, Any] = {"resourceGroupName": "cmk", "vaultName": "acme-vault"}
    found = invoke_output(f"{NEW}:getVault", args, pulumi.InvokeOptions(provider=provider), package_ref=package())
    pulumi.export("version", found.apply(lambda vault: vault["azureApiVersion"]))


def test_a_vault_and_a_key_of_the_package_are_made_by_its_provider(run: Run, cloud: Cloud) -> None:
    made = run(new)
    assert (made.errors, made.operations[LABELS[0]], made.operations[LABELS[1]]) == ([], "create", "create")
    assert cloud.state["azure"]["vaults"]["acme-vault"]["location"] == "westeurope"
    assert set(run(new).operations.values()) == {"same"}


def test_the_package_takes_over_what_azure_native_made_with_an_update_of_the_version(run: Run, cloud: Cloud) -> None:
    run(old)
    before = cloud.azure.key("acme-vault", "acme-key")["keyUriWithVersion"]
    taken = run(new)
    assert (taken.errors, [taken.operations[label] for label in LABELS]) == ([], ["update", "update"])
    assert cloud.azure.key("acme-vault", "acme-key")["keyUriWithVersion"] == before
    assert set(run(new).operations.values()) == {"same"}


def test_with_the_version_ignored_the_package_takes_over_without_a_change(run: Run) -> None:
    run(old)
    taken = run(lambda: new(ignored=["azureApiVersion"]))
    assert (taken.errors, [taken.operations[label] for label in LABELS]) == ([], ["same", "same"])


def test_a_preview_of_the_takeover_writes_nothing(run: Run, tmp_path: Path) -> None:
    run(old)
    before = (tmp_path / "rehearsal.json").read_text()
    assert run(new, "preview").operations[LABELS[0]] == "update"
    assert (tmp_path / "rehearsal.json").read_text() == before


def test_azure_native_takes_back_what_the_package_has(run: Run) -> None:
    run(new)
    taken = run(old)
    assert (taken.errors, taken.operations[f"{OLD}:Vault vault"], taken.operations[f"{OLD}:Key key"]) == (
        [],
        "update",
        "update",
    )


def test_without_the_alias_the_package_tries_to_create_what_exists(run: Run) -> None:
    run(old)
    assert any("cannot create already existing resource" in error for error in run(lambda: new(alias=False)).errors)


def test_the_packages_default_provider_goes_to_the_subscription_of_the_sign_in(run: Run, cloud: Cloud) -> None:
    run(old)
    before = cloud.state["azure"]["vaults"]["acme-vault"]["properties"]
    errors = run(lambda: new(provided=False)).errors
    assert any("missing required property 'location'" in error for error in errors)
    assert cloud.state["azure"]["vaults"]["acme-vault"]["properties"] == before


def test_lookups_of_the_package_go_where_their_provider_is_configured(run: Run) -> None:
    run(old)
    assert run(lambda: looked_up(made_provider())).outputs == {"version": "2026-02-01"}
    assert any(SIGN_IN_SUBSCRIPTION in error for error in run(lambda: looked_up(None)).errors)


def test_a_package_with_another_parameter_is_refused(run: Run) -> None:
    wrong = base64.b64encode(b'{"module":"keyvault","version":"v20230701"}')

    def program() -> None:
        pulumi.CustomResource(f"{NEW}:Vault", "vault", {}, package_ref=package(wrong))

    assert any("knows the parameter" in error for error in run(program).errors)


def test_a_type_of_the_package_without_the_package_has_no_provider(run: Run) -> None:
    def program() -> None:
        pulumi.CustomResource(f"{NEW}:Vault", "vault", {})

    assert any(f"no resource plugin 'pulumi-resource-{PACKAGE}' found" in error for error in run(program).errors)
