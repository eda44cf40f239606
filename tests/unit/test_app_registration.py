"""The registration of the app: how often Adobe is asked, what is recorded, and what the outputs are."""

import pytest

from components.adobe.api.client import AppFacts, Configuration, NotShown
from components.adobe.api.errors import AnswerNotUnderstood, AppReplaced, RegistrationMissing
from components.adobe.api.key_reference import KeyReference
from components.adobe.app_registration import AppRegistration, AppRegistrationProvider
from tests.clock import ManualClock

ORG = "FEDCBA9876543210FEDCBA98@AdobeOrg"
FACTS = AppFacts("e463a445", "adobe-app", "https://consent")
INPUTS = {"imsOrgId": ORG, "region": "va7", "apiKey": "k", "apiContract": "auto", "host": "h", "__provider": "…"}
INPUTS |= {"configName": "cmk", "appReplaced": "", "sentFor": ""}
OLDS = {**INPUTS, "applicationId": "e463a445", "contract": "beta"}
NONE = NotShown(AnswerNotUnderstood("unclear", next_step="x"), says_none=False, may_be_confirmed=True)
HELD = Configuration("COMPLETED", KeyReference("https://acme.vault.azure.net", "k"))


class Adobe:
    """Shows the app from the given look on; None: never."""

    def __init__(self, from_look: int | None) -> None:
        self._from_look = from_look
        self.asked: list[str] = []
        self.held: Configuration | NotShown = NONE

    def app_registration(self) -> AppFacts | None:
        self.asked.append("GET")
        return FACTS if self._from_look and self.asked.count("GET") >= self._from_look else None

    def configuration(self, name: str) -> Configuration | NotShown:
        self.asked.append(name)
        return self.held

    def register_app(self) -> None:
        self.asked.append("POST")


@pytest.fixture
def provider(clock: ManualClock) -> AppRegistrationProvider:
    return AppRegistrationProvider()


def facing(provider: AppRegistrationProvider, from_look: int | None, monkeypatch: pytest.MonkeyPatch) -> Adobe:
    adobe = Adobe(from_look)
    monkeypatch.setattr(provider, "api", lambda _: adobe)
    return adobe


