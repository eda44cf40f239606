"""Which changes are refused, beside what the stack has created, each for one reason."""

from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components import AccessArgs, ConfigurationArgs, CustomerManagedKeysArgs, KeyArgs, OrganizationArgs, VaultArgs
from components.constants import (
    APP_REGISTRATION_TYPE,
    KEY_CONFIGURATION_TYPE,
    KEY_TYPE,
    RESOURCE_GROUP_TYPE,
    ROLE_ASSIGNMENT_TYPE,
    SUBMISSION_ATTEMPT_TYPE,
    VAULT_TYPE,
)
from components.safety import immutable_settings
from components.safety.immutable_settings import ImmutableSettingsChanged, refuse_changes

ORG, ANOTHER_ORG = "FEDCBA9876543210FEDCBA98@AdobeOrg", "0123456789ABCDEF01234567@AdobeOrg"
ACTIVATED = ConfigurationArgs(activate=f"{ORG}/cmk-config")
State = dict[str, dict[str, Any]]
SENT = {
    "imsOrgId": ORG,
    "region": "va7",
    "configName": "cmk-config",
    "keyVaultUri": "https://acme-vault.vault.azure.net",
    "keyName": "adobe-cmk-key",
}


def args(**changes: Any) -> CustomerManagedKeysArgs:
    return replace(CustomerManagedKeysArgs(organization=OrganizationArgs(ims_org_id=ORG)), **changes)


def created(**more: dict[str, Any]) -> State:
    """Everything up to the app; more by type."""
    return {
        RESOURCE_GROUP_TYPE: {"name": "acme"},
        # Numbers arrive as floats.
        VAULT_TYPE: {
            "name": "acme-vault",
            "location": "westeurope",
            "properties": {"softDeleteRetentionInDays": 90.0},
        },
        KEY_TYPE: {"name": "adobe-cmk-key", "kty": "RSA", "keySize": 3072.0, "keyOps": ["unwrapKey", "wrapKey"]},
        APP_REGISTRATION_TYPE: {"imsOrgId": ORG},
        **more,
    }


def sent(kind: str = KEY_CONFIGURATION_TYPE) -> State:
    return created(**{kind: SENT})


def refused(arguments: CustomerManagedKeysArgs, state: State) -> list[str]:
    """The lines of the refusal; empty when the run goes on."""
    try:
        refuse_changes(arguments, state)
    except ImmutableSettingsChanged as error:
        return str(error).split("\n  - ")[1:]
    return []


@pytest.mark.parametrize(
    ("arguments", "state"),
    [
        (args(), {}),
        (args(), created()),
        (args(configuration=ACTIVATED), created()),
        (args(configuration=ACTIVATED), sent()),
        (args(configuration=ACTIVATED), sent(SUBMISSION_ATTEMPT_TYPE)),
        (args(vault=VaultArgs(location="West Europe", vault_name="acme-vault", resource_group_name="acme")), created()),
    ],
    ids=["nothing yet", "prepared", "to be activated", "sent", "perhaps sent", "names written down"],
)
def test_what_stays_the_same_is_not_refused(arguments: CustomerManagedKeysArgs, state: State) -> None:
    assert refused(arguments, state) == []


MOVES: dict[str, dict[str, Any]] = {
    "vault.resource_group_name": {"vault": VaultArgs(resource_group_name="other")},
    "vault.location": {"vault": VaultArgs(location="North Europe")},
    "vault.vault_name": {"vault": VaultArgs(vault_name="other")},
    "key.key_name": {"key": KeyArgs(key_name="other")},
}


@pytest.mark.parametrize("argument", MOVES)
def test_a_move_is_refused_with_the_argument_and_the_way_out(argument: str) -> None:
    (line,) = refused(args(**MOVES[argument]), created())
    assert line.startswith(f"{argument} ")
    assert "guards" in line
    assert "support" not in line
    for state in (sent(), sent(SUBMISSION_ATTEMPT_TYPE)):
        (line,) = refused(args(**MOVES[argument], configuration=ACTIVATED), state)
        assert line.startswith(f"{argument} ")
        assert "guards" not in line
        assert "support" in line


