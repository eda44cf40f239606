"""Set-up installs once what is needed, says what is missing or too old, brings a CLI, and wastes no time without one."""

import io
import os
import re
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from simulation import environment as simulated
from tools import environments, pulumi_cli, setup
from tools.environments import Environment, SetupError

ROOT = environments.ROOT
LOCK = r"""
pytest==9.2.0 \
    --hash=sha256:cc
uv==0.13.9 \
    --hash=sha256:aa \
    --hash=sha256:bb
    # via -r requirements-dev.in
wrapt==2.5.2 \
    --hash=sha256:dd
"""


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project on a machine without any CLI and without a network; the program's environment is there and up to date."""
    for module in (environments, pulumi_cli):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    environment = Environment(tmp_path / ".venv", *(tmp_path / f"requirements{kind}.txt" for kind in ("", "-run", "-dev")))
    environment.run.write_text("requests==2.34.2")
    environment.development.write_text(LOCK)
    environment.python.parent.mkdir(parents=True)
    environment.python.touch()
    for module in (environments, pulumi_cli, setup):
        monkeypatch.setattr(module, "PROGRAM", environment)
    # Tests of the pack's own environment put another one here.
    monkeypatch.setattr(setup, "POLICY", environment)
    environments._stamp(environment, environments._digest(environment.development))
    monkeypatch.setattr(environments, "OWN_UV", tmp_path / ".uv")
    monkeypatch.setattr(pulumi_cli, "OWN_CLI", tmp_path / ".pulumi-cli")
    monkeypatch.setattr(pulumi_cli, "DOWNLOAD_SITE", "https://127.0.0.1:9/")
    monkeypatch.setenv("PATH", f"{environment.python.parent}{os.pathsep}{tmp_path / 'path'}")
    monkeypatch.delenv("PULUMI_CLI_ARCHIVE", raising=False)
    pulumi_cli.version.cache_clear()
    return tmp_path


