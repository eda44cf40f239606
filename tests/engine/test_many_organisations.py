"""Many organisations, one stack each, from one program: shared settings, credentials of their own, and several at once."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulation.adobe.http import GROUP_ORGS
from simulation.cloud import Cloud, opened
from simulation.environment import ROOT, cli, simulated, stack_file
from tests.documents import loops
from tests.drivers import need_the_engine
from tests.engine.edited import project

# As the document names them.
NAMES = ("acme", "globex")
ORGS = dict(zip(NAMES, GROUP_ORGS, strict=False))
CREDENTIALS = ("ADOBE_CLIENT_ID", "ADOBE_CLIENT_SECRET")
# What all of them share, in Pulumi.yaml: the default of a setting of the program, and a value of another namespace.
SHARED = {
    "rolePropagationSeconds": {"type": "integer", "default": 1},
    "keyVaultApiVersion": {"type": "string", "default": "2026-02-01"},
    "tags": {"type": "object", "default": {"team": "security"}},
    "azure-native:location": {"value": "westeurope"},
}


class Group:
    """Two companies: the project in a folder of its own, with a stack for each, on one set of clouds."""

    def __init__(self, folder: Path, cloud: Cloud, environment: Mapping[str, str]) -> None:
        self.folder, self.cloud, self.environment = folder, cloud, environment

    def share(self, **settings: Any) -> None:
        """Set what all stacks share."""
        file = self.folder / "Pulumi.yaml"
        project = yaml.safe_load(file.read_text())
        project["config"].update(settings)
        file.unlink()
        file.write_text(yaml.safe_dump(project))

    def write(self, name: str, **settings: Any) -> None:
        """Write a stack file, with other settings than those that all share."""
        own = {"imsOrgId": ORGS[name], "activate": f"{ORGS[name]}/cmk-config", **settings}
        config = {key if ":" in key else f"adobe-cmk:{key}": value for key, value in own.items() if value is not None}
        (self.folder / f"Pulumi.{name}.yaml").write_text(stack_file(config))

    def start(self, *command: str) -> subprocess.Popen[str]:
        """A command under way."""
        return subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def pulumi(self, *arguments: str) -> tuple[int, str]:
        """Exit code, and what it printed."""
        return ended(self.start(str(cli()), *arguments))

    def at_once(self, *command: str) -> dict[str, tuple[int, str]]:
        """A command of Pulumi for each stack, all at the same time."""
        started = {name: self.start(str(cli()), *command, "--stack", name) for name in NAMES}
        return {name: ended(process) for name, process in started.items()}

    def vault_of(self, name: str) -> dict[str, Any]:
        """The vault of a stack, as Azure has it."""
        vault_id = self.pulumi("stack", "output", "vaultId", "--stack", name)[1].strip()
        return next(vault for vault in self.cloud.state["azure"]["vaults"].values() if vault["id"] == vault_id)

    def assert_activated(self, *names: str) -> None:
        """These organisations, and no other, have one configuration each, sent once, with a vault of its own."""
        adobe, azure = self.cloud.state["adobe"], self.cloud.state["azure"]
        held = {
            org: [one["status"] for one in configurations.values()]
            for org, configurations in adobe["configurations"].items()
        }
        assert held == {ORGS[name]: ["COMPLETED"] for name in names}
        calls = [entry["call"] for entry in adobe["journal"]]
        assert calls.count("POST /data/infrastructure/manager/customer/config") == len(names)
        assert len({self.vault_of(name)["name"] for name in names}) == len(names)
        assert (len(azure["vaults"]), len(azure["keys"])) == (len(names), len(names))


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code of a command, and what it printed."""
    out, _ = process.communicate(timeout=300)
    return process.returncode, out


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    need_the_engine()
    folder = project(tmp_path, {})
    (folder / "operations").symlink_to(ROOT / "operations")
    home = tmp_path / "home"
    with opened(home) as cloud, simulated(cloud, home) as environment:
        # The preview, which comes first, would double the time; nobody answers its question.
        made = Group(folder, cloud, {**environment, "PULUMI_OPTION_SKIP_PREVIEW": "true", "PULUMI_OPTION_YES": "true"})
        made.share(**SHARED)
        for name in NAMES:
            made.write(name)
            made.pulumi("stack", "init", name)
        yield made