@pytest.mark.parametrize("argument", MOVES)
def test_with_the_guards_off_a_move_is_free_as_long_as_nothing_is_sent_or_to_be_sent(argument: str) -> None:
    assert refused(args(**MOVES[argument], protect=False), created()) == []
    assert len(refused(args(**MOVES[argument], protect=False, configuration=ACTIVATED), created())) == 1
    assert len(refused(args(**MOVES[argument], protect=False, configuration=ACTIVATED), sent())) == 1


PROPERTIES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "vault.soft_delete_retention_days": ({"vault": VaultArgs(soft_delete_retention_days=7)}, ("7", "90")),
    "key.key_type": ({"key": KeyArgs(key_type="RSA-HSM")}, ("'RSA-HSM'", "'RSA'")),
    "key.key_size": ({"key": KeyArgs(key_size=4096)}, ("4096", "3072")),
}


@pytest.mark.parametrize("argument", PROPERTIES)
@pytest.mark.parametrize("protect", [True, False])
def test_a_property_is_fixed_whether_guarded_or_not(argument: str, protect: bool) -> None:
    changes, words = PROPERTIES[argument]
    (line,) = refused(args(**changes, protect=protect), created())
    assert line.startswith(f"{argument} ")
    for word in words:
        assert f"{word}" in line
    assert ".0" not in line


ROLE_NAME, ANOTHER_NAME = "0f9e8d7c-1111-4222-8333-444455556666", "0f9e8d7c-1111-4222-8333-444455556667"


@pytest.mark.parametrize("protect", [True, False])
def test_the_role_assignment_in_the_state_is_the_one_that_the_setting_names(protect: bool) -> None:
    state = created(**{ROLE_ASSIGNMENT_TYPE: {"name": ROLE_NAME, "scope": "/vault"}})
    for same in ("", ROLE_NAME, ROLE_NAME.upper()):
        assert refused(args(access=AccessArgs(role_assignment_name=same), protect=protect), state) == []
    (line,) = refused(args(access=AccessArgs(role_assignment_name=ANOTHER_NAME), protect=protect), state)
    assert line.startswith("access.role_assignment_name ")
    assert ROLE_NAME in line
    assert line.endswith("Fix: unset it")


@pytest.mark.parametrize(
    "state",
    [
        created(**{VAULT_TYPE: {"name": "acme-vault"}, KEY_TYPE: {"name": "adobe-cmk-key", "keyOps": None}}),
        created(**{VAULT_TYPE: {"name": "acme-vault", "properties": None}, KEY_TYPE: {"name": "adobe-cmk-key"}}),
    ],
    ids=["nothing", "none"],
)
def test_what_the_state_does_not_tell_is_not_compared(state: State) -> None:
    assert refused(args(), state) == []


@pytest.mark.parametrize(
    ("operations", "is_refused"),
    [
        (["wrapKey", "unwrapKey"], True),
        (["sign", "wrapKey", "unwrapKey"], False),
        (["sign", "wrapKey", "unwrapKey", "verify"], False),
        # Too few for Adobe: the preflight tells it.
        (["sign"], False),
        (["wrapKey"], False),
        ([], False),
    ],
)
def test_a_program_that_wants_more_of_a_key_than_it_was_made_for_is_refused(
    monkeypatch: pytest.MonkeyPatch, operations: list[str], is_refused: bool
) -> None:
    monkeypatch.setattr(immutable_settings, "KEY_OPERATIONS", ("wrapKey", "unwrapKey", "sign"))
    lines = refused(args(), created(**{KEY_TYPE: {"name": "adobe-cmk-key", "keyOps": operations}}))
    assert len(lines) == is_refused
    for line in lines:
        assert "'unwrapKey, wrapKey'" in line
        assert "'sign, unwrapKey, wrapKey'" in line


def test_a_new_vault_or_key_may_have_other_properties() -> None:
    vault = {"vault": VaultArgs(vault_name="other", soft_delete_retention_days=7), "key": KeyArgs(key_size=4096)}
    assert refused(args(**vault, protect=False), created()) == []
    assert refused(args(key=KeyArgs(key_name="other", key_size=4096), protect=False), created()) == []
    days = VaultArgs(vault_name="acme-vault", soft_delete_retention_days=7)
    assert len(refused(args(vault=days, protect=False), created())) == 1


