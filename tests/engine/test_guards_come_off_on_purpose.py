"""Guards come off on purpose only, and a stack stays in its tenant and subscription."""

import pytest

from simulation.adobe.http import ORG
from tests.drivers import Engine

OTHER_TENANT = "11111111-2222-4333-8444-555555555555"
RELEASE = f"{ORG}/cmk-config"


def assert_refused(engine: Engine, words: str, *command: str) -> None:
    before = engine.clouds()
    code, text = engine.plain(*command, *engine.on)
    assert code != 0, text
    assert words in text, text
    assert "Traceback" not in text
    assert engine.clouds() == before


DESTROY = ("destroy", "--yes", "--run-program")


@pytest.mark.every_time
def test_one_command_with_protect_false_deletes_nothing_of_an_activated_organisation(settled: Engine) -> None:
    words = (
        "adobe-cmk:protect is 'false'; allowed: true while adobe-cmk:activate is set. "
        "After activation, only adobe-cmk:releaseGuards"
    )
    assert_refused(settled, words, *DESTROY, "-c", "adobe-cmk:protect=false")


@pytest.mark.parametrize("command", [("preview",), ("up", "--yes", "--skip-preview")], ids=" ".join)
def test_an_organisation_is_not_activated_with_the_guards_off(engine: Engine, command: tuple[str, ...]) -> None:
    engine.configure(protect="false")
    assert_refused(engine, "only adobe-cmk:releaseGuards releases the guards", *command)


def test_protect_false_and_activate_taken_back_delete_nothing(settled: Engine) -> None:
    settled.configure(protect="false", activate=None)
    assert_refused(settled, "adobe-cmk:activate is unset, but the configuration 'cmk-config' was sent to Adobe", *DESTROY)


@pytest.mark.parametrize("typed", ["yes", ORG, f"{ORG}/other"])
@pytest.mark.every_time
def test_guards_are_released_by_the_exact_words_only(settled: Engine, typed: str) -> None:
    assert_refused(settled, f"allowed: empty, or exactly {RELEASE}", *DESTROY, "-c", f"adobe-cmk:releaseGuards={typed}")


def test_guards_that_are_released_on_purpose_say_what_follows_and_let_go(settled: Engine) -> None:
    settled.configure(releaseGuards=RELEASE)
    code, text = settled.plain_up()
    assert code == 0, text
    assert "Adobe may treat that as deliberate revocation and permanently delete the data" in text
    settled.switch("deployer-data-role", "crypto-officer")
    code, text = settled.plain("destroy", "--yes", *settled.on)
    assert code == 0, text
    assert settled.state()["azure"]["vaults"] == {}


def test_guards_that_are_set_again_hold_again(settled: Engine) -> None:
    settled.configure(releaseGuards=RELEASE)
    assert settled.up().exit_code == 0
    settled.configure()
    assert settled.up().exit_code == 0
    assert_refused(settled, "delete hooks", "destroy", "--yes")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("azure-native:tenantId", "the vault is in tenant"),
        ("azure-native:subscriptionId", "the vault is in subscription"),
        ("azuread:tenantId", f"the azuread provider uses tenant {OTHER_TENANT}"),
    ],
)
def test_another_tenant_or_subscription_is_refused_before_anything_is_read(
    settled: Engine, setting: str, words: str
) -> None:
    settled.configure(**{setting: OTHER_TENANT})
    for command in (
        ("preview",),
        ("up", "--yes", "--skip-preview"),
        ("refresh", "--yes", "--skip-preview", "--run-program"),
        ("destroy", "--yes", "--run-program"),
    ):
        assert_refused(settled, words, *command)
    settled.configure()
    outcome = settled.up()
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text


def test_the_facts_that_are_handed_over_come_from_the_vault(settled: Engine) -> None:
    handoff = settled.up().outputs["handoff"]
    assert handoff["vaultId"].split("/")[2] == handoff["subscriptionId"]


def test_a_vault_that_a_refresh_forgot_comes_back_with_the_state_of_before(settled: Engine) -> None:
    backup = settled.home / "before.json"
    assert settled.plain("stack", "export", "--file", str(backup), "--stack", "dev")[0] == 0
    settled.drift("vault-deleted")
    settled.refresh()
    assert_refused(settled, "Creation blocked", "preview")
    settled.drift("vault-recovered")
    assert settled.plain("stack", "import", "--file", str(backup), "--stack", "dev")[0] == 0
    outcome = settled.up()
    assert (outcome.exit_code, outcome.outputs["status"]) == (0, "COMPLETED"), outcome.text
    # Whoever deleted the vault removed its lock first; nothing else is lost.
    assert settled.refresh().changed() == {"ManagementLockByScope": "delete"}
    assert settled.up().changed() == {"ManagementLockByScope": "create"}
    assert settled.refresh().changed() == {}


@pytest.mark.every_time
def test_with_the_guards_off_and_nothing_sent_a_key_can_be_given_another_name_but_no_other_size(engine: Engine) -> None:
    # The key of the old name is deleted, which takes a role on the vault's data plane.
    engine.switch("deployer-data-role", "crypto-officer")
    engine.configure(activate=None, protect="false")
    assert engine.up().exit_code == 0
    engine.configure(activate=None, protect="false", keySize="4096")
    assert "Azure fixes it when it creates the key" in engine.preview().text
    engine.configure(activate=None, protect="false", keySize="4096", keyName="another-key")
    outcome = engine.up()
    assert outcome.exit_code == 0, outcome.text
    assert "Key" in outcome.changed()
    engine.configure(activate=None, keySize="4096", keyName="another-key")
    assert engine.up().exit_code == 0
    assert engine.up().changed() == {}
    keys = engine.state()["azure"]["keys"].values()
    assert [key["keySize"] for key in keys if key["name"] == "another-key"] == [4096]
