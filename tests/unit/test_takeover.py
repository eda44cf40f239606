"""What is taken into the state in place of being created, what is refused, and what is looked up at all."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components.arguments.naming import ArgumentNames
from components.azure import key_vault_api
from components.azure.key_vault_api import ProvidersApi
from components.constants import (
    IMPORTED_KEY_TYPE,
    KEY_TYPE,
    RESOURCE_GROUP_TYPE,
    ROLE_ASSIGNMENT_TYPE,
    VAULT_TYPE,
    role_assignment_name,
)
from components.safety import takeover
from components.safety.takeover import CannotTakeOver, Existing, Names, Search

OPTS: Any = object()
VAULT_ID = "/subscriptions/s/resourceGroups/acme/providers/Microsoft.KeyVault/vaults/acme-vault"
NAMES = Names(
    resource_group="acme",
    vault="acme-vault",
    key="acme-key",
    is_derived=False,
    had_role=False,
    role_assignment="",
    is_recorded=True,
    is_sent=False,
    principal_id="o",
    subscription_id="s",
)
SENT = replace(NAMES, is_sent=True)
ABSENT, REFUSED = Exception("Code=NotFound"), Exception("AuthorizationFailed")
ALL = {kind: {"name": "x"} for kind in (RESOURCE_GROUP_TYPE, VAULT_TYPE, KEY_TYPE, ROLE_ASSIGNMENT_TYPE)}
GROUP, VAULT, KEY, ROLE = "resource group", "vault", "key", "role assignment"


class Azure:
    """What the four lookups say: an id, or an error; and what was looked up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.holds: dict[str, Any] = dict.fromkeys((GROUP, VAULT, KEY, ROLE), ABSENT)
        self.asked: dict[str, dict[str, Any]] = {}
        for subject, module, function in (
            (GROUP, takeover.resources, "get_resource_group"),
            (VAULT, key_vault_api.keyvault, "get_vault"),
            (KEY, key_vault_api.keyvault, "get_key"),
            (ROLE, takeover.authorization, "get_role_assignment"),
        ):
            monkeypatch.setattr(module, function, lambda subject=subject, **asked: self._look(subject, asked))

    def _look(self, subject: str, asked: dict[str, Any]) -> Any:
        assert asked.pop("opts") is OPTS
        self.asked[subject] = asked
        if isinstance(self.holds[subject], Exception):
            raise self.holds[subject]
        return SimpleNamespace(id=self.holds[subject])


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> Azure:
    monkeypatch.setattr(takeover, "is_dry_run", lambda: False)
    return Azure(monkeypatch)


@pytest.fixture
def full(azure: Azure) -> Azure:
    azure.holds = {subject: f"id of {subject}" for subject in azure.holds}
    return azure


def find(names: Names, created: Any = None, adopt: bool = False) -> Existing:
    return Search(names, created or {}, adopt, ArgumentNames(), ProvidersApi(OPTS), OPTS).result()


def ids(existing: Existing) -> tuple[str, str, str, str]:
    return existing.resource_group, existing.vault, existing.key, existing.role_assignment


def test_what_exists_under_recorded_names_is_taken_back(full: Azure) -> None:
    existing = find(NAMES)
    assert ids(existing) == ("id of resource group", "id of vault", "id of key", "id of role assignment")
    assert existing.imported == list(ids(existing))
    assert existing.seen
    assert {subject: found.id for subject, found in existing.seen.items()} == full.holds
    assert full.asked == {
        GROUP: {"resource_group_name": "acme"},
        VAULT: {"resource_group_name": "acme", "vault_name": "acme-vault"},
        KEY: {"resource_group_name": "acme", "vault_name": "acme-vault", "key_name": "acme-key"},
        ROLE: {"scope": VAULT_ID, "role_assignment_name": role_assignment_name(VAULT_ID, "o")},
    }


def test_an_unchanged_stack_looks_nothing_up(full: Azure) -> None:
    assert ids(find(NAMES, ALL)) == ("", "", "", "")
    assert ids(find(SENT, ALL)) == ("", "", "", "")
    assert full.asked == {}


def test_where_nothing_exists_everything_is_created(azure: Azure) -> None:
    existing = find(NAMES)
    assert existing.imported == []
    # Without its group there is no vault, and without its vault no key and no role.
    assert set(azure.asked) == {GROUP}