def test_a_registration_is_looked_for_for_five_minutes(
    provider: AppRegistrationProvider,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    adobe = facing(provider, None, monkeypatch)
    with pytest.raises(RegistrationMissing):
        provider.create(INPUTS)
    assert clock.naps == [1, 2, 4, 8, 15, *[30] * 9]
    assert adobe.asked == ["GET", "cmk", "POST", *["GET"] * 15]
    assert capfd.readouterr().out.count(" 30 s") == 9


@pytest.mark.parametrize(("look", "naps"), [(2, []), (3, [1]), (5, [1, 2, 4])])
def test_the_app_is_taken_as_soon_as_adobe_shows_it(
    provider: AppRegistrationProvider, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, look: int, naps: list[float]
) -> None:
    adobe = facing(provider, look, monkeypatch)
    assert provider.create(INPUTS).id == ORG
    assert clock.naps == naps
    assert adobe.asked == ["GET", "cmk", "POST", *["GET"] * (look - 1)]


def test_todays_contract_looks_once(
    provider: AppRegistrationProvider, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    adobe = facing(provider, None, monkeypatch)
    with pytest.raises(RegistrationMissing):
        provider.create({**INPUTS, "apiContract": "current"})
    assert adobe.asked == ["GET"]
    assert clock.naps == []


def test_every_fact_of_the_app_is_recorded(provider: AppRegistrationProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    facing(provider, 1, monkeypatch)
    recorded = {name: value for name, value in INPUTS.items() if name != "__provider"} | {
        "applicationId": "e463a445",
        "applicationIdAtAdobe": "e463a445",
        "appName": "adobe-app",
        "consentUrl": "https://consent",
        "contract": "current",
    }
    assert provider.create(INPUTS).outs == recorded
    assert provider.update(ORG, {**OLDS, "contract": "current"}, INPUTS).outs == recorded


@pytest.mark.parametrize(
    ("wanted", "look", "contract"),
    [("auto", 1, "current"), ("auto", 2, "beta"), ("beta", 1, "beta"), ("beta", 2, "beta"), ("current", 1, "current")],
)
def test_auto_fixes_the_contract_by_whether_adobe_shows_the_app(
    provider: AppRegistrationProvider, monkeypatch: pytest.MonkeyPatch, wanted: str, look: int, contract: str
) -> None:
    facing(provider, look, monkeypatch)
    created = provider.create({**INPUTS, "apiContract": wanted}).outs
    assert created
    assert created["contract"] == contract


def test_a_contract_that_was_recorded_stays(provider: AppRegistrationProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    facing(provider, 1, monkeypatch)
    updated = provider.update(ORG, OLDS, INPUTS).outs
    assert updated
    assert updated["contract"] == "beta"


@pytest.mark.parametrize("look", [1, None], ids=["another app", "no app"])
@pytest.mark.parametrize("replaced", ["", "yet-another"])
def test_once_a_configuration_was_sent_no_other_app_is_registered_or_recorded(
    provider: AppRegistrationProvider, monkeypatch: pytest.MonkeyPatch, look: int | None, replaced: str
) -> None:
    adobe = facing(provider, look, monkeypatch)
    inputs = {**INPUTS, "sentFor": "recorded", "appReplaced": replaced}
    for call in (
        lambda: provider.create(inputs),
        lambda: provider.update(ORG, {**OLDS, "applicationId": "recorded"}, inputs),
    ):
        with pytest.raises(AppReplaced, match="set appReplaced to recorded"):
            call()
    assert adobe.asked == ["GET", "GET"]


@pytest.mark.parametrize("word", ["recorded", "RECORDED"])
def test_the_word_that_names_the_recorded_app_lets_another_one_be_recorded(
    provider: AppRegistrationProvider, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    facing(provider, 1, monkeypatch)
    inputs = {**INPUTS, "sentFor": "recorded", "appReplaced": word}
    updated = provider.update(ORG, {**OLDS, "applicationId": "recorded"}, inputs).outs
    assert updated
    assert updated["applicationId"] == "e463a445"


def test_the_app_that_it_was_sent_for_needs_no_word(
    provider: AppRegistrationProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    adobe = facing(provider, 1, monkeypatch)
    assert provider.create({**INPUTS, "sentFor": "E463A445"}).outs
    assert adobe.asked == ["GET"]


def test_no_app_is_registered_where_adobe_shows_a_configuration(
    provider: AppRegistrationProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    adobe = facing(provider, None, monkeypatch)
    adobe.held = HELD
    with pytest.raises(AppReplaced, match="nothing was registered"):
        provider.create(INPUTS)
    with pytest.raises(AppReplaced, match="nothing was registered"):
        provider.create({**INPUTS, "sentFor": "recorded", "appReplaced": "recorded"})
    assert adobe.asked == ["GET", "cmk"] * 2


def test_a_link_that_is_not_output_is_said(
    provider: AppRegistrationProvider, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    adobe = facing(provider, 1, monkeypatch)
    monkeypatch.setattr(adobe, "app_registration", lambda: AppFacts("e463a445", "adobe-app", ""))
    created = provider.create(INPUTS).outs
    assert created
    assert created["consentUrl"] == ""
    assert "not a consent page of Entra ID for the app e463a445" in capfd.readouterr().out


@pytest.mark.parametrize(("look", "at_adobe"), [(1, "e463a445"), (None, "")])
def test_a_refresh_keeps_the_recorded_app_beside_the_one_at_adobe(
    provider: AppRegistrationProvider, monkeypatch: pytest.MonkeyPatch, look: int | None, at_adobe: str
) -> None:
    facing(provider, look, monkeypatch)
    read = provider.read(ORG, {**INPUTS, "applicationId": "recorded", "applicationIdAtAdobe": "recorded"})
    assert read.id == ORG
    assert (read.outs["applicationId"], read.outs["applicationIdAtAdobe"]) == ("recorded", at_adobe)
    assert "__provider" not in read.outs


def test_the_organisation_is_checked_against_the_recorded_one(provider: AppRegistrationProvider) -> None:
    other = "0123456789ABCDEF01234567@AdobeOrg"
    assert provider.check({}, INPUTS).failures == []
    assert provider.check(INPUTS, INPUTS).failures == []
    (failure,) = provider.check(INPUTS, {**INPUTS, "imsOrgId": other}).failures
    assert failure.property == "imsOrgId"
    assert ORG in failure.reason


def test_what_matters_only_at_a_call_is_no_change(
    provider: AppRegistrationProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    facing(provider, 1, monkeypatch)
    created = provider.create(INPUTS).outs
    assert created
    for name in ("host", "apiKey", "apiContract", "appReplaced", "configName", "sentFor"):
        assert not provider.diff(ORG, created, {**INPUTS, name: "other"}).changes
    for name in ("imsOrgId", "region"):
        assert provider.diff(ORG, created, {**INPUTS, name: "other"}).changes


def test_a_delete_asks_nothing_and_says_so(
    provider: AppRegistrationProvider, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    adobe = facing(provider, 1, monkeypatch)
    provider.delete(ORG, INPUTS)
    assert adobe.asked == []
    assert "stays" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("attribute", "output"), [("application_id", "applicationId"), ("consent_url", "consentUrl"), ("contract", "contract")]
)
def test_what_others_are_built_on_are_outputs(attribute: str, output: str) -> None:
    app = object.__new__(AppRegistration)
    # Pulumi sets the outputs as attributes.
    app.__dict__[output] = value = object()
    assert getattr(app, attribute) is value
