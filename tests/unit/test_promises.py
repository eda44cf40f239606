"""The suite tests/promises knows nothing of the program's inside, and its README says what each file holds."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents import rows, section

FOLDER = Path(__file__).parents[1] / "promises"
FILES = sorted(FOLDER.glob("*.py"))
# The program, and what edits its text.
INSIDE = ("components", "operations", "policy", "tools", "tests.engine")


def imports(tree: ast.AST) -> Iterator[str]:
    """Modules that are imported, and each with the names that are taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def texts(tree: ast.AST) -> Iterator[str]:
    yield from (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def is_inside(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in INSIDE)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_promise_drives_the_program_from_outside(file: Path) -> None:
    tree = ast.parse(file.read_text())
    assert not [module for module in imports(tree) if is_inside(module)]
    # No file of the program is read or edited, and none of its modules is named.
    assert not [text for text in texts(tree) if re.search(r"\bcomponents[/.]\w", text)]
    # Neither the clouds nor the program are replaced by something of the test's own.
    assert not [module for module in imports(tree) if module.startswith("unittest")]
    assert "monkeypatch" not in file.read_text()


def test_what_is_inside_is_recognised() -> None:
    tree = ast.parse("import components.x\nfrom tests.engine import edited\nfrom tests.drivers import Engine\n")
    assert [module for module in imports(tree) if is_inside(module)] == ["components.x", "tests.engine.edited"]


def test_the_readme_has_every_file_of_the_suite() -> None:
    table = rows(section((FOLDER / "README.md").read_text(), "Promises"))
    named = {name for _, files, _ in table for name in re.findall(r"`(test_\w+\.py)`", files)}
    assert named == {file.name for file in FILES if file.name.startswith("test_")}
