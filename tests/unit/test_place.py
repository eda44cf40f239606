"""A stack stays in the tenant and subscription that it was created in."""

from typing import Any

import pytest

from components.constants import KEY_VAULT, VAULT_TYPE
from components.safety.place import OtherPlace, Place, refuse_another_place

TENANT, OTHER_TENANT = "7e4a0000-aaaa-4bbb-8ccc-ddddeeeeffff", "0badc0de-1111-4222-8333-444455556666"
SUBSCRIPTION, OTHER_SUBSCRIPTION = "5e0cafe0-1111-4222-8333-444455556666", "5e0cafe0-ffff-4222-8333-444455556666"
HERE = Place(TENANT, SUBSCRIPTION, TENANT)


def created(**changes: Any) -> dict[str, dict[str, Any]]:
    vault_id = f"/subscriptions/{changes.get('subscription', SUBSCRIPTION)}/resourceGroups/g/providers/x"
    return {
        VAULT_TYPE: {"properties": {"tenantId": changes.get("tenant", TENANT)}},
        KEY_VAULT: {"vaultId": changes.get("vault_id", vault_id)},
    }


@pytest.mark.parametrize(
    "state",
    [
        {},
        {VAULT_TYPE: {"properties": None}, KEY_VAULT: {"vaultId": None}},
        created(),
        created(tenant=TENANT.upper(), subscription=SUBSCRIPTION.upper()),
        created(vault_id=""),
        created(vault_id="unknown"),
    ],
    ids=["nothing", "half", "same", "another case", "no vault", "no id"],
)
def test_where_nothing_is_elsewhere_the_run_goes_on(state: dict[str, Any]) -> None:
    refuse_another_place(HERE, state)
    refuse_another_place(Place(TENANT.upper(), SUBSCRIPTION.upper(), TENANT), state)


@pytest.mark.parametrize(
    ("place", "state", "words"),
    [
        (Place(TENANT, SUBSCRIPTION, OTHER_TENANT), {}, [OTHER_TENANT, "azuread:tenantId"]),
        (HERE, created(tenant=OTHER_TENANT), [OTHER_TENANT, "azure-native:tenantId"]),
        (HERE, created(subscription=OTHER_SUBSCRIPTION), [OTHER_SUBSCRIPTION, "azure-native:subscriptionId"]),
    ],
    ids=["tenant of azuread", "tenant of the vault", "subscription of the vault"],
)
def test_another_place_is_refused_with_both_names_and_the_setting(
    place: Place, state: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(OtherPlace) as caught:
        refuse_another_place(place, state)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    for word in words:
        assert word in lines[1]


def test_every_difference_has_a_line() -> None:
    with pytest.raises(OtherPlace) as caught:
        refuse_another_place(Place(TENANT, SUBSCRIPTION, OTHER_TENANT), created(tenant="x", subscription="y"))
    assert str(caught.value).count("\n  - ") == 3
