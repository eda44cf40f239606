"""Lives that were drawn at random and ended badly once, kept as they were drawn, less what did not matter."""

from collections.abc import Callable, Sequence

import pytest

from .life import Life
from .steps import Step

# What happened, in words, to the start and the steps.
LIVES: dict[str, tuple[str, Sequence[Step]]] = {
    "the-role-was-gone-before-the-adoption": ("as-documented", [Step("drift", "role-removed")]),
    "the-state-and-the-role-were-lost": ("settled", [Step("forget"), Step("drift", "principal-removed")]),
    "a-vault-that-was-not-recorded-has-another-retention-than-the-setting": (
        "nothing",
        [Step("set", "softDeleteRetentionDays=30"), Step("kill", "Vault after"), Step("set", "softDeleteRetentionDays")],
    ),
    "a-refresh-recorded-that-a-principal-is-read-which-never-was": (
        "nothing",
        [Step("set", "servicePrincipal=existing"), Step("refresh")],
    ),
}


@pytest.mark.parametrize("name", LIVES)
def test_it_ends_well_now(born: Callable[[str], Life], name: str) -> None:
    start, steps = LIVES[name]
    born(start).live(steps)


def test_a_vault_that_was_created_and_not_recorded_is_kept_when_its_name_is_unset(born: Callable[[str], Life]) -> None:
    life = born("nothing")
    life.live([Step("set", "vaultName=renamed-vault"), Step("kill", "Vault after"), Step("set", "vaultName")])
    assert [vault["name"] for vault in life.driver.state()["azure"]["vaults"].values()] == ["renamed-vault"]
