"""What helps developers stays what it says: the hooks are `make lint`'s commands."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.version import VERSION
from simulation.environment import ROOT

HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
BIN = Path(sys.executable).parent
CONFIGURATIONS = [file.relative_to(ROOT) for file in sorted(ROOT.glob(".github/**/*.yml"))]


# As the Makefile has them.
DOCUMENTS = "*.md docs/*.md simulation/*.md"


def commands_of_lint() -> list[tuple[str, frozenset[Path]]]:
    """Each command line, and the files that its patterns mean."""
    recipe = (ROOT / "Makefile").read_text().partition("\nlint:\n")[2].partition("\n\n")[0].replace("\\\n", " ")
    found = []
    for line in recipe.splitlines():
        if line.startswith("\t@"):
            words = shlex.split(line.removeprefix("\t@").replace("$(DOCUMENTS)", DOCUMENTS))
            files = {word for word in words if word.endswith((".yml", ".md"))}
            meant = frozenset(path.relative_to(ROOT) for word in files for path in ROOT.glob(word))
            found.append((shlex.join(word for word in words if word not in files), meant))
    return found


def commands_of_the_hooks() -> list[tuple[str, frozenset[Path]]]:
    patterns = ("*.y*ml", *DOCUMENTS.split())
    candidates = [*CONFIGURATIONS, *(path.relative_to(ROOT) for pattern in patterns for path in ROOT.glob(pattern))]
    return [
        (
            shlex.join(shlex.split(hook["entry"])),
            frozenset(path for path in candidates if "files" in hook and re.search(hook["files"], path.as_posix())),
        )
        for hook in HOOKS
    ]


def test_the_hooks_of_pre_commit_are_the_commands_of_make_lint() -> None:
    assert commands_of_the_hooks() == commands_of_lint()


def test_a_hook_gets_file_names_only_where_it_says_which() -> None:
    assert {hook["id"] for hook in HOOKS if hook.get("pass_filenames", True)} == {h["id"] for h in HOOKS if "files" in h}


def test_pre_commit_understands_its_configuration() -> None:
    command = [str(BIN / "pre-commit"), "validate-config", str(ROOT / ".pre-commit-config.yaml")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout + run.stderr == ""


@pytest.mark.parametrize("file", CONFIGURATIONS, ids=str)
def test_make_lint_validates_every_configuration_of_github(file: Path) -> None:
    assert [command for command, files in commands_of_lint() if file in files] != []


def test_dependabot_watches_every_lock_file() -> None:
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]
    watched = {ROOT / folder.strip("/") for entry in updates for folder in entry.get("directories", [])}
    locks = (
        "requirements-run.txt",
        "requirements-dev.txt",
        "policy/requirements-run.txt",
        "tests/azurite/package-lock.json",
    )
    assert watched == {(ROOT / lock).parent for lock in locks}


def test_the_newest_entry_of_the_changelog_is_the_version() -> None:
    entries = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert entries[0] == VERSION
    assert entries == sorted(entries, key=lambda entry: [int(part) for part in entry.split(".")], reverse=True)


@pytest.mark.parametrize("name", ["SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_what_a_document_links_to_and_names_is_there(name: str) -> None:
    text = (ROOT / name).read_text()
    links = [link.partition("#") for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    paths = re.findall(r"`((?:components|operations|policy|simulation|tests)/[\w./]*)`", text)
    assert [path for path in (*(file for file, _, _ in links if file), *paths) if not (ROOT / path).exists()] == []
    for file, _, anchor in links:
        headings = re.findall(r"^#+ (.+)$", (ROOT / (file or name)).read_text(), re.MULTILINE)
        assert not anchor or anchor in [heading.lower().replace(" ", "-") for heading in headings]
