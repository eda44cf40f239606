"""Switches of the simulated Azure: known names, checked values, saved with the clouds."""

from pathlib import Path

import pytest

from simulation.__main__ import main
from simulation.cloud import Cloud, opened
from simulation.errors import CloudError
from simulation.providers.functions import invoke
from simulation.switches import SWITCHES, InvalidSwitch
from tests.landscape import build

VAULT = {"resourceGroupName": "cmk", "vaultName": "acme-vault"}
ROLE = "azure-native:authorization:getRoleAssignment"


@pytest.mark.parametrize("name", SWITCHES)
def test_every_default_is_a_value_that_the_switch_takes(cloud: Cloud, name: str) -> None:
    cloud.azure.switches.set(name, SWITCHES[name].default)
    assert cloud.azure.switches.get(name) == SWITCHES[name].default


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("deleted-key", "KeyNotFound", "not a known switch; known: deleted-key-code, deployer-data-role"),
        ("deleted-key-code", "Gone", "allowed: one of ResourceNotFound, KeyNotFound"),
        ("deployer-data-role", "owner", "allowed: one of none, crypto-officer"),
        ("deployer-address", "here", "allowed: an IP address"),
        ("unreadable", "vault", "allowed: empty, or OPERATION=CODE"),
        ("unreadable", "safe=403", "operations vault, key, role, principal, group"),
        ("unreadable", "vault=404", "codes 403, 503"),
    ],
)
def test_a_wrong_name_or_value_is_refused_with_what_is_allowed(cloud: Cloud, name: str, value: str, said: str) -> None:
    with pytest.raises(InvalidSwitch, match=said):
        cloud.azure.switches.set(name, value)
    assert "switches" not in cloud.state["azure"]


def test_a_switch_is_saved_with_the_clouds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path), "set", "deployer-data-role", "crypto-officer"]) == 0
    with opened(tmp_path) as cloud:
        assert cloud.azure.switches.get("deployer-data-role") == "crypto-officer"
    assert "deployer-data-role is now crypto-officer" in capsys.readouterr().out


def test_a_wrong_value_on_the_command_line_is_told_and_saves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path), "set", "deployer-data-role", "owner"]) == 2
    assert "allowed: one of none, crypto-officer" in capsys.readouterr().err
    with opened(tmp_path) as cloud:
        assert cloud.azure.switches.get("deployer-data-role") == "none"


def test_the_command_line_names_every_switch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path), "set", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(SWITCHES)


@pytest.mark.parametrize(
    ("operation", "token", "action"),
    [
        ("vault", "azure-native:keyvault:getVault", "Microsoft.KeyVault/vaults/read"),
        ("key", "azure-native:keyvault:getKey", "Microsoft.KeyVault/vaults/keys/read"),
        ("role", ROLE, "Microsoft.Authorization/roleAssignments/read"),
    ],
)
@pytest.mark.parametrize("code", ["403", "503"])
def test_a_lookup_is_refused_as_chosen_and_no_other_is(
    cloud: Cloud, operation: str, token: str, action: str, code: str
) -> None:
    made = build(cloud)
    name = next(iter(cloud.state["azure"]["roleAssignments"].values()))["name"]
    arguments = {
        "vault": VAULT,
        "key": {**VAULT, "keyName": "acme-key"},
        "role": {"scope": made.vault_id, "roleAssignmentName": name},
    }
    tokens = {
        "vault": "azure-native:keyvault:getVault",
        "key": "azure-native:keyvault:getKey",
        "role": ROLE,
    }
    cloud.azure.switches.set("unreadable", f"{operation}={code}")
    said = f"does not have authorization to perform action '{action}' over scope" if code == "403" else "ServiceUnavailable"
    with pytest.raises(CloudError, match=said):
        invoke(cloud, token, arguments[operation])
    for other in set(arguments) - {operation}:
        assert invoke(cloud, tokens[other], arguments[other])["name"]
