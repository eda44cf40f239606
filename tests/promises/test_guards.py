"""Nobody loses data by a destroy, a replacement, a removal or a flag: the clouds stay byte for byte as they were."""

from pathlib import Path

import pytest

from tests.drivers import Engine
from tests.promises.judge import UP, assert_completed, assert_refused

# The consequence, which a user must read where the program's own hook is what stops a deletion.
CONSEQUENCE = "permanently delete"


def assert_goes_on(stack: Engine, clouds: str) -> None:
    """With the change undone the stack is as it was; only what guards nothing may have to be recorded again."""
    assert_completed(stack.up())
    assert stack.clouds() == clouds


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("destroy", "--yes"), "delete hooks"),
        (("destroy", "--yes", "--run-program"), "protect"),
        (("destroy", "--yes", "--run-program", "--ignore-protect"), CONSEQUENCE),
        (("destroy", "--yes", "--exclude-protected"), ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.every_time(cases=1)
def test_destroy_in_every_form_leaves_the_clouds_as_they_were(
    settled: Engine, arguments: tuple[str, ...], named: str
) -> None:
    before = settled.clouds()
    assert_refused(settled, named, *arguments)
    assert_goes_on(settled, before)


def test_a_stack_whose_protection_was_taken_off_in_the_state_is_not_destroyed_either(settled: Engine) -> None:
    before = settled.clouds()
    assert settled.plain("state", "unprotect", "--all", "--yes", "--stack", settled.stack)[0] == 0
    assert_refused(settled, "delete hooks", "destroy", "--yes")
    assert_goes_on(settled, before)


@pytest.mark.every_time
def test_a_program_from_which_everything_was_removed_deletes_nothing(settled: Engine, tmp_path: Path) -> None:
    before, folder = settled.clouds(), settled.folder
    settled.folder = tmp_path / "empty"
    settled.folder.mkdir()
    (settled.folder / "Pulumi.yaml").write_text("name: adobe-cmk\nruntime: python\n")
    (settled.folder / "__main__.py").touch()
    for command in (("preview",), UP, (*UP, "--ignore-protect")):
        code, text = settled.plain(*command, *settled.on)
        assert code != 0, text
        assert settled.clouds() == before
    settled.folder = folder
    assert_goes_on(settled, before)


@pytest.mark.parametrize("kind", ["Key", "Vault", "RoleAssignment", "ServicePrincipal"])
def test_a_forced_replacement_is_refused_and_leaves_the_clouds_as_they_were(settled: Engine, kind: str) -> None:
    before = settled.clouds()
    urn = settled.urn(kind)
    assert_refused(settled, urn.rsplit("::", 1)[1], *UP, "--replace", urn, "--ignore-protect")
    assert_goes_on(settled, before)
