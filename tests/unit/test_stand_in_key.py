"""A key: no refresh sees it, no PUT changes it, and deleting or recovering it is a matter of the vault's data plane."""

from typing import Any

import pytest

from simulation.cloud import Cloud
from simulation.errors import CloudError
from simulation.providers.functions import invoke
from simulation.providers.stand_ins import STAND_INS
from tests.declared import KEY, Provider, declared, plain
from tests.landscape import KEY_PROPERTIES, build

KIND = STAND_INS[KEY]
LOOKUP = {"resourceGroupName": "cmk", "vaultName": "acme-vault", "keyName": "acme-key"}
NOTIFY = [{"action": {"type": "Notify"}, "trigger": {"timeBeforeExpiry": "P30D"}}]


@pytest.mark.parametrize(
    "drift",
    [
        {"attributes": {"enabled": False, "created": 1, "updated": 2, "recoveryLevel": "Recoverable"}},
        {"keySize": 4096},
        {"kty": "EC"},
        {"keyOps": ["sign"]},
        {"versions": ["0", "1"]},
    ],
    ids=str,
)
def test_a_refresh_sees_nothing_of_what_happens_to_a_key(cloud: Cloud, drift: dict[str, Any]) -> None:
    made = build(cloud)
    inputs, id_ = declared(KEY, made), f"{made.vault_id}/keys/acme-key"
    outputs = KIND.read(cloud, id_)
    assert outputs is not None
    cloud.state["azure"]["keys"]["acme-vault/acme-key"] |= drift
    answer = Provider(cloud).read(KEY, id_, inputs, outputs)
    assert plain(answer.inputs) == inputs
    assert plain(answer.properties) != outputs


def test_a_refresh_takes_tags_into_the_state(cloud: Cloud) -> None:
    made = build(cloud)
    inputs, id_ = declared(KEY, made), f"{made.vault_id}/keys/acme-key"
    outputs = KIND.read(cloud, id_)
    assert outputs is not None
    cloud.state["azure"]["keys"]["acme-vault/acme-key"]["tags"]["owner"] = "them"
    assert plain(Provider(cloud).read(KEY, id_, inputs, outputs).inputs)["tags"] == {"owner": "them"}


def test_an_update_with_the_same_parameters_writes_no_tags(cloud: Cloud) -> None:
    made = build(cloud)
    before = dict(cloud.state["azure"]["keys"]["acme-vault/acme-key"])
    KIND.update(cloud, f"{made.vault_id}/keys/acme-key", declared(KEY, made, tags={"team": "security"}))
    assert cloud.state["azure"]["keys"]["acme-vault/acme-key"] == before


def test_an_update_with_other_parameters_is_refused(cloud: Cloud) -> None:
    made = build(cloud)
    inputs = declared(KEY, made, properties={**KEY_PROPERTIES, "keySize": 4096})
    with pytest.raises(CloudError, match=r"KeyCreationParametersDidNotMatchExistingKey"):
        KIND.update(cloud, f"{made.vault_id}/keys/acme-key", inputs)


