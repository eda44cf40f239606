"""Many organisations, one stack each, from one program: shared settings, side by side, one table and one exit code."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulation.adobe.http import GROUP_ORGS
from simulation.cloud import Cloud, opened
from simulation.environment import cli, simulated, stack_file
from tests.drivers import need_the_engine, until
from tests.engine.test_pipelines import pipeline_project

NAMES = tuple(f"company-{number:02d}" for number in range(1, 21))
POST = "POST /data/infrastructure/manager/customer/config"
# What all of them share, in Pulumi.yaml: the default of a setting of the program, and a value of another namespace.
SHARED = {
    "rolePropagationSeconds": {"type": "integer", "default": 1},
    "keyVaultApiVersion": {"type": "string", "default": "2026-02-01"},
    "tags": {"type": "object", "default": {"team": "security"}},
    "azure-native:location": {"value": "westeurope"},
}


class Group:
    """A group of companies: the project in a folder of its own, with a stack for each, on one set of clouds."""

    def __init__(self, folder: Path, cloud: Cloud, environment: Mapping[str, str]) -> None:
        self.folder, self.cloud, self._environment = folder, cloud, environment

    def share(self, **settings: Any) -> None:
        """Set what all stacks share."""
        file = self.folder / "Pulumi.yaml"
        project = yaml.safe_load(file.read_text())
        project["config"].update(settings)
        file.unlink()
        file.write_text(yaml.safe_dump(project))

    def found(self, *names: str) -> None:
        """Write a stack file for each, and create the stack."""
        for name in names:
            self.write(name)
            self.pulumi("stack", "init", name)

    def write(self, name: str, **settings: Any) -> None:
        """Write a stack file, with other settings than those that all share."""
        org = GROUP_ORGS[NAMES.index(name)]
        own = {"imsOrgId": org, "activate": f"{org}/cmk-config", **settings}
        config = {key if ":" in key else f"adobe-cmk:{key}": value for key, value in own.items() if value is not None}
        (self.folder / f"Pulumi.{name}.yaml").write_text(stack_file(config))

    def pulumi(self, *arguments: str) -> str:
        return subprocess.run(
            [str(cli()), *arguments], cwd=self.folder, env=self._environment, check=True, capture_output=True, text=True
        ).stdout

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """One of `operations` under way."""
        return subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=self.folder, env=self._environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, *arguments: str) -> tuple[int, str]:
        """One of `operations` from its start to its end; exit code, and what it printed."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=900)
        return process.returncode, out or err

    def up(self, *arguments: str) -> tuple[int, str]:
        return self.run("operations.organizations", "up", *arguments)

    def vault_of(self, name: str) -> dict[str, Any]:
        """The vault of a stack, as Azure has it."""
        vault_id = self.pulumi("stack", "output", "vaultId", "--stack", name).strip()
        return next(vault for vault in self.cloud.state["azure"]["vaults"].values() if vault["id"] == vault_id)

    def disable_key_of(self, name: str) -> None:
        with self.cloud.at_work() as cloud:
            prefix = f"{self.vault_of(name)['name']}/"
            (key,) = (key for place, key in cloud.state["azure"]["keys"].items() if place.startswith(prefix))
            key["attributes"]["enabled"] = False

    def tag_vault_of(self, name: str) -> None:
        with self.cloud.at_work():
            self.vault_of(name)["tags"]["team"] = "finance"

    def assert_all_are_activated(self, *names: str) -> None:
        """Each organisation has one configuration, sent once, with a vault of its own."""
        adobe, azure = self.cloud.state["adobe"], self.cloud.state["azure"]
        orgs = [GROUP_ORGS[NAMES.index(name)] for name in names]
        held = {org: [one["status"] for one in adobe["configurations"].get(org, {}).values()] for org in orgs}
        assert held == {org: ["COMPLETED"] for org in orgs}
        sent = [
            entry for entry in adobe["journal"] if entry["call"].startswith("POST /data/infrastructure/manager/customer")
        ]
        assert len(sent) == len(names)
        assert len({self.vault_of(name)["name"] for name in names}) == len(names)
        assert (len(azure["vaults"]), len(azure["keys"])) == (len(names), len(names))


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    need_the_engine()
    folder = pipeline_project(tmp_path)
    (folder / "Pulumi.dev.yaml").unlink()
    home = tmp_path / "home"
    with opened(home) as cloud, simulated(cloud, home) as environment:
        # The preview, which comes first, would double the time.
        made = Group(folder, cloud, {**environment, "PULUMI_OPTION_SKIP_PREVIEW": "true"})
        made.share(**SHARED)
        yield made


def lines_of(text: str) -> dict[str, str]:
    """Lines of a table by their stack."""
    return {line.split()[0]: line for line in text.splitlines() if line.split()[:1] and line.split()[0] in NAMES}


@pytest.mark.every_time
def test_three_organisations_are_brought_up_side_by_side_with_what_they_share(group: Group) -> None:
    group.found(*NAMES[:3])
    code, text = group.up("--all")
    assert code == 0, text
    assert "all 3 succeeded" in text
    group.assert_all_are_activated(*NAMES[:3])
    vaults = group.cloud.state["azure"]["vaults"].values()
    assert {(vault["location"], vault["tags"]["team"]) for vault in vaults} == {("westeurope", "security")}


