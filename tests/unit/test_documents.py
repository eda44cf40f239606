"""What the tables of the README say is what the program does."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.drift.severity import Severity
from tests.documents import ROOT, rows, section
from tests.promises.drift_matrix import ANEW, BENIGN, NOTHING, REFUSES, REPAIRS, ROWS, Row

README = (ROOT / "README.md").read_text()
SETTINGS: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
# Lines of the table of classes, which comes first.
_CLASSES = 7


def readme_row(row: Row) -> str:
    """A row of the drift matrix as README shows it."""
    # Of the two words for the code 0, the one that is not about a revocation.
    word = next(severity.word for severity in Severity if severity.exit_code == row.code)
    by = ["check"] * (row.code != BENIGN) + ["refresh"] * row.is_in_refresh
    shown = ", ".join(by) or "nothing"
    mended = {
        REPAIRS: "`pulumi up --refresh`",
        ANEW: "you: restore it first, because `pulumi up --refresh` creates another one",
        REFUSES: "you, by the fix that the finding names",
        NOTHING: "nobody",
    }[row.up]
    return f"| {row.label} | {word} | {shown} | {mended} |"


def test_the_readme_has_every_row_of_the_drift_matrix_and_no_other() -> None:
    _, _, *lines = [line for line in section(README, "Drift").splitlines() if line.startswith("| ")][_CLASSES:]
    assert lines == [readme_row(row) for row in ROWS]


def documented_settings() -> dict[str, str]:
    """Default by key, as the README has them."""
    return {key: default for keys, default, _ in rows(section(README, "Settings")) for key in keys.split(", ")}


def as_documented(key: str, setting: dict[str, Any]) -> str:
    if "default" not in setting:
        return "required"
    if setting["default"] == "":
        return "generated" if key in ("resourceGroupName", "vaultName") else "unset"
    return str(setting["default"]).lower() if isinstance(setting["default"], bool) else str(setting["default"])


def test_the_table_of_settings_has_every_setting_with_its_default_and_no_other() -> None:
    assert documented_settings() == {key: as_documented(key, setting) for key, setting in SETTINGS.items()}


def test_the_table_of_outputs_has_what_the_program_exports_in_its_order() -> None:
    exported = re.findall(r'^pulumi\.export\("(\w+)"', (ROOT / "__main__.py").read_text(), re.MULTILINE)
    assert [name for name, _ in rows(section(README, "Outputs"))] == exported


@pytest.mark.parametrize("file", ["requirements.txt", "policy/requirements.txt"])
def test_the_support_matrix_has_the_ranges_of_the_requirements(file: str) -> None:
    allowed = {name.split(" ")[0]: versions.strip("`") for name, versions, _ in rows(section(README, "Support matrix"))}
    required = re.findall(r"^([\w-]+)(>=.+)$", (ROOT / file).read_text(), re.MULTILINE)
    assert required
    for package, versions in required:
        assert allowed[package] == versions


def test_the_support_matrix_has_the_pythons_that_may_install_the_package_and_that_the_workflows_use() -> None:
    ((allowed, tested),) = [cells for name, *cells in rows(section(README, "Support matrix")) if name == "Python"]
    workflows = "".join(path.read_text() for path in Path(ROOT / ".github/workflows").glob("*.yml"))
    assert f'requires-python = ">={allowed.removesuffix(" or newer")}"' in (ROOT / "pyproject.toml").read_text()
    of_the_tests = json.loads(*re.findall(r"^ +python: (\[.*\])$", workflows, re.MULTILINE))
    assert of_the_tests == tested.split(", ")
    assert set(re.findall(r'python-version: "([\d.]+)"', workflows)) <= set(of_the_tests)


def test_the_readme_fits_ten_minutes() -> None:
    assert len(README.splitlines()) < 400
