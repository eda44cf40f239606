"""Set-up says what is missing or too old, brings a CLI from an archive, and wastes no time without one."""

import io
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from tools import setup


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any CLI and without a network."""
    monkeypatch.setattr(setup, "OWN_CLI", tmp_path / "own")
    monkeypatch.setattr(setup, "INSTALLER", "https://127.0.0.1:9/install.sh")
    monkeypatch.setattr(setup, "ENVIRONMENTS", {})
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.delenv("PULUMI_CLI_ARCHIVE", raising=False)
    return tmp_path


def cli(version: str) -> bytes:
    return f"#!/bin/sh\necho v{version}\n".encode()


def test_a_cli_on_path_is_taken(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bare / "pulumi").write_bytes(cli("3.259.0"))
    (bare / "pulumi").chmod(0o755)
    assert setup.main() == 0
    assert capsys.readouterr().out == "setup: ready; Pulumi 3.259.0\n"


def test_a_cli_that_is_too_old_is_refused_with_what_to_do(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bare / "pulumi").write_bytes(cli("3.100.0"))
    (bare / "pulumi").chmod(0o755)
    assert setup.main() == 1
    assert "is Pulumi 3.100.0, and 3.244.0 or newer is needed. Update it" in capsys.readouterr().err


def test_without_a_cli_set_up_succeeds_and_says_how_to_get_one(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = time.monotonic()
    assert setup.main() == 0
    assert time.monotonic() - start < 2 * setup.PROBE_SECONDS
    assert "without a Pulumi CLI" in capsys.readouterr().out


def test_the_cli_comes_from_the_archive_that_is_named(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = bare / "pulumi-v3.259.0-linux-x64.tar.gz"
    with tarfile.open(archive, "w:gz") as bundle:
        for name in ("pulumi", "pulumi-language-python"):
            entry = tarfile.TarInfo(f"pulumi/{name}")
            entry.size = len(cli("3.259.0"))
            bundle.addfile(entry, io.BytesIO(cli("3.259.0")))
    monkeypatch.setenv("PULUMI_CLI_ARCHIVE", str(archive))
    assert setup.main() == 0
    found = subprocess.run([bare / "own" / "bin" / "pulumi", "version"], capture_output=True, text=True, check=True)
    assert found.stdout == "v3.259.0\n"


def test_an_archive_that_is_none_is_an_error(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PULUMI_CLI_ARCHIVE", str(bare / "nothing.tar.gz"))
    assert setup.main() == 1
    assert "nothing.tar.gz is not Pulumi's official archive" in capsys.readouterr().err


def test_an_old_python_is_named(bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    assert setup.main() == 1
    assert "Python 3.11 or newer is needed" in capsys.readouterr().err


def test_requirements_are_installed_once_and_again_when_they_change(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], failure: str) -> None:
        commands.append(command)
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / "python").touch()

    monkeypatch.setattr(setup, "ROOT", tmp_path.parent)
    monkeypatch.setattr(setup, "_run", run)
    requirements = tmp_path / "requirements.txt"
    for needed in ("requests", "requests", "requests>=2"):
        requirements.write_text(needed)
        setup._install(tmp_path, [requirements])
    assert len(commands) == 4