@pytest.fixture
def commands(bare: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that set-up runs, in place of running them; uv is on PATH."""
    commands: list[str] = []

    def run(command: list[str], failure: str, **variables: str) -> None:
        commands.append(" ".join(command).replace(f"{bare}/", "").replace(sys.executable, "python3"))

    monkeypatch.setattr(environments, "_run", run)
    on_path(bare, "uv", b"#!/bin/sh\n")
    return commands


@pytest.fixture
def download_site(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Something that answers in place of Pulumi's download site; yields the requests."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            requests.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setattr(pulumi_cli, "DOWNLOAD_SITE", f"http://127.0.0.1:{server.server_port}/")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield requests
        server.shutdown()
        thread.join()


def cli(version: str) -> bytes:
    return f"#!/bin/sh\necho v{version}\n".encode()


def on_path(bare: Path, name: str, content: bytes) -> None:
    executable(bare / "path" / name, content)


def executable(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    file.chmod(0o755)


def archive(bare: Path, version: str) -> Path:
    archive = bare / f"pulumi-v{version}-linux-x64.tar.gz"
    with tarfile.open(archive, "w:gz") as bundle:
        for name in ("pulumi", "pulumi-language-python"):
            entry = tarfile.TarInfo(f"pulumi/{name}")
            entry.size = len(cli(version))
            bundle.addfile(entry, io.BytesIO(cli(version)))
    return archive


def test_a_cli_on_path_is_taken(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    on_path(bare, "pulumi", cli("3.261.0"))
    assert setup.main([]) == 0
    assert capsys.readouterr().out == "setup: ready; Pulumi 3.261.0\n"


def test_a_cli_that_is_too_old_is_refused_with_what_to_do(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    on_path(bare, "pulumi", cli("3.100.0"))
    assert setup.main([]) == 1
    assert "is Pulumi 3.100.0, but 3.260.0 or newer is required. Fix: update it" in capsys.readouterr().err


def test_a_brought_cli_that_is_too_old_is_refused_with_what_to_do(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    executable(bare / ".pulumi-cli" / "bin" / "pulumi", cli("3.100.0"))
    assert setup.main([]) == 1
    assert "3.260.0 or newer is required. Fix: remove .pulumi-cli" in capsys.readouterr().err


def test_without_a_cli_set_up_succeeds_and_says_how_to_get_one(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = time.monotonic()
    assert setup.main([]) == 0
    assert time.monotonic() - start < 2 * pulumi_cli.PROBE_SECONDS
    assert "without a Pulumi CLI" in capsys.readouterr().out


def test_an_archive_that_is_none_is_an_error(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PULUMI_CLI_ARCHIVE", str(bare / "nothing.tar.gz"))
    assert setup.main([]) == 1
    assert "nothing.tar.gz is not Pulumi's official archive" in capsys.readouterr().err


def test_a_brought_cli_is_on_path_once_the_environment_is_active(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CLI_ARCHIVE", str(archive(bare, "3.261.0")))
    for _again in range(2):
        assert setup.main([]) == 0
        for tool in ("pulumi", "pulumi-language-python"):
            found = subprocess.run([bare / ".venv" / "bin" / tool], capture_output=True, text=True, check=True)
            assert found.stdout == "v3.261.0\n"


def test_a_cli_on_path_comes_before_one_that_was_brought(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PULUMI_CLI_ARCHIVE", str(archive(bare, "3.261.0")))
    assert setup.main([]) == 0
    on_path(bare, "pulumi", cli("3.262.0"))
    assert setup.main([]) == 0
    assert capsys.readouterr().out.endswith("setup: ready; Pulumi 3.262.0\n")
    assert [file.name for file in (bare / ".venv" / "bin").iterdir()] == ["python"]


def test_a_download_says_where_from_and_is_taken(
    bare: Path, download_site: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    installed = bare / ".pulumi-cli" / "bin"
    installer = f'#!/bin/sh\n/bin/mkdir -p {installed}\nprintf "#!/bin/sh\\necho v3.262.0\\n" > {installed}/pulumi\n'
    executable(bare / ".venv" / "bin" / "python", f"{installer}/bin/chmod 755 {installed}/pulumi\n".encode())
    assert setup.main([]) == 0
    announced, ready = capsys.readouterr().out.splitlines()
    assert announced == f"setup: downloading the Pulumi CLI from {pulumi_cli.DOWNLOAD_SITE} into .pulumi-cli"
    assert ready == "setup: ready; Pulumi 3.262.0"


def test_a_failed_download_is_tried_again_only_on_request(bare: Path, download_site: list[str]) -> None:
    executable(bare / ".venv" / "bin" / "python", b"#!/bin/sh\nexit 1\n")
    for arguments, tries in (([], 1), ([], 1), (["--retry-download"], 2)):
        assert setup.main(arguments) == 0
        assert len(download_site) == tries


def test_an_old_python_is_named(bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    assert setup.main([]) == 1
    assert "requires Python 3.11 or newer" in capsys.readouterr().err


def test_what_running_needs_is_installed_from_its_lock_file_with_hashes_and_again_when_that_changes(
    bare: Path, commands: list[str]
) -> None:
    environment = environments.PROGRAM
    for locked in ("requests==2.34.2", "requests==2.34.2", "requests==2.34.3"):
        environment.run.write_text(locked)
        environment.development.write_text("pytest==9.3.0")
        environments.install_for_use(environment)
    install = "path/uv pip install --quiet --python .venv/bin/python --require-hashes --requirement requirements-run.txt"
    assert commands == [install] * 2


def test_what_development_needs_is_installed_exactly_with_hashes_and_once(bare: Path, commands: list[str]) -> None:
    environment = environments.PROGRAM
    for locked in (LOCK, "pytest==9.3.0", "pytest==9.3.0"):
        environment.development.write_text(locked)
        environments.install_for_development(environment, "locked")
    assert commands == ["path/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements-dev.txt"]


def test_what_development_needs_is_enough_for_use(bare: Path, commands: list[str]) -> None:
    environments.install_for_use(environments.PROGRAM)
    assert commands == []


def test_use_is_not_enough_for_development(bare: Path, commands: list[str]) -> None:
    environment = environments.PROGRAM
    environment.development.write_text("pytest==9.3.0")
    environments.install_for_use(environment)
    environments.install_for_development(environment, "locked")
    assert [command.split()[2] for command in commands] == ["install", "sync"]


def test_other_versions_come_over_the_locked_ones_until_the_next_locked_run(bare: Path, commands: list[str]) -> None:
    environments.install_for_development(environments.PROGRAM, "lowest-direct")
    lowest = "--upgrade --resolution lowest-direct --requirement requirements.txt"
    assert commands[1:] == [f"path/uv pip install --quiet --python .venv/bin/python {lowest}"]
    environments.install_for_development(environments.PROGRAM, "locked")
    assert [command.split()[2] for command in commands] == ["sync", "install", "sync"]


def test_the_policy_pack_is_prepared_too_from_its_lock_file_and_in_the_same_resolution(
    bare: Path, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = bare / "policy"
    lock = pack / "requirements-run.txt"
    policy = Environment(pack / ".venv", pack / "requirements.txt", lock, lock)
    policy.python.parent.mkdir(parents=True)
    policy.run.write_text("pulumi-policy==1.21.0")
    monkeypatch.setattr(setup, "POLICY", policy)
    on_path(bare, "pulumi", cli("3.261.0"))
    assert setup.main([]) == 0
    policy.python.touch()
    assert setup.main([]) == 0
    assert setup.main(["--development", "--resolution", "highest"]) == 0
    assert [command for command in commands if "policy/" in command] == [
        "path/uv venv --quiet --seed --python python3 policy/.venv",
        "path/uv pip install --quiet --python policy/.venv/bin/python "
        "--require-hashes --requirement policy/requirements-run.txt",
        "path/uv pip sync --quiet --python policy/.venv/bin/python --require-hashes policy/requirements-run.txt",
        "path/uv pip install --quiet --python policy/.venv/bin/python "
        "--upgrade --resolution highest --requirement policy/requirements.txt",
    ]


@pytest.mark.parametrize("changed", ["python", "folder", "stamp"])
def test_an_environment_of_another_python_or_folder_is_made_anew(
    bare: Path, commands: list[str], monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    environment = environments.PROGRAM
    if changed == "python":
        monkeypatch.setattr(sys, "version", "3.14.0")
    elif changed == "folder":
        stamp = environments._stamp_file(environment)
        stamp.write_text(stamp.read_text().replace(environments._identity(environment), "made elsewhere"))
    else:
        environments._stamp_file(environment).unlink()
    environments.install_for_use(environment)
    assert commands[0] == "path/uv venv --quiet --seed --python python3 .venv"
    assert len(commands) == 2


def test_an_environment_of_another_folder_behind_a_link_is_not_cleared(bare: Path, commands: list[str]) -> None:
    (bare / ".venv").rename(bare / "another")
    (bare / ".venv").symlink_to(bare / "another")
    (bare / "another" / "setup.sha256").unlink()
    assert setup.main([]) == 1
    assert commands == []


def test_an_installation_that_fails_is_repeated(bare: Path, commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    environment = environments.PROGRAM
    environment.development.write_text("pytest==9.3.0")

    def fail(command: list[str], failure: str) -> None:
        raise SetupError(failure)

    with monkeypatch.context() as failing:
        failing.setattr(environments, "_run", fail)
        with pytest.raises(SetupError, match="UV_DEFAULT_INDEX"):
            environments.install_for_development(environment, "locked")
    environments.install_for_use(environment)
    assert len(commands) == 1


def test_uv_is_installed_with_pip_once_in_the_locked_version_if_none_is_on_path(
    bare: Path, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = environments._run
    pinned: list[str] = []

    def run(command: list[str], failure: str) -> None:
        record(command, failure)
        if "--require-hashes" in command:
            pinned.append(Path(command[-1]).read_text())
            executable(bare / ".uv" / "bin" / "uv", b"")

    monkeypatch.setattr(environments, "_run", run)
    (bare / "path" / "uv").unlink()
    assert environments._uv() == environments._uv() == str(bare / ".uv" / "bin" / "uv")
    assert pinned == ["uv==0.13.9 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb"]
    assert commands[0] == "python3 -m venv --clear .uv"
    assert len(commands) == 2


def test_the_uv_of_the_environment_that_may_be_remade_is_not_used(bare: Path, commands: list[str]) -> None:
    executable(bare / ".venv" / "bin" / "uv", b"")
    assert environments._uv() == str(bare / "path" / "uv")


@pytest.mark.parametrize("name", ["requirements-run", "requirements-dev", "policy/requirements-run"])
def test_a_lock_file_pins_every_requirement_within_its_range_and_names_no_host_or_folder(name: str) -> None:
    lock, wanted = ((ROOT / f"{name}{ending}") for ending in (".txt", ".in"))
    text = lock.read_text()
    # A package whose newest version needs a newer Python is there once for each.
    pinned = re.findall(r"^([a-z0-9-]+)==([^ ]+)(?: ;.*)? \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    pins = dict(pinned)
    assert len(pinned) == len(re.findall(r"^\S", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), re.MULTILINE))
    for file in (lock.parent / "requirements.txt", wanted):
        for line in file.read_text().splitlines():
            if line and not line.startswith(("#", "-r ")):
                requirement = Requirement(line)
                assert pins[requirement.name.lower()] in requirement.specifier
    assert not re.search(r"//|index-url|find-links|\s/", text)


def test_what_runs_in_production_is_what_was_tested_and_brings_no_tool_of_lint_or_tests() -> None:
    run, development = (
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements-run.txt", "requirements-dev.txt")
    )
    assert run.items() <= development.items()
    assert not {"ruff", "basedpyright", "pytest", "pre-commit", "mutmut", "uv"} & set(run)
    assert {"azure-identity", "jinja2"} <= set(run)


def test_every_requirement_for_use_has_a_lower_and_an_upper_bound() -> None:
    for file in (ROOT / "requirements.txt", ROOT / "policy" / "requirements.txt"):
        for line in file.read_text().splitlines():
            if not line.startswith("#"):
                assert [bound.operator for bound in Requirement(line).specifier] in ([">=", "<"], ["<", ">="])


def test_the_same_least_cli_is_required_by_set_up_the_program_and_the_readme() -> None:
    least = pulumi_cli.dotted(pulumi_cli.LEAST_CLI)
    assert yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["requiredPulumiVersion"] == f">={least}"
    assert f"({least.removesuffix('.0')} or newer)" in (ROOT / "README.md").read_text()


def test_the_simulation_finds_the_cli_that_set_up_brought() -> None:
    assert simulated.OWN_CLI == pulumi_cli.OWN_CLI
