"""Nothing is sent to Adobe while Azure is not as Adobe requires it; all is told at once, with the way to fix it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulation.cloud import opened
from tests.drivers import DRIVERS, Driver
from tests.settled import made_once, prepare

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
    "vault gone": (lambda a: a["vaults"].clear(), "must be there and readable"),
    "key type": (lambda a: key(a).update(kty="EC"), "requires RSA or RSA-HSM; found: EC"),
    "key size": (lambda a: key(a).update(keySize=2048), "requires 3072 bits or more; found: 2048"),
    "key made earlier": (
        lambda a: key(a).update(keySize=4096),
        "Fix: declare RSA of 4096 bits, or another name",
    ),
    "key operations": (lambda a: key(a).update(keyOps=["sign"]), "requires wrapKey and unwrapKey; found: sign"),
    "key disabled": (lambda a: key(a)["attributes"].update(enabled=False), "requires it enabled; found: disabled"),
    "key not yet valid": (lambda a: key(a)["attributes"].update(notBefore=4e9), "not before 2096-10-02"),
    "key expires": (lambda a: key(a)["attributes"].update(expires=1.0), "expires on 1970-01-01"),
    "role gone": (lambda a: a["roleAssignments"].clear(), "role assignment of Adobe's app: must be there"),
    "another role": (
        lambda a: role(a).update(
            roleDefinitionId=role(a)["roleDefinitionId"][:-36] + "00482a5a-887f-4fb3-b363-3b7fe8e74483"
        ),
        "must be Key Vault Crypto Service Encryption User",
    ),
    "another principal": (lambda a: role(a).update(principalId="somebody"), "found: somebody"),
}


@pytest.fixture(scope="session")
def prepared_home(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything but the configuration."""
    return made_once(tmp_path_factory, kind, "prepared", prepare)


@pytest.fixture
def prepared(kind: str, prepared_home: Path, tmp_path: Path) -> Driver:
    shutil.copytree(prepared_home, tmp_path / "home")
    return DRIVERS[kind](tmp_path / "home")


def spoil(stack: Driver, *names: str) -> None:
    with opened(stack.home) as cloud, cloud.at_work():
        for name in names:
            SPOILED[name][0](cloud.state["azure"])


@pytest.mark.parametrize("name", SPOILED)
def test_each_thing_that_would_make_adobe_fail_is_found_and_nothing_is_sent(prepared: Driver, name: str) -> None:
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


def test_what_was_mended_is_sent(prepared: Driver) -> None:
    spoil(prepared, "key disabled")
    assert prepared.up().exit_code != 0
    with opened(prepared.home) as cloud, cloud.at_work():
        key(cloud.state["azure"])["attributes"]["enabled"] = True
    outcome = prepared.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"


def test_an_active_configuration_is_not_held_up_by_a_finding_but_told_of_it(settled: Driver) -> None:
    spoil(settled, "network")
    outcome = settled.up()
    assert outcome.exit_code == 0, outcome.text
    assert "warning: vault adobe-cmk-vault" in outcome.text
    assert "--public-network-access Enabled" in outcome.text


def test_a_deleted_key_shows_in_preview_with_the_command_that_brings_it_back_and_in_refresh(settled: Driver) -> None:
    settled.drift("key-deleted")
    assert "az keyvault key recover --vault-name adobe-cmk-vault" in settled.preview().text
    assert settled.refresh().changed() == {"Key": "delete"}
