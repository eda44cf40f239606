"""Lives in the rehearsal, at one of their starts."""

import contextlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clock import ManualClock
from tests.drivers import Rehearsal
from tests.settled import prepare, settle

from .life import Life

READY = {"prepared": prepare, "settled": settle}


@pytest.fixture(scope="session")
def born(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Life]:
    """A life at one of the starts, with a clock of its own; only one at a time."""
    folder = tmp_path_factory.mktemp("lives")
    for start, make in READY.items():
        with contextlib.redirect_stdout(io.StringIO()):
            make(_rehearsal(folder / start))

    def life(start: str) -> Life:
        shutil.rmtree(folder / "home", ignore_errors=True)
        if start in READY:
            shutil.copytree(folder / start, folder / "home")
        rehearsal = _rehearsal(folder / "home")
        # Later than everything that was made before.
        rehearsal.clock.sleep(3600)
        return Life(rehearsal, start)

    return life


def _rehearsal(home: Path) -> Rehearsal:
    rehearsal = Rehearsal(home)
    rehearsal.clock = ManualClock()
    return rehearsal
