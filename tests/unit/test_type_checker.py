"""The type checker of `make lint` reads the SDKs: a misspelt argument fails."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECKER = Path(sys.executable).with_name("basedpyright")
VAULT = """
from pulumi_azure_native import keyvault

sku = keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD)
keyvault.VaultPropertiesArgs(tenant_id="t", sku=sku, {argument}=True)
"""
PRINCIPAL = """
import pulumi_azuread as azuread

azuread.ServicePrincipal("x", {argument}="0badc0de-1111-4222-8333-444455556666")
"""


@pytest.mark.parametrize(
    ("program", "right", "wrong"),
    [(VAULT, "enable_purge_protection", "enable_purge_protektion"), (PRINCIPAL, "client_id", "client_idd")],
    ids=["vault", "service principal"],
)
def test_a_misspelt_argument_of_an_sdk_fails(program: str, right: str, wrong: str, tmp_path: Path) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["basedpyright"]
    settings |= {"venvPath": str(ROOT), "include": ["."]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    (tmp_path / "right.py").write_text(program.format(argument=right))
    (tmp_path / "wrong.py").write_text(program.format(argument=wrong))
    run = subprocess.run(
        [CHECKER, "--outputjson", "--project", str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
    )
    errors = [(Path(found["file"]).name, found["rule"]) for found in json.loads(run.stdout)["generalDiagnostics"]]
    assert run.returncode != 0
    assert ("wrong.py", "reportCallIssue") in errors
    assert "right.py" not in {name for name, _ in errors}
