"""The four looks at Azure: what is asked for, what a failed lookup becomes, and what is told and handed on."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple, NoReturn

import pulumi
import pulumi_azuread as azuread
import pytest

from components.azure import key_vault_api
from components.azure.key_vault_api import ProvidersApi
from components.constants import ENCRYPTION_USER_ROLE
from components.safety import preflight
from components.safety.finding import Finding
from components.safety.requirements import DeclaredKey
from components.safety.revocation_step import Revocation
from tests.clock import ManualClock
from tests.seen import key, vault_properties

VAULT_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/acme"
ROLE_ID = f"{VAULT_ID}/providers/Microsoft.Authorization/roleAssignments/r"
OPTS: Any = object()


def none_listed(key_id: str) -> NoReturn:
    raise AssertionError(f"{key_id} was not rotated")


def get_principal(application_id: str) -> Any:
    return azuread.get_service_principal(client_id=application_id, opts=OPTS)


LOOKS = preflight._Looks(ProvidersApi(OPTS), get_principal, OPTS, DeclaredKey("RSA", 3072, 0), None, none_listed)
# Of a stack that declares another key.
OTHER_LOOKS = preflight._Looks(ProvidersApi(OPTS), get_principal, OPTS, DeclaredKey("RSA", 4096, 0), None, none_listed)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    clock = ManualClock()
    monkeypatch.setattr(preflight, "clock", clock)
    return clock


class Lookup:
    """A lookup that gives one answer, or raises; writes down what it was asked."""

    def __init__(self, answer: object) -> None:
        self._answer = answer
        self.asked: dict[str, Any] = {}

    def __call__(self, **asked: Any) -> object:
        self.asked = asked
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


VAULT = SimpleNamespace(properties=vault_properties())
KEY = key(name="k", key_uri_with_version="https://acme.vault.azure.net/keys/k/1")
PRINCIPAL = SimpleNamespace(object_id="o", account_enabled=True)
ROLE = SimpleNamespace(id="r", role_definition_id=f"/x/{ENCRYPTION_USER_ROLE}", principal_id="o", scope=VAULT_ID)


class Case(NamedTuple):
    """A look: the lookup that it makes, what that returns when all is well, and what both are asked."""

    look: str
    module: Any
    function: str
    seen: object
    facts: tuple[Any, ...]
    asked: dict[str, Any]


CASES = [
    Case(
        "vault",
        key_vault_api.keyvault,
        "get_vault",
        VAULT,
        ("g", "acme", "t"),
        {"resource_group_name": "g", "vault_name": "acme"},
    ),
    Case(
        "key",
        key_vault_api.keyvault,
        "get_key",
        KEY,
        ("g", "acme", "k"),
        {"resource_group_name": "g", "vault_name": "acme", "key_name": "k"},
    ),
    Case("principal", azuread, "get_service_principal", PRINCIPAL, ("app", "o"), {"client_id": "app"}),
    Case(
        "role",
        preflight.authorization,
        "get_role_assignment",
        ROLE,
        (ROLE_ID, "o", VAULT_ID, "k"),
        {"scope": VAULT_ID, "role_assignment_name": "r"},
    ),
]
EACH = pytest.mark.parametrize("case", CASES, ids=[case.look for case in CASES])


@EACH
def test_what_is_as_adobe_requires_it_has_no_finding(
    monkeypatch: pytest.MonkeyPatch,
    clock: ManualClock,
    case: Case,
) -> None:
    lookup = Lookup(case.seen)
    monkeypatch.setattr(case.module, case.function, lookup)
    assert list(getattr(LOOKS, case.look)(*case.facts)) == []
    assert lookup.asked == {**case.asked, "opts": OPTS}


@EACH
def test_a_lookup_that_fails_is_one_finding_that_blocks(
    monkeypatch: pytest.MonkeyPatch,
    clock: ManualClock,
    case: Case,
) -> None:
    texts = []
    for error in ("Code=NotFound", "AuthorizationFailed"):
        monkeypatch.setattr(case.module, case.function, Lookup(Exception(error)))
        (finding,) = getattr(LOOKS, case.look)(*case.facts)
        assert finding.is_blocking
        assert error in finding.text
        texts.append(finding.text)
    # Whoever may not look is not told to recover anything.
    assert ["grant" in text for text in texts] == [False, True]
    assert "recover" not in texts[1]


@EACH
def test_each_look_compares_with_what_was_declared(
    monkeypatch: pytest.MonkeyPatch,
    clock: ManualClock,
    case: Case,
) -> None:
    monkeypatch.setattr(case.module, case.function, Lookup(case.seen))
    others = {
        "vault": ("g", "acme", "another tenant"),
        "key": ("g", "acme", "k"),
        "principal": ("app", "another"),
        "role": (ROLE_ID, "o", f"{VAULT_ID}2", "k"),
    }
    (finding,) = getattr(OTHER_LOOKS, case.look)(*others[case.look])
    assert finding.is_blocking


class Applied:
    """An output whose value is known."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def apply(self, function: Any) -> Any:
        return Applied(function(self.value))


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(pulumi.Output, "all", lambda *values, **named: Applied(named or list(values)))
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    return said


