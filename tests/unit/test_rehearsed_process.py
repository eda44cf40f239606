"""The program runs in the process of its rehearsal, which goes on after it."""

import gc
import sys
from pathlib import Path

from tests.drivers import Rehearsal


def test_a_rehearsal_leaves_the_collector_and_the_hook_for_errors_as_they_were(tmp_path: Path) -> None:
    hook, threshold = sys.excepthook, gc.get_threshold()
    outcome = Rehearsal(tmp_path / "home").preview()
    assert outcome.exit_code == 0, outcome.text
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == threshold
    assert sys.excepthook is hook
