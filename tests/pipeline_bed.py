"""Where the steps of the pipelines run in tests: a folder with them, and stand-ins for gh, pulumi and the check of drift."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import gh

ROOT = Path(__file__).parents[1]
# Ends and says what it is told to, and notes how it was called and with what.
STAND_IN = """
import json, os, sys
with open({calls!r}, "a") as calls:
    calls.write(json.dumps([{name!r}, sys.argv[1:], dict(os.environ)]) + "\\n")
sys.stdout.write(os.environ.get({prefix!r} + "_SAYS", ""))
sys.stderr.write(os.environ.get({prefix!r} + "_COMPLAINS", ""))
sys.exit(int(os.environ.get({prefix!r} + "_ENDS", "0")))
"""
# Runs what stands after `--`, as `python -m simulation run` does.
SIMULATION = """import subprocess, sys
sys.exit(subprocess.call(sys.argv[sys.argv.index("--") + 1 :]))
"""


class Bed:
    """One folder, and one GitHub."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._calls, self._github = folder / "calls", folder / "github.json"
        self.commands = folder / ".venv" / "bin"
        self.commands.mkdir(parents=True)
        (self.commands / "python").symlink_to(sys.executable)
        shutil.copytree(ROOT / "operations" / "pipelines", folder / "operations" / "pipelines")
        for name in ("__init__.py", "credentials.py"):
            shutil.copy(ROOT / "operations" / name, folder / "operations")
        for name, package in {"drift": "operations/drift", "simulation": "simulation"}.items():
            (folder / package).mkdir()
            text = SIMULATION if name == "simulation" else self._stand_in("drift")
            (folder / package / "__main__.py").write_text(text)
        shutil.copy(ROOT / "operations" / "drift" / "severity.py", folder / "operations" / "drift")
        self.executable("pulumi", self._stand_in("pulumi"))
        self.executable("gh", Path(gh.__file__).read_text())
        self.github(issues=[], labels=[], calls=[])

    def executable(self, name: str, text: str) -> None:
        """A command on PATH. The path of an interpreter in a first line may have no spaces, that of this checkout may."""
        program = self.commands / f"{name}.py"
        program.write_text(text)
        (self.commands / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$@"\n')
        (self.commands / name).chmod(0o755)

    def github(self, **state: Any) -> dict[str, Any]:
        """What GitHub has, after a change of it."""
        known = json.loads(self._github.read_text()) if self._github.exists() else {}
        self._github.write_text(json.dumps({**known, **state}))
        return {**known, **state}

    def calls(self, name: str) -> list[tuple[list[str], dict[str, str]]]:
        """The calls of a stand-in: arguments and environment."""
        lines = self._calls.read_text().splitlines() if self._calls.exists() else []
        return [(arguments, environment) for who, arguments, environment in map(json.loads, lines) if who == name]

    def run(self, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One command line of a workflow, as a runner runs it."""
        path = os.pathsep.join([str(self.commands), str(Path(sys.executable).parent), os.environ["PATH"]])
        variables = {"PATH": path, "HOME": str(self.folder), gh.STATE: str(self._github), **environment}
        return subprocess.run(
            ["bash", "-e", "-c", line], cwd=self.folder, env=variables, capture_output=True, text=True, check=False
        )

    def step(self, arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One step of the pipelines."""
        return self.run(f".venv/bin/python -m operations.pipelines {arguments}", **environment)

    def report(self) -> dict[str, Any]:
        """What a step has handed on."""
        read: dict[str, Any] = json.loads((self.folder / "pipeline-report.json").read_text())
        return read

    def _stand_in(self, name: str) -> str:
        return STAND_IN.format(calls=str(self._calls), name=name, prefix=name.upper())


ON_GITHUB = {
    "GH_TOKEN": "token-of-the-run",
    "GH_REPO": "contoso/keys",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "contoso/keys",
    "GITHUB_RUN_ID": "42",
}
