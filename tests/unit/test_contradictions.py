"""Arguments that are each valid and make no sense together."""

import pytest

from components import AccessArgs, CustomerManagedKeysArgs, KeyArgs, OrganizationArgs, VaultArgs
from components.arguments.contradictions import contradictions
from components.arguments.rules import InvalidArgument

ORG = "FEDCBA9876543210FEDCBA98@AdobeOrg"
GROUP = "/subscriptions/5e0cafe0-1111-4222-8333-444455556666/resourceGroups/platform"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/platform-vault"
KEY = f"{VAULT}/keys/ceremony"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/hub/subnets/endpoints"
ZONE = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/audit"
MANAGED_HSM = f"{GROUP}/providers/Microsoft.KeyVault/managedHSMs/platform-hsm"


def errors(vault: VaultArgs | None = None, key: KeyArgs | None = None) -> list[InvalidArgument]:
    organization = OrganizationArgs(ims_org_id=ORG)
    args = CustomerManagedKeysArgs(organization=organization, vault=vault or VaultArgs(), key=key or KeyArgs())
    return [*args.validation_errors(), *contradictions(args)]


def names(vault: VaultArgs | None = None, key: KeyArgs | None = None) -> list[str]:
    return [error.argument for error in errors(vault, key)]


@pytest.mark.parametrize(
    ("vault", "key"),
    [
        (VaultArgs(existing_resource_group="platform"), KeyArgs()),
        (VaultArgs(existing_resource_group="platform", vault_name="acme-vault"), KeyArgs(file="key.pem")),
        (VaultArgs(existing_id=VAULT), KeyArgs(key_name="acme", rotate_after_days=365)),
        (VaultArgs(existing_id=VAULT), KeyArgs(key_type="RSA-HSM")),
        (VaultArgs(existing_id=VAULT), KeyArgs(file="keys/acme.byok", key_type="RSA-HSM")),
        (VaultArgs(existing_id=VAULT.upper()), KeyArgs(existing_id=KEY)),
        (VaultArgs(), KeyArgs(existing_id=KEY)),
        (VaultArgs(sku="premium"), KeyArgs(file="acme.pem", key_type="RSA-HSM")),
        (VaultArgs(network="restricted", private_endpoint_subnet_id=SUBNET, private_dns_zone_id=ZONE), KeyArgs()),
        (VaultArgs(log_analytics_workspace_id=WORKSPACE), KeyArgs()),
    ],
)
def test_every_way_to_have_a_vault_and_a_key_is_valid(vault: VaultArgs, key: KeyArgs) -> None:
    assert errors(vault, key) == []


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("resource_group_name", "acme"),
        ("vault_name", "acme-vault"),
        ("existing_resource_group", "platform"),
        ("sku", "premium"),
        ("soft_delete_retention_days", 30),
        ("network", "restricted"),
        ("private_endpoint_subnet_id", SUBNET),
        ("private_dns_zone_id", ZONE),
        ("log_analytics_workspace_id", WORKSPACE),
    ],
)
def test_an_existing_vault_takes_no_setting_of_a_new_one(argument: str, value: object) -> None:
    assert names(VaultArgs(existing_id=VAULT, **{argument: value})) == [f"vault.{argument}"]  # pyright: ignore[reportArgumentType]
    assert names(VaultArgs(**{argument: value}), KeyArgs(existing_id=KEY)) == [f"vault.{argument}"]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("argument", "value"),
    [("key_name", "acme"), ("key_type", "RSA-HSM"), ("key_size", 4096), ("file", "a.pem"), ("rotate_after_days", 90)],
)
def test_an_existing_key_takes_no_setting_of_a_new_one(argument: str, value: object) -> None:
    assert names(key=KeyArgs(existing_id=KEY, **{argument: value})) == [f"key.{argument}"]  # pyright: ignore[reportArgumentType]


def test_an_existing_key_lies_in_the_existing_vault() -> None:
    assert names(VaultArgs(existing_id=f"{VAULT}2"), KeyArgs(existing_id=KEY)) == ["key.existing_id"]


