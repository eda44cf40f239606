"""The Pulumi CLI: from PATH, or the official archive that PULUMI_CLI_ARCHIVE names, or Pulumi's download site.

A CLI that set-up installs is linked into `.venv/bin`, so it is on PATH when that environment is active.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
import tarfile

from tools.environments import PROGRAM, ROOT, SetupError, on_path

OWN_CLI = ROOT / ".pulumi-cli"
# The oldest engine that the tests pass on; Pulumi.yaml requires the same.
LEAST_CLI = (3, 260, 0)
DOWNLOAD_SITE = "https://get.pulumi.com/"
# What a hopeless download costs without a network, once.
PROBE_SECONDS = 2.0
DOWNLOAD_SECONDS = 150


def provide(retry_download: bool) -> str | None:
    """Path of a CLI, installed if necessary; None if there is none. A failed download is repeated only on request."""
    found = _accepted(on_path("pulumi"))
    if found:
        _unlink()
        return found
    brought = _accepted(_own()) or _from_archive() or _downloaded(retry_download)
    if brought:
        _link()
    return brought


@functools.cache
def version(cli: str) -> tuple[int, ...]:
    """The CLI's version; zeros if unknown."""
    try:
        text = subprocess.run([cli, "version"], capture_output=True, text=True, timeout=30).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        text = ""
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", text)
    return tuple(int(part) for part in match.groups()) if match else (0, 0, 0)


def dotted(version: tuple[int, ...]) -> str:
    """A version in dotted notation."""
    return ".".join(str(part) for part in version)


def _own() -> str | None:
    return shutil.which("pulumi", path=str(OWN_CLI / "bin"))


def _accepted(cli: str | None) -> str | None:
    if cli and version(cli) < LEAST_CLI:
        remedy = (
            f"remove {OWN_CLI.name}"
            if cli == _own()
            else "update it (https://www.pulumi.com/docs/install/), or remove it from PATH"
        )
        raise SetupError(
            f"{cli} is Pulumi {dotted(version(cli))}, but {dotted(LEAST_CLI)} or newer is required. Fix: {remedy}"
        )
    return cli


def _from_archive() -> str | None:
    archive = os.environ.get("PULUMI_CLI_ARCHIVE")
    if not archive:
        return None
    target = OWN_CLI / "bin"
    shutil.rmtree(OWN_CLI, ignore_errors=True)
    try:
        with tarfile.open(archive) as bundle:
            # Python has filters since 3.11.4.
            bundle.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
            bundle.extractall(OWN_CLI)  # noqa: S202 - filtered
        binary = next(path for path in OWN_CLI.rglob("pulumi") if path.is_file())
    except (OSError, tarfile.TarError, StopIteration) as error:
        shutil.rmtree(OWN_CLI, ignore_errors=True)
        raise SetupError(f"PULUMI_CLI_ARCHIVE={archive} is not Pulumi's official archive ({error})") from None
    binary.parent.rename(target)
    for tool in target.iterdir():
        tool.chmod(0o755)
    return _accepted(_own())


def _downloaded(retry: bool) -> str | None:
    """The CLI of the SDK's version, which the SDK brings with Pulumi's own install script."""
    failed = OWN_CLI / "download-failed"
    if failed.exists() and not retry:
        return None
    if _reachable(DOWNLOAD_SITE):
        print(f"setup: downloading the Pulumi CLI from {DOWNLOAD_SITE} into {OWN_CLI.name}", flush=True)
        install = f"from pulumi.automation import PulumiCommand; PulumiCommand.install(root={str(OWN_CLI)!r})"
        try:
            command = [str(PROGRAM.python), "-c", install]
            subprocess.run(command, check=True, capture_output=True, timeout=DOWNLOAD_SECONDS)  # noqa: S603
            return _accepted(_own())
        except (subprocess.SubprocessError, OSError):
            pass
    shutil.rmtree(OWN_CLI, ignore_errors=True)
    OWN_CLI.mkdir()
    failed.touch()
    return None


def _reachable(url: str) -> bool:
    """Whether the URL answers soon, through a proxy where one is set. Name resolution has no time-out, a process has."""
    code = f"from urllib.request import Request, urlopen; urlopen(Request({url!r}, method='HEAD'))"
    try:
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=PROBE_SECONDS)  # noqa: S603
    except subprocess.SubprocessError:
        return False
    return True


def _link() -> None:
    """Put the brought CLI and its language hosts, which it looks for on PATH, into the program's environment."""
    for tool in (OWN_CLI / "bin").iterdir():
        link = PROGRAM.folder / "bin" / tool.name
        if not os.path.lexists(link):
            link.symlink_to(os.path.relpath(tool, link.parent))


def _unlink() -> None:
    """A CLI on PATH comes first, also while the environment is active."""
    for link in (PROGRAM.folder / "bin").iterdir():
        if link.is_symlink() and OWN_CLI in (link.parent / link.readlink()).resolve().parents:
            link.unlink()