def test_a_get_shows_the_rotation_policy_that_a_put_does_not(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.state["azure"]["keys"].clear()
    id_, outputs = KIND.create(cloud, declared(KEY, made))
    assert "rotationPolicy" not in outputs
    seen = KIND.read(cloud, id_)
    assert seen is not None
    assert seen["rotationPolicy"]["lifetimeActions"] == NOTIFY


def test_a_key_without_tags_is_answered_without_any(cloud: Cloud) -> None:
    made = build(cloud)
    assert "tags" not in invoke(cloud, "azure-native:keyvault:getKey", LOOKUP)
    assert "tags" not in (KIND.read(cloud, f"{made.vault_id}/keys/acme-key") or {})


@pytest.mark.parametrize("code", ["ResourceNotFound", "KeyNotFound"])
def test_a_deleted_key_is_answered_with_the_code_that_is_chosen(cloud: Cloud, code: str) -> None:
    build(cloud)
    cloud.azure.delete_key("acme-vault", "acme-key")
    cloud.azure.switches.set("deleted-key-code", code)
    with pytest.raises(CloudError) as refused:
        invoke(cloud, "azure-native:keyvault:getKey", LOOKUP)
    assert refused.value.code == code


def test_a_code_that_the_provider_does_not_know_as_gone_makes_the_read_fail(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.azure.delete_key("acme-vault", "acme-key")
    assert Provider(cloud).read(KEY, f"{made.vault_id}/keys/acme-key", declared(KEY, made), {}).id == ""
    cloud.azure.switches.set("deleted-key-code", "KeyNotFound")
    with pytest.raises(CloudError, match="KeyNotFound"):
        Provider(cloud).read(KEY, f"{made.vault_id}/keys/acme-key", declared(KEY, made), {})


def test_a_key_of_a_deleted_vault_is_gone_with_its_parent(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.azure.delete_vault("acme-vault")
    with pytest.raises(CloudError, match="ParentResourceNotFound"):
        cloud.azure.key("acme-vault", "acme-key")
    assert KIND.read(cloud, f"{made.vault_id}/keys/acme-key") is None


@pytest.mark.parametrize("code", ["ResourceNotFound", "KeyNotFound"])
def test_a_creation_over_a_deleted_key_fails_without_a_role_on_the_data_plane(cloud: Cloud, code: str) -> None:
    made = build(cloud)
    cloud.azure.delete_key("acme-vault", "acme-key")
    cloud.azure.switches.set("deleted-key-code", code)
    with pytest.raises(CloudError) as refused:
        KIND.create(cloud, declared(KEY, made))
    assert str(refused.value).startswith('Code="Conflict" Message="Key acme-key is currently in a deleted but recoverable')
    assert cloud.state["azure"]["keys"] == {}


def test_a_creation_over_a_deleted_key_recovers_it_with_a_role_on_the_data_plane(cloud: Cloud) -> None:
    made = build(cloud)
    before = cloud.azure.key("acme-vault", "acme-key")["keyUriWithVersion"]
    cloud.azure.delete_key("acme-vault", "acme-key")
    cloud.azure.switches.set("deployer-data-role", "crypto-officer")
    id_, outputs = KIND.create(cloud, declared(KEY, made))
    assert (id_, outputs["keyUriWithVersion"]) == (f"{made.vault_id}/keys/acme-key", before)
    assert cloud.state["azure"]["deletedKeys"] == {}


def test_a_creation_over_a_deleted_key_recovers_nothing_from_outside_the_firewall(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.azure.delete_key("acme-vault", "acme-key")
    cloud.azure.switches.set("deployer-data-role", "crypto-officer")
    cloud.state["azure"]["vaults"]["acme-vault"]["properties"]["networkAcls"]["defaultAction"] = "Deny"
    with pytest.raises(CloudError, match="deleted but recoverable"):
        KIND.create(cloud, declared(KEY, made))


def test_a_recovered_key_that_is_other_than_declared_is_refused(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.azure.delete_key("acme-vault", "acme-key")
    cloud.azure.switches.set("deployer-data-role", "crypto-officer")
    with pytest.raises(CloudError, match=r"KeyCreationParametersDidNotMatchExistingKey"):
        KIND.create(cloud, declared(KEY, made, properties={**KEY_PROPERTIES, "keySize": 4096}))


def test_a_deletion_without_a_role_on_the_data_plane_is_refused(cloud: Cloud) -> None:
    made = build(cloud)
    with pytest.raises(CloudError, match=r"not authorized to perform action.*vaults/keys/delete.*ForbiddenByRbac"):
        Provider(cloud).delete(KEY, f"{made.vault_id}/keys/acme-key")
    assert "acme-vault/acme-key" in cloud.state["azure"]["keys"]


@pytest.mark.parametrize(("address", "gone"), [("203.0.113.9", True), ("198.51.100.9", False)])
def test_a_deletion_passes_the_firewall_from_an_address_of_its_list_only(cloud: Cloud, address: str, gone: bool) -> None:
    made = build(cloud)
    rules = {"defaultAction": "Deny", "bypass": "AzureServices", "ipRules": [{"value": "203.0.113.0/24"}]}
    cloud.state["azure"]["vaults"]["acme-vault"]["properties"]["networkAcls"] = rules
    cloud.azure.switches.set("deployer-data-role", "crypto-officer")
    cloud.azure.switches.set("deployer-address", address)
    if gone:
        KIND.delete(cloud, f"{made.vault_id}/keys/acme-key")
    else:
        with pytest.raises(CloudError, match=f"Client address: {address} .*ForbiddenByFirewall"):
            KIND.delete(cloud, f"{made.vault_id}/keys/acme-key")
    assert ("acme-vault/acme-key" in cloud.state["azure"]["deletedKeys"]) == gone


@pytest.mark.parametrize("access", ["Disabled", "SecuredByPerimeter"])
def test_a_deletion_is_refused_where_public_access_is_off(cloud: Cloud, access: str) -> None:
    made = build(cloud)
    cloud.state["azure"]["vaults"]["acme-vault"]["properties"]["publicNetworkAccess"] = access
    cloud.azure.switches.set("deployer-data-role", "crypto-officer")
    with pytest.raises(CloudError, match="Public network access is disabled"):
        KIND.delete(cloud, f"{made.vault_id}/keys/acme-key")


def test_a_deletion_of_a_key_that_is_deleted_already_is_done(cloud: Cloud) -> None:
    made = build(cloud)
    cloud.azure.delete_key("acme-vault", "acme-key")
    cloud.azure.switches.set("deployer-data-role", "crypto-officer")
    before = dict(cloud.state["azure"]["deletedKeys"])
    KIND.delete(cloud, f"{made.vault_id}/keys/acme-key")
    assert cloud.state["azure"]["deletedKeys"] == before


def test_an_import_reads_no_properties_and_shows_no_difference(cloud: Cloud) -> None:
    made = build(cloud)
    seen = plain(Provider(cloud).read(KEY, f"{made.vault_id}/keys/acme-key").inputs)
    assert seen == LOOKUP
    other = declared(KEY, made, properties={**KEY_PROPERTIES, "keySize": 4096})
    del other["tags"]
    assert list(Provider(cloud).diff(KEY, seen, other).diffs) == []
