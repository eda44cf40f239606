"""A few lives on the real engine, with what it alone can do: destroys, targeted updates, a refresh without the program.

Many more are drawn in the rehearsal (`tests/lives`); the engine takes seconds for each command.
"""

import random
import shutil
from pathlib import Path

import pytest

from tests.drivers import Engine, need_the_engine
from tests.lives.life import Life
from tests.lives.steps import FAULTY, HAPPENINGS, SETTINGS, Step

# Of each life by its seed: where it starts, and what it meets besides what is drawn.
LIVES: dict[int, tuple[str, list[Step]]] = {
    61: (
        "named",
        [Step("kill", "KeyConfiguration after"), Step("destroy-with-program"), Step("targeted-up", "**adobe-cmk-key")],
    ),
    123: (
        "settled",
        [
            Step("destroy"),
            Step("drift", "role-removed"),
            Step("refresh-without-program"),
            Step("kill", "RoleAssignment after"),
        ],
    ),
    33: ("settled", [Step("forget"), Step("kill", "Vault before"), Step("destroy-with-program"), Step("refresh")]),
}


def drawn(seed: int) -> list[Step]:
    """What a life meets, in the order in which it does."""
    chance = random.Random(seed)
    # Time passes for real here: what strikes once is waited out soon.
    faulty = Step("up", chance.choice([fault for fault in FAULTY if fault.endswith("*1")]))
    happenings = [Step("drift", name) for name in chance.sample(HAPPENINGS, 2)]
    steps = [*LIVES[seed][1], faulty, *happenings, Step("set", chance.choice(SETTINGS))]
    chance.shuffle(steps)
    return steps


@pytest.mark.parametrize("seed", LIVES)
def test_whatever_happens_nothing_is_lost_and_nothing_is_stuck(
    request: pytest.FixtureRequest, seed: int, tmp_path: Path
) -> None:
    need_the_engine()
    start, _ = LIVES[seed]
    if start == "settled":
        shutil.copytree(request.getfixturevalue("settled_home"), tmp_path / "home")
    Life(Engine(tmp_path / "home"), start).live(drawn(seed))