def test_a_new_vault_has_one_resource_group() -> None:
    assert names(VaultArgs(existing_resource_group="platform", resource_group_name="acme")) == ["vault.resource_group_name"]


def test_an_imported_key_has_its_own_size_and_does_not_rotate() -> None:
    assert names(key=KeyArgs(file="a.pem", key_size=4096, rotate_after_days=90)) == ["key.key_size", "key.rotate_after_days"]


def test_a_transfer_blob_needs_an_hsm() -> None:
    assert names(VaultArgs(existing_id=VAULT), KeyArgs(file="a.byok")) == ["key.key_type"]
    assert names(VaultArgs(existing_id=VAULT), KeyArgs(file="a.byok", key_type="RSA-HSM")) == []


def test_a_transfer_blob_is_for_a_vault_that_exists() -> None:
    assert names(VaultArgs(sku="premium"), KeyArgs(file="a.byok", key_type="RSA-HSM")) == ["key.file"]
    assert names(VaultArgs(existing_resource_group="g", sku="premium"), KeyArgs(file="a.byok", key_type="RSA-HSM")) == [
        "key.file"
    ]


def test_a_private_endpoint_needs_a_restricted_network() -> None:
    assert names(VaultArgs(private_endpoint_subnet_id=SUBNET)) == ["vault.private_endpoint_subnet_id"]


def test_a_dns_zone_needs_a_private_endpoint() -> None:
    assert names(VaultArgs(network="restricted", private_dns_zone_id=ZONE)) == ["vault.private_dns_zone_id"]


@pytest.mark.parametrize(
    "text", ["platform-vault", MANAGED_HSM, f"{VAULT}/", KEY, f"{VAULT}?x=1", VAULT.replace("5e0cafe0", "5e0")]
)
def test_what_is_no_id_of_a_vault_is_refused(text: str) -> None:
    (error,) = errors(VaultArgs(existing_id=text))
    assert "a Managed HSM is not supported" in error.allowed


@pytest.mark.parametrize(
    "text", [VAULT, f"{KEY}/0123456789abcdef0123456789abcdef", "https://acme.vault.azure.net/keys/acme"]
)
def test_what_is_no_id_of_a_key_is_refused(text: str) -> None:
    assert "key.existing_id" in names(key=KeyArgs(existing_id=text))


@pytest.mark.parametrize("zone", [ZONE.replace("vaultcore", "blob.core"), ZONE.replace("privateDnsZones", "dnsZones")])
def test_a_zone_that_does_not_resolve_vaults_is_refused(zone: str) -> None:
    vault = VaultArgs(network="restricted", private_endpoint_subnet_id=SUBNET, private_dns_zone_id=zone)
    assert names(vault) == ["vault.private_dns_zone_id"]


@pytest.mark.parametrize("file", ["key", "key.pfx", ".pem", "keys/.byok"])
def test_a_file_that_is_neither_pem_nor_a_transfer_blob_is_refused(file: str) -> None:
    assert "key.file" in names(key=KeyArgs(file=file))


@pytest.mark.parametrize("days", [-1, 1, 6, 3651])
def test_a_rotation_that_azure_does_not_take_is_refused(days: int) -> None:
    assert names(key=KeyArgs(rotate_after_days=days)) == ["key.rotate_after_days"]


def test_a_role_covers_the_vault_or_the_key() -> None:
    organization = OrganizationArgs(ims_org_id=ORG)
    args = CustomerManagedKeysArgs(organization=organization, access=AccessArgs(role_scope="subscription"))
    assert [error.argument for error in args.validation_errors()] == ["access.role_scope"]


def test_an_id_tells_vault_and_key_whatever_its_case() -> None:
    args = CustomerManagedKeysArgs(organization=OrganizationArgs(ims_org_id=ORG), key=KeyArgs(existing_id=KEY.upper()))
    assert args.existing_vault
    assert args.existing_vault.arm_id.lower() == VAULT.lower()
    assert args.key_name == "CEREMONY"
