"""Names are claimed once and stay, whatever else changes."""

import re
from typing import Any

import pytest

from components.adobe import name_claim
from components.adobe.name_claim import NameClaim, NameClaimArgs, NameClaimProvider

PROVIDER = NameClaimProvider()
GENERATED = {"name": "cmk", "wantedResourceGroupName": "", "wantedVaultName": "", "__provider": "…"}
SET = {**GENERATED, "wantedResourceGroupName": "acme", "wantedVaultName": "acme-vault"}


def claimed(props: dict[str, Any]) -> dict[str, Any]:
    outputs = PROVIDER.create(props).outs
    assert outputs
    return outputs


def test_generated_names_end_in_the_same_eight_hex_digits() -> None:
    outputs = claimed(GENERATED)
    assert re.fullmatch(r"[0-9a-f]{8}", outputs["suffix"])
    assert (outputs["resourceGroupName"], outputs["vaultName"]) == (
        f"cmk-rg{outputs['suffix']}",
        f"cmk-vault{outputs['suffix']}",
    )
    assert "__provider" not in outputs
    assert claimed(GENERATED)["suffix"] != outputs["suffix"]


def test_names_that_are_set_are_claimed_as_they_are() -> None:
    outputs = claimed(SET)
    assert (outputs["resourceGroupName"], outputs["vaultName"]) == ("acme", "acme-vault")


def test_an_update_keeps_the_digits() -> None:
    before = claimed(GENERATED)
    half = {**GENERATED, "wantedVaultName": "acme-vault"}
    assert PROVIDER.diff("id", before, half).changes
    after = PROVIDER.update("id", before, half).outs
    assert after
    assert (after["resourceGroupName"], after["vaultName"]) == (before["resourceGroupName"], "acme-vault")
    assert after["suffix"] == before["suffix"]


def test_the_same_names_are_no_change_however_they_came_about() -> None:
    before = claimed(GENERATED)
    written_down = {
        **GENERATED,
        "wantedVaultName": before["vaultName"],
        "wantedResourceGroupName": before["resourceGroupName"],
    }
    for news in (GENERATED, written_down, {**GENERATED, "__provider": "elsewhere"}):
        diff = PROVIDER.diff("id", before, news)
        assert not diff.changes
        assert diff.replaces == []


@pytest.mark.parametrize(
    ("is_preview", "wanted", "is_known"),
    [(True, "acme", True), (True, "", False), (False, "acme", False), (False, "", False)],
)
def test_in_a_preview_a_name_that_is_set_is_known(
    monkeypatch: pytest.MonkeyPatch, is_preview: bool, wanted: str, is_known: bool
) -> None:
    monkeypatch.setattr(name_claim, "is_dry_run", lambda: is_preview)
    claim = object.__new__(NameClaim)
    claim._args = NameClaimArgs(name="cmk", resource_group_name=wanted, vault_name=wanted)
    group, vault = object(), object()
    # Pulumi sets the outputs as attributes.
    claim.__dict__.update(resourceGroupName=group, vaultName=vault)
    assert claim.resource_group_name is (wanted if is_known else group)
    assert claim.vault_name is (wanted if is_known else vault)


def test_another_path_of_the_providers_class_is_a_change_so_that_an_up_writes_it() -> None:
    before = {**claimed(GENERATED), "__provider": "before"}
    assert PROVIDER.diff("id", before, {**GENERATED, "__provider": "after"}).changes
    assert not PROVIDER.diff("id", before, {**GENERATED, "__provider": "before"}).changes
