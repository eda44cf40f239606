"""Where there is no emulator of Azure Storage, its tests say why, at once; where there must be one, they fail."""

import json
from pathlib import Path

import pytest

from tests import azurite


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty PATH, and a folder to install into in which nothing is installed."""
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "node_modules").mkdir()
    monkeypatch.setattr(azurite, "FOLDER", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("REQUIRE_PULUMI", raising=False)
    return tmp_path


def command(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def reason() -> str:
    with pytest.raises(pytest.skip.Exception) as skipped:
        azurite.need_azurite()
    return str(skipped.value)


def test_without_node_the_reason_names_what_is_missing(tools: Path) -> None:
    assert reason().startswith("no node and no npm: the state was not tried on Azure Blob Storage")
    command(tools, "node", "")
    assert reason().startswith("no npm: ")


def test_without_a_network_the_reason_has_npms_words_and_the_next_run_tries_again(tools: Path) -> None:
    command(tools, "node", "")
    command(tools, "npm", "echo 'npm error network request failed' >&2; exit 1")
    assert reason() == "npm could not install Azurite: npm error network request failed"
    command(tools, "npm", "")
    azurite.need_azurite()


def test_what_is_installed_is_not_installed_again_until_the_lock_file_changes(tools: Path) -> None:
    command(tools, "node", "")
    command(tools, "npm", "echo run >> runs")
    for text in ("{}", "{}", '{"changed": true}'):
        (tools / "package-lock.json").write_text(text)
        azurite.need_azurite()
    assert (tools / "runs").read_text() == "run\nrun\n"


def test_where_an_engine_is_required_the_emulator_is_too(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_PULUMI", "1")
    with pytest.raises(pytest.fail.Exception, match="REQUIRE_PULUMI=1, and no node"):
        azurite.need_azurite()


def test_the_lock_file_has_every_package_with_its_hash_and_no_address_of_a_registry() -> None:
    lock = json.loads((Path(azurite.__file__).parent / "package-lock.json").read_text())
    packages = [package for name, package in lock["packages"].items() if name]
    assert len(packages) > 100
    assert all(package["integrity"].startswith("sha512-") and "resolved" not in package for package in packages)
