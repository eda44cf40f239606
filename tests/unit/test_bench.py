"""The arithmetic of `make bench`, and how the simulated clouds count calls. No test looks at a time."""

from pathlib import Path

import pytest

from simulation.cloud import Cloud
from simulation.providers.functions import invoke
from simulation.traffic import ADOBE, ADOBE_SIGN_IN, AZURE, ENTRA, Traffic
from tools import bench
from tools.bench import MINIMAL, OPERATIONS, OURS, Sample, table


def test_a_row_has_the_medians_of_pairs_the_verdict_and_the_most_calls() -> None:
    # A machine that slowed down tenfold between the rounds: each pair says 1.5.
    seconds = {MINIMAL: (1.0, 10.0), OURS: (1.5, 15.0)}
    samples = {
        (program, operation): [Sample(wall, wall / 2, {ADOBE: round(wall), AZURE: 3}) for wall in taken]
        for program, taken in seconds.items()
        for operation in OPERATIONS
    }
    rows = table(samples).splitlines()[2:]
    ratio = "1.50 (1.50–1.50)"
    assert len(rows) == len(OPERATIONS)
    assert rows[0] == f"| preview | 5.50 | 8.25 | {ratio} | {ratio} | 1.25: over by 0.25 | Adobe 15, Azure 3 |"
    assert table({key: samples[MINIMAL, key[1]] for key in samples}).count("within") == len(OPERATIONS)


def test_without_a_cli_it_says_so_and_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bench, "cli", lambda: None)
    assert bench.main([]) == 1
    assert "there is no Pulumi CLI" in capsys.readouterr().err


def test_a_command_that_fails_ends_the_bench_with_its_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pulumi = tmp_path / "pulumi"
    pulumi.write_text("#!/bin/sh\necho error: no\nexit 3\n")
    pulumi.chmod(0o755)
    monkeypatch.setattr(bench, "cli", lambda: str(pulumi))
    monkeypatch.setattr(bench, "install_for_use", lambda _: None)
    monkeypatch.setattr(bench, "environment", str)
    assert bench.main(["--repeat", "1"]) == 1
    assert "ended with 3:\nerror: no" in capsys.readouterr().err


class TestTraffic:
    def test_a_refused_call_is_a_call(self) -> None:
        cloud = Cloud()
        with pytest.raises(Exception, match="No service principal"), cloud.at_work():
            invoke(cloud, "azuread:index/getServicePrincipal:getServicePrincipal", {"clientId": "unknown"})
        assert cloud.traffic.calls()[ENTRA] == {"find a service principal": 1}

    def test_nobody_was_called_at_first(self) -> None:
        assert Traffic().calls() == {ADOBE: {}, ADOBE_SIGN_IN: {}, AZURE: {}, ENTRA: {}}
