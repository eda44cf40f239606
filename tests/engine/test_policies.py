"""The policy pack on previews of the real engine: what breaks a rule is told of by name, what keeps them all passes."""

import json
import re
from pathlib import Path

import pytest

from simulation.adobe.http import ORG
from simulation.cloud import opened
from simulation.environment import ROOT
from tests.drivers import Engine
from tests.engine.edited import Edits, project

MANDATORY, ADVISORY = "mandatory", "advisory"
# Everything that the pack can ask for, asked for.
STRICT = {"network-is-restricted": MANDATORY, "guarded-resources-stay": {"activated": True}}
CARELESS: Edits = {
    "components/azure/vault.py": [
        ("enable_purge_protection=True", "enable_purge_protection=None"),
        ("enable_rbac_authorization=True", "enable_rbac_authorization=False"),
        ('f"{ADOBE_ADDRESS}/32"', '"198.51.100.1/32"'),
    ],
    "components/constants.py": [("KEY_OPERATIONS = (", 'KEY_OPERATIONS = ("decrypt", ')],
    "components/azure/key.py": [
        ("key_size=args.key.key_size", "key_size=2048"),
        ("attributes=keyvault.KeyAttributesArgs(enabled=True)", "attributes=keyvault.KeyAttributesArgs(expires=4e9)"),
    ],
    "components/azure/access.py": [
        ("client_id=args.application_id,\n", "client_id=args.application_id, use_existing=True,\n"),
        ("principal_id=principal_id,", 'principal_id="0b1ec700-1111-4222-8333-444455556666",'),
        ("principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL", 'principal_type="User"'),
    ],
}


def previewed(
    engine: Engine, tmp_path: Path, config: dict[str, object], cwd: Path = ROOT
) -> tuple[int, dict[str, str], str]:
    """Preview with the pack; exit code, level by name of each policy that was violated, and all that was said."""
    file = tmp_path / "policies.json"
    file.write_text(json.dumps(config))
    pack = ("--policy-pack", str(ROOT / "policy"), "--policy-pack-config", str(file))
    code, text = engine.plain("preview", *pack, *engine.on, cwd=cwd)
    assert "adobe-cmk@v1.0.0" in text
    assert "can't run policy" not in text
    return code, {name: level for level, name in re.findall(r"- \[(\w+)\]\s+([\w-]+)", text)}, text


def test_the_program_keeps_every_rule_before_anything_is_made_and_afterwards(engine: Engine, tmp_path: Path) -> None:
    engine.configure(network="restricted")
    assert previewed(engine, tmp_path, STRICT)[:2] == (0, {})
    assert engine.up().exit_code == 0
    assert previewed(engine, tmp_path, STRICT)[:2] == (0, {})


def test_a_principal_that_is_only_read_is_known_by_the_object_id_that_the_company_gives(
    engine: Engine, tmp_path: Path
) -> None:
    with opened(engine.home) as cloud, cloud.at_work():
        adobes = cloud.entra.create_service_principal(cloud.adobe.app(ORG)["applicationId"])["objectId"]
    engine.configure(network="restricted", servicePrincipal="existing")
    assert previewed(engine, tmp_path, STRICT)[:2] == (0, {})
    assert engine.up().exit_code == 0
    assert previewed(engine, tmp_path, {**STRICT, "role-belongs-to-adobe": {"principalObjectId": adobes}})[:2] == (0, {})
    another = {**STRICT, "role-belongs-to-adobe": {"principalObjectId": "somebody"}}
    assert previewed(engine, tmp_path, another)[1] == {"role-belongs-to-adobe": MANDATORY}


@pytest.mark.every_time
def test_a_careless_program_is_told_of_each_rule_that_it_breaks(engine: Engine, tmp_path: Path) -> None:
    engine.configure(network="restricted", activate=None, protect="false")
    code, violated, text = previewed(engine, tmp_path, {}, project(tmp_path, CARELESS))
    assert code != 0
    assert violated == {
        "vault-recovers-its-keys": MANDATORY,
        "vault-uses-azure-rbac": MANDATORY,
        "network-lets-adobe-in": MANDATORY,
        "key-is-fit-for-adobe": MANDATORY,
        "key-never-expires": MANDATORY,
        "key-only-wraps": ADVISORY,
        "role-is-least-privilege": MANDATORY,
        "role-belongs-to-adobe": MANDATORY,
        "principal-is-not-adopted": MANDATORY,
        "guarded-resources-are-protected": MANDATORY,
    }
    assert "keySize must be 3072 bits or more; found: 2048" in text


def test_what_a_company_asks_for_in_addition_is_enforced(engine: Engine, tmp_path: Path) -> None:
    config = {**STRICT, "key-is-fit-for-adobe": {"minimumKeySize": 4096}}
    engine.configure(activate=None)
    code, violated, _ = previewed(engine, tmp_path, config)
    assert code != 0
    assert set(violated) == {"network-is-restricted", "key-is-fit-for-adobe", "guarded-resources-stay"}


def test_what_is_taken_out_of_the_program_is_missed(engine: Engine, tmp_path: Path) -> None:
    component = "components/customer_managed_keys.py"
    program = (ROOT / component).read_text()
    removed = program[program.index("access = AdobeAccess(") : program.index("submission = _Submission")]
    nothing = 'pulumi.Output.from_input("")'
    edits = {"access.service_principal_object_id": nothing, "access.role_assignment_id": nothing}
    edits["app.application_id, access, evidence"] = "app.application_id, None, evidence"
    edits["access.role_granted_at"] = '"2026-01-01T00:00:00Z"'
    edits["depends_on=[submitted, access]"] = "depends_on=[submitted]"
    shorter = project(tmp_path, {component: [(removed, ""), *edits.items()]})
    code, violated, text = previewed(engine, tmp_path, {}, shorter)
    assert code != 0
    assert violated == {"guarded-resources-stay": MANDATORY}
    assert "RoleAssignment is not in the stack, but Adobe depends on it" in text


def test_another_role_than_the_least_is_refused_on_a_stack_that_exists(settled: Engine, tmp_path: Path) -> None:
    officer = '"14b46e9e-c2b7-41b4-b07b-48a6ebf60603"'
    wider = project(
        tmp_path,
        {"components/constants.py": [("ENCRYPTION_USER_ROLE = ", f"ENCRYPTION_USER_ROLE = {officer}  # ")]},
    )
    code, violated, text = previewed(settled, tmp_path, {}, wider)
    assert code != 0
    assert violated == {"role-is-least-privilege": MANDATORY}
    assert "roleDefinitionId must be Key Vault Crypto Service Encryption User" in text
