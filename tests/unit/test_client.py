from typing import Any

import pytest

from components.adobe.api.auth import ServerToServer
from components.adobe.api.client import Configuration, NotShown, PlatformApi
from components.adobe.api.errors import AnswerNotUnderstood, CallRefused
from components.adobe.api.http import HttpExchange
from components.adobe.api.key_reference import KeyReference
from components.constants import Contract
from simulation.adobe.absence import ABSENCES
from simulation.adobe.http import CLIENT_ID, CLIENT_SECRET, ORG, AdobeServer
from simulation.cloud import Cloud
from tests.clock import ManualClock
from tests.landscape import build

CONFIG = "POST /data/infrastructure/manager/customer/config"


def calls(cloud: Cloud) -> list[str]:
    return [entry["call"] for entry in cloud.adobe.journal]


def last_post(cloud: Cloud) -> dict[str, Any]:
    return next(entry for entry in reversed(cloud.adobe.journal) if entry["call"] == CONFIG)


def with_key(adobe: AdobeServer, clock: ManualClock, api_key: str) -> PlatformApi:
    exchange = HttpExchange(adobe.url, clock)
    credentials = ServerToServer(CLIENT_ID, CLIENT_SECRET, "openid", exchange, clock)
    return PlatformApi(exchange, credentials, ims_org_id=ORG, api_key=api_key)


@pytest.mark.parametrize(("contract", "api_key"), [("beta", CLIENT_ID), ("current", "acp_provisioning")])
def test_each_contract_is_on_the_wire_exactly(
    adobe: AdobeServer, clock: ManualClock, cloud: Cloud, contract: str, api_key: str
) -> None:
    api = with_key(adobe, clock, api_key)
    key = KeyReference.parse(build(cloud).key_identifier)
    cloud.adobe.contract = contract
    assert api.submit_configuration("cmk-config", key, Contract(contract)) == ""
    beta = {"keyVaultUri": "https://acme-vault.vault.azure.net", "keyName": "acme-key"}
    current = {"keyVaultKeyIdentifier": key.identifier}
    reference = {"beta": beta, "current": current}[contract]
    entry = last_post(cloud)
    assert entry["status"] == 200
    assert entry["body"] == {
        "name": "cmk-config",
        "type": "BYOK_CONFIG",
        "imsOrgId": ORG,
        "configData": {"providerType": "AZURE_KEYVAULT", **reference},
    }
    assert entry["headers"] == {
        "authorization": "Bearer ***",
        "x-api-key": api_key,
        "x-gw-ims-org-id": ORG,
        "content-type": "application/json",
    }


def test_the_registered_app_is_read(api: PlatformApi) -> None:
    facts = api.app_registration()
    assert facts is not None
    assert facts.consent_url.startswith("https://login.microsoftonline.com/common/oauth2/authorize?")
    assert facts.application_id in facts.consent_url


def test_what_adobe_does_not_hold_is_none(adobe: AdobeServer, clock: ManualClock, cloud: Cloud) -> None:
    cloud.adobe.contract = "beta"
    api = with_key(adobe, clock, CLIENT_ID)
    assert api.app_registration() is None
    found = api.configuration("cmk-config")
    assert isinstance(found, NotShown)
    assert found.says_none is True


@pytest.mark.parametrize("form", ABSENCES)
def test_no_form_of_absence_is_a_configuration(api: PlatformApi, cloud: Cloud, form: str) -> None:
    cloud.azure.switches.set("absence-form", form)
    if form == "name-200":
        with pytest.raises(AnswerNotUnderstood, match="configData"):
            api.configuration("cmk-config")
        return
    found = api.configuration("cmk-config")
    assert isinstance(found, NotShown)
    unclear = {"empty-404", "list-404", "gateway-404", "bad-request", "empty-200", "object-200", "array-200", "null-200"}
    assert (found.says_none, found.may_be_confirmed) == (form not in unclear, True)
    assert found.unclear.http_status == ABSENCES[form][0]


@pytest.mark.parametrize(("contract", "api_key"), [("beta", "acp_provisioning"), ("current", CLIENT_ID)])
def test_the_api_key_of_the_other_contract_is_refused_with_both_settings(
    adobe: AdobeServer, clock: ManualClock, cloud: Cloud, contract: str, api_key: str
) -> None:
    cloud.adobe.contract = contract
    with pytest.raises(CallRefused) as caught:
        with_key(adobe, clock, api_key).configuration("cmk-config")
    assert caught.value.http_status == 403
    for setting in ("apiContract", "apiKey"):
        assert setting in caught.value.next_step


def test_the_name_of_a_configuration_is_sent_as_it_was_posted(api: PlatformApi, cloud: Cloud) -> None:
    api.submit_configuration("Config1", KeyReference.parse(build(cloud).key_identifier), Contract.CURRENT)
    assert isinstance(api.configuration("Config1"), Configuration)
    assert isinstance(api.configuration("config1"), NotShown)


def test_a_refusal_carries_adobes_words_the_call_the_request_id_and_the_next_step(
    adobe: AdobeServer, api: PlatformApi, cloud: Cloud
) -> None:
    with pytest.raises(CallRefused) as caught:
        api.submit_configuration("cmk-config", KeyReference("https://a-b.vault.azure.net", "k"), Contract.CURRENT)
    error = caught.value
    assert error.http_status == 400
    assert "BadRequestError Missing, unknown or invalid field: configData.keyVaultKeyIdentifier" in str(error)
    assert f"at {CONFIG.replace('/', adobe.url + '/', 1)}" in str(error)
    assert f"request ID {error.request_id}" in str(error)
    assert "Fix: check the settings" in str(error)


def test_a_token_that_adobe_no_longer_takes_is_renewed_once(adobe: AdobeServer, api: PlatformApi, cloud: Cloud) -> None:
    api.app_registration()
    adobe.revoke_tokens()
    assert api.app_registration() is not None
    assert calls(cloud).count("POST /ims/token/v3") == 2


def test_one_token_serves_all_calls(api: PlatformApi, cloud: Cloud) -> None:
    for _ in range(3):
        api.app_registration()
    assert calls(cloud).count("POST /ims/token/v3") == 1
