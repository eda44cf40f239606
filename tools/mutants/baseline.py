"""One run of the tests that need no engine: how long each takes, and which lines it runs."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from coverage import CoverageData

from .mutants import Mutant

# Not the roles: their cases share a fixture of many rehearsals, and each of them would cost a mutant all of it.
TESTS = ("tests/unit", "tests/scenarios", "--ignore=tests/unit/test_roles.py")
# What the tests of one mutant may take together, in seconds; one is run in any case.
LONGEST_SELECTION = 12.0


@dataclass
class Baseline:
    """What the tests did without a mutant."""

    seconds: dict[str, float]
    """Of each test that passed, by its id."""
    tests_by_line: dict[str, dict[int, set[str]]]
    """By file."""
    tests_by_name: dict[str, set[str]] = field(default_factory=dict)
    """The tests that run a line with a name on it."""

    def tests_for(self, mutant: Mutant, source: str) -> dict[str, float]:
        """The tests that run the changed line, the quickest first; of a constant, those that run a line that names it."""
        by_line = self.tests_by_line.get(mutant.file, {})
        statement = _statement(ast.parse(source), mutant.line)
        found = by_line.get(mutant.line) or _union(by_line.get(line, set()) for line in _lines(statement))
        if not found and isinstance(statement, ast.Assign | ast.AnnAssign):
            found = _union(self.tests_by_name.get(name, set()) for name in _names(statement))
            # Pulumi reads some names of a provider's class.
            found = found or _union(by_line.values())
        return self.quickest(found)

    def quickest(self, tests: set[str]) -> dict[str, float]:
        """As many as a mutant is worth, the quickest first, with the seconds of each.

        Half of the time is for the quickest, half for one case of each test before the second of any.
        """
        by_time = sorted(tests & self.seconds.keys(), key=lambda test: (self.seconds[test], test))
        cases: Counter[str] = Counter()
        turns: dict[str, int] = {}
        for test in by_time:
            function = test.partition("[")[0]
            turns[test] = cases[function]
            cases[function] += 1
        quick = self._within(by_time)
        varied = self._within(sorted((test for test in by_time if test not in quick), key=lambda test: turns[test]))
        return {test: self.seconds[test] for test in by_time if test in quick or test in varied}

    def _within(self, tests: list[str]) -> set[str]:
        """The first tests of a list, as many as half of the time is enough for, and one in any case."""
        left = LONGEST_SELECTION / 2
        chosen: set[str] = set()
        for test in tests:
            left -= self.seconds[test]
            if chosen and left < 0:
                break
            chosen.add(test)
        return chosen


def take(root: Path, workers: int) -> Baseline:
    """Run the tests in a copy of the repository."""
    recorded = root / ".mutants.json"
    pytest = [sys.executable, "-m", "pytest", "-o", "addopts=", "-q", "-n", str(workers), "-p", "tools.mutants.recorder"]
    subprocess.run(  # noqa: S603 - this program's own words
        [*pytest, "--cov=components", "--cov-context=test", "--cov-report=", *TESTS],
        cwd=root,
        env={**os.environ, "MUTANTS_RECORD": str(recorded), "COVERAGE_FILE": str(root / ".coverage")},
        check=False,
    )
    data = CoverageData(str(root / ".coverage"))
    data.read()
    by_line = {
        str(Path(file).relative_to(root)): {
            line: {context.rpartition("|")[0] for context in contexts} - {""}
            for line, contexts in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    return Baseline(json.loads(recorded.read_text()), by_line, _by_name(root, by_line))


def _by_name(root: Path, by_line: dict[str, dict[int, set[str]]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file, lines in by_line.items():
        for node in ast.walk(ast.parse((root / file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                name = node.id if isinstance(node, ast.Name) else node.attr
                found.setdefault(name, set()).update(lines.get(node.lineno, set()))
    return found


def _statement(tree: ast.Module, line: int) -> ast.stmt:
    """The innermost statement that the line is part of."""
    around = [
        node for node in ast.walk(tree) if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return min(around, key=lambda node: (node.end_lineno or 0) - node.lineno)


def _lines(statement: ast.stmt) -> Iterable[int]:
    """Of a block its head, except of a function, whose defaults count where it is called."""
    body: list[ast.stmt] = getattr(statement, "body", [])
    end = body[0].lineno - 1 if body and not isinstance(statement, ast.FunctionDef) else statement.end_lineno or 0
    return range(statement.lineno, max(end, statement.lineno) + 1)


def _names(statement: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


def _union(sets: Iterable[set[str]]) -> set[str]:
    return set[str]().union(*sets)
