"""The virtual environments, created by uv: the program's in `.venv` and the policy pack's in `policy/.venv`.

Each takes exactly the versions of a lock file, with their hashes: one has what running needs, another one also what lint
and tests use. To test the ranges of `requirements.txt`, the lowest or highest versions that they allow come over these. The
policy pack has an environment of its own: a platform team runs it apart from the program, and its library requires another
protobuf than the program's.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Where uv is installed if none is on PATH: by pip, once.
OWN_UV = ROOT / ".uv"
LOCKED = "locked"
RESOLUTIONS = (LOCKED, "lowest-direct", "highest")


class SetupError(Exception):
    """Set-up failed; the message says what to do."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment, the ranges of its requirements, and their lock files (pins and hashes)."""

    folder: Path
    ranges: Path
    run: Path
    development: Path

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.folder / "bin" / "python"


PROGRAM = Environment(
    ROOT / ".venv", ROOT / "requirements.txt", ROOT / "requirements-run.txt", ROOT / "requirements-dev.txt"
)
_OF_THE_PACK = ROOT / "policy" / "requirements-run.txt"
POLICY = Environment(ROOT / "policy" / ".venv", ROOT / "policy" / "requirements.txt", _OF_THE_PACK, _OF_THE_PACK)


def install_for_use(environment: Environment) -> None:
    """Install what running needs, unless that or the development set is installed; raises SetupError."""
    wanted = _digest(environment.run)
    if _installed(environment) in (wanted, _digest(environment.development)):
        return
    _prepare(environment, environment.run)
    # Not sync: what somebody has added, such as the packages of an import, stays.
    _uv_pip(environment, "install", "--require-hashes", "--requirement", str(environment.run))
    _stamp(environment, wanted)


def install_for_development(environment: Environment, resolution: str) -> None:
    """Install exactly the lock file, and over it what any other resolution makes of the ranges; raises SetupError."""
    wanted = _digest(environment.development)
    if resolution == LOCKED and _installed(environment) == wanted:
        return
    _prepare(environment, environment.development)
    _uv_pip(environment, "sync", "--require-hashes", str(environment.development))
    if resolution == LOCKED:
        _stamp(environment, wanted)
    else:
        # Never stamped: the highest versions change without any file changing.
        _uv_pip(environment, "install", "--upgrade", "--resolution", resolution, "--requirement", str(environment.ranges))


def on_path(tool: str) -> str | None:
    """The tool's path outside the program's environment, which may be active while set-up remakes it."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return shutil.which(tool, path=os.pathsep.join(folder for folder in folders if Path(folder) != PROGRAM.folder / "bin"))


def _prepare(environment: Environment, requirements: Path) -> None:
    """Make the environment if it is missing, or was made for another Python or another folder; forget what it holds."""
    print(f"setup: installing {requirements.relative_to(ROOT)} into {environment.folder.relative_to(ROOT)}", flush=True)
    stamp = _stamp_file(environment)
    if not (environment.python.exists() and stamp.exists() and stamp.read_text().startswith(_identity(environment))):
        if environment.folder.is_symlink():
            # Several checkouts may share it, and it would be cleared for all of them.
            raise SetupError(
                f"{environment.folder.relative_to(ROOT)} is a link to an environment that is not of this folder, and set-up "
                "does not clear it. Fix: remove the link"
            )
        # Pulumi lists a program's packages with pip, so that it is seeded.
        command = [_uv(), "venv", "--quiet", "--seed", "--python", sys.executable, str(environment.folder)]
        _run(command, "the virtual environment could not be created", UV_VENV_CLEAR="1")
    _stamp(environment, "incomplete")


def _uv_pip(environment: Environment, *arguments: str) -> None:
    _run(
        [_uv(), "pip", arguments[0], "--quiet", "--python", str(environment.python), *arguments[1:]],
        "the requirements could not be installed. Behind a proxy, or with your own package index, set the variables of uv: "
        "HTTPS_PROXY, SSL_CERT_FILE, UV_DEFAULT_INDEX",
    )


def _uv() -> str:
    """Path of uv: from PATH, else installed once with pip, in the version and with the hashes of the lock file."""
    found, own = on_path("uv"), OWN_UV / "bin" / "uv"
    if found:
        return found
    if not own.exists():
        print(f"setup: installing uv into {OWN_UV.relative_to(ROOT)}", flush=True)
        pinned = re.search(r"^uv==(?:.*\\\n)+.*$", PROGRAM.development.read_text(), re.MULTILINE)
        if not pinned:
            raise SetupError(f"{PROGRAM.development.name} does not pin uv. Fix: restore that file, or install uv")
        _run([sys.executable, "-m", "venv", "--clear", str(OWN_UV)], "the virtual environment could not be created")
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirement:
            requirement.write(pinned.group())
            requirement.flush()
            pip = [str(OWN_UV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            _run([*pip, "--require-hashes", "--requirement", requirement.name], "uv could not be installed")
    return str(own)


def _identity(environment: Environment) -> str:
    """What an environment does not survive a change of: the Python, and the folder."""
    return hashlib.sha256(f"{sys.version}\n{environment.folder}".encode()).hexdigest()


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _installed(environment: Environment) -> str | None:
    """Digest of what is installed, if the environment is usable."""
    stamp = _stamp_file(environment)
    if not (environment.python.exists() and stamp.exists()):
        return None
    identity, _, digest = stamp.read_text().partition("\n")
    return digest if identity == _identity(environment) else None


def _stamp(environment: Environment, digest: str) -> None:
    _stamp_file(environment).write_text(f"{_identity(environment)}\n{digest}")


def _stamp_file(environment: Environment) -> Path:
    return environment.folder / "setup.sha256"


def _run(command: list[str], failure: str, **variables: str) -> None:
    try:
        subprocess.run(command, check=True, env={**os.environ, **variables})  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(f"{failure} ({error})") from None
