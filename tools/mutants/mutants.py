"""Every mutant of a file: its source with one thing changed."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from .operators import OPERATORS


@dataclass(frozen=True)
class Mutant:
    """A file with one thing changed."""

    file: str
    """Path in the repository."""
    line: int
    source: str
    was: str
    """The changed line, without indentation."""
    became: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}\n    - {self.was}\n    + {self.became}"


def mutants_of(root: Path, file: str) -> Iterator[Mutant]:
    """In no order that means anything."""
    source = (root / file).read_text(encoding="utf-8")
    decorated = [
        range(decorator.lineno, (decorator.end_lineno or 0) + 1)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for decorator in node.decorator_list
    ]
    nodes = list(ast_nodes(get_ast(source)))
    for operator in OPERATORS:
        seen: set[tuple[int, int]] = set()
        places = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, start in enumerate(places):
            if start in seen or any(start[0] in lines for lines in decorated):
                continue
            seen.add(start)
            mutated = str(mutate_code(source, operator, occurrence))
            if _compiles(mutated):
                yield Mutant(file, start[0], mutated, *_difference(source, mutated))


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _difference(source: str, mutated: str) -> tuple[str, str]:
    """The first line that goes and the first that comes, with single spaces."""
    lines = list(difflib.ndiff(source.splitlines(), mutated.splitlines()))
    was, became = (
        next((" ".join(line[2:].split()) for line in lines if line.startswith(sign)), "") for sign in ("- ", "+ ")
    )
    return was, became
