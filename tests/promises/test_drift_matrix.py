"""Each row of the drift matrix: the class that the check ends with, what a refresh shows, and what the next `up` does."""

import pytest

from tests.drivers import Engine
from tests.promises.drift_matrix import ANEW, BENIGN, NO_ALARM, REFUSES, REPAIRS, ROWS, Row
from tests.promises.judge import UP, assert_quiet, posts


def drifted(engine: Engine, names: str) -> None:
    for name in names.split("+"):
        engine.drift(name)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.drift)
@pytest.mark.every_time(cases=1)
def test_each_drift_has_its_class_its_look_and_its_repair(settled: Engine, row: Row) -> None:
    drifted(settled, row.drift)
    recorded, clouds = settled.recorded(), settled.clouds()
    code, said = settled.drift_check()
    assert code == row.code, said
    assert row.named in said
    # A mere look changes nothing; Adobe itself registers an app that is asked for.
    assert settled.recorded() == recorded
    assert settled.clouds() == clouds or row.drift == "registration-gone"
    refreshed = settled.pulumi("refresh", "--preview-only", "--expect-no-changes")
    assert (refreshed.exit_code != 0) == row.is_in_refresh, refreshed.text
    up = settled.pulumi(*UP, "--refresh")
    if row.up == REFUSES:
        assert up.exit_code != 0, up.text
    else:
        assert up.exit_code == 0, up.text
        assert bool(up.changed()) == (row.up in (REPAIRS, ANEW))
        assert settled.drift_check()[0] == BENIGN
    # What Adobe has is sent again only where Adobe itself reports FAILED.
    assert posts(settled) == (2 if row.drift == "configuration-failed" else 1)


@pytest.mark.parametrize("drift", NO_ALARM)
def test_what_means_nothing_to_adobe_is_no_alarm(settled: Engine, drift: str) -> None:
    drifted(settled, drift)
    refreshed = settled.refresh()
    assert refreshed.exit_code == 0, refreshed.text
    assert_quiet(settled.watch())
    assert settled.drift_check()[0] == BENIGN
    assert posts(settled) == 1
