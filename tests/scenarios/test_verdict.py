"""After activation: what each command shows of each loss, what `up` does about it, and that nothing of it stays behind.

The watch is `pulumi preview --refresh --expect-no-changes`. The table in the runbook follows these outcomes.
"""

import pytest

from simulation.cloud import opened
from tests.drivers import Driver, Engine

ATTRIBUTES = "az keyvault key set-attributes --vault-name adobe-cmk-vault"
# What only a person can undo: the drift, and the command that the finding names.
FINDINGS = {
    "key-disabled": f"{ATTRIBUTES}",
    "key-expiring": "must not expire; found: expires on",
    "key-expired": "must not expire; found: expires on",
    "key-not-yet-valid": "--not-before <a date in the past>",
    "key-operations-gone": "--ops wrapKey unwrapKey",
    "principal-disabled": "--set accountEnabled=true",
}
# What `up` undoes once a refresh has seen it, with the resource that it repairs.
REPAIRED = {
    "firewall-closed": ("--bypass AzureServices", {"Vault": "update"}),
    "public-access-disabled": ("--public-network-access Enabled", {"Vault": "update"}),
    "access-policies": ("--enable-rbac-authorization true", {"Vault": "update"}),
    "role-removed": ("pulumi up --refresh", {"RoleAssignment": "create"}),
}
LOST = {
    "vault": ("vault-deleted", "vault-recovered", "az keyvault recover --name adobe-cmk-vault"),
    "key": ("key-deleted", "key-recovered", "az keyvault key recover --vault-name adobe-cmk-vault"),
}


def mended(stack: Driver) -> None:
    """All is as it was: nothing was made twice or sent again, `up` has nothing to do, and the watch is silent."""
    outcome = stack.up()
    assert outcome.exit_code == 0, outcome.text
    state = stack.state()
    assert [len(state["azure"][kind]) for kind in ("resourceGroups", "vaults", "keys", "roleAssignments")] == [1, 1, 1, 1]
    assert sum(call.startswith("POST /data/infrastructure/manager/customer") for call in stack.calls()) == 1
    watched = stack.watch()
    assert watched.exit_code == 0, watched.text


def refuses(stack: Driver, words: str) -> None:
    """`up` ends with the verdict, which names the way out."""
    outcome = stack.up()
    assert outcome.exit_code != 0
    assert "Adobe's access to the key is at risk" in outcome.text
    assert words in outcome.text


@pytest.mark.parametrize("drift", FINDINGS)
@pytest.mark.sampled(cases=1)
def test_what_only_a_person_can_undo_fails_the_watch_and_every_up_until_it_is_undone(settled: Driver, drift: str) -> None:
    settled.drift(drift)
    watched = settled.watch()
    assert watched.exit_code != 0
    assert watched.changed()["Activation"] == "update"
    assert FINDINGS[drift] in watched.text
    assert FINDINGS[drift] in settled.refresh().text
    refuses(settled, FINDINGS[drift])
    settled.drift("everything-mended")
    mended(settled)


@pytest.mark.parametrize("drift", REPAIRED)
@pytest.mark.sampled(cases=1)
def test_what_up_can_undo_fails_the_watch_and_is_undone_after_a_refresh(settled: Driver, drift: str) -> None:
    words, repair = REPAIRED[drift]
    settled.drift(drift)
    watched = settled.watch()
    assert watched.exit_code != 0
    assert repair.items() <= watched.changed().items()
    # Without a refresh `up` does not know it, and ends with the verdict.
    refuses(settled, words)
    settled.refresh()
    outcome = settled.up()
    assert outcome.exit_code == 0, outcome.text
    assert repair.items() <= outcome.changed().items()
    mended(settled)


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.sampled(cases=0)
def test_what_is_recovered_before_a_writing_refresh_leaves_nothing_to_do(settled: Driver, lost: str) -> None:
    deleted, recovered, command = LOST[lost]
    settled.drift(deleted)
    watched = settled.watch()
    assert watched.exit_code != 0
    if isinstance(settled, Engine):
        # Hooks are the engine's alone.
        assert "Creation blocked" in watched.text
        assert command in watched.text
    refuses(settled, command)
    settled.drift(recovered)
    if lost == "vault":
        # Nobody deletes the vault without its lock, which does not come back with it.
        assert settled.refresh().changed() == {"ManagementLockByScope": "delete"}
        assert settled.up().changed() == {"ManagementLockByScope": "create"}
    mended(settled)


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.sampled(cases=1)
def test_what_is_recovered_after_a_writing_refresh_is_taken_back_and_nothing_is_created(settled: Driver, lost: str) -> None:
    deleted, recovered, command = LOST[lost]
    settled.drift(deleted)
    settled.refresh()
    before = settled.clouds()
    for outcome in (settled.watch(), settled.preview(), settled.up()):
        assert outcome.exit_code != 0
        assert "Creation blocked" in outcome.text
        assert command in outcome.text
    assert settled.clouds() == before
    settled.drift(recovered)
    taken_back = settled.up()
    assert taken_back.exit_code == 0, taken_back.text
    assert taken_back.changed()["Key"] == "import"
    mended(settled)


def test_a_deleted_key_that_azure_does_not_name_as_gone_stays_in_the_state(settled: Driver) -> None:
    settled.switch("deleted-key-code", "KeyNotFound")
    settled.drift("key-deleted")
    assert settled.refresh().exit_code != 0
    refuses(settled, "az keyvault key recover")
    settled.drift("key-recovered")
    mended(settled)


@pytest.mark.parametrize(
    ("what", "right"),
    [
        ("vault=403", "the role Reader on the vault"),
        ("key=403", "the role Reader on the vault"),
        ("role=403", "the role Reader on the vault"),
        ("principal=403", "Directory Readers"),
        ("key=503", "run the command again"),
    ],
)
@pytest.mark.sampled(cases=1)
def test_what_cannot_be_read_is_not_called_lost(settled: Driver, what: str, right: str) -> None:
    settled.switch("unreadable", what)
    preview = settled.preview()
    assert preview.exit_code == 0, preview.text
    assert "could not be read, which does not mean that it is gone" in preview.text
    assert right in preview.text
    assert "recover" not in preview.text
    assert "permanently delete" not in preview.text
    assert settled.up().exit_code != 0
    settled.switch("unreadable", "")
    mended(settled)


def test_nothing_is_sent_while_something_cannot_be_read(driver: Driver) -> None:
    driver.configure(activate=None)
    assert driver.up().exit_code == 0
    driver.switch("unreadable", "key=403")
    driver.configure()
    outcome = driver.up()
    assert outcome.exit_code != 0
    assert "could not be read" in outcome.text
    assert not [call for call in driver.calls() if call.startswith("POST /data/infrastructure/manager/customer")]
    driver.switch("unreadable", "")
    assert driver.up().outputs["status"] == "COMPLETED"


def test_the_findings_of_a_stack_that_sent_nothing_are_no_change(prepared: Driver) -> None:
    with opened(prepared.home) as cloud, cloud.at_work():
        for key in cloud.state["azure"]["keys"].values():
            key["attributes"]["enabled"] = False
    prepared.configure(activate=None)
    watched = prepared.watch()
    assert (watched.exit_code, watched.changed()) == (0, {}), watched.text
    assert ATTRIBUTES in watched.text
