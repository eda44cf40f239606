"""Programs with an edit, as somebody might make who does not know what depends on what, and as luck may have it.

The promises themselves are in tests/promises, where nothing of the program's inside is known.
"""

from pathlib import Path

import pytest

from simulation.cloud import opened
from simulation.environment import ROOT, simulated
from tests.drivers import Engine
from tests.engine.edited import IMPATIENT, project
from tests.promises.judge import assert_completed, configurations, posts

COMPONENT = "components/customer_managed_keys.py"
SAID = "Adobe may treat the loss of the key, the vault, the app or its role as deliberate revocation and permanently delete"


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
    outcome = settled.up()
    assert_completed(outcome)
    # The wait guards nothing, and is taken up again.
    assert set(outcome.changed()) <= {"Activation", "RolePropagation"}


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


def test_two_stacks_of_one_organisation_that_wait_for_their_roles_at_once_send_one_configuration(
    engine: Engine, tmp_path: Path
) -> None:
    engine.configure(rolePropagationSeconds="3")
    # As luck has it: one spreads its question by nothing, the other by all that it may.
    edits = (
        ("LONGEST_SPREAD = 3.0", "LONGEST_SPREAD = 0.0"),
        ("self.spread(0.0, min(LONGEST_SPREAD, left))", "LONGEST_SPREAD"),
    )
    stacks = {}
    for stack, edit in zip(("dev", "blue"), edits, strict=True):
        (tmp_path / stack).mkdir()
        stacks[stack] = project(tmp_path / stack, {"components/adobe/role_propagation.py": [edit]})
        engine.stack = stack
        engine.plain("stack", "ls")
    with opened(engine.home) as cloud, simulated(cloud, engine.home) as environment:
        ups = []
        for engine.stack, engine.folder in stacks.items():
            ups.append(engine.started_up(environment))
        codes = [up.wait(timeout=120) for up in ups]
    assert sorted(code == 0 for code in codes) == [False, True]
    assert posts(engine) == 1


@pytest.mark.every_time
def test_an_unready_azure_is_not_sent_to_although_a_good_look_was_taken_before(engine: Engine, tmp_path: Path) -> None:
    stale = project(tmp_path, {"components/adobe/api/evidence.py": [("timedelta(minutes=15)", "timedelta(seconds=0)")]})
    code, text = engine.plain_up(cwd=stale)
    assert code != 0
    assert "Not submitted: 4 preflight checks failed" in text
    assert posts(engine) == 0


@pytest.mark.parametrize(
    ("fault", "sent", "words"),
    [
        ("403-permission@config-post", 1, "Manage Customer Managed Key"),
        ("html-200@config-get", 0, "Adobe's response does not match its documentation"),
        ("redirect@app-get", 0, "a redirect, which is never followed with a credential"),
    ],
)
def test_after_a_clear_error_the_next_up_completes_with_one_configuration(
    engine: Engine, tmp_path: Path, fault: str, sent: int, words: str
) -> None:
    engine.faults = [fault]
    code, text = engine.plain_up()
    assert code != 0, text
    assert posts(engine) == sent
    assert words in text
    engine.faults = []
    code, text = engine.plain_up(cwd=project(tmp_path, IMPATIENT))
    assert code == 0, text
    assert configurations(engine) == ["COMPLETED"]


def test_an_app_that_fails_while_the_program_still_imports_is_one_clear_error(engine: Engine, tmp_path: Path) -> None:
    line = 'import_meanwhile(".azure.access")\n'
    slow = project(
        tmp_path, {"components/customer_managed_keys.py": [(line, f"{line}        __import__('time').sleep(8)\n")]}
    )
    engine.faults = ["redirect@app-get"]
    code, text = engine.plain_up(cwd=slow)
    assert code != 0
    assert "a redirect, which is never followed with a credential" in text
    for unwanted in ("Traceback", "KeyboardInterrupt"):
        assert unwanted not in text
    assert posts(engine) == 0
