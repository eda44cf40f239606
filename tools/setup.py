"""Sets up what demo and tests need: virtual environments, and a Pulumi CLI if one can be had. Standard library only.

The policy pack has an environment of its own: a platform team runs it apart from the program, and its library asks for
another protobuf than the program's.

The CLI comes from PATH, else from the official archive that PULUMI_CLI_ARCHIVE names, else from the vendor's download, else
not at all: demo and tests then use the rehearsal. Done already, it takes about a second; it never asks.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
ENVIRONMENTS = {
    VENV: [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"],
    ROOT / "policy" / ".venv": [ROOT / "policy" / "requirements.txt"],
}
OWN_CLI = VENV / "pulumi-cli"
LEAST_PYTHON, LEAST_CLI = (3, 11), (3, 244, 0)
INSTALLER = "https://get.pulumi.com/install.sh"
# Without a network this is all that a hopeless download costs, in seconds.
PROBE_SECONDS = 2.0


class SetupError(Exception):
    """Why set-up cannot go on, and what to do."""


def main() -> int:
    """Set up everything that is missing; returns the exit code."""
    try:
        if sys.version_info < LEAST_PYTHON:
            raise SetupError(f"Python {_dotted(LEAST_PYTHON)} or newer is needed, and this is {sys.version.split()[0]}")
        for environment, files in ENVIRONMENTS.items():
            _install(environment, files)
        _report_cli(_find_cli() or _archive_cli() or _download_cli())
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


def _install(environment: Path, files: list[Path]) -> None:
    wanted = hashlib.sha256(sys.version.encode())
    for file in files:
        wanted.update(file.read_bytes())
    # A virtual environment does not survive being moved or copied.
    wanted.update(str(environment).encode())
    stamp, python = environment / "requirements.sha256", environment / "bin" / "python"
    if stamp.exists() and stamp.read_text() == wanted.hexdigest() and python.exists():
        return
    print(f"setup: installing the requirements into {environment.relative_to(ROOT)} (a minute or so)", flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(environment)], "the virtual environment could not be made")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, *(f"--requirement={file}" for file in files)], "the requirements could not be installed")
    stamp.write_text(wanted.hexdigest())


def _find_cli() -> str | None:
    found = shutil.which("pulumi") or shutil.which("pulumi", path=str(OWN_CLI / "bin"))
    if found and _version(found) < LEAST_CLI:
        raise SetupError(
            f"{found} is Pulumi {_dotted(_version(found))}, and {_dotted(LEAST_CLI)} or newer is needed. Update it "
            "(https://www.pulumi.com/docs/install/), or take it off PATH"
        )
    return found


def _archive_cli() -> str | None:
    archive = os.environ.get("PULUMI_CLI_ARCHIVE")
    if not archive:
        return None
    target = OWN_CLI / "bin"
    shutil.rmtree(OWN_CLI, ignore_errors=True)
    try:
        if archive.endswith(".zip"):
            with zipfile.ZipFile(archive) as bundle:
                bundle.extractall(OWN_CLI)  # noqa: S202 - the user's own archive
        else:
            with tarfile.open(archive) as bundle:
                bundle.extractall(OWN_CLI, filter="data")
        binary = next(path for path in OWN_CLI.rglob("pulumi") if path.is_file())
    except (OSError, tarfile.TarError, zipfile.BadZipFile, StopIteration) as error:
        shutil.rmtree(OWN_CLI, ignore_errors=True)
        raise SetupError(f"PULUMI_CLI_ARCHIVE={archive} is not Pulumi's official archive ({error})") from None
    binary.parent.rename(target)
    for tool in target.iterdir():
        tool.chmod(0o755)
    return _find_cli()


def _download_cli() -> str | None:
    if not _reachable(INSTALLER):
        return None
    print("setup: downloading the Pulumi CLI from its vendor", flush=True)
    install = f"from pulumi.automation import PulumiCommand; PulumiCommand.install(root={str(OWN_CLI)!r})"
    try:
        subprocess.run([str(PYTHON), "-c", install], check=True, capture_output=True, timeout=150)  # noqa: S603
    except (subprocess.SubprocessError, OSError):
        shutil.rmtree(OWN_CLI, ignore_errors=True)
        return None
    return _find_cli()


def _reachable(url: str) -> bool:
    """Whether the URL answers soon, through a proxy where one is set."""
    answered = threading.Event()

    def probe() -> None:
        request = urllib.request.Request(url, method="HEAD")  # noqa: S310 - a constant https URL
        try:
            urllib.request.urlopen(request, timeout=PROBE_SECONDS).close()  # noqa: S310
        except OSError:
            return
        answered.set()

    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    # Name resolution has no time-out of its own.
    thread.join(PROBE_SECONDS)
    return answered.is_set()


def _report_cli(cli: str | None) -> None:
    if cli:
        print(f"setup: ready; Pulumi {_dotted(_version(cli))}", flush=True)
    else:
        print(
            "setup: ready, without a Pulumi CLI: none is on PATH and none could be downloaded, so that the rehearsal is "
            "used. To get one: https://www.pulumi.com/docs/install/, or PULUMI_CLI_ARCHIVE=<official archive> make setup",
            flush=True,
        )


def _version(cli: str) -> tuple[int, ...]:
    try:
        text = subprocess.run([cli, "version"], capture_output=True, text=True, timeout=30).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        text = ""
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", text)
    return tuple(int(part) for part in match.groups()) if match else (0, 0, 0)


def _run(command: list[str], failure: str) -> None:
    try:
        subprocess.run(command, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(f"{failure} ({error})") from None


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


if __name__ == "__main__":
    sys.exit(main())
