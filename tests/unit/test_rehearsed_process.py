"""The program runs in the process of its rehearsal, which goes on after it."""

import gc
import sys
from pathlib import Path

from tests.drivers import Rehearsal


def test_a_rehearsal_leaves_the_collector_and_the_hook_for_errors_as_they_were(tmp_path: Path) -> None:
    hook = sys.excepthook
    outcome = Rehearsal(tmp_path / "home").preview()
    assert outcome.exit_code == 0, outcome.text
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    assert sys.excepthook is hook
