"""What every provider does alike: which inputs are checked, what counts as a change, which organisation's API is called."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from pulumi.runtime import rpc

from components.adobe.activation import Activation
from components.adobe.api.client import Configuration, NotShown
from components.adobe.api.errors import AdobeError, AnswerNotUnderstood, CallUnanswered, CredentialError, HostChanged
from components.adobe.api.key_reference import KeyReference
from components.adobe.key_configuration import KeyConfigurationProvider
from components.adobe.provider import AdobeProvider, ConfigurationProvider, forget_everything, this_run
from components.adobe.role_propagation import RolePropagation
from components.dynamic import provider as providers
from components.dynamic.provider import PluginProvider

ORG = "FEDCBA9876543210FEDCBA98@AdobeOrg"
INPUTS = {
    "imsOrgId": ORG,
    "region": "va7",
    "apiKey": "k",
    "apiContract": "auto",
    "configName": "cmk",
    "activate": f"{ORG}/cmk",
    "keyIdentifier": "https://acme.vault.azure.net/keys/k/1",
    "applicationId": "app",
    "roleGrantedAt": "2026-03-02T09:00:00Z",
    "configurationAbsent": "",
    "neverShown": False,
}


class Drifting(PluginProvider):
    """Ignores one input, and has drifted when the outputs say so."""

    ignored_in_diffs = frozenset({"ignored"})

    def has_drifted(self, outputs: dict[str, Any]) -> bool:
        return bool(outputs.get("drifted"))


@pytest.mark.parametrize(
    ("olds", "news", "is_change"),
    [
        ({"a": 1}, {"a": 1}, False),
        ({"a": 1}, {"a": 2}, True),
        ({}, {"a": 2}, True),
        ({"a": 1, "output": 7}, {"a": 1}, False),
        ({"a": 1}, {"a": rpc.UNKNOWN}, True),
        ({"a": rpc.UNKNOWN}, {"a": rpc.UNKNOWN}, True),
        ({"ignored": 1}, {"ignored": 2}, False),
        ({"ignored": 1}, {"ignored": rpc.UNKNOWN}, False),
        ({"__provider": "p"}, {"__provider": "p"}, False),
        # Another path of the class: a refresh would not find the old one.
        ({"__provider": "p"}, {"__provider": "q"}, True),
        ({"__provider": "p"}, {}, True),
        ({}, {"__provider": "q"}, False),
        ({"__other": 1}, {"__other": 2}, False),
        ({"drifted": True}, {}, True),
    ],
)
def test_a_change_is_an_input_that_matters_or_drift(olds: dict[str, Any], news: dict[str, Any], is_change: bool) -> None:
    diff = Drifting().diff("id", olds, news)
    assert diff.changes is is_change
    assert diff.replaces == []


def test_without_rules_of_its_own_a_provider_refuses_nothing_and_never_drifts() -> None:
    base = PluginProvider()
    assert base.check({}, {"a": 1}).failures == []
    assert base.check({}, {"a": 1}).inputs == {"a": 1}
    assert base.has_drifted({"status": "FAILED"}) is False
    assert base.serialize_as_secret_always is False


def test_in_the_plugin_process_an_error_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    watched: list[bool] = []
    monkeypatch.setattr(providers, "end_with_engine", lambda: watched.append(True))
    monkeypatch.setattr(sys, "tracebacklimit", 100, raising=False)
    request: Any = None
    PluginProvider().configure(request)
    assert sys.tracebacklimit == 0
    assert watched == [True]


def test_with_nobody_to_hear_it_a_line_of_progress_ends_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stdout = os.fdopen(writer, "w")
    monkeypatch.setattr(sys, "stdout", stdout)
    with pytest.raises(BrokenPipeError):
        PluginProvider().say("sending the configuration")
    with suppress(BrokenPipeError):
        stdout.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("imsOrgId", "FEDCBA"),
        ("imsOrgId", None),
        ("region", "mars"),
        ("region", None),
        ("apiContract", "v3"),
        ("apiContract", None),
        ("configName", "1st"),
        ("activate", ""),
        ("keyIdentifier", "https://acme.vault.azure.net"),
    ],
)
def test_each_input_is_checked_and_one_that_is_not_known_yet_is_not(name: str, value: Any) -> None:
    check = ConfigurationProvider().check
    assert check({}, INPUTS).failures == []
    assert name in [failure.property for failure in check({}, {**INPUTS, name: value}).failures]
    assert name not in [failure.property for failure in check({}, {**INPUTS, name: rpc.UNKNOWN}).failures]


@pytest.fixture
def at_adobe(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_everything()
    for name in ("ADOBE_PLATFORM_URL", "ADOBE_IMS_URL", "ADOBE_CLIENT_ID", "ADOBE_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ADOBE_ACCESS_TOKEN", "t0ken")


@pytest.mark.usefixtures("at_adobe")
@pytest.mark.parametrize("recorded", ["platform.adobe.io", "", None])
def test_the_recorded_host_is_asked_again(recorded: str | None) -> None:
    assert AdobeProvider().api({**INPUTS, "host": recorded})
    assert AdobeProvider().api(INPUTS)


@pytest.mark.usefixtures("at_adobe")
def test_another_host_than_the_recorded_one_is_not_asked() -> None:
    with pytest.raises(HostChanged, match="platform-nld2"):
        AdobeProvider().api({**INPUTS, "host": "platform-nld2.adobe.io"})


@pytest.mark.usefixtures("at_adobe")
@pytest.mark.parametrize(
    ("wanted", "recorded", "api_key", "sent"),
    [
        ("current", None, "", "acp_provisioning"),
        ("auto", None, "", "acp_provisioning"),
        ("auto", "current", "", "acp_provisioning"),
        ("auto", "beta", "", "id"),
        ("beta", None, "", "id"),
        ("beta", "current", "", "id"),
        ("current", "beta", "", "acp_provisioning"),
        ("beta", None, "mine", "mine"),
        ("current", None, "mine", "mine"),
    ],
)
def test_each_contract_has_its_documented_api_key(
    monkeypatch: pytest.MonkeyPatch, wanted: str, recorded: str | None, api_key: str, sent: str
) -> None:
    monkeypatch.delenv("ADOBE_ACCESS_TOKEN")
    monkeypatch.setenv("ADOBE_CLIENT_ID", "id")
    monkeypatch.setenv("ADOBE_CLIENT_SECRET", "s3cret")
    api = AdobeProvider().api({**INPUTS, "apiContract": wanted, "contract": recorded, "apiKey": api_key})
    assert api._headers["x-api-key"] == sent


@pytest.mark.usefixtures("at_adobe")
def test_the_betas_api_key_must_be_set_with_a_bare_token() -> None:
    with pytest.raises(CredentialError, match="set apiKey to the client ID"):
        AdobeProvider().api({**INPUTS, "apiContract": "beta", "apiKey": ""})
    assert AdobeProvider().api({**INPUTS, "apiContract": "beta"})


@pytest.mark.usefixtures("at_adobe")
def test_one_credential_serves_every_provider_until_the_environment_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = AdobeProvider()._shared_credentials()
    assert ConfigurationProvider()._shared_credentials() is first
    monkeypatch.setenv("ADOBE_ACCESS_TOKEN", "another")
    second = AdobeProvider()._shared_credentials()
    assert second.token() == "another"
    forget_everything()
    assert AdobeProvider()._shared_credentials() is not second


UNCLEAR = AnswerNotUnderstood("unclear", next_step="x")
NONE = NotShown(UNCLEAR, says_none=True, may_be_confirmed=True)
HELD = Configuration("COMPLETED", KeyReference("https://acme.vault.azure.net", "k"))


class Api:
    """Answers every read with one configuration, or one error; shows the organisation's app, or none."""

    def __init__(self, answer: object, app: object = "app") -> None:
        self._answer, self._app = answer, app
        self.reads = 0

    def app_registration(self) -> object:
        return self._app

    def requested(self, _request: object) -> object:
        self.reads += 1
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


