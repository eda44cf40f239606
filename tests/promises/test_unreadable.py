"""What cannot be read is not gone: it is not forgotten, not called lost, not created anew, and nothing is sent meanwhile."""

import pytest

from tests.drivers import Engine
from tests.promises.judge import assert_completed, assert_fails, assert_quiet, assert_refused, posts


@pytest.mark.parametrize("unreadable", ["group=403", "vault=503", "key=403", "role=503", "principal=403", "lock=403"])
def test_a_refresh_that_may_not_read_a_resource_fails_and_keeps_it(settled: Engine, unreadable: str) -> None:
    settled.switch("unreadable", unreadable)
    outcome = settled.refresh()
    assert outcome.exit_code != 0
    assert "delete" not in outcome.changed().values()
    settled.switch("unreadable", "")
    assert_quiet(settled.refresh())


@pytest.mark.parametrize(
    ("what", "right"),
    [
        ("vault=403", "Reader"),
        ("key=403", "Reader"),
        ("role=403", "Reader"),
        ("principal=403", "Directory Readers"),
        ("key=503", ""),
    ],
)
def test_what_cannot_be_read_is_not_called_lost(settled: Engine, what: str, right: str) -> None:
    settled.switch("unreadable", what)
    preview = settled.preview()
    assert preview.exit_code == 0, preview.text
    assert "could not be read" in preview.text
    # The permission that may be missing.
    assert right in preview.text
    for loss in ("recover", "permanently delete"):
        assert loss not in preview.text
    assert settled.up().exit_code != 0
    settled.switch("unreadable", "")
    assert_quiet(settled.up())


def test_nothing_is_sent_while_something_cannot_be_read(prepared: Engine) -> None:
    prepared.switch("unreadable", "key=403")
    assert_fails(prepared.up(), "could not be read")
    assert posts(prepared) == 0
    prepared.switch("unreadable", "")
    assert_completed(prepared.up())


def test_a_principal_that_may_not_be_read_is_not_called_absent(engine: Engine) -> None:
    engine.switch("unreadable", "principal=403")
    engine.configure(servicePrincipal="existing")
    code, text = engine.plain_up()
    assert code != 0, text
    assert "Application.Read.All" in text
    # That is the advice where there is none.
    assert "servicePrincipal create" not in text


def test_a_deleted_key_that_azure_answers_with_a_code_of_its_own_is_kept_in_the_state(settled: Engine) -> None:
    settled.switch("deleted-key-code", "KeyNotFound")
    settled.drift("key-deleted")
    # Azure's own word.
    assert_fails(settled.refresh(), "KeyNotFound")
    assert_refused(settled, "az keyvault key recover")
    settled.drift("key-recovered")
    assert_quiet(settled.refresh())
    assert_quiet(settled.up())


def test_a_refresh_with_a_retired_version_of_key_vaults_api_fails_and_keeps_vault_and_key(settled: Engine) -> None:
    settled.configure(keyVaultApiVersion="provider")
    settled.switch("key-vault-api-retired", "yes")
    outcome = settled.refresh()
    # Azure's own word.
    assert_fails(outcome, "NoRegisteredProviderFound")
    assert "delete" not in outcome.changed().values()
    settled.switch("key-vault-api-retired", "no")
    assert_quiet(settled.refresh())
