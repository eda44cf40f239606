"""The program cannot reach the simulation, and its Adobe client does not know of Pulumi."""

import re
from pathlib import Path

import pytest

PROGRAM = [Path("__main__.py"), *sorted(Path("components").rglob("*.py"))]
# What talks to Adobe knows nothing of Pulumi; what is a resource knows nothing of HTTP.
FREE_OF_PULUMI = ("platform_api", "credentials", "exchange", "answer", "errors", "hosts", "submission", "waiting", "order")
FREE_OF_HTTP = ("app_registration", "key_configuration", "activation")


def imports(file: Path) -> set[str]:
    """Modules that a file imports; ruff keeps it to one module a line."""
    return set(re.findall(r"^\s*(?:from|import)\s+([.\w]+)", file.read_text(), re.MULTILINE))


def test_imports_are_found() -> None:
    assert {"pulumi", "components.adobe.activation", "pulumi_azure_native"} <= imports(Path("__main__.py"))
    assert ".clock" in imports(Path("components/adobe/waiting.py"))


@pytest.mark.parametrize("file", PROGRAM, ids=str)
def test_the_program_does_not_import_the_simulation_or_the_tests(file: Path) -> None:
    assert not {name for name in imports(file) if name.split(".")[0] in {"simulation", "tests", "importlib"}}
    assert "simulat" not in file.read_text().lower()


@pytest.mark.parametrize("name", FREE_OF_PULUMI)
def test_what_talks_to_adobe_does_not_know_pulumi(name: str) -> None:
    assert not {found for found in imports(Path(f"components/adobe/{name}.py")) if found.startswith("pulumi")}


@pytest.mark.parametrize("name", FREE_OF_HTTP)
def test_the_resources_do_not_know_http(name: str) -> None:
    assert not {found for found in imports(Path(f"components/adobe/{name}.py")) if "requests" in found or "urllib" in found}
