"""A program of another project, in another folder, with the package from its wheel: it behaves as this repository's does."""

import shutil
from pathlib import Path
from typing import ClassVar

import pytest

from simulation.adobe.http import ORG
from tests.drivers import Engine, need_the_engine
from tests.settled import made_once, once, prepare
from tests.wheel import built, installed

PROJECT = """
name: acme-platform
runtime: {name: python, options: {toolchain: pip, virtualenv: venv}}
"""
PROGRAM = f"""
import pulumi
from adobe_cmk import ConfigurationArgs, CustomerManagedKeys, CustomerManagedKeysArgs, OrganizationArgs

pulumi.export("purpose", "customer data")
keys = CustomerManagedKeys(
    "adobe",
    CustomerManagedKeysArgs(
        organization=OrganizationArgs(ims_org_id="{ORG}"),
        configuration=ConfigurationArgs(activate="{ORG}/cmk-config", role_propagation_seconds=1),
    ),
)
pulumi.export("status", keys.status)
"""
DECLARATION = PROGRAM[PROGRAM.index("keys = ") :]
PREPARING = PROGRAM.replace(f'activate="{ORG}/cmk-config", ', "")
UP, REFRESH = ("up", "--yes", "--skip-preview"), ("refresh", "--yes", "--skip-preview")
# Nothing listens on that port.
NOBODY_ANSWERS = {"ADOBE_ACCESS_TOKEN": "abc", "ADOBE_PLATFORM_URL": "http://127.0.0.1:9"}


class Guest(Engine):
    """A stack of the other project; its program gives the arguments itself."""

    project = "acme-platform"
    settings: ClassVar = {"azure-native:location": "westeurope"}

    def program(self, text: str) -> None:
        """Change the program."""
        (self.folder / "__main__.py").write_text(text)


def guest(folder: Path, environment: Path) -> Guest:
    """The other project in a folder; its stack, if any, is beside it."""
    project = folder / "acme"
    project.mkdir(parents=True)
    (project / "Pulumi.yaml").write_text(PROJECT)
    (project / "venv").symlink_to(environment)
    stack = Guest(folder / "home")
    stack.folder = project
    return stack


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel."""
    need_the_engine()
    folder = once(tmp_path_factory, "installed", lambda folder: installed(built(folder / "wheel"), folder / "environment"))
    return folder / "environment"


def made(factory: pytest.TempPathFactory, environment: Path, state: str, program: str) -> Path:
    """The folder of a stack after one `up` of the program."""

    def make(folder: Path) -> None:
        stack = guest(folder, environment)
        stack.program(program)
        outcome = stack.up()
        assert outcome.exit_code == 0, outcome.text

    return once(factory, f"guest-{state}", make)


def copied(folder: Path, environment: Path, target: Path) -> Guest:
    shutil.copytree(folder / "home", target / "home")
    stack = guest(target, environment)
    shutil.copy(folder / "acme" / "__main__.py", stack.folder)
    return stack


@pytest.fixture
def settled(tmp_path_factory: pytest.TempPathFactory, environment: Path, tmp_path: Path) -> Guest:
    """The other project's stack after one complete `up`."""
    return copied(made(tmp_path_factory, environment, "settled", PROGRAM), environment, tmp_path)


@pytest.fixture
def prepared(tmp_path_factory: pytest.TempPathFactory, environment: Path, tmp_path: Path) -> Guest:
    """The other project's stack, with everything but the configuration."""
    return copied(made(tmp_path_factory, environment, "prepared", PREPARING), environment, tmp_path)


def test_it_activates_and_stays_as_it_is(settled: Guest) -> None:
    assert list(settled.state()["adobe"]["configurations"][ORG]) == ["cmk-config"]
    for command in (UP, (*REFRESH, "--run-program"), REFRESH, UP):
        outcome = settled.pulumi(*command)
        assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
        assert outcome.outputs["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("destroy", "--yes"), "delete hooks"),
        (("destroy", "--yes", "--run-program", "--ignore-protect"), "Deletion blocked: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_destroy_leaves_the_clouds_as_they_were(settled: Guest, arguments: tuple[str, ...], words: str) -> None:
    before = settled.clouds()
    code, text = settled.plain(*arguments, *settled.on)
    assert code != 0
    assert words in text
    assert settled.clouds() == before


def test_the_component_removed_from_the_program_leaves_the_clouds_as_they_were(settled: Guest) -> None:
    before = settled.clouds()
    settled.program(PROGRAM.replace(DECLARATION, ""))
    for command in (("preview",), UP):
        code, text = settled.plain(*command, *settled.on)
        assert code != 0
        # The words of the engine: with the declaration, the hook that guards it is gone from the program.
        assert 'hook "adobe-keep" was not registered' in text
    assert settled.clouds() == before
    settled.program(PROGRAM)
    outcome = settled.up()
    assert outcome.exit_code == 0, outcome.text
    # The wait guards nothing, and is taken up again.
    assert set(outcome.changed()) <= {"Activation", "RolePropagation"}
    assert settled.clouds() == before


def test_before_activation_the_status_names_the_argument_and_no_setting(prepared: Guest) -> None:
    outcome = prepared.up()
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    said = f"set the argument configuration.activate of CustomerManagedKeys to '{ORG}/cmk-config'"
    assert said in outcome.outputs["status"]
    assert "pulumi config set" not in outcome.outputs["status"]
    # Adobe was asked, and sent nothing.
    asked = "GET /data/infrastructure/manager/customer/config/cmk-config?configType=BYOK_CONFIG"
    assert [call for call in prepared.calls() if "customer/config" in call] == [asked]


def assert_short(text: str) -> None:
    """The error is one line under its resource, and shows nothing of where the package's files are."""
    lines = [line.strip() for line in text[text.index("Diagnostics:") :].splitlines() if "CallUnanswered" in line]
    assert lines
    assert all(line.startswith("error: adobe_cmk.CallUnanswered: no response from Adobe (") for line in lines)
    assert all("Fix: check the network" in line for line in lines)
    for place in ("adobe_cmk.adobe", "adobe_cmk/", "components.adobe", "components/"):
        assert place not in text


def test_an_error_bears_the_packages_name_and_no_modules_path(prepared: Guest) -> None:
    prepared.program(PROGRAM)
    code, text = prepared.plain(*REFRESH, *prepared.on, environment=NOBODY_ANSWERS)
    assert code != 0
    assert_short(text)
    assert "Traceback" not in text
    code, text = prepared.plain_up(environment=NOBODY_ANSWERS)
    assert code != 0
    assert_short(text)


def test_an_error_of_this_repositorys_own_program_bears_it_too(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    need_the_engine()
    shutil.copytree(made_once(tmp_path_factory, "engine", "prepared", prepare), tmp_path / "home")
    stack = Engine(tmp_path / "home")
    code, text = stack.plain_up(environment=NOBODY_ANSWERS)
    assert code != 0
    assert_short(text)
    assert "Traceback" not in text
