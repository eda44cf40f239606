"""Every way to have a vault, a key, a network and a role: each ends COMPLETED, or is refused in preview with a reason."""

import pytest

from tests.drivers import Driver
from tests.ways import COVERING, KEYS, NETWORKS, SCOPES, VAULTS, WAYS, Way, configure, prepare_azure


@pytest.fixture
def stack(driver: Driver) -> Driver:
    """A stack beside what a platform team set up, whose user may use the data plane."""
    prepare_azure(driver)
    return driver


@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.sampled(cases=3)
def test_each_way_works_or_is_refused_in_preview(stack: Driver, kind: str, way: Way) -> None:
    if kind == "engine" and way not in COVERING:
        pytest.skip("on the engine a set that covers every value, and every vault with every key")
    configure(stack, way)
    before, preview = stack.clouds(), stack.preview()
    assert stack.clouds() == before
    if way.refusal:
        assert preview.exit_code != 0
        assert f"{way.refusal} is " in preview.text
        assert "; allowed: " in preview.text
        return
    assert preview.exit_code == 0, preview.text
    outcome = stack.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"
    for look in (stack.up, stack.refresh, stack.watch):
        again = look()
        assert (again.exit_code, again.changed()) == (0, {}), again.text


def test_the_covering_set_covers() -> None:
    for place, values in enumerate((VAULTS, KEYS, NETWORKS, SCOPES)):
        assert {way[place] for way in COVERING} == set(values)
    pairs = {(way.vault, way.key) for way in WAYS if not way.refusal}
    assert {(way.vault, way.key) for way in COVERING} >= pairs - {("new", "existing")}
