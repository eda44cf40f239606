"""Mutation testing itself: what is changed, which tests are chosen for it, and when the run fails."""

from pathlib import Path

import pytest

from tools.mutants.baseline import LONGEST_SELECTION, Baseline
from tools.mutants.mutants import Mutant, mutants_of
from tools.mutants.report import Acceptance, report


def changed(tmp_path: Path, source: str) -> set[str]:
    """The lines that a source's mutants have in place of another."""
    (tmp_path / "a.py").write_text(source)
    return {mutant.became for mutant in mutants_of(tmp_path, "a.py")}


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("x = a < b", {"x = a <= b"}),
        ("x = a == b", {"x = a != b"}),
        ("x = a is not b", {"x = a is b"}),
        ("x = a in b", {"x = a not in b"}),
        ("x = a not in b", {"x = a in b"}),
        ("x = a and b", {"x = a or b"}),
        ("x = not a", {"x = a"}),
        ("x = True", {"x = False"}),
        ("x = 15", {"x = 16"}),
        ("x = a + b", {"x = a - b"}),
        ("x = a if b else c", {"x = a if not b else c"}),
        ('x = "text"', set()),
        ("x: int | None = a", set()),
        ("@dataclass(frozen=True)\nclass A:\n    pass", set()),
        ("def f(a, *, b):\n    g()", set()),
        ("def f():\n    return a", {"return None"}),
        ("def f():\n    return True", {"return False"}),
        ("def f():\n    g()\n    return None", set()),
        ("def f():\n    if a:\n        return None\n    g()", {"if not a:", "pass"}),
        ("def f():\n    if a:\n        return None", {"if not a:"}),
        ("def f():\n    raise A(\n        b\n    ) from None", {"pass"}),
        ("for a in b:\n    break", {"continue"}),
        ("try:\n    a\nexcept B as b:\n    pass", {"except FloatingPointError as b:"}),
        (
            "try:\n    a\nexcept (B, c.D):\n    pass",
            {"except (FloatingPointError, c.D):", "except (B, FloatingPointError):"},
        ),
    ],
)
def test_one_thing_is_changed_at_each_place(tmp_path: Path, source: str, lines: set[str]) -> None:
    assert changed(tmp_path, f"{source}\n") == lines


SOURCE = "LIMIT = 3\n\n\ndef f(a):\n    if a:\n        return g(\n            LIMIT,\n        )\n    raise A\n"


def chosen_for(line: int) -> list[str]:
    taken = Baseline(
        seconds={"slow": 2.0, "quick": 1.0},
        tests_by_line={"a.py": {5: {"slow", "quick"}, 6: {"slow"}, 9: {"gone"}}},
        tests_by_name={"LIMIT": {"quick"}},
    )
    return list(taken.tests_for(Mutant("a.py", line, "", "", ""), SOURCE))


def test_a_mutant_meets_the_tests_that_run_its_line_the_quickest_first() -> None:
    assert chosen_for(5) == ["quick", "slow"]


def test_a_line_within_a_statement_meets_the_tests_of_the_statement() -> None:
    assert chosen_for(7) == ["slow"]


def test_a_constant_meets_the_tests_that_run_a_line_with_its_name() -> None:
    assert chosen_for(1) == ["quick"]


def test_a_constant_that_nobody_names_meets_the_tests_of_its_file() -> None:
    taken = Baseline({"quick": 1.0}, {"a.py": {5: {"quick"}}})
    assert list(taken.tests_for(Mutant("a.py", 1, "", "", ""), SOURCE)) == ["quick"]


def test_a_line_that_only_failing_tests_run_meets_none() -> None:
    assert chosen_for(9) == []


def test_half_of_the_time_is_for_the_quickest_and_half_for_one_case_of_each() -> None:
    half = LONGEST_SELECTION / 2
    seconds = {"quick[1]": half / 2, "quick[2]": half / 2, "quick[3]": half, "slow": half, "slower": half + 1}
    taken = Baseline(seconds, {"a.py": {5: set(seconds)}})
    assert list(taken.tests_for(Mutant("a.py", 5, "", "", ""), SOURCE)) == ["quick[1]", "quick[2]", "slow"]


MUTANT = Mutant("a.py", 1, "", "x = 1", "x = 2")
ACCEPTED = Acceptance("a.py", "x = 1", "x = 2", "why")


@pytest.mark.parametrize(
    ("noticed", "acceptances", "code"),
    [
        ([True] * 20, [], 0),
        ([True] * 19 + [False], [], 1),
        ([True] * 19 + [False], [ACCEPTED], 0),
        # Fewer than 95 %.
        ([True] * 18 + [False] * 2, [ACCEPTED], 1),
        # A reason that excuses nothing.
        ([True] * 20, [ACCEPTED], 1),
        ([True] * 20, [Acceptance("b.py", "x = 1", "x = 2", "of a file that was not looked at")], 0),
    ],
)
def test_a_mutant_must_be_noticed_or_have_a_reason(
    capsys: pytest.CaptureFixture[str], noticed: list[bool], acceptances: list[Acceptance], code: int
) -> None:
    assert report([(MUTANT, seen) for seen in noticed], acceptances) == code
    assert ("survived: a.py:1" in capsys.readouterr().out) is (False in noticed and not acceptances)
