"""Each row of the drift matrix on the engine: the check's class, what a refresh shows, and what the next `up` does."""

import pytest

from operations.drift.severity import Severity
from tests.drift_matrix import ANEW, BENIGN, NOTHING, REFUSES, REPAIRS, ROWS, Row
from tests.drivers import Engine


def drifted(driver: Engine, names: str) -> None:
    for name in names.split("+"):
        driver.drift(name)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.drift)
@pytest.mark.every_time(cases=1)
def test_each_drift_has_its_class_its_look_and_its_repair(settled: Engine, row: Row) -> None:
    drifted(settled, row.drift)
    recorded, clouds = settled.recorded(), settled.clouds()
    code, said = settled.drift_check()
    assert code == row.severity.exit_code, said
    assert row.words in said
    # A mere look changes nothing; Adobe itself registers an app that is asked for.
    assert settled.recorded() == recorded
    assert settled.clouds() == clouds or row.drift == "registration-gone"
    refreshed = settled.pulumi("refresh", "--preview-only", "--expect-no-changes")
    assert (refreshed.exit_code != 0) == row.is_in_refresh, refreshed.text
    up = settled.pulumi("up", "--yes", "--skip-preview", "--refresh")
    if row.up == REFUSES:
        assert up.exit_code != 0, up.text
    else:
        assert up.exit_code == 0, up.text
        assert bool(up.changed()) == (row.up in (REPAIRS, ANEW))
        assert settled.drift_check()[0] == 0


@pytest.mark.parametrize("drift", BENIGN)
def test_what_means_nothing_to_adobe_is_no_alarm(settled: Engine, drift: str) -> None:
    drifted(settled, drift)
    refreshed = settled.refresh()
    assert refreshed.exit_code == 0, refreshed.text
    watched = settled.watch()
    assert (watched.exit_code, watched.changed()) == (0, {}), watched.text
    assert settled.drift_check()[0] == 0


def test_a_row_without_a_drift_has_nothing_to_do() -> None:
    assert {row.up for row in ROWS if row.severity is Severity.BENIGN} == {NOTHING}