@pytest.mark.parametrize(
    ("created", "asked"),
    [
        ([RESOURCE_GROUP_TYPE], {VAULT}),
        ([RESOURCE_GROUP_TYPE, VAULT_TYPE], {KEY, ROLE}),
        ([RESOURCE_GROUP_TYPE, VAULT_TYPE, KEY_TYPE], {ROLE}),
        ([RESOURCE_GROUP_TYPE, VAULT_TYPE, ROLE_ASSIGNMENT_TYPE], {KEY}),
        ([VAULT_TYPE], {GROUP, KEY, ROLE}),
    ],
)
def test_only_what_the_state_lacks_is_looked_up(azure: Azure, created: list[str], asked: set[str]) -> None:
    assert find(NAMES, {kind: ALL[kind] for kind in created}).imported == []
    assert set(azure.asked) == asked


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"resource_group": ""}, set()),
        ({"vault": ""}, {GROUP}),
        ({"principal_id": ""}, {GROUP, VAULT, KEY}),
        ({"principal_id": "", "role_assignment": "r"}, {GROUP, VAULT, KEY, ROLE}),
    ],
)
def test_what_has_no_name_is_not_looked_up(full: Azure, changes: dict[str, Any], asked: set[str]) -> None:
    find(replace(NAMES, **changes))
    assert set(full.asked) == asked


@pytest.mark.parametrize("changes", [{"resource_group": ""}, {"vault": ""}], ids=str)
def test_in_a_vault_whose_names_are_not_known_nothing_is_looked_up(full: Azure, changes: dict[str, Any]) -> None:
    assert find(replace(NAMES, **changes), {RESOURCE_GROUP_TYPE: {}, VAULT_TYPE: {}}).imported == []
    assert full.asked == {}


def test_a_name_of_the_role_assignment_that_is_set_is_looked_up(full: Azure) -> None:
    find(replace(NAMES, role_assignment="r"))
    assert full.asked[ROLE] == {"scope": VAULT_ID, "role_assignment_name": "r"}


def test_what_somebody_else_created_is_refused_unless_it_is_adopted(full: Azure) -> None:
    theirs = replace(NAMES, is_recorded=False)
    with pytest.raises(CannotTakeOver, match="acme"):
        find(theirs)
    assert set(full.asked) == {GROUP}
    with pytest.raises(CannotTakeOver, match="acme-vault"):
        find(theirs, {RESOURCE_GROUP_TYPE: {}})
    assert len(find(theirs, adopt=True).imported) == 4
    # A key in a vault of this stack is the stack's own.
    assert find(theirs, {RESOURCE_GROUP_TYPE: {}, VAULT_TYPE: {}}).key == "id of key"


@pytest.mark.parametrize(
    ("missing", "created", "command"),
    [
        (GROUP, [], "az keyvault recover --name acme-vault"),
        (VAULT, [], "az keyvault recover --name acme-vault"),
        (VAULT, [RESOURCE_GROUP_TYPE], "az keyvault recover --name acme-vault"),
        (KEY, [], "az keyvault key recover --vault-name acme-vault --name acme-key"),
        (KEY, [RESOURCE_GROUP_TYPE, VAULT_TYPE], "az keyvault key recover --vault-name acme-vault --name acme-key"),
    ],
)
def test_what_was_sent_and_is_gone_is_not_created_again(full: Azure, missing: str, created: list[str], command: str) -> None:
    full.holds[missing] = ABSENT
    state = {kind: ALL[kind] for kind in created}
    with pytest.raises(CannotTakeOver, match=command):
        find(SENT, state)
    assert find(NAMES, state) is not None


IMPORTS = replace(NAMES, makes_key=False, imports_key=True)


def test_an_imported_key_is_looked_up_only_when_it_was_sent_and_the_state_lost_it(full: Azure) -> None:
    assert find(IMPORTS).key == ""
    assert find(replace(IMPORTS, is_sent=True), {**ALL, IMPORTED_KEY_TYPE: {"keyName": "acme-key"}}).key == ""
    assert KEY not in full.asked
    assert find(replace(IMPORTS, is_sent=True)).key == ""
    assert full.asked[KEY]["key_name"] == "acme-key"


def test_an_imported_key_that_was_sent_and_is_gone_is_not_imported_again(full: Azure) -> None:
    full.holds[KEY] = ABSENT
    with pytest.raises(CannotTakeOver, match="Creation blocked: the key acme-key, which was sent to Adobe"):
        find(replace(IMPORTS, is_sent=True))


def test_a_group_that_is_gone_does_not_hide_a_vault_that_the_state_holds(azure: Azure) -> None:
    azure.holds[KEY] = "id of key"
    assert find(SENT, {VAULT_TYPE: {}}).imported == ["id of key"]


