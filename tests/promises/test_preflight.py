"""Nothing is sent to Adobe while a preflight check fails; all findings are reported at once, each with its fix."""

from collections.abc import Callable
from typing import Any

import pytest

from simulation.cloud import opened
from tests.drivers import Driver, Engine
from tests.promises.judge import assert_completed, assert_fails, assert_quiet, posts

Clouds = dict[str, Any]


def vault(clouds: Clouds) -> Any:
    return next(iter(clouds["azure"]["vaults"].values()))["properties"]


def key(clouds: Clouds) -> Any:
    return next(iter(clouds["azure"]["keys"].values()))


def role(clouds: Clouds) -> Any:
    return next(iter(clouds["azure"]["roleAssignments"].values()))


def principal(clouds: Clouds) -> Any:
    return next(iter(clouds["entra"]["servicePrincipals"].values()))


def with_another_role(clouds: Clouds) -> None:
    role(clouds)["roleDefinitionId"] = role(clouds)["roleDefinitionId"][:-36] + READER


READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
NOWHERE = "00000000-0000-4000-8000-000000000000"
# What is not as Adobe requires it, and what the finding must name: the option that fixes it, or what was found.
SPOILED: dict[str, tuple[Callable[[Clouds], object], str]] = {
    "purge protection": (lambda c: vault(c).update(enablePurgeProtection=None), "--enable-purge-protection true"),
    "soft delete": (lambda c: vault(c).update(enableSoftDelete=False), "--enable-soft-delete true"),
    "RBAC": (lambda c: vault(c).update(enableRbacAuthorization=False), "--enable-rbac-authorization true"),
    "tenant": (lambda c: vault(c).update(tenantId=NOWHERE), NOWHERE),
    "network": (lambda c: vault(c).update(publicNetworkAccess="Disabled"), "--public-network-access Enabled"),
    "bypass": (lambda c: vault(c)["networkAcls"].update(defaultAction="Deny", bypass="None"), "--bypass AzureServices"),
    "address": (lambda c: vault(c)["networkAcls"].update(defaultAction="Deny"), "--ip-address 20.88.123.53"),
    "vault gone": (lambda c: c["azure"]["vaults"].clear(), "az keyvault recover"),
    "key type": (lambda c: key(c).update(kty="oct-HSM"), "oct-HSM"),
    "key size": (lambda c: key(c).update(keySize=2048), "2048"),
    "key made earlier": (lambda c: key(c).update(keySize=4096), "4096"),
    "key operations": (lambda c: key(c).update(keyOps=["sign"]), "--ops wrapKey unwrapKey"),
    "key disabled": (lambda c: key(c)["attributes"].update(enabled=False), "--enabled true"),
    "key not yet valid": (lambda c: key(c)["attributes"].update(notBefore=4e9), "--not-before"),
    "key expires": (lambda c: key(c)["attributes"].update(expires=1.0), "--expires"),
    "role gone": (lambda c: c["azure"]["roleAssignments"].clear(), "RoleAssignmentNotFound"),
    "another role": (with_another_role, READER),
    "another principal": (lambda c: role(c).update(principalId="somebody"), "somebody"),
    "principal disabled": (lambda c: principal(c).update(accountEnabled=False), "accountEnabled=true"),
}


def change(stack: Driver, *changes: Callable[[Clouds], object]) -> None:
    with opened(stack.home, stack.clock) as cloud, cloud.at_work():
        for each in changes:
            each(cloud.state)


@pytest.mark.parametrize("name", SPOILED)
def test_each_unmet_requirement_is_found_and_nothing_is_sent(prepared: Engine, name: str) -> None:
    spoil, named = SPOILED[name]
    change(prepared, spoil)
    assert_fails(prepared.up(), named)
    assert posts(prepared) == 0


def test_all_findings_are_told_at_once_and_in_preview(prepared: Engine) -> None:
    spoiled = [SPOILED[name] for name in ("RBAC", "key size", "role gone")]
    change(prepared, *[spoil for spoil, _ in spoiled])
    assert_fails(prepared.preview(), *[named for _, named in spoiled])


def test_an_expiry_far_away_is_a_warning(prepared: Engine) -> None:
    change(prepared, lambda clouds: key(clouds)["attributes"].update(expires=4e9))
    outcome = prepared.up()
    assert_completed(outcome)
    assert "2096-10-02" in outcome.text


def test_after_a_fix_the_configuration_is_sent(prepared: Engine) -> None:
    change(prepared, SPOILED["key disabled"][0])
    assert prepared.up().exit_code != 0
    change(prepared, lambda clouds: key(clouds)["attributes"].update(enabled=True))
    assert_completed(prepared.up())


def test_the_findings_of_a_stack_that_is_not_activated_are_no_change(prepared: Engine) -> None:
    prepared.configure(activate=None)
    change(prepared, SPOILED["key disabled"][0])
    watched = prepared.watch()
    assert_quiet(watched)
    assert SPOILED["key disabled"][1] in watched.text


def test_after_activation_a_finding_is_a_change_in_preview_and_ends_up_with_an_error_until_it_is_fixed(
    settled: Engine,
) -> None:
    spoil, named = SPOILED["network"]
    change(settled, spoil)
    preview = settled.preview()
    assert preview.exit_code == 0, preview.text
    assert set(preview.changed().values()) == {"update"}
    assert named in preview.text
    assert_fails(settled.up(), named)
    change(settled, lambda clouds: vault(clouds).update(publicNetworkAccess="Enabled"))
    assert_quiet(settled.up())
    assert posts(settled) == 1
