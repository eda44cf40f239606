from typing import Any

import pytest

from components.adobe.api.client import PlatformApi
from components.adobe.api.errors import CallRefused
from components.adobe.api.key_reference import KeyReference
from components.constants import Contract
from simulation.adobe.http import ORG, AdobeServer
from simulation.cloud import Cloud
from tests.landscape import build

CONFIG = "POST /data/infrastructure/manager/customer/config"


def calls(cloud: Cloud) -> list[str]:
    return [entry["call"] for entry in cloud.adobe.journal]


def last_post(cloud: Cloud) -> dict[str, Any]:
    return next(entry for entry in reversed(cloud.adobe.journal) if entry["call"] == CONFIG)


@pytest.mark.parametrize("contract", ["beta", "current", "auto"])
def test_each_contract_is_on_the_wire_exactly(api: PlatformApi, cloud: Cloud, contract: str) -> None:
    key = KeyReference.parse(build(cloud).key_identifier)
    cloud.adobe.contract = contract
    api.submit_configuration("cmk-config", key, Contract(contract))
    beta = {"keyVaultUri": "https://acme-vault.vault.azure.net", "keyName": "acme-key"}
    current = {"keyVaultKeyIdentifier": key.identifier}
    reference = {"beta": beta, "current": current, "auto": {**beta, **current}}[contract]
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
        "x-api-key": "acp_provisioning",
        "x-gw-ims-org-id": ORG,
        "content-type": "application/json",
    }


def test_the_registered_app_is_read(api: PlatformApi) -> None:
    facts = api.app_registration()
    assert facts is not None
    assert facts.consent_url.startswith("https://login.microsoftonline.com/common/oauth2/authorize?")
    assert facts.application_id in facts.consent_url


def test_what_adobe_does_not_hold_is_none(api: PlatformApi, cloud: Cloud) -> None:
    cloud.adobe.contract = "beta"
    assert api.app_registration() is None
    assert api.configuration("cmk-config") is None


def test_the_name_of_a_configuration_is_sent_as_it_was_posted(api: PlatformApi, cloud: Cloud) -> None:
    api.submit_configuration("Config1", KeyReference.parse(build(cloud).key_identifier), Contract.AUTO)
    assert api.configuration("Config1") is not None
    assert api.configuration("config1") is None


def test_a_refusal_carries_adobes_words_the_call_the_request_id_and_the_next_step(
    adobe: AdobeServer, api: PlatformApi, cloud: Cloud
) -> None:
    with pytest.raises(CallRefused) as caught:
        api.submit_configuration("cmk-config", KeyReference("https://a-b.vault.azure.net", "k"), Contract.AUTO)
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
