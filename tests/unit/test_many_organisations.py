"""The shell loops of the document: each stack gets its own credentials, and one that fails stops no other."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.documents import ROOT, loops

LOOPS = loops("many-organizations.md")
# Notes for which stack it was called and with which secret; fails for the stack acme.
COMMAND = """#!/bin/sh
for word; do stack=$word; done
echo "$stack ${ADOBE_CLIENT_SECRET:-none} ${ONLY_GLOBEX:-none}" >> "$CALLS"
[ "$stack" != acme ] || exit 3
"""


def ran(loop: str, folder: Path) -> tuple[list[str], list[str]]:
    """The calls that a loop made, and the lines that it printed."""
    for file in (folder / "bin" / "pulumi", folder / ".venv" / "bin" / "python"):
        file.parent.mkdir(parents=True)
        file.write_text(COMMAND)
        file.chmod(0o755)
    calls = folder / "calls"
    calls.touch()
    done = subprocess.run(
        ["bash", "-c", loop], cwd=folder, capture_output=True, text=True, check=False,
        env={"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return calls.read_text().splitlines(), done.stdout.splitlines()


def test_the_document_has_loops_for_preview_up_and_drift() -> None:
    said = "\n".join(LOOPS)
    assert all(command in said for command in ("pulumi preview", "pulumi up", "operations.drift"))


@pytest.mark.parametrize("loop", LOOPS)
def test_each_stack_gets_its_own_credentials_and_a_failure_is_said_and_stops_no_other(loop: str, tmp_path: Path) -> None:
    (tmp_path / "acme.env").write_text("ADOBE_CLIENT_SECRET=of-acme\n")
    (tmp_path / "globex.env").write_text("ADOBE_CLIENT_SECRET=of-globex\nONLY_GLOBEX=yes\n")
    calls, said = ran(loop, tmp_path)
    assert calls == ["acme of-acme none", "globex of-globex yes"]
    assert [line for line in said if line.startswith("acme: ")]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_stack_without_credentials_is_not_run_with_those_of_another(loop: str, tmp_path: Path) -> None:
    (tmp_path / "acme.env").write_text("ADOBE_CLIENT_SECRET=of-acme\n")
    calls, said = ran(loop, tmp_path)
    assert calls == ["acme of-acme none"]
    assert [line for line in said if line.startswith("globex: ")]


def test_the_files_with_credentials_are_not_committed() -> None:
    assert "*.env" in (ROOT / ".gitignore").read_text().splitlines()