def test_another_organisation_is_refused_before_anything_is_sent() -> None:
    other = OrganizationArgs(ims_org_id=ANOTHER_ORG)
    (line,) = refused(args(organization=other), created())
    assert line.startswith("organization.ims_org_id ")
    assert ORG in line
    assert refused(args(organization=other), {}) == []


@pytest.mark.parametrize(
    ("kind", "word"), [(KEY_CONFIGURATION_TYPE, " was sent"), (SUBMISSION_ATTEMPT_TYPE, " may have been sent")]
)
def test_an_activation_cannot_be_taken_back(kind: str, word: str) -> None:
    (line,) = refused(args(), sent(kind))
    assert line.startswith("configuration.activate is unset")
    assert word in line
    assert f"{ORG}/cmk-config" in line


@pytest.mark.parametrize(
    ("argument", "changes"),
    [
        ("organization.ims_org_id", {"organization": OrganizationArgs(ims_org_id=ANOTHER_ORG)}),
        ("organization.region", {"organization": OrganizationArgs(ims_org_id=ORG, region="nld2")}),
        ("configuration.config_name", {"configuration": replace(ACTIVATED, config_name="other")}),
    ],
)
@pytest.mark.parametrize("kind", [KEY_CONFIGURATION_TYPE, SUBMISSION_ATTEMPT_TYPE])
def test_what_was_or_may_have_been_sent_is_fixed(kind: str, argument: str, changes: dict[str, Any]) -> None:
    (line,) = refused(args(**{"configuration": ACTIVATED, **changes}), sent(kind))
    assert line.startswith(f"{argument}: ")


@pytest.mark.parametrize("kind", [KEY_CONFIGURATION_TYPE, SUBMISSION_ATTEMPT_TYPE])
@pytest.mark.parametrize("lost", [VAULT_TYPE, KEY_TYPE])
def test_what_was_sent_keeps_its_names_though_the_state_has_lost_it(kind: str, lost: str) -> None:
    state = {name: value for name, value in sent(kind).items() if name != lost}
    assert refused(args(configuration=ACTIVATED, vault=VaultArgs(vault_name="acme-vault")), state) == []
    argument = {VAULT_TYPE: "vault.vault_name", KEY_TYPE: "key.key_name"}[lost]
    (line,) = refused(args(configuration=ACTIVATED, **MOVES[argument]), state)
    assert line.startswith(f"{argument} ")


def test_what_was_adopted_keeps_its_region_and_its_retention() -> None:
    vault = VaultArgs(location="North Europe", soft_delete_retention_days=7)
    assert refused(args(vault=vault, adopt=True), created()) == []
    assert len(refused(args(vault=vault), created())) == 2
    (line,) = refused(args(key=KeyArgs(key_size=4096), adopt=True), created())
    assert line.startswith("key.key_size ")


def test_a_vault_that_is_lost_before_anything_is_sent_is_made_anew() -> None:
    state = created()
    del state[VAULT_TYPE]
    del state[KEY_TYPE]
    assert refused(args(configuration=ACTIVATED), state) == []


def warnings(monkeypatch: pytest.MonkeyPatch, arguments: CustomerManagedKeysArgs, state: State) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    refuse_changes(arguments, state)
    return said


def test_other_tags_than_the_keys_are_told_with_the_command_that_changes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = args(tags={"team": "data & security", "cost": "7"})
    (warning,) = warnings(monkeypatch, arguments, created())
    assert "az keyvault key set-attributes --vault-name acme-vault --name adobe-cmk-key" in warning
    assert warning.endswith("--tags 'team=data & security' cost=7")
    tagged = created()
    tagged[KEY_TYPE]["tags"] = {"team": "x"}
    (warning,) = warnings(monkeypatch, args(), tagged)
    assert warning.endswith("--tags ''")


def test_the_keys_own_tags_need_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    tagged = created()
    tagged[KEY_TYPE]["tags"] = {"team": "x"}
    assert warnings(monkeypatch, args(tags={"team": "x"}), tagged) == []
    for kind in (KEY_TYPE, VAULT_TYPE):
        half = created()
        del half[kind]
        assert warnings(monkeypatch, args(tags={"team": "y"}), half) == []
