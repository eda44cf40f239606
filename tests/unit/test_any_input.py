"""Whatever Adobe answers and whatever a stack is configured with: a result or a named error, never anything else."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from components.adobe.api.answers import Answer, adobes_words
from components.adobe.api.client import PlatformApi
from components.adobe.api.errors import AdobeError
from components.adobe.api.http import HttpExchange
from components.adobe.api.key_reference import KeyReference
from components.adobe.key_configuration import KeyConfigurationProvider
from components.constants import Contract
from components.settings import SettingsError, load
from tests.clock import ManualClock
from tests.unit.test_settings import DEFAULTS, configured

LEAVES = some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=40)
ANY_JSON = some.recursive(
    LEAVES, lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=12), inner, max_size=4)
)
IDENTIFIERS = some.sampled_from(
    ["https://a-b.vault.azure.net", "https://a-b.vault.azure.net/keys/k/1", "https://a-b.vault.azure.net/"]
)
# Answers close to the real ones, with anything in any field.
CONFIG_DATA = some.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("keyVaultUri", "keyVaultKeyIdentifier", "keyName", "providerType"), IDENTIFIERS | ANY_JSON),
)
NEAR_ANSWERS = some.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("name", "status", "applicationId", "applicationRedirectUrl", "id"), ANY_JSON),
        "configData": CONFIG_DATA | ANY_JSON,
    },
)
BODIES = some.binary(max_size=200) | (ANY_JSON | NEAR_ANSWERS).map(lambda value: json.dumps(value).encode())
HEADERS = some.dictionaries(
    some.sampled_from(["Retry-After", "X-Request-Id", "Content-Type"]), some.text(max_size=40), max_size=3
)


class Canned:
    """An exchange and a credential in one, that answer the same every time."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def send(self, *_: Any, **__: Any) -> Answer:
        return HttpExchange._judged(self._answer, ["s3cr3t-token"])

    @property
    def client_id(self) -> str:
        return "id"

    def token(self) -> str:
        return "s3cr3t-token"

    def renew(self, rejected: str) -> bool:
        return False

    def secrets(self) -> list[str]:
        return ["s3cr3t-token"]


@settings(deadline=None)
@given(status=some.integers(100, 599), body=BODIES, headers=HEADERS)
def test_any_answer_is_a_result_or_a_named_error(status: int, body: bytes, headers: dict[str, str]) -> None:
    canned: Any = Canned(Answer("GET https://host/path", status, body, headers))
    api = PlatformApi(canned, canned, ims_org_id="org", api_key="key")
    key = KeyReference("https://a-b.vault.azure.net", "k", "1")
    for call in (
        api.app_registration,
        api.register_app,
        lambda: api.configuration("c"),
        lambda: api.submit_configuration("c", key, Contract.CURRENT),
        lambda: api.submit_configuration("c", key, Contract.BETA),
    ):
        try:
            call()
        except AdobeError as error:
            assert "\n" not in str(error)
            assert error.next_step


@settings(deadline=None)
@given(body=BODIES, prefix=some.text(max_size=20))
def test_no_answer_brings_a_secret_into_a_message(body: bytes, prefix: str) -> None:
    echoed = json.dumps({"message": prefix + "s3cr3t-token", "detail": "s3cr3t-token"}).encode()
    for text in (body + b"s3cr3t-token", body + b"s3cr3t&#45;token", echoed):
        words = adobes_words(Answer("GET /", 500, text, {}), ["s3cr3t-token"])
        assert "s3cr3t-token" not in words
        assert "s3cr3t&#45;token" not in words


@settings(deadline=None)
@given(
    changes=some.dictionaries(
        some.sampled_from(sorted(DEFAULTS)) | some.text(max_size=12), some.text(max_size=40), max_size=6
    )
)
def test_any_configuration_is_settings_or_a_list_of_mistakes(changes: dict[str, str]) -> None:
    try:
        load({**configured(), **{f"adobe-cmk:{key}": value for key, value in changes.items()}})
    except SettingsError as error:
        assert len(str(error).splitlines()) >= 2


@settings(deadline=None)
@given(olds=some.dictionaries(some.text(max_size=12), ANY_JSON, max_size=4), changes=NEAR_ANSWERS)
def test_any_inputs_are_checked_without_an_accident(olds: dict[str, Any], changes: dict[str, Any]) -> None:
    provider = KeyConfigurationProvider()
    provider.clock = ManualClock()
    news = {"imsOrgId": changes.get("name"), "region": changes.get("status"), "keyIdentifier": changes.get("id"), **changes}
    assert provider.check(olds, news).failures
    provider.diff("id", olds, news)