CUT_OFF = CallUnanswered("cut off", next_step="x")


@pytest.mark.parametrize(
    ("answer", "app", "result"),
    [
        (HELD, "app", HELD),
        (HELD, None, HELD),
        (CUT_OFF, "app", CUT_OFF),
        (NONE, "app", None),
        # Not Adobe's service, or one that does not know the organisation.
        (NONE, None, UNCLEAR),
        (NotShown(UNCLEAR, says_none=False, may_be_confirmed=True), "app", UNCLEAR),
        (NotShown(UNCLEAR, says_none=False, may_be_confirmed=False), "app", UNCLEAR),
    ],
)
def test_one_observation_serves_every_resource_whatever_it_was(
    monkeypatch: pytest.MonkeyPatch, answer: object, app: object, result: object
) -> None:
    forget_everything()
    api = Api(answer, app)
    monkeypatch.setattr(AdobeProvider, "api", lambda *_: api)

    def observed() -> object:
        try:
            return ConfigurationProvider().observed_configuration(INPUTS)
        except AdobeError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: observed(), range(8))) == [result] * 8
    assert api.reads == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("imsOrgId", "0123456789ABCDEF01234567@AdobeOrg"), ("region", "nld2"), ("apiKey", "x"), ("configName", "other")],
)
def test_another_configuration_is_observed_by_itself(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    forget_everything()
    api = Api(HELD)
    monkeypatch.setattr(AdobeProvider, "api", lambda *_: api)
    for inputs in (INPUTS, {**INPUTS, name: value}):
        ConfigurationProvider().observed_configuration(inputs)
    assert api.reads == 2


def test_a_run_has_a_name_of_its_own() -> None:
    before = this_run()
    assert this_run() == before
    forget_everything()
    assert this_run() not in ("", before)


@pytest.mark.parametrize(
    ("name", "is_change"),
    [
        *((name, False) for name in ("activate", "applicationId", "attempt", "evidence", "host", "keyIdentifier")),
        *((name, False) for name in ("roleGrantedAt", "timeoutMinutes", "apiKey", "apiContract", "contract")),
        *((name, False) for name in ("configurationAbsent", "neverShown")),
        *((name, True) for name in ("imsOrgId", "region", "configName", "keyName")),
    ],
)
def test_what_matters_only_at_a_call_is_no_change(name: str, is_change: bool) -> None:
    state = {**INPUTS, "keyName": "k", "status": "COMPLETED"}
    assert KeyConfigurationProvider().diff("id", state, {**INPUTS, "keyName": "k", name: "other"}).changes is is_change


@pytest.mark.parametrize(
    ("kind", "attribute", "output"), [(Activation, "status", "status"), (RolePropagation, "ready_at", "readyAt")]
)
def test_what_others_wait_for_are_outputs(kind: type, attribute: str, output: str) -> None:
    resource = object.__new__(kind)
    # Pulumi sets the outputs as attributes.
    resource.__dict__[output] = value = object()
    assert getattr(resource, attribute) is value
