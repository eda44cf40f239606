"""The type checker of `make lint` reads the SDKs: a misspelt argument fails."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHECKER = Path(sys.executable).with_name("basedpyright")
PROGRAM = """
import pulumi_azuread as azuread
from pulumi_azure_native import keyvault

sku = keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD)
keyvault.VaultPropertiesArgs(tenant_id="t", sku=sku, {of_azure_native}=True)
azuread.ServicePrincipal("x", {of_azuread}="0badc0de-1111-4222-8333-444455556666")
"""


def test_a_misspelt_argument_of_an_sdk_fails(tmp_path: Path) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["basedpyright"]
    settings |= {"venvPath": str(ROOT), "include": ["."]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    programs = {
        "right": PROGRAM.format(of_azure_native="enable_purge_protection", of_azuread="client_id"),
        "wrong_of_azure_native": PROGRAM.format(of_azure_native="enable_purge_protektion", of_azuread="client_id"),
        "wrong_of_azuread": PROGRAM.format(of_azure_native="enable_purge_protection", of_azuread="client_idd"),
    }
    for name, program in programs.items():
        (tmp_path / f"{name}.py").write_text(program)
    run = subprocess.run(
        [CHECKER, "--outputjson", "--project", str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
    )
    errors = {(Path(found["file"]).stem, found["rule"]) for found in json.loads(run.stdout)["generalDiagnostics"]}
    assert run.returncode != 0
    assert {("wrong_of_azure_native", "reportCallIssue"), ("wrong_of_azuread", "reportCallIssue")} <= errors
    assert "right" not in {name for name, _ in errors}
