"""Lives in the rehearsal, drawn at random: whatever is done and whatever happens, nothing is lost and nothing gets stuck.

`LIVES=1000` draws that many new ones (`make lives`); without it the same few are drawn every time.
"""

import os
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.conftest import ALL_TESTS

from .life import Life
from .steps import FAULTY, HAPPENINGS, MORTAL, SETTINGS, STARTS, SWITCHES, Step

LIVES = int(os.environ.get("LIVES", "0"))
COMMAND = some.sampled_from(["preview", "watch", "refresh", "up", "up"]).map(Step)
FAULTY_COMMAND = some.builds(Step, some.sampled_from(["up", "up", "refresh"]), some.sampled_from(FAULTY))
WHEN = some.sampled_from(["before", "after"])
KILL = some.builds(lambda kind, when: Step("kill", f"{kind} {when}"), some.sampled_from(MORTAL), WHEN)
HAPPENING = some.builds(Step, some.just("drift"), some.sampled_from(HAPPENINGS))
SETTING = some.builds(Step, some.just("set"), some.sampled_from(SETTINGS))
SWITCH = some.builds(Step, some.just("switch"), some.sampled_from(SWITCHES))
ELSE = SWITCH | some.sampled_from([Step("forget"), Step("wait", "20")])
STEP = COMMAND | COMMAND | FAULTY_COMMAND | KILL | HAPPENING | HAPPENING | SETTING | ELSE


@settings(
    max_examples=LIVES or (24 if ALL_TESTS else 4),
    derandomize=not LIVES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(start=some.sampled_from(STARTS), steps=some.lists(STEP, min_size=2, max_size=12))
def test_whatever_happens_nothing_is_lost_and_nothing_is_stuck(
    born: Callable[[str], Life], start: str, steps: list[Step]
) -> None:
    born(start).live(steps)
