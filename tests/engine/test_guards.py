"""Nobody loses data by a destroy, a rename, a removal or a flag: the clouds stay byte for byte as they were."""

from pathlib import Path

import pytest

from simulation.adobe.http import ORG
from simulation.environment import ROOT
from tests.drivers import Engine, need_the_engine
from tests.engine.edited import project

COMPONENT = "components/customer_managed_keys.py"
SAID = "Adobe may treat the loss of the key, the vault, the app or its role as deliberate revocation and permanently delete"


def assert_goes_on(stack: Engine) -> None:
    """With the change undone the stack is as it was; the wait, which guards nothing, may have to be taken up again."""
    outcome = stack.up()
    assert outcome.exit_code == 0, outcome.text
    assert set(outcome.changed()) <= {"Activation", "RolePropagation"}
    assert outcome.outputs["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("destroy", "--yes"), "delete hooks"),
        (("destroy", "--yes", "--run-program"), "protect"),
        (("destroy", "--yes", "--run-program", "--ignore-protect"), SAID),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.every_time(cases=1)
def test_destroy_in_every_form_leaves_the_clouds_as_they_were(
    settled: Engine, arguments: tuple[str, ...], words: str
) -> None:
    before = settled.clouds()
    code, text = settled.plain(*arguments, *settled.on)
    assert code != 0
    assert words in text
    assert settled.clouds() == before
    assert_goes_on(settled)


@pytest.mark.every_time(cases=1)
def test_a_component_removed_from_the_program_leaves_the_clouds_as_they_were(settled: Engine, tmp_path: Path) -> None:
    before = settled.clouds()
    program = (ROOT / COMPONENT).read_text()
    access = program[program.index("access = AdobeAccess(") : program.index("self.resource_group_name = vault")]
    shorter = project(
        tmp_path,
        {
            COMPONENT: [
                (access, 'status = pulumi.Output.from_input("")\n\n        '),
                ("access.service_principal_object_id", 'pulumi.Output.from_input("")'),
                ("access.role_assignment_id", 'pulumi.Output.from_input("")'),
            ]
        },
    )
    for arguments, words in ((("preview",), "protect"), (("up", "--yes", "--skip-preview"), SAID)):
        code, text = settled.plain(*arguments, *settled.on, cwd=shorter)
        assert code != 0
        assert words in text
        assert "Traceback" not in text
    assert settled.clouds() == before
    assert_goes_on(settled)


def test_a_change_of_the_keys_operations_in_the_program_leaves_the_clouds_as_they_were(
    settled: Engine, tmp_path: Path
) -> None:
    before = settled.clouds()
    wider = project(tmp_path, {"components/constants.py": [("KEY_OPERATIONS = (", 'KEY_OPERATIONS = ("decrypt", ')]})
    for arguments in (("preview",), ("up", "--yes", "--skip-preview")):
        code, text = settled.plain(*arguments, *settled.on, cwd=wider)
        assert code != 0
        assert "operations in the program cannot change from 'unwrapKey, wrapKey' to 'decrypt, unwrapKey, wrapKey'" in text
        assert "Azure fixes it when it creates the key adobe-cmk-key and ignores later changes" in text
        assert "Traceback" not in text
    assert settled.clouds() == before


def test_a_forced_replacement_of_the_key_is_refused_and_leaves_the_clouds_as_they_were(
    settled: Engine,
) -> None:
    before = settled.clouds()
    parents = "adobe-cmk:components:CustomerManagedKeys$adobe-cmk:components:EncryptionKey"
    key = f"urn:pulumi:dev::adobe-cmk::{parents}$azure-native:keyvault:Key::adobe-cmk-key"
    code, text = settled.plain_up("--replace", key, "--ignore-protect")
    assert code != 0
    # The new one comes first, and is not created beside the one that was sent.
    assert "Creation blocked" in text
    assert settled.clouds() == before
    outcome = settled.up()
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    assert settled.clouds() == before


def test_with_the_guards_released_a_stack_on_the_simulation_can_be_destroyed(tmp_path: Path) -> None:
    need_the_engine()
    stack = Engine(tmp_path / "home")
    stack.configure(releaseGuards=f"{ORG}/cmk-config")
    assert stack.up().exit_code == 0
    stack.switch("deployer-data-role", "crypto-officer")
    code, text = stack.plain("destroy", "--yes", *stack.on)
    assert code == 0, text
    assert stack.state()["azure"]["vaults"] == {}
    # Adobe has no call to take a configuration back.
    assert stack.state()["adobe"]["configurations"] != {}


def test_a_refresh_without_the_program_still_sees_a_role_that_was_taken_away(settled: Engine) -> None:
    settled.drift("role-removed")
    outcome = settled.pulumi("refresh", "--yes", "--skip-preview")
    assert outcome.exit_code == 0, outcome.text
    assert outcome.changed() == {"RoleAssignment": "delete"}
    assert settled.up().changed() == {"RoleAssignment": "create"}
