"""What Azure refuses is followed by what to do, with the names filled in."""

import pytest

from simulation.cloud import opened
from simulation.errors import CloudError
from simulation.providers.azure_native_types import KeyStandIn
from tests.drivers import Engine


def test_a_name_that_a_deleted_vault_holds(engine: Engine) -> None:
    engine.configure(vaultName="acme-vault")
    with opened(engine.home) as cloud, cloud.at_work():
        cloud.state["azure"]["deletedVaults"]["acme-vault"] = {}
    outcome = engine.up()
    assert outcome.exit_code != 0
    assert (
        "a deleted vault reserves the name acme-vault. Fix: if its keys are in use, recover it immediately: az keyvault"
        in outcome.text
    )


def test_a_name_that_is_taken(engine: Engine) -> None:
    engine.configure(vaultName="acme-vault")
    with opened(engine.home) as cloud, cloud.at_work():
        cloud.state["azure"]["vaults"]["acme-vault"] = {"resourceGroup": "theirs", "id": "/theirs"}
    outcome = engine.up()
    assert outcome.exit_code != 0
    assert "the vault name acme-vault is already in use: vault names are unique across Azure" in outcome.text


def test_a_key_that_was_deleted_before_anything_was_sent(engine: Engine) -> None:
    engine.configure(activate=None)
    assert engine.up().exit_code == 0
    engine.drift("key-deleted")
    engine.refresh()
    outcome = engine.up()
    assert outcome.exit_code != 0
    assert (
        "Recover it immediately: no other key can read the organisation's data. Fix: az keyvault key recover" in outcome.text
    )
    assert "--name adobe-cmk-key, then pulumi up" in outcome.text


def test_a_policy_of_azure_that_wants_keys_to_expire(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object) -> None:
        raise CloudError("RequestDisallowedByPolicy", "Resource 'adobe-cmk-key' was disallowed by policy.")

    monkeypatch.setattr(KeyStandIn, "create", refused)
    outcome = engine.up()
    assert outcome.exit_code != 0
    assert "If the policy requires an expiry date, request an exemption" in outcome.text
