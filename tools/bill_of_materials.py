"""Writes the bill of materials of the program (CycloneDX): what set-up installs to run it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from components.version import VERSION
from tools.environments import PROGRAM, ROOT

SBOM = ROOT / "sbom.json"
NAME = "adobe-cmk"


def write(file: Path) -> None:
    """Write the bill of materials; the same lock file and version give the same bytes."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as project:
        # In pyproject.toml the version is dynamic, which the tool does not follow.
        project.write(f'[project]\nname = "{NAME}"\nversion = "{VERSION}"\n')
        project.flush()
        command = [str(Path(sys.executable).parent / "cyclonedx-py"), "requirements", "--output-reproducible"]
        subprocess.run(  # noqa: S603
            [*command, "--pyproject", project.name, "--output-file", str(file), str(PROGRAM.run)],
            check=True,
            # A lock file has no graph of dependencies, which the tool warns of.
            env={**os.environ, "PYTHONWARNINGS": "ignore::UserWarning"},
        )


if __name__ == "__main__":
    write(SBOM)
    print(f"{SBOM.name}: {NAME} {VERSION} and the packages of {PROGRAM.run.name}")
