"""What Adobe holds is asked before anything is created, and ends a first run that would make a second of it."""

from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components import ConfigurationArgs, CustomerManagedKeysArgs, OrganizationArgs
from components.adobe import existing_configuration
from components.adobe.api.client import AppFacts, Configuration, NotShown
from components.adobe.api.errors import AdobeError, AnswerNotUnderstood, CallRefused, CallUnanswered
from components.adobe.api.key_reference import KeyReference
from components.adobe.existing_configuration import (
    NOTHING,
    AdobeUnreadable,
    ConfigurationExists,
    HeldByAdobe,
    held_by_adobe,
)
from components.adobe.provider import ConfigurationProvider

ORG = "FEDCBA9876543210FEDCBA98@AdobeOrg"
KEY = KeyReference("https://acme-vault.vault.azure.net", "acme-key", "1")
ACTIVATED = CustomerManagedKeysArgs(
    organization=OrganizationArgs(ims_org_id=ORG),
    configuration=ConfigurationArgs(config_name="cmk", activate=f"{ORG}/cmk"),
)
PREPARED = replace(ACTIVATED, configuration=ConfigurationArgs(config_name="cmk"))
UNCLEAR = NotShown(
    AnswerNotUnderstood("the answer does not say", http_status=400, next_step="x"), says_none=False, may_be_confirmed=True
)
NONE = replace(UNCLEAR, says_none=True)
APP = AppFacts("app-1", "app", "https://consent")


class Adobe:
    """Holds a configuration and an app, or answers with an error; writes down what it was asked."""

    def __init__(self) -> None:
        self.configurations: Configuration | NotShown = NONE
        self.app: AppFacts | None = None
        self.error: AdobeError | None = None
        self.asked: list[str] = []
        self.contracts: list[object] = []

    def configuration(self, name: str) -> Configuration | NotShown:
        self.asked.append(name)
        if self.error:
            raise self.error
        return self.configurations

    def app_registration(self) -> AppFacts | None:
        self.asked.append("app")
        return self.app


@pytest.fixture
def adobe(monkeypatch: pytest.MonkeyPatch) -> Any:
    adobe = Adobe()

    def api(_: object, properties: dict[str, Any]) -> Adobe:
        adobe.contracts.append(properties["contract"])
        return adobe

    monkeypatch.setattr(ConfigurationProvider, "api", api)
    monkeypatch.setattr(existing_configuration, "is_dry_run", lambda: False)
    return adobe


@pytest.fixture
def preview(monkeypatch: pytest.MonkeyPatch, adobe: Any) -> list[str]:
    """A preview, and what it warns of."""
    said: list[str] = []
    monkeypatch.setattr(existing_configuration, "is_dry_run", lambda: True)
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    return said


def test_where_adobe_holds_none_the_run_goes_on(adobe: Adobe) -> None:
    assert held_by_adobe(ACTIVATED, {}) == NOTHING
    assert adobe.asked == ["cmk"]


@pytest.mark.parametrize("status", ["COMPLETED", "FAILED"])
def test_one_that_adobe_holds_is_refused_with_its_key_whatever_its_status(adobe: Adobe, status: str) -> None:
    adobe.configurations = Configuration(status, KEY)
    with pytest.raises(ConfigurationExists) as caught:
        held_by_adobe(ACTIVATED, {})
    for part in ("'cmk'", ORG, KEY.identifier):
        assert part in str(caught.value)


@pytest.mark.parametrize("kind", [CallUnanswered, CallRefused, AnswerNotUnderstood])
def test_a_call_without_an_answer_to_use_ends_an_up(adobe: Adobe, kind: type[AdobeError]) -> None:
    adobe.error = kind("cut off", next_step="x")
    for args in (ACTIVATED, PREPARED, replace(ACTIVATED, adopt=True)):
        with pytest.raises(AdobeUnreadable, match=r"cut off.*Nothing was created"):
            held_by_adobe(args, {})


@pytest.mark.parametrize(
    ("args", "answer", "warns"),
    [(ACTIVATED, UNCLEAR, False), (ACTIVATED, NONE, False), (PREPARED, NONE, False), (PREPARED, UNCLEAR, True)],
    ids=["activated", "none", "prepared and none", "prepared"],
)
def test_an_unclear_answer_is_no_error_and_a_warning_where_nothing_is_sent(
    adobe: Adobe, monkeypatch: pytest.MonkeyPatch, args: CustomerManagedKeysArgs, answer: NotShown, warns: bool
) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    adobe.configurations = answer
    assert held_by_adobe(args, {}) == NOTHING
    assert said == ["the answer does not say, and nothing is sent to Adobe: HTTP 400"] * warns


@pytest.mark.parametrize(("app", "contract"), [({}, None), ({"contract": "beta"}, "beta")])
def test_adobe_is_asked_with_the_contract_that_is_recorded(adobe: Adobe, app: dict[str, Any], contract: object) -> None:
    held_by_adobe(ACTIVATED, app)
    assert adobe.contracts == [contract]


def test_a_first_up_that_only_prepares_asks_too(adobe: Adobe) -> None:
    assert held_by_adobe(PREPARED, {}) == NOTHING
    assert adobe.asked == ["cmk"]


def test_a_preview_that_adopts_nothing_asks_nobody(adobe: Adobe, preview: list[str]) -> None:
    assert held_by_adobe(ACTIVATED, {}) == NOTHING
    assert adobe.asked == []


@pytest.mark.parametrize("args", [ACTIVATED, PREPARED], ids=["activated", "prepared"])
def test_what_is_adopted_is_named_in_a_preview_too(adobe: Adobe, preview: list[str], args: CustomerManagedKeysArgs) -> None:
    adobe.configurations, adobe.app = Configuration("COMPLETED", KEY), APP
    assert held_by_adobe(replace(args, adopt=True), {}) == HeldByAdobe(KEY, "app-1")
    assert adobe.asked == ["cmk", "app"]
    adobe.configurations, adobe.app = NONE, None
    assert held_by_adobe(replace(args, adopt=True), {}) == HeldByAdobe(None, "")


def test_a_preview_goes_on_without_what_it_cannot_read_and_says_so(adobe: Adobe, preview: list[str]) -> None:
    adobe.error = CallUnanswered("cut off", next_step="x")
    assert held_by_adobe(replace(ACTIVATED, adopt=True), {}) == NOTHING
    (warning,) = preview
    assert "cut off" in warning
