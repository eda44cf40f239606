"""`make bench` on the engine, as small as it gets: every figure is there. None of them is judged."""

from pathlib import Path

from simulation.traffic import ADOBE, AZURE, ENTRA
from tests.drivers import need_the_engine
from tools.bench.__main__ import measure
from tools.bench.operations import OPERATIONS
from tools.bench.stacks import EMPTY, MINIMAL, OURS


def test_a_tiny_run_fills_every_figure(tmp_path: Path) -> None:
    need_the_engine()
    measured = measure(["operations", "memory", "scaling"], 1, (1, 2), tmp_path)
    assert [one.name for one in measured.operations] == list(OPERATIONS)
    for one in measured.operations:
        assert {name for name, figure in one.wall.items() if figure.median > 0} == {EMPTY, MINIMAL, OURS}
        assert one.cpu_ratio.median > 0
    first_up = measured.operations[1]
    assert {service for service, figure in first_up.calls.items() if figure.median} >= {ADOBE, AZURE, ENTRA}
    assert first_up.polls.median == 1
    assert {"all", "dynamic provider", "engine", "program"} <= measured.memory["first up"].keys()
    assert [(one.stacks, one.is_parallel) for one in measured.scaling] == [(1, False), (1, True), (2, False), (2, True)]
    assert all(one.peak_bytes > 0 for one in measured.scaling)
    assert len(measured.verdicts) == 2
