"""Writes the bill of materials of the program (CycloneDX): what requirements.txt installs, in the versions of the lock file.

The lock file also has what lint and tests use; its comments say what requires each package.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from components.version import VERSION
from tools.environments import PROGRAM, ROOT

SBOM = ROOT / "sbom.json"
NAME = "adobe-cmk"
_ENTRY = re.compile(r"^(?P<name>[\w.-]+)(?:\[[\w,.-]+\])?==.*\n(?:[ ].*(?:\n|$))*", re.MULTILINE)
_REQUIRED_BY = re.compile(r"^    #(?: via)? +(?P<requirer>\S.*)$", re.MULTILINE)


def entries_for(requirements: str, lock: str) -> dict[str, str]:
    """The lock file's entries of what a file of requirements installs, by their names.

    :param requirements: name of that file, as the lock file has it.
    :param lock: text of the lock file.
    """
    entries = {match["name"]: match.group() for match in _ENTRY.finditer(lock)}
    requirers = {name: set(_REQUIRED_BY.findall(entry)) for name, entry in entries.items()}
    wanted = {f"-r {requirements}"}
    while more := {name for name, by in requirers.items() if by & wanted} - wanted:
        wanted |= more
    return {name: entry for name, entry in entries.items() if name in wanted}


def write(file: Path) -> None:
    """Write the bill of materials; the same lock file and version give the same bytes."""
    entries = entries_for(PROGRAM.ranges.name, PROGRAM.lock.read_text())
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as project:
        # In pyproject.toml the version is dynamic, which the tool does not follow.
        project.write(f'[project]\nname = "{NAME}"\nversion = "{VERSION}"\n')
        project.flush()
        command = [str(Path(sys.executable).parent / "cyclonedx-py"), "requirements", "--output-reproducible"]
        subprocess.run(  # noqa: S603
            [*command, "--pyproject", project.name, "--output-file", str(file), "-"],
            input="".join(entries.values()),
            text=True,
            check=True,
            # A lock file has no graph of dependencies, which the tool warns of.
            env={**os.environ, "PYTHONWARNINGS": "ignore::UserWarning"},
        )


if __name__ == "__main__":
    write(SBOM)
    print(f"{SBOM.name}: {NAME} {VERSION} and the packages that {PROGRAM.ranges.name} installs")