@pytest.mark.every_time
def test_two_at_once_do_not_disturb_each_other_and_have_what_they_share(group: Group) -> None:
    for name, (code, text) in group.at_once("up").items():
        assert code == 0, (name, text)
    group.assert_activated(*NAMES)
    vaults = group.cloud.state["azure"]["vaults"].values()
    assert {(vault["location"], vault["tags"]["team"]) for vault in vaults} == {("westeurope", "security")}


def test_the_failure_of_one_leaves_the_other_alone_at_the_same_time(group: Group) -> None:
    broken, sound = NAMES
    group.write(broken, keySize="2048")
    results = group.at_once("up")
    assert results[broken][0] != 0
    assert "adobe-cmk:keySize is '2048'" in results[broken][1]
    assert results[sound][0] == 0, results[sound][1]
    group.assert_activated(sound)


@pytest.mark.every_time
def test_the_documents_loop_gives_each_stack_its_own_credentials(group: Group) -> None:
    wrong, right = NAMES
    known = {name: group.environment[name] for name in CREDENTIALS}
    group.environment = {name: value for name, value in group.environment.items() if name not in CREDENTIALS}
    for name, secret in {wrong: "of-another-organisation", right: known["ADOBE_CLIENT_SECRET"]}.items():
        (group.folder / f"{name}.env").write_text(
            f"ADOBE_CLIENT_ID={known['ADOBE_CLIENT_ID']}\nADOBE_CLIENT_SECRET={secret}\n"
        )
    (loop,) = (loop for loop in loops("many-organizations.md") if "pulumi up" in loop)
    code, text = ended(group.start("bash", "-c", loop))
    assert code == 0, text
    assert "invalid client_secret parameter" in text
    assert [line for line in text.splitlines() if line.endswith(": failed")] == [f"{wrong}: failed"]
    assert list(group.cloud.state["adobe"]["configurations"]) == [ORGS[right]]


def test_a_check_of_one_sees_its_own_drift_alone_and_leaves_the_other_one_selected(group: Group) -> None:
    drifted, healthy = NAMES
    for name, (code, text) in group.at_once("up").items():
        assert code == 0, (name, text)
    group.pulumi("stack", "select", healthy)
    with group.cloud.at_work() as cloud:
        prefix = f"{group.vault_of(drifted)['name']}/"
        (key,) = (key for place, key in cloud.state["azure"]["keys"].items() if place.startswith(prefix))
        key["attributes"]["enabled"] = False
    clouds = json.dumps(group.cloud.state["azure"], sort_keys=True)
    checks = {name: group.start(sys.executable, "-m", "operations.drift", "--stack", name) for name in NAMES}
    results = {name: ended(check) for name, check in checks.items()}
    assert {name: code for name, (code, _) in results.items()} == {drifted: 3, healthy: 0}, results
    assert "found: disabled" in results[drifted][1]
    # Nothing was written, and nobody's next command meets another stack because of the check.
    assert json.dumps(group.cloud.state["azure"], sort_keys=True) == clouds
    assert group.pulumi("stack", "--show-name")[1].strip() == healthy


def test_a_setting_of_one_stack_goes_over_the_shared_one_and_the_guards_see_a_change_of_either(group: Group) -> None:
    first, second = NAMES
    group.write(second, **{"azure-native:location": "northeurope"})
    for name, (code, text) in group.at_once("up").items():
        assert code == 0, (name, text)
    assert [group.vault_of(name)["location"] for name in NAMES] == ["westeurope", "northeurope"]
    group.share(**{"azure-native:location": {"value": "uksouth"}, "keySize": {"type": "integer", "default": 4096}})
    results = group.at_once("preview")
    assert "azure-native:location cannot change from 'westeurope' to 'uksouth'" in results[first][1]
    assert "azure-native:location cannot change" not in results[second][1]
    for code, text in results.values():
        assert code != 0
        assert "adobe-cmk:keySize cannot change from 3072 to 4096" in text


def test_activation_cannot_be_shared(group: Group) -> None:
    for name in NAMES:
        group.write(name, activate=None)
    group.share(activate={"value": f"{ORGS[NAMES[0]]}/cmk-config"})
    codes = [group.pulumi("up", "--stack", name)[0] for name in NAMES]
    assert codes[0] == 0
    assert codes[1] != 0
    assert list(group.cloud.state["adobe"]["configurations"]) == [ORGS[NAMES[0]]]