def test_a_drift_check_of_all_has_one_table_and_one_exit_code_and_hides_none(group: Group) -> None:
    purge, benign, healthy, missing = NAMES[:4]
    group.found(purge, benign, healthy)
    group.pulumi("stack", "select", healthy)
    code, text = group.up("--all")
    assert code == 0, text
    group.disable_key_of(purge)
    group.tag_vault_of(benign)
    group.write(missing)
    clouds = json.dumps(group.cloud.state["azure"], sort_keys=True)
    code, text = group.run("operations.drift", "--all")
    assert code == 3, text
    lines = lines_of(text)
    assert list(lines) == [purge, benign, healthy, missing]
    assert re.search(r"purge-class +1 +key adobe-cmk-key: .*; found: disabled", lines[purge])
    assert re.search(r"benign +1 +vault .*: tags is {'team': 'finance'}, declared is {'team': 'security'}", lines[benign])
    assert re.search(r"benign +0$", lines[healthy])
    assert re.search(rf"check failed +1 +the check: .*no stack named '{missing}' found", lines[missing])
    assert "4 stacks: 1 purge-class, 1 check failed, 2 benign. " in text
    # Nothing was written, and nobody's next command meets another stack because of the check.
    assert json.dumps(group.cloud.state["azure"], sort_keys=True) == clouds
    assert group.pulumi("stack", "--show-name").strip() == healthy


def test_twenty_organisations_are_brought_up_side_by_side_and_checked_with_one_table(group: Group) -> None:
    group.found(*NAMES)
    code, text = group.up("--all", "--parallel", "4")
    assert code == 0, text
    assert "all 20 succeeded" in text
    group.assert_all_are_activated(*NAMES)
    group.disable_key_of(NAMES[7])
    code, text = group.run("operations.drift", "--all", "--parallel", "4", "--format", "json")
    seen = json.loads(text)
    assert code == 3
    assert (seen["class"], seen["exitCode"]) == ("purge-class", 3)
    assert [(one["stack"], one["class"]) for one in seen["stacks"]] == [
        (name, "purge-class" if name == NAMES[7] else "benign") for name in NAMES
    ]


def test_one_that_fails_stops_no_other_and_its_error_is_in_the_line_the_table_and_the_log(group: Group) -> None:
    broken, sound = NAMES[:2]
    group.found(broken, sound)
    group.write(broken, keySize="2048")
    code, text = group.up("--stack", broken, "--stack", sound)
    assert code == 1
    assert f"{broken}: failed after" in text
    assert "error: " not in lines_of(text)[broken]
    assert "1 of 2 failed" in text
    assert "adobe-cmk:keySize is '2048'" in (group.folder / ".organizations" / f"{broken}.up.log").read_text()
    group.assert_all_are_activated(sound)


def test_a_preview_of_all_creates_and_sends_nothing(group: Group) -> None:
    group.found(*NAMES[:2])
    code, text = group.run("operations.organizations", "preview", "--all")
    assert code == 0, text
    assert not group.cloud.state["azure"]["vaults"]
    assert not group.cloud.state["adobe"]["configurations"]


def test_a_setting_of_one_stack_goes_over_the_shared_one_and_the_guards_see_a_change_of_either(group: Group) -> None:
    first, second = NAMES[:2]
    group.found(first, second)
    group.write(second, **{"azure-native:location": "northeurope"})
    code, text = group.up("--all")
    assert code == 0, text
    assert [group.vault_of(name)["location"] for name in (first, second)] == ["westeurope", "northeurope"]
    group.share(**{"azure-native:location": {"value": "uksouth"}, "keySize": {"type": "integer", "default": 4096}})
    code, text = group.run("operations.organizations", "preview", "--all")
    logs = [(group.folder / ".organizations" / f"{name}.preview.log").read_text() for name in (first, second)]
    assert code == 1
    assert "azure-native:location cannot change from 'westeurope' to 'uksouth'" in logs[0]
    assert "azure-native:location cannot change" not in logs[1]
    for log in logs:
        assert "adobe-cmk:keySize cannot change from 3072 to 4096" in log


def test_activation_cannot_be_shared(group: Group) -> None:
    first, second = NAMES[:2]
    group.found(first, second)
    for name in (first, second):
        group.write(name, activate=None)
    group.share(activate={"value": f"{GROUP_ORGS[0]}/cmk-config"})
    code, text = group.up("--all")
    assert code == 1, text
    assert list(group.cloud.state["adobe"]["configurations"]) == [GROUP_ORGS[0]]


def test_one_ctrl_c_ends_every_engine_after_its_step_and_the_next_up_loses_nothing(group: Group) -> None:
    group.found(*NAMES[:3])
    process = group.start("operations.organizations", "up", "--all", "--parallel", "2")
    until(lambda: len(group.cloud.state["azure"]["vaults"]) == 2)
    # A second one, of an impatient person, changes nothing.
    for _ in range(2):
        os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (1, ""), err
    assert "3 of 3 failed" in out
    assert "interrupted before it started" in lines_of(out)[NAMES[2]]
    code, text = group.up("--all")
    assert code == 0, text
    group.assert_all_are_activated(*NAMES[:3])