def seen_after(known: list[Any], *findings: Finding) -> tuple[Any, list[list[Any]]]:
    taken: list[list[Any]] = []

    def look(*facts: Any) -> Iterator[Finding]:
        taken.append(list(facts))
        yield from findings

    facts: Any = known
    seen: Any = preflight._seen_after("ready", facts, "vault", look)
    return seen.value, taken


def test_a_look_is_handed_on_with_its_time_and_what_blocks_and_all_is_told(clock: ManualClock, said: list[str]) -> None:
    seen, taken = seen_after(["g", "acme"], Finding("a"), Finding("b", is_blocking=False), Finding("c"))
    assert seen == {"takenAt": clock.now().isoformat(), "findings": ["a", "c"]}
    assert taken == [["g", "acme"]]
    assert said == ["a", "b", "c"]


def test_a_good_look_has_no_finding(clock: ManualClock, said: list[str]) -> None:
    seen, _ = seen_after(["g", ""])
    assert seen == {"takenAt": clock.now().isoformat(), "findings": []}
    assert said == []


@pytest.mark.parametrize("known", [[None], ["g", None], [None, None]])
def test_before_it_is_all_there_nothing_is_looked_at_and_nothing_was_seen(
    clock: ManualClock, said: list[str], known: list[Any]
) -> None:
    assert seen_after(known, Finding("a")) == ({}, [])
    assert said == []


def test_a_lookup_in_a_run_that_is_ending_has_seen_nothing(
    monkeypatch: pytest.MonkeyPatch, clock: ManualClock, said: list[str]
) -> None:
    monkeypatch.setattr(key_vault_api.keyvault, "get_vault", Lookup(Exception("the client connection is closing")))
    facts: Any = ["g", "acme", "t"]
    seen: Any = preflight._seen_after("ready", facts, "vault", LOOKS.vault)
    assert seen.value == {}
    assert said == []


@pytest.mark.parametrize(
    ("revocation", "of_the_role"),
    [
        (Revocation.NONE, "role assignment"),
        (Revocation.PREPARED, "role assignment"),
        (Revocation.REMOVED, None),
        (Revocation.IN_FORCE, "revoked role assignment"),
    ],
)
def test_a_role_that_is_being_removed_is_not_looked_at_and_one_that_was_is_another_subject(
    monkeypatch: pytest.MonkeyPatch, said: list[str], revocation: Revocation, of_the_role: str | None
) -> None:
    monkeypatch.setattr(preflight, "_seen_after", lambda _after, _facts, subject, _look: subject)
    known = dict.fromkeys(
        (
            "resource_group_name", "vault_name", "vault_id", "key_name", "tenant_id", "application_id", "principal_id",
            "role_assignment_id", "sent_version",
        ), "x",
    )  # fmt: skip
    args = preflight.PreflightArgs(**known, declared=None, revocation=revocation)
    seen: Any = preflight.preflight(args, ProvidersApi(OPTS), none_listed, get_principal, OPTS, after="")
    assert list(seen.value) == ["vault", "key", "service principal", *([of_the_role] if of_the_role else [])]
    assert said == []


def test_a_revoked_role_must_be_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Lookup(ROLE)
    monkeypatch.setattr(preflight.authorization, "get_role_assignment", found)
    (finding,) = LOOKS.revoked_role(ROLE_ID, "o", VAULT_ID, "k")
    assert found.asked == {"scope": VAULT_ID, "role_assignment_name": "r", "opts": OPTS}
    assert f"must be absent, because it is revoked; found: {ROLE_ID}" in finding.text
    assert f"az role assignment delete --ids {ROLE_ID}" in finding.text
    assert finding.is_blocking


def test_a_revoked_role_that_is_absent_is_no_finding_and_one_that_cannot_be_read_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for error, findings in ((Exception("Status=404 Code=RoleAssignmentNotFound"), 0), (Exception("Status=403"), 1)):
        monkeypatch.setattr(preflight.authorization, "get_role_assignment", Lookup(error))
        found = list(LOOKS.revoked_role(ROLE_ID, "o", VAULT_ID, "k"))
        assert len(found) == findings
        assert all("could not be read" in finding.text for finding in found)