def test_a_role_that_is_not_there_is_granted_again(full: Azure) -> None:
    full.holds[ROLE] = ABSENT
    assert find(NAMES).role_assignment == ""
    assert find(SENT).role_assignment == ""
    assert find(NAMES, adopt=True).role_assignment == ""


@pytest.mark.parametrize(
    ("names", "adopt"),
    [(replace(NAMES, role_assignment="r"), False), (SENT, True)],
    ids=["a name that is set", "sent by hand"],
)
def test_a_role_of_another_name_must_be_named(full: Azure, names: Names, adopt: bool) -> None:
    full.holds[ROLE] = ABSENT
    with pytest.raises(CannotTakeOver, match=r"az role assignment list --scope .*access\.role_assignment_name"):
        find(names, adopt=adopt)


@pytest.mark.parametrize(("principal", "assignee"), [("o", "--assignee o "), ("", "--assignee <object id> ")])
def test_the_command_that_lists_the_roles_names_the_principal_where_it_is_known(
    full: Azure, principal: str, assignee: str
) -> None:
    full.holds[ROLE] = ABSENT
    with pytest.raises(CannotTakeOver, match=assignee):
        find(replace(NAMES, role_assignment="r", principal_id=principal))


def test_a_role_that_a_stack_had_or_whose_vault_it_has_is_granted_again_under_the_name_that_is_set(full: Azure) -> None:
    full.holds[ROLE] = ABSENT
    named = replace(NAMES, role_assignment="r")
    assert find(replace(named, had_role=True)).role_assignment == ""
    assert find(named, {RESOURCE_GROUP_TYPE: {}, VAULT_TYPE: {}}).role_assignment == ""
    with pytest.raises(CannotTakeOver):
        find(named)


def test_a_group_whose_name_was_only_derived_must_exist(full: Azure) -> None:
    derived = replace(NAMES, is_derived=True)
    assert len(find(derived).imported) == 4
    full.holds[GROUP] = ABSENT
    assert find(NAMES).imported == []
    with pytest.raises(CannotTakeOver, match=r"acme-vault.*vault\.resource_group_name"):
        find(derived)


def test_what_was_seen_is_told_in_the_words_of_the_state() -> None:
    properties = SimpleNamespace(soft_delete_retention_in_days=30.0)
    vault = SimpleNamespace(name="acme-vault", location="westeurope", properties=properties)
    key = SimpleNamespace(name="acme-key", kty="RSA", key_size=3072, tags={"team": "x"})
    assert Existing().properties() == {}
    assert Existing(seen={"vault": None, "key": None}).properties() == {}
    assert Existing(seen={"vault": vault}).properties() == {
        VAULT_TYPE: {"name": "acme-vault", "location": "westeurope", "properties": {"softDeleteRetentionInDays": 30.0}}
    }
    assert Existing(seen={"key": key}).properties() == {
        KEY_TYPE: {"name": "acme-key", "kty": "RSA", "keySize": 3072, "tags": {"team": "x"}}
    }


@pytest.mark.parametrize("subject", [GROUP, VAULT, KEY, ROLE])
def test_what_could_not_be_read_is_never_taken_for_absent(
    full: Azure, monkeypatch: pytest.MonkeyPatch, subject: str
) -> None:
    full.holds[subject] = REFUSED
    with pytest.raises(CannotTakeOver, match="AuthorizationFailed"):
        find(NAMES)
    said: list[str] = []
    monkeypatch.setattr(takeover, "is_dry_run", lambda: True)
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    # A preview goes on without it, as long as nothing was sent.
    assert getattr(find(NAMES), subject.replace(" ", "_")) == ""
    assert len(said) == 1
    with pytest.raises(CannotTakeOver, match="AuthorizationFailed"):
        find(SENT)


@pytest.mark.parametrize(("changes", "vault_id"), [({}, VAULT_ID), ({"vault": ""}, ""), ({"resource_group": ""}, "")])
def test_the_vaults_id_is_known_with_both_names(changes: dict[str, str], vault_id: str) -> None:
    assert replace(NAMES, **changes).vault_id == vault_id


def test_a_revoked_role_is_not_taken_over(full: Azure) -> None:
    existing = Search(SENT, {VAULT_TYPE: {}}, False, ArgumentNames(), ProvidersApi(OPTS), OPTS, True).result()
    assert existing.role_assignment == ""
    assert ROLE not in full.asked
