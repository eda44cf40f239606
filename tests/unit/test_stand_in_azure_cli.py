"""The simulated `az` takes the commands that it knows, with the options that they need, and no other."""

import json

import pytest

from simulation.azure.arm import SUBSCRIPTION
from simulation.azure.cli import USER, AzureCli
from simulation.cloud import Cloud
from tests.landscape import build

HERE = ("--subscription", SUBSCRIPTION)
QUIET = ("--output", "json", "--only-show-errors")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("keyvault", "purge", "--name", "acme-vault", *HERE, *QUIET), "misspelled or not recognized"),
        (("group", "exists", "--name", "cmk", *QUIET), "InvalidArguments"),
        (("group", "exists", "--name", "cmk", "--force", *HERE, *QUIET), "InvalidArguments"),
        (("group", "exists", "--name", "cmk", "--subscription", "another", *QUIET), "SubscriptionNotFound"),
        (("group", "delete", "--name", "other", "--yes", *HERE, *QUIET), "ResourceGroupNotFound"),
        (("ad", "app", "delete", "--id", "other", *QUIET), "Request_ResourceNotFound"),
        (("role", "assignment", "delete", "--ids", "/other", *HERE, *QUIET), "RoleAssignmentNotFound"),
        (
            ("role", "assignment", "create", "--assignee", USER, "--role", "Owner", "--scope", "/", *HERE, *QUIET),
            "NotSimulated",
        ),
        (("keyvault", "key", "delete", "--vault-name", "acme-vault", "--name", "acme-key", *HERE, *QUIET), "Forbidden"),
    ],
    ids=lambda value: " ".join(value[:4]) if isinstance(value, tuple) else value,
)
def test_what_it_does_not_take_fails_and_changes_nothing(cloud: Cloud, arguments: tuple[str, ...], words: str) -> None:
    build(cloud)
    before = json.dumps(cloud.state)
    done = AzureCli(cloud)(arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert json.dumps(cloud.state) == before


def test_the_keys_officer_deletes_and_enables_keys(cloud: Cloud) -> None:
    made, az = build(cloud), AzureCli(cloud)
    key = ("--vault-name", "acme-vault", "--name", "acme-key", *HERE, *QUIET)
    grant = ("--assignee", USER, "--role", "Key Vault Crypto Officer", "--scope", made.vault_id)
    assert az(("keyvault", "key", "show-deleted", *key)).returncode == 1
    assert az(("role", "assignment", "create", *grant, *HERE, *QUIET)).returncode == 0
    assert "KeyNotFound" in az(("keyvault", "key", "show-deleted", *key)).stderr
    for enabled in ("false", "true"):
        assert az(("keyvault", "key", "set-attributes", "--enabled", enabled, *key)).returncode == 0
        assert cloud.azure.key("acme-vault", "acme-key")["attributes"]["enabled"] is (enabled == "true")
    assert az(("keyvault", "key", "delete", *key)).returncode == 0
    assert az(("keyvault", "key", "show-deleted", *key)).returncode == 0


def test_an_app_of_the_tenant_goes_with_its_service_principal(cloud: Cloud) -> None:
    az = AzureCli(cloud)
    made = az(("ad", "app", "create", "--display-name", "made up", "--sign-in-audience", "AzureADMyOrg", *QUIET))
    application_id = json.loads(made.stdout)["appId"]
    cloud.entra.create_service_principal(application_id)
    assert az(("ad", "app", "delete", "--id", application_id, *QUIET)).returncode == 0
    assert (cloud.state["entra"]["applications"], cloud.state["entra"]["servicePrincipals"]) == ({}, {})
