"""The arithmetic of `make bench`, and how the simulated clouds count and delay calls. No test looks at a time."""

import json
from pathlib import Path

import pytest

from simulation.cloud import Cloud
from simulation.providers.functions import invoke
from simulation.traffic import ADOBE, ADOBE_SIGN_IN, AZURE, ENTRA, Traffic
from tools.bench import __main__ as bench
from tools.bench.budgets import Verdict
from tools.bench.chain import FIRST_UP, Step, longest
from tools.bench.chart import draw
from tools.bench.figures import Figure, ratio
from tools.bench.operations import OPERATIONS, Sample
from tools.bench.processes import Usage, role_of
from tools.bench.results import Results, latency_verdicts, operations, scaling_verdicts
from tools.bench.scaling import Batch
from tools.bench.stacks import EMPTY, MINIMAL, OURS


class TestFigures:
    def test_the_median_comes_with_its_spread(self) -> None:
        assert Figure.of([3.0, 1.0, 2.0]) == Figure(2.0, 1.0, 3.0, 3)

    def test_nothing_measured_is_no_figure(self) -> None:
        with pytest.raises(ValueError, match="nothing was measured"):
            Figure.of([])

    def test_a_ratio_compares_what_was_measured_one_after_the_other(self) -> None:
        # A machine that slowed down between the rounds: each pair says 1.5.
        assert ratio([1.5, 15.0], [1.0, 10.0]) == Figure(1.5, 1.5, 1.5, 2)

    def test_a_ratio_needs_pairs(self) -> None:
        with pytest.raises(ValueError, match="shorter"):
            ratio([1.0, 2.0], [1.0])

    @pytest.mark.parametrize(("figure", "says"), [(1.1, "within 1.1"), (1.11, "over 1.1"), (0.0, "within 1.1")])
    def test_a_figure_is_within_its_budget_or_over_it(self, figure: float, says: str) -> None:
        assert str(Verdict.on(figure, 1.1)) == says


class TestChain:
    def test_the_longest_chain_is_the_one_with_the_most_calls(self) -> None:
        steps = {"a": Step(2), "b": Step(5), "c": Step(1, ["a", "b"]), "d": Step(3, ["a"])}
        assert longest(steps) == 6

    def test_every_step_of_a_first_up_follows_known_steps(self) -> None:
        assert {name for step in FIRST_UP.values() for name in step.after} <= FIRST_UP.keys()


def samples(polls: int = 1, adobe: int = 5) -> list[Sample]:
    """Two rounds in which ours takes twice as long as the minimal program."""
    seconds = {EMPTY: 0.5, MINIMAL: 1.0, OURS: 2.0}
    return [
        Sample(program, name, Usage(seconds[program], seconds[program] / 2), {ADOBE: adobe, AZURE: 3}, polls)
        for _ in range(2)
        for name in OPERATIONS
        for program in seconds
    ]


