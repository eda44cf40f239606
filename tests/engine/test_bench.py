"""`make bench` on the engine, as small as it gets: every figure is there. None of them is judged."""

from pathlib import Path

import pytest

from simulation.traffic import ADOBE, AZURE, ENTRA
from tests.drivers import need_the_engine
from tools import bench
from tools.environments import PROGRAM


def test_one_round_fills_every_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_the_engine()
    monkeypatch.setattr(bench, "USERS", PROGRAM)
    samples = bench.measure(1, tmp_path)
    for operation in bench.OPERATIONS:
        for program in (bench.MINIMAL, bench.OURS):
            assert len(samples[program, operation]) == 1
            assert min(samples[program, operation][0].wall_seconds, samples[program, operation][0].cpu_seconds) > 0
    assert min(samples[bench.OURS, "first up"][0].calls[service] for service in (ADOBE, AZURE, ENTRA)) > 0
    assert samples[bench.OURS, "unchanged up"][0].calls[ADOBE] == 0
