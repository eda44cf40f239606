"""What cannot be read is not gone: a refresh that is refused fails and forgets nothing."""

import pytest

from tests.drivers import Driver


@pytest.mark.parametrize("unreadable", ["group=403", "vault=503", "key=403", "role=503", "principal=403"])
@pytest.mark.sampled(cases=2)
def test_a_refresh_that_may_not_read_a_resource_fails_and_keeps_it(settled: Driver, unreadable: str) -> None:
    settled.switch("unreadable", unreadable)
    outcome = settled.refresh()
    assert outcome.exit_code != 0
    assert "delete" not in outcome.changed().values()
    settled.switch("unreadable", "")
    again = settled.refresh()
    assert (again.exit_code, again.changed()) == (0, {}), again.text


def test_a_deleted_key_that_azure_answers_with_a_code_of_its_own_is_kept_in_the_state(settled: Driver) -> None:
    settled.switch("deleted-key-code", "KeyNotFound")
    settled.drift("key-deleted")
    outcome = settled.refresh()
    assert outcome.exit_code != 0
    assert "KeyNotFound" in outcome.text
    settled.drift("key-recovered")
    again = settled.refresh()
    assert (again.exit_code, again.changed()) == (0, {}), again.text


def test_a_refresh_with_a_retired_version_of_key_vaults_api_fails_and_keeps_vault_and_key(settled: Driver) -> None:
    settled.switch("key-vault-api-retired", "yes")
    outcome = settled.refresh()
    assert outcome.exit_code != 0
    assert "NoRegisteredProviderFound" in outcome.text
    assert "delete" not in outcome.changed().values()
    settled.switch("key-vault-api-retired", "no")
    again = settled.refresh()
    assert (again.exit_code, again.changed()) == (0, {}), again.text