class TestResults:
    def test_each_operation_has_every_figure(self) -> None:
        found = operations(samples(), 0)
        assert [one.name for one in found] == list(OPERATIONS)
        assert {one.wall_ratio.median for one in found} == {one.cpu_ratio.median for one in found} == {2.0}
        assert found[0].wall[EMPTY] == Figure(0.5, 0.5, 0.5, 2)

    def test_the_polls_of_a_first_up_are_not_among_its_calls(self) -> None:
        found = {one.name: one for one in operations(samples(polls=3), 0)}
        assert found["first up"].calls[ADOBE].median == 2
        assert str(found["first up"].verdicts["calls to Adobe"]) == "within 4"
        assert str(found["unchanged up"].verdicts["calls to Adobe"]) == "over 0"

    def test_a_ratio_has_a_budget_without_latency_alone(self) -> None:
        assert "wall" in operations(samples(), 0)[0].verdicts
        assert "wall" not in operations(samples(), 50)[0].verdicts

    def test_a_first_up_with_latency_is_compared_with_the_longest_chain(self) -> None:
        # 2 s without latency, and 2 s with it: less than the chain would add.
        verdicts = latency_verdicts([*operations(samples(), 0), *operations(samples(), 200)])
        assert [verdict.is_within for verdict in verdicts.values()] == [True]

    def test_without_the_same_up_at_no_latency_there_is_nothing_to_compare(self) -> None:
        assert latency_verdicts(operations(samples(), 200)) == {}

    def test_stacks_in_parallel_are_compared_with_one(self) -> None:
        # The first one met a machine that was busy.
        batches = [Batch(1, False, 9.0, 100), Batch(2, False, 4.0, 100), Batch(4, False, 8.0, 100), Batch(4, True, 5.6, 120)]
        assert {name: str(verdict) for name, verdict in scaling_verdicts(batches, cores=2).items()} == {
            "4 stacks in parallel, 1.40 of 4/2 of one": "over 1.3",
            "4 stacks in parallel, 1.20 of the memory of one": "over 1.1",
        }

    def test_the_results_are_json(self) -> None:
        measured = Results({"cores": "2"}, operations(samples(), 0), scaling=[Batch(1, True, 2.0, 100)])
        assert json.loads(json.dumps(measured.as_json()))["operations"][0]["wall_ratio"]["median"] == 2.0

    def test_the_chart_is_the_same_for_the_same_figures(self, tmp_path: Path) -> None:
        batches = [Batch(number, way, number * 2.0, 1 << 28) for number in (1, 4) for way in (False, True)]
        for name in ("first.svg", "second.svg"):
            draw(batches, tmp_path / name)
        drawn = (tmp_path / "first.svg").read_text()
        assert drawn == (tmp_path / "second.svg").read_text()
        assert "in parallel" in drawn


class TestCommand:
    def test_without_a_cli_it_says_so_and_fails(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        monkeypatch.setattr(bench, "cli", lambda: None)
        assert bench.main(["--folder", str(tmp_path)]) == 1
        assert "there is no Pulumi CLI" in capsys.readouterr().err
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("wrong", [["--repeat", "0"], ["--sections", "everything"], ["--stacks", "1,x"]])
    def test_a_wrong_argument_is_refused(self, wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            bench.main(wrong)
        assert wrong[0] in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("line", "role"),
        [
            (["/usr/bin/pulumi", "up"], "engine"),
            (["/bin/pulumi-language-python", "127.0.0.1:1"], "language host"),
            (["python", "/bin/pulumi-language-python-exec", "--monitor"], "program"),
            (["python", "-u", "-m", "pulumi.dynamic", "127.0.0.1:1"], "dynamic provider"),
            (["python", "-m", "pip", "list"], "other"),
        ],
    )
    def test_a_process_is_known_by_its_command_line(self, line: list[str], role: str) -> None:
        assert role_of(line) == role


class TestTraffic:
    def test_each_call_takes_the_latency_after_the_clouds_are_free_again(self) -> None:
        cloud, naps = Cloud(), list[tuple[float, bool]]()
        cloud.traffic = Traffic(lambda seconds: naps.append((seconds, is_free(cloud))))
        cloud.traffic.latency_seconds = 0.2
        with cloud.at_work():
            cloud.traffic.add(AZURE, "read", 3)
        assert naps == [(pytest.approx(0.6), True)]
        assert cloud.traffic.calls()[AZURE] == {"read": 3}

    def test_without_latency_nothing_waits(self) -> None:
        cloud = Cloud()
        cloud.traffic = Traffic(lambda seconds: pytest.fail(f"waited {seconds} s"))
        with cloud.at_work():
            cloud.traffic.add(AZURE, "read")

    def test_a_refused_call_is_a_call(self) -> None:
        cloud = Cloud()
        with pytest.raises(Exception, match="No service principal"), cloud.at_work():
            invoke(cloud, "azuread:index/getServicePrincipal:getServicePrincipal", {"clientId": "unknown"})
        assert cloud.traffic.calls()[ENTRA] == {"find a service principal": 1}

    def test_nobody_was_called_at_first(self) -> None:
        assert Traffic().calls() == {ADOBE: {}, ADOBE_SIGN_IN: {}, AZURE: {}, ENTRA: {}}


def is_free(cloud: Cloud) -> bool:
    """Whether another thread could work on the clouds now."""
    import threading

    got: list[bool] = []

    def take() -> None:
        got.append(cloud._lock.acquire(blocking=False))
        if got[0]:
            cloud._lock.release()

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    return got[0]
