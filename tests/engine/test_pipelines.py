"""The steps of the pipelines, and `pulumi new`, on the real engine."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from simulation.adobe.http import ORG
from simulation.azure.arm import SUBSCRIPTION
from simulation.cloud import opened
from simulation.entra.rules import TENANT
from simulation.environment import ROOT, cli, simulated
from tests.drivers import Engine, need_the_engine
from tests.engine.edited import project

# Notes what pip would install, and has installed nothing; everything else is the real interpreter's.
NO_PIP = """#!/bin/sh
case "$*" in
  "-m pip list"*) echo "[]" ;;
  "-m pip install"*|"-m ensurepip"*) echo "$*" >> {installed} ;;
  *) exec {python} "$@" ;;
esac
"""


@contextmanager
def clouds(home: Path) -> Iterator[dict[str, str]]:
    with opened(home) as cloud, simulated(cloud, home) as environment:
        yield environment


def pipeline_project(folder: Path) -> Path:
    """This project, with what the pipelines need of it."""
    made = project(folder, {})
    for name in ("operations", "policy", "policies.json", "simulation"):
        (made / name).symlink_to(ROOT / name)
    return made


def ran(folder: Path, environment: Mapping[str, str], *command: str) -> str:
    """What a step of the workflows prints; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.every_time
def test_the_preview_of_the_workflows_passes_the_policies_and_names_finding_and_property_but_no_output(
    settled: Engine, tmp_path: Path
) -> None:
    settled.drift("key-disabled")
    before, folder = settled.recorded(), pipeline_project(tmp_path)
    (folder / "Pulumi.dev.yaml").unlink()
    shutil.copy(settled.config_file, folder / "Pulumi.dev.yaml")
    preview = ("pulumi", "preview", "--non-interactive", "--suppress-outputs", "--stack", "dev")
    with clouds(settled.home) as environment:
        policies = ("--policy-pack", "policy", "--policy-pack-config", "policies.json")
        text = ran(folder, environment, "operations.pipelines", "run", "--", *preview, *policies)
    assert re.search(r"~ +pulumi-python:dynamic/adobe:Activation adobe-cmk update \[diff: ~evidence,findings\]", text)
    assert "--enabled true" in text
    assert re.search(r"adobe-cmk@v[\d.]+ \(local: policy\)", text)
    assert "Outputs:" not in text
    assert settled.recorded() == before


def test_the_preview_of_a_fork_runs_on_the_simulated_clouds_and_needs_no_credential(tmp_path: Path) -> None:
    need_the_engine()
    folder = pipeline_project(tmp_path)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ADOBE_", "ARM_", "AZURE_"))}
    simulated = ("simulation", "run", "--", "pulumi")
    ran(folder, environment, *simulated, "stack", "init", "dev")
    text = ran(folder, environment, *simulated, "preview", "--stack", "dev", "--policy-pack", "policy")
    assert re.search(r"\+ \d\d to create", text)


@pytest.mark.every_time
def test_pulumi_new_asks_for_what_has_no_default_and_its_project_can_be_previewed(engine: Engine, tmp_path: Path) -> None:
    template, made = tmp_path / "template", tmp_path / "made"
    # What is in the repository, and nothing that lies beside it.
    beside = [line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines() if not line.startswith("#")]
    shutil.copytree(ROOT, template, ignore=shutil.ignore_patterns(".git", *beside))
    environment_folder = made / ".venv"
    python = environment_folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(NO_PIP.format(installed=tmp_path / "installed", python=sys.executable))
    python.chmod(0o755)
    answers = {
        "(imsOrgId)": ORG,
        "(region)": "",
        "(azure-native:location)": "westeurope",
        "(azure-native:subscriptionId)": SUBSCRIPTION,
        "(azuread:tenantId)": TENANT,
    }
    with clouds(engine.home) as environment:
        new = ["new", str(template), "--force", "--name", "adobe-cmk", "--stack", "prod", "--description", "keys"]
        code, said = in_dialogue([str(cli()), *new], made, environment, answers)
        assert code == 0, said
        assert "ID of your Adobe organisation, <24 hex digits>@AdobeOrg" in said
        assert "Nothing is sent to Adobe until you set activate" in said
        assert "-m pip install -r requirements.txt" in (tmp_path / "installed").read_text()
        assert yaml.safe_load((made / "Pulumi.prod.yaml").read_text())["config"] == {
            "adobe-cmk:imsOrgId": ORG,
            "adobe-cmk:region": "va7",
            "azure-native:location": "westeurope",
            "azure-native:subscriptionId": SUBSCRIPTION,
            "azuread:tenantId": TENANT,
        }
        assert "template" not in yaml.safe_load((made / "Pulumi.yaml").read_text())
        # As if pip had installed the requirements.
        shutil.rmtree(environment_folder)
        environment_folder.symlink_to(ROOT / ".venv")
        preview = subprocess.run(
            [str(cli()), "preview", "--stack", "prod", "--non-interactive"],
            cwd=made, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert preview.returncode == 0, preview.stdout
    assert "azure-native:keyvault:Vault" in preview.stdout
    assert "KeyConfiguration" not in preview.stdout


def test_a_project_with_another_name_is_told_what_to_do(engine: Engine, tmp_path: Path) -> None:
    renamed = project(tmp_path, {})
    text = (ROOT / "Pulumi.yaml").read_text().replace("name: adobe-cmk", "name: our-keys", 1)
    (renamed / "Pulumi.yaml").unlink()
    (renamed / "Pulumi.yaml").write_text(text)
    engine.config_file.write_text(engine.config_file.read_text().replace("adobe-cmk:", "our-keys:"))
    engine.project = "our-keys"
    code, said = engine.plain("preview", *engine.on, cwd=renamed)
    assert code != 0
    assert "The settings have the prefix our-keys:, but this program reads adobe-cmk: whatever" in " ".join(said.split())


def in_dialogue(
    command: list[str], folder: Path, environment: Mapping[str, str], answers: dict[str, str]
) -> tuple[int, str]:
    """Run a command in a terminal, and answer each question when it has been asked; exit code, and what was shown."""
    ours, its = pty.openpty()
    # A CI service's variables would make it ask nothing.
    variables = {**environment, "TERM": "xterm", "PULUMI_DISABLE_CI_DETECTION": "true"}
    process = subprocess.Popen(command, cwd=folder, env=variables, stdin=its, stdout=its, stderr=its, start_new_session=True)
    os.close(its)
    shown, left = "", dict(answers)
    with process:
        while select.select([ours], [], [], 60)[0]:
            try:
                shown += os.read(ours, 4096).decode(errors="replace")
            except OSError:
                # The other end is closed: the command has ended.
                break
            asked = next((question for question in left if question in shown), None)
            if asked:
                os.write(ours, f"{left.pop(asked)}\r".encode())
    os.close(ours)
    assert not left, shown
    return process.returncode, shown
