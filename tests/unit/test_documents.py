"""What the documents say is what the program does."""

from pathlib import Path

from tests.drift_matrix import ROWS, readme_row

README = Path("README.md").read_text()
# Lines of the table of classes, which comes first.
_CLASSES = 6


def test_the_readme_has_every_row_of_the_drift_matrix_and_no_other() -> None:
    section = README.split("\n## Drift\n")[1].split("\n## ")[0]
    _, _, *rows = [line for line in section.splitlines() if line.startswith("| ")][_CLASSES:]
    assert rows == [readme_row(row) for row in ROWS]
