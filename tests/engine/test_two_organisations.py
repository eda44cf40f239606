"""Two organisations in one program, beside resources of its own and with providers of its own."""

from pathlib import Path

import pytest

from simulation.adobe.http import ORG, SECOND_ORG
from tests.drivers import Engine
from tests.engine.edited import project

PROGRAM = """
import pulumi
import pulumi_azure_native as azure
import pulumi_azuread as azuread
from components import ConfigurationArgs, CustomerManagedKeys, CustomerManagedKeysArgs, OrganizationArgs, VaultArgs

providers = [azure.Provider("here", location="westeurope"), azuread.Provider("entra")]
mine = pulumi.ResourceOptions(provider=providers[0])
group = azure.resources.ResourceGroup("green-rg", opts=mine)
sku = azure.keyvault.SkuArgs(family="A", name="standard")
tenant = azure.authorization.get_client_config_output(opts=pulumi.InvokeOptions(provider=providers[0])).tenant_id
properties = azure.keyvault.VaultPropertiesArgs(tenant_id=tenant, sku=sku, soft_delete_retention_in_days=7)
azure.keyvault.Vault("green-vault", vault_name="mine", resource_group_name=group.name, properties=properties, opts=mine)



def declare(name, org):
    configuration = ConfigurationArgs(activate=f"{org}/cmk-config", role_propagation_seconds=1)
    args = CustomerManagedKeysArgs(
        organization=OrganizationArgs(ims_org_id=org), vault=VaultArgs(location="westeurope"), configuration=configuration
    )
    return CustomerManagedKeys(name, args, pulumi.ResourceOptions(providers=providers))


for name, org in ORGANISATIONS:
    pulumi.export(name, declare(name, org).handoff)
"""


def two(tmp_path: Path, first: str, second: str) -> Path:
    folder = project(tmp_path, {})
    organisations = f"ORGANISATIONS = {(('green', first), ('blue', second))!r}\n"
    (folder / "__main__.py").write_text(organisations + PROGRAM)
    return folder


@pytest.fixture
def explicit(engine: Engine) -> Engine:
    """A stack in which nothing may use a default provider of Azure or Entra ID."""
    engine.configure(**{"pulumi:disable-default-providers": ["azure-native", "azuread"]})
    return engine


def test_two_organisations_are_activated_side_by_side_with_the_programs_own_providers(
    explicit: Engine, tmp_path: Path
) -> None:
    folder = two(tmp_path, ORG, SECOND_ORG)
    up = ("up", "--yes", "--skip-preview")
    code, text = explicit.plain("preview", *explicit.on, cwd=folder)
    assert code == 0, text
    outcome = explicit.pulumi(*up, cwd=folder)
    assert outcome.exit_code == 0, outcome.text
    warnings = [line for line in outcome.text.splitlines() if line.startswith("warning")]
    assert all("Azure retires version" in line for line in warnings), warnings
    assert {name: outcome.outputs[name]["status"] for name in ("green", "blue")} == dict.fromkeys(
        ("green", "blue"), "COMPLETED"
    )
    held = explicit.state()["adobe"]["configurations"]
    assert {org: list(names) for org, names in held.items()} == {ORG: ["cmk-config"], SECOND_ORG: ["cmk-config"]}
    for command in (up, ("refresh", "--yes", "--skip-preview", "--run-program"), ("refresh", "--yes", "--skip-preview")):
        again = explicit.pulumi(*command, cwd=folder)
        assert (again.exit_code, again.changed()) == (0, {}), again.text
    before = explicit.clouds()
    assert explicit.plain("destroy", "--yes", "--run-program", "--ignore-protect", *explicit.on, cwd=folder)[0] != 0
    after = explicit.state()["azure"]
    assert {vault["name"] for vault in after["vaults"].values()} >= {v["name"] for v in _vaults(before)} - {"mine"}
    assert len(after["roleAssignments"]) == 2


def _vaults(clouds: str) -> list[dict[str, str]]:
    import json

    return list(json.loads(clouds)[0]["vaults"].values())


def test_twice_for_one_organisation_is_refused_before_anything_is_registered(explicit: Engine, tmp_path: Path) -> None:
    folder = two(tmp_path, ORG, ORG.lower().replace("adobeorg", "AdobeOrg"))
    for command in (("preview",), ("up", "--yes", "--skip-preview")):
        code, text = explicit.plain(*command, *explicit.on, cwd=folder)
        assert code != 0
        assert "in 'green' and 'blue': an organisation has one configuration at Adobe. Nothing was submitted" in text
        assert "Traceback" not in text
    assert not [call for call in explicit.calls() if call.startswith("POST")]
    assert "blue" not in "".join(explicit.state()["azure"]["vaults"])
