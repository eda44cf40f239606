"""Which cases `make test` runs: some of a matrix, spread over it, and the first on the engine."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import _is_first, _is_sampled


def item(mark: str = "", **arguments: int) -> Any:
    marks = {mark: SimpleNamespace(kwargs=arguments)}
    return SimpleNamespace(get_closest_marker=marks.get)


def numbers(cases: int, total: int) -> list[int]:
    return [number for number in range(total) if _is_sampled(item("sampled", cases=cases), number, total)]


@pytest.mark.parametrize(
    ("cases", "total", "due"),
    [(1, 9, [0]), (3, 9, [0, 3, 6]), (4, 6, [0, 2, 3, 5]), (5, 3, [0, 1, 2]), (0, 4, []), (0, 1, [])],
)
def test_a_sample_is_spread_over_its_matrix(cases: int, total: int, due: list[int]) -> None:
    assert numbers(cases, total) == due


@pytest.mark.parametrize("total", range(1, 40))
def test_a_sample_has_as_many_cases_as_its_mark_says(total: int) -> None:
    assert [len(numbers(cases, total)) for cases in range(total + 1)] == list(range(total + 1))


def test_without_a_mark_every_case_runs_off_the_engine_and_none_on_it() -> None:
    assert all(_is_sampled(item(), number, 4) for number in range(4))
    assert not any(_is_first(item(), number) for number in range(4))


def test_on_the_engine_the_first_cases_run() -> None:
    assert [_is_first(item("every_time", cases=2), number) for number in range(4)] == [True, True, False, False]
    assert all(_is_first(item("every_time"), number) for number in range(4))
