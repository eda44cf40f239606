"""Nothing is sent to Adobe while a preflight check fails; all findings are reported at once, each with its fix."""

from collections.abc import Callable
from typing import Any

import pytest

from simulation.cloud import opened
from tests.drivers import Driver

POST = "POST /data/infrastructure/manager/customer/config"
Azure = dict[str, Any]


def vault(azure: Azure) -> Any:
    return next(iter(azure["vaults"].values()))["properties"]


def key(azure: Azure) -> Any:
    return next(iter(azure["keys"].values()))


def role(azure: Azure) -> Any:
    return next(iter(azure["roleAssignments"].values()))


SPOILED: dict[str, tuple[Callable[[Azure], object], str]] = {
    "purge protection": (lambda a: vault(a).update(enablePurgeProtection=None), "--enable-purge-protection true"),
    "soft delete": (lambda a: vault(a).update(enableSoftDelete=False), "requires soft delete; found: off"),
    "RBAC": (lambda a: vault(a).update(enableRbacAuthorization=False), "requires Azure RBAC; found: access policies"),
    "tenant": (lambda a: vault(a).update(tenantId="00000000-0000-4000-8000-000000000000"), "use a vault of this tenant"),
    "network": (lambda a: vault(a).update(publicNetworkAccess="Disabled"), "--public-network-access Enabled"),
    "bypass": (lambda a: vault(a)["networkAcls"].update(defaultAction="Deny", bypass="None"), "--bypass AzureServices"),
    "address": (lambda a: vault(a)["networkAcls"].update(defaultAction="Deny"), "--ip-address 20.88.123.53"),
    "vault gone": (lambda a: a["vaults"].clear(), "must exist; found"),
    "key type": (lambda a: key(a).update(kty="EC"), "requires RSA or RSA-HSM; found: EC"),
    "key size": (lambda a: key(a).update(keySize=2048), "requires 3072 bits or more; found: 2048"),
    "key made earlier": (
        lambda a: key(a).update(keySize=4096),
        "Fix: declare RSA with 4096 bits, or another key name",
    ),
    "key operations": (lambda a: key(a).update(keyOps=["sign"]), "requires wrapKey and unwrapKey; found: sign"),
    "key disabled": (lambda a: key(a)["attributes"].update(enabled=False), "requires an enabled key; found: disabled"),
    "key not yet valid": (lambda a: key(a)["attributes"].update(notBefore=4e9), "not valid before 2096-10-02"),
    "key expires": (lambda a: key(a)["attributes"].update(expires=1.0), "expires on 1970-01-01"),
    "role gone": (lambda a: a["roleAssignments"].clear(), "role assignment of Adobe's app: must exist"),
    "another role": (
        lambda a: role(a).update(
            roleDefinitionId=role(a)["roleDefinitionId"][:-36] + "00482a5a-887f-4fb3-b363-3b7fe8e74483"
        ),
        "must be Key Vault Crypto Service Encryption User",
    ),
    "another principal": (lambda a: role(a).update(principalId="somebody"), "found: somebody"),
}


def spoil(stack: Driver, *names: str) -> None:
    with opened(stack.home) as cloud, cloud.at_work():
        for name in names:
            SPOILED[name][0](cloud.state["azure"])


@pytest.mark.parametrize("name", SPOILED)
@pytest.mark.sampled(cases=5)
def test_each_unmet_requirement_is_found_and_nothing_is_sent(prepared: Driver, name: str) -> None:
    spoil(prepared, name)
    outcome = prepared.up()
    assert outcome.exit_code != 0
    assert SPOILED[name][1] in outcome.text
    assert POST not in prepared.calls()


def test_a_disabled_service_principal_is_found(prepared: Driver) -> None:
    with opened(prepared.home) as cloud, cloud.at_work():
        for principal in cloud.state["entra"]["servicePrincipals"].values():
            principal["accountEnabled"] = False
    outcome = prepared.up()
    assert outcome.exit_code != 0
    assert "az ad sp update --id" in outcome.text
    assert POST not in prepared.calls()


def test_all_findings_are_told_at_once_and_in_preview(prepared: Driver) -> None:
    names = ("RBAC", "key size", "role gone")
    spoil(prepared, *names)
    outcome = prepared.preview()
    assert outcome.exit_code != 0
    for name in names:
        assert SPOILED[name][1] in outcome.text


def test_an_expiry_far_away_is_a_warning(prepared: Driver) -> None:
    with opened(prepared.home) as cloud, cloud.at_work():
        key(cloud.state["azure"])["attributes"]["expires"] = 4e9
    outcome = prepared.up()
    assert outcome.exit_code == 0, outcome.text
    assert "warning: key adobe-cmk-key: must not expire; found: expires on 2096-10-02" in outcome.text


def test_after_a_fix_the_configuration_is_sent(prepared: Driver) -> None:
    spoil(prepared, "key disabled")
    assert prepared.up().exit_code != 0
    with opened(prepared.home) as cloud, cloud.at_work():
        key(cloud.state["azure"])["attributes"]["enabled"] = True
    outcome = prepared.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"


def test_after_activation_a_finding_is_a_change_in_preview_and_ends_up_with_an_error(settled: Driver) -> None:
    spoil(settled, "network")
    preview = settled.preview()
    assert (preview.exit_code, preview.changed()) == (0, {"Activation": "update"}), preview.text
    assert "warning: vault adobe-cmk-vault" in preview.text
    outcome = settled.up()
    assert outcome.exit_code != 0
    assert "Adobe's access to the key is at risk" in outcome.text
    assert "--public-network-access Enabled" in outcome.text


def test_a_finding_that_is_fixed_leaves_nothing_behind(settled: Driver) -> None:
    spoil(settled, "network")
    assert settled.up().exit_code != 0
    with opened(settled.home) as cloud, cloud.at_work():
        vault(cloud.state["azure"])["publicNetworkAccess"] = "Enabled"
    assert settled.preview().changed() == {}
    outcome = settled.up()
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text


def test_a_deleted_key_shows_in_preview_with_the_command_that_brings_it_back_and_in_refresh(settled: Driver) -> None:
    settled.drift("key-deleted")
    assert "az keyvault key recover --vault-name adobe-cmk-vault" in settled.preview().text
    assert settled.refresh().changed() == {"Key": "delete"}
