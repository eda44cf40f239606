"""The package as other programs install it: the wheel, and a fresh environment with it."""

import subprocess
import sys
from pathlib import Path

from simulation.environment import ROOT

UV = Path(sys.executable).parent / "uv"


def built(folder: Path, source: Path = ROOT) -> Path:
    """The wheel, built into the folder with what development installs: without a network."""
    _uv("build", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(folder), str(source))
    return next(folder.glob("*.whl"))


def installed(wheel: Path, environment: Path) -> None:
    """Make an environment with the wheel, and what it depends on in the versions that these tests run on."""
    versions = environment.with_suffix(".txt")
    versions.write_text(_uv("pip", "freeze", "--python", sys.executable))
    _uv("venv", "--python", sys.executable, str(environment))
    # Pulumi lists a program's packages with pip.
    install = ("pip", "install", "--python", str(environment), "--constraint", str(versions), str(wheel), "pip")
    try:
        # Set-up leaves everything in uv's cache.
        _uv(*install, "--offline")
    except subprocess.CalledProcessError:
        _uv(*install)


def _uv(*arguments: str) -> str:
    command = [str(UV), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=UV.parent).stdout
