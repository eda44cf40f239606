"""Links within the repository lead somewhere, and the paths that documents name exist."""

import re
from pathlib import Path

import pytest

from tests.documents import DOCUMENTS, NAMES, ROOT, code

_FOLDERS = ("components", "docs", "operations", "policy", "simulation", "tests", "tools")
# Written in another change; the links to them are here first.
COMING = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")


def anchors(text: str) -> set[str]:
    """GitHub's anchors of the headings."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links() -> list[tuple[str, str]]:
    return sorted(
        {
            (str(path.relative_to(ROOT)), target)
            for path in DOCUMENTS
            for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text())
            if "://" not in target
        }
    )


@pytest.mark.parametrize(("document", "target"), links())
def test_each_link_leads_to_a_file_and_a_heading(document: str, target: str) -> None:
    name, _, anchor = target.partition("#")
    file = (ROOT / document).parent / name if name else ROOT / document
    assert file.exists() or file.name in COMING
    if anchor:
        assert anchor in anchors(file.read_text())


@pytest.mark.parametrize("document", NAMES)
def test_each_path_that_a_document_names_exists(document: str) -> None:
    named = [
        span.partition("::")[0]
        for span in code((ROOT / document).read_text())
        if re.fullmatch(rf"(?:{'|'.join(_FOLDERS)})/[\w./-]*", span)
    ]
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_each_page_of_docs_is_linked_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [page.name for page in Path(ROOT / "docs").glob("*.md") if f"(docs/{page.name}" not in readme] == []
