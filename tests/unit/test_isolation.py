"""Imports run one way: the program cannot reach the simulation, and Adobe's API client does not know Pulumi."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PROGRAM = [Path("__main__.py"), *sorted(Path("components").rglob("*.py"))]
# The rooms that may be imported from each: a file or folder of components/, and what it may reach.
REACH = {
    "constants.py": (),
    "version.py": (),
    "arguments": ("constants", "arguments"),
    "settings.py": ("arguments", "constants", "adobe.api.addresses", "adobe.api.hosts", "adobe.api.errors"),
    "outputs.py": (),
    "known.py": (),
    "valid_arguments.py": ("arguments", "constants", "adobe.api.hosts", "adobe.api.errors"),
    "starting_point.py": ("arguments", "constants", "adobe.api", "safety"),
    "dynamic": ("dynamic", "adobe.api.clock"),
    "azure": (
        "azure",
        "arguments",
        "constants",
        "known",
        "dynamic",
        "safety.deletion_guards",
        "safety.error_advice",
        "safety.key_versions",
    ),
    "safety": ("arguments", "constants", "safety", "adobe.api"),
    "adobe/api": ("constants", "version", "adobe.api"),
    "adobe": ("arguments", "constants", "known", "dynamic", "adobe"),
}
MOST_FLOORS = 7
# What only an import of a key, or a call to Adobe, needs: each costs every other command its time.
OF_A_CALL = {"azure", "cryptography", "msal", "requests", "urllib3", "matplotlib", "hypothesis"}


def imports(file: Path) -> set[str]:
    """Modules that a file imports; ruff keeps it to one module a line."""
    return set(re.findall(r"^\s*(?:from|import)\s+([.\w]+)", file.read_text(), re.MULTILINE))


def room(file: Path) -> str:
    """The narrowest entry of REACH that a file is in; empty for the component itself and the package."""
    name = file.relative_to("components").as_posix()
    return next((entry for entry in ("adobe/api", *REACH) if name == entry or name.startswith(f"{entry}/")), "")


def rooms_imported(file: Path) -> set[str]:
    """Modules of components/ that a file imports, by their dotted name."""
    package = file.parent.relative_to("components").parts
    found = set()
    for line in re.findall(r"^\s*from\s+(\.+[\w.]*)\s+import\s+(\([^)]*\)|[^\n]*)", file.read_text(), re.MULTILINE):
        module, names = line
        dots = len(module) - len(module.lstrip("."))
        base = (*package[: len(package) - dots + 1], *[part for part in module.lstrip(".").split(".") if part])
        target = Path("components", *base)
        if target.is_dir():
            for name in re.findall(r"\w+", names):
                found.add(".".join((*base, name)) if (target / f"{name}.py").exists() else ".".join(base))
        else:
            found.add(".".join(base))
    return found


def test_imports_are_found() -> None:
    assert {"pulumi", "components"} <= imports(Path("__main__.py"))
    assert {"adobe.api.clock", "constants"} <= rooms_imported(Path("components/adobe/waiting.py"))
    assert "safety.requirements" in rooms_imported(Path("components/safety/preflight.py"))


@pytest.mark.parametrize("file", PROGRAM, ids=str)
def test_the_program_does_not_import_the_simulation_or_the_tests(file: Path) -> None:
    assert not {name for name in imports(file) if name.split(".")[0] in {"operations", "simulation", "tests"}}
    assert "simulat" not in file.read_text().lower()


@pytest.mark.parametrize("file", sorted(Path("operations").rglob("*.py")), ids=str)
def test_what_runs_on_real_clouds_does_not_import_the_simulation_or_the_tests(file: Path) -> None:
    assert not {name for name in imports(file) if name.split(".")[0] in {"simulation", "tests"}}


@pytest.mark.parametrize("file", [file for file in PROGRAM[1:] if room(file)], ids=str)
def test_imports_run_one_way(file: Path) -> None:
    allowed = REACH[room(file)]
    reached = rooms_imported(file)
    assert not {name for name in reached if not any(name == other or name.startswith(f"{other}.") for other in allowed)}


def test_a_chain_of_imports_is_no_longer_than_seven_rooms() -> None:
    files = {file.relative_to("components").with_suffix("").as_posix().replace("/", "."): file for file in PROGRAM[1:]}

    def floors(name: str) -> int:
        below = [floors(other) for other in rooms_imported(files[name]) if other in files and other != name]
        return 1 + max(below, default=0)

    # A list of names is no room.
    heights = {name: floors(name) for name in files if not name.endswith("__init__") and name != "exports"}
    assert max(heights.values()) <= MOST_FLOORS, sorted(heights.items(), key=lambda entry: -entry[1])[:8]


@pytest.mark.parametrize("file", sorted(Path("components/adobe/api").glob("*.py")), ids=str)
def test_adobes_api_client_does_not_know_pulumi(file: Path) -> None:
    assert not {found for found in imports(file) if found.startswith("pulumi")}


@pytest.mark.parametrize("file", sorted(Path("components/adobe").glob("*.py")), ids=str)
def test_the_adobe_resources_do_not_know_http(file: Path) -> None:
    assert not {found for found in imports(file) if found.split(".")[0] in {"requests", "urllib3", "http"}}


@pytest.mark.parametrize("file", PROGRAM[1:], ids=str)
def test_the_component_reads_no_stack_configuration_no_project_name_and_no_folder(file: Path) -> None:
    assert not re.findall(r"pulumi\.Config\b|get_project\(|get_config|getcwd|Path\.cwd", file.read_text())


PLUGIN = [
    *(f"components.adobe.{name}" for name in ("activation", "app_registration", "key_configuration", "name_claim")),
    "components.adobe.submission_attempt",
    "components.azure.key_import.imported_key",
]


@cache
def loaded_with(module: str) -> list[str]:
    """Every module that a new process has after an import."""
    code = f"import sys, {module}; print(*sys.modules)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("module", ["components.settings, components.customer_managed_keys", *PLUGIN])
def test_neither_the_program_nor_its_plugin_loads_an_http_client_or_azures_packages_before_a_call(module: str) -> None:
    assert not [name for name in loaded_with(module) if name.split(".")[0] in OF_A_CALL]
