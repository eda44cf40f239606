"""`pip install` gives other programs the package adobe_cmk: the component, and nothing else of this repository."""

import os
import shutil
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import components
from components.adobe.api.errors import AdobeError
from components.azure.errors import AzureError
from components.version import VERSION
from simulation.environment import ROOT
from tests.wheel import built

DIST_INFO = f"adobe_cmk-{VERSION}.dist-info"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(built(tmp_path_factory.mktemp("wheel")))


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    return message_from_bytes(wheel.read(f"{DIST_INFO}/METADATA"))


def test_the_wheel_holds_the_component_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    package = {name for name in wheel.namelist() if not name.startswith(f"{DIST_INFO}/")}
    files = [file.relative_to(ROOT / "components") for file in (ROOT / "components").rglob("*.py")]
    assert package == {f"adobe_cmk/{file.as_posix()}" for file in [*files, Path("py.typed")]}


def test_it_has_the_version_and_leaves_the_licence_open(metadata: Message) -> None:
    assert metadata["Version"] == VERSION
    assert not [name for name in metadata if name.startswith("License")]


def test_two_builds_of_the_same_files_are_the_same_bytes(tmp_path: Path) -> None:
    """In two folders, with other times and permissions: as two clones on two machines."""
    clone = tmp_path / "clone"
    clone.mkdir()
    for part in ("components", "README.md", "pyproject.toml", "requirements.txt"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, clone / part)
    for file in clone.rglob("*.py"):
        file.chmod(0o600)
        os.utime(file, (1_000_000_000, 1_000_000_000))
    assert built(tmp_path / "first").read_bytes() == built(tmp_path / "second", clone).read_bytes()


def test_it_depends_on_what_requirements_txt_says(metadata: Message) -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    stated = {str(Requirement(line)) for line in lines if line and not line.startswith("#")}
    needed = [Requirement(text) for text in metadata.get_all("Requires-Dist", [])]
    assert {str(requirement) for requirement in needed if not requirement.marker} == stated
    assert metadata["Requires-Python"] == ">=3.11"


def test_what_an_import_needs_is_an_extra(metadata: Message) -> None:
    needed = [Requirement(text) for text in metadata.get_all("Requires-Dist", [])]
    extra = {requirement.name for requirement in needed if str(requirement.marker) == 'extra == "import"'}
    assert extra == {"azure-identity", "azure-keyvault-keys"}
    assert metadata.get_all("Provides-Extra") == ["import"]


def test_building_it_leaves_no_litter(wheel: zipfile.ZipFile) -> None:
    assert not [name for name in ("dist", "build", "adobe_cmk.egg-info") if (ROOT / name).exists()]


def errors(base: type[Exception]) -> list[type[Exception]]:
    return [base, *(error for subclass in base.__subclasses__() for error in errors(subclass))]


@pytest.mark.parametrize(
    "error", [*errors(AdobeError), *errors(AzureError), components.DeletionBlocked], ids=lambda error: error.__name__
)
def test_an_error_bears_the_name_that_programs_import_it_by(error: type[Exception]) -> None:
    assert error.__module__ == "adobe_cmk"
    assert getattr(components, error.__name__) is error
