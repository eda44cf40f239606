"""Each error and each finding of the preflight checks has its entry in docs/troubleshooting.md, and no other has one."""

import ast
import inspect
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

import components
from components.adobe.api import evidence
from components.azure import key_versions as listing
from components.safety import absence, key_versions, preflight, requirements, rotation
from components.settings import SettingsError
from tests.documents import ROOT, rows, section

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text()
EXPORTED = {name: getattr(components, name) for name in components.__all__}
ERRORS = {name for name, each in EXPORTED.items() if issubclass(each, Exception)} | {SettingsError.__name__}
FINDINGS = section(PAGE, "Findings of the preflight checks")
CHECKS = (requirements, rotation, key_versions, preflight, absence, listing, evidence)
# What follows the subject in a finding, up to what was found.
_REQUIREMENT = re.compile(
    r"(?:^|: )(?P<requirement>(?:Adobe requires |Adobe may still need |this stack declares |must |no version may "
    r"|the role must |the scope must |could not be read|not checked|checked in Azure at ).*?)(?:; |\. |$)"
)


def first_cells(text: str) -> list[str]:
    return [re.sub(r"^[^`]*`|`[^`]*$", "", first) for first, *_ in rows(text)]


def with_gaps(text: ast.expr) -> str:
    """A string of the source, with a gap (NUL) for what is filled in."""
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in parts)


def templates(module: ModuleType) -> Iterator[str]:
    """Texts of a module that something is filled in to."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.JoinedStr):
            yield with_gaps(node)
        # What of_vault requires in one loop: condition, requirement, what was found, fix.
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "wanted" and isinstance(node.value, ast.Tuple):
            yield from (
                f"Adobe requires {with_gaps(each.elts[1])}" for each in node.value.elts if isinstance(each, ast.Tuple)
            )


def required() -> list[str]:
    """The requirement in each finding of the preflight checks, as a pattern."""
    texts = (text for module in CHECKS for text in templates(module))
    found = {match["requirement"] for text in texts if (match := _REQUIREMENT.search(text))}
    # It stands for those of the loop.
    return sorted(re.escape(text).replace("\0", ".+") for text in found - {"Adobe requires \0"})


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_each_error_class_has_one_entry(name: str) -> None:
    assert first_cells(PAGE).count(name) == 1


def test_no_entry_is_of_an_error_that_does_not_exist() -> None:
    assert {name for first, *_ in rows(PAGE) for name in re.findall(r"^`([A-Z]\w+)`$", first)} == ERRORS


@pytest.mark.parametrize("requirement", required())
def test_each_finding_of_the_preflight_checks_has_an_entry(requirement: str) -> None:
    assert any(re.fullmatch(requirement, cell) for cell in first_cells(FINDINGS))


@pytest.mark.parametrize("cell", first_cells(FINDINGS))
def test_no_entry_is_of_a_finding_that_does_not_exist(cell: str) -> None:
    assert any(re.fullmatch(requirement, cell) for requirement in required())


def test_each_kind_of_check_has_findings() -> None:
    assert len(required()) > 25
