"""What an answer says is checked against what was asked, field by field, and tolerant of what a generation leaves out."""

import json
from typing import Any

import pytest

from components.adobe.api.answer_checks import is_consent_url
from components.adobe.api.answers import Answer
from components.adobe.api.client import PlatformApi
from components.adobe.api.errors import AnswerContradictsRequest, AnswerNotUnderstood
from components.adobe.api.http import HttpExchange
from components.adobe.api.key_reference import KeyReference
from components.constants import Contract

ORG = "0123456789ABCDEF01234567@AdobeOrg"
APP_ID = "e463a445-c6ac-4ca2-b36a-b5146fcf6a52"
CONSENT = (
    f"https://login.microsoftonline.com/common/oauth2/authorize?response_type=code&client_id={APP_ID}"
    "&redirect_uri=https://adobe.com/app&scope=user.read"
)
APP = {"applicationId": APP_ID, "name": "app", "applicationRedirectUrl": CONSENT}
VAULT = "https://acme-vault.vault.azure.net"
KEY = KeyReference(VAULT, "acme-key", "1")
DATA = {"keyVaultUri": VAULT, "keyVaultKeyIdentifier": KEY.identifier, "providerType": "AZURE_KEYVAULT", "keyName": "c"}
CONFIGURATION = {"name": "x", "type": "BYOK_CONFIG", "imsOrgId": ORG, "status": "COMPLETED", "configData": DATA}


class Canned:
    """A transport and a credential in one, that answer the same every time."""

    def __init__(self, body: Any, status: int = 200) -> None:
        self._answer = Answer("GET https://host/path", status, json.dumps(body).encode(), {"X-Request-Id": "abc"})

    def send(self, *_: Any, **__: Any) -> Answer:
        return HttpExchange._judged(self._answer, ["t0ken"])

    def token(self) -> str:
        return "t0ken"

    def renew(self, rejected: str) -> bool:
        return False

    def secrets(self) -> list[str]:
        return ["t0ken"]


def api(body: Any, status: int = 200) -> PlatformApi:
    canned = Canned(body, status)
    return PlatformApi(canned, canned, ims_org_id=ORG, api_key="key")


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of a body with one field, however deep, set or (None) left out."""
    name, _, rest = path.partition(".")
    copy = dict(body)
    if rest:
        copy[name] = changed(copy[name], rest, value)
    elif value is None:
        del copy[name]
    else:
        copy[name] = value
    return copy


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("applicationId", "x' or 'x"),
        ("applicationId", "0badc0de-1111-4222-8333-444455556666"),
        ("imsOrgId", "FFFF456789ABCDEF01234567@AdobeOrg"),
        ("name", "two\nlines"),
        ("applicationRedirectUrl", CONSENT.replace("online.com", "online.com.evil.example")),
        ("applicationRedirectUrl", CONSENT.replace(APP_ID, "0badc0de-1111-4222-8333-444455556666")),
    ],
)
def test_an_app_that_is_not_what_was_asked_for_is_refused_with_a_quote(field: str, value: str) -> None:
    with pytest.raises(AnswerContradictsRequest, match="does not match the request") as caught:
        api({**APP, field: value}).app_registration()
    assert caught.value.request_id == "abc"
    assert "do not open links from this response" in caught.value.next_step
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        (CONSENT, True),
        (CONSENT.replace("/common/", "/7e4a0000-aaaa-4bbb-8ccc-ddddeeeeffff/"), True),
        (CONSENT.replace("oauth2/authorize", "oauth2/v2.0/authorize"), True),
        (CONSENT.replace("https:", "http:"), False),
        (CONSENT.replace("login.", "user@login."), False),
        (CONSENT.replace(".com/", ".com:8443/"), False),
        (CONSENT.replace(".com/", ".com./"), False),
        (CONSENT.replace("/common/", "/elsewhere/"), False),
        (CONSENT.replace("authorize", "logout"), False),
        (CONSENT + f"&client_id={APP_ID}", False),
        (CONSENT.replace("client_id", "clientid"), False),
        (CONSENT + "#x", False),
        (CONSENT.replace("/common", "\\common"), False),
        ("javascript:alert(1)", False),
        (CONSENT + "&x=\u0430", False),
        (CONSENT + "&x=\x01", False),
        (CONSENT + "&x= y", False),
        (CONSENT + "&x=\\", False),
        (CONSENT + "&client_id=", False),
        (CONSENT.replace("login.microsoftonline.com", "[::1"), False),
    ],
)
def test_a_consent_url_is_entra_ids_own_and_for_this_app_alone(url: str, fits: bool) -> None:
    assert is_consent_url(url, APP_ID) is fits


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("imsOrgId", "FFFF456789ABCDEF01234567@AdobeOrg"),
        ("type", "LOG_CONFIG"),
        ("configData.providerType", "AWS_KMS"),
        ("configData.keyVaultUri", "https://acme-vault.vault.azure.net.evil.example"),
        ("configData.keyVaultUri", "https://other-vault.vault.azure.net"),
        ("configData.keyVaultKeyIdentifier", "https://acme-vault.evil.example/keys/acme-key/1"),
    ],
)
def test_a_configuration_that_cannot_be_ours_is_refused_at_a_read_and_at_the_post(path: str, value: str) -> None:
    lie = changed(CONFIGURATION, path, value)
    with pytest.raises(AnswerContradictsRequest):
        api(lie).configuration("c")
    for echo in ({"status": "CREATED", "config": lie}, {"status": "CREATED", "jobData": {"config": lie}}):
        with pytest.raises(AnswerContradictsRequest):
            api(echo).submit_configuration("c", KEY, Contract.AUTO)


def test_another_key_in_the_echo_of_a_post_is_refused() -> None:
    lie = changed(CONFIGURATION, "configData.keyVaultKeyIdentifier", f"{VAULT}/keys/other-key/1")
    with pytest.raises(AnswerContradictsRequest, match="the key that was sent"):
        api({"status": "CREATED", "config": lie}).submit_configuration("c", KEY, Contract.AUTO)


def test_what_is_no_key_in_the_echo_of_a_post_is_refused() -> None:
    lie = changed(CONFIGURATION, "configData", {"keyVaultKeyIdentifier": f"{VAULT}/secrets/acme-key"})
    with pytest.raises(AnswerContradictsRequest):
        api({"status": "CREATED", "config": lie}).submit_configuration("c", KEY, Contract.AUTO)


@pytest.mark.parametrize(("length", "fits"), [(1, True), (256, True), (257, False)])
def test_an_app_has_at_most_the_longest_name_that_entra_id_takes(length: int, fits: bool) -> None:
    adobe = api({**APP, "name": "x" * length})
    if fits:
        assert adobe.app_registration() is not None
    else:
        with pytest.raises(AnswerContradictsRequest):
            adobe.app_registration()


@pytest.mark.parametrize("path", ["imsOrgId", "type", "name", "configData.providerType", "configData.keyVaultUri"])
def test_what_a_generation_of_the_api_leaves_out_passes(path: str) -> None:
    body = changed(CONFIGURATION, path, None)
    assert api(body).configuration("c") is not None
    assert api({"status": "CREATED", "config": body}).submit_configuration("c", KEY, Contract.AUTO).status == "CREATED"


def test_the_organisations_digits_are_compared_without_their_case() -> None:
    assert api({**CONFIGURATION, "imsOrgId": ORG.lower().replace("adobeorg", "AdobeOrg")}).configuration("c") is not None


@pytest.mark.parametrize(
    ("body", "is_absence"),
    [
        ({"type": "http://ns.adobe.com/aep/errors/CMK-1404-404", "status": 404, "title": "Not Found", "detail": "x"}, True),
        ({"type": "/placeholder/type/uri", "status": 404, "title": "NotFoundError", "detail": "x"}, True),
        ({"status": 404, "title": "Not Found"}, True),
        ({"error_code": "404000", "message": "Resource not found"}, False),
        ({"message": "no Route matched with those values"}, False),
        ({"error": "Not Found"}, False),
        ({"type": "about:blank", "status": 404, "title": "Not Found"}, False),
        ({"type": "https://tools.ietf.org/html/rfc7231#section-6.5.4", "status": 404, "title": "Not Found"}, False),
        ({"type": "https://adobe.com.evil.example/", "status": 404, "title": "Not Found"}, False),
        ({"status": "404", "title": "Not Found"}, False),
        ({"status": 404}, False),
        ([], False),
    ],
)
def test_only_adobes_service_can_say_that_there_is_none(body: Any, is_absence: bool) -> None:
    if is_absence:
        assert api(body, 404).configuration("c") is None
        assert api(body, 404).app_registration() is None
    else:
        with pytest.raises(AnswerNotUnderstood, match="not in the form in which Adobe's service reports") as caught:
            api(body, 404).configuration("c")
        assert caught.value.http_status == 404


@pytest.mark.parametrize("config_data", [{}, {"keyVaultUri": VAULT}, {"keyVaultKeyIdentifier": VAULT}, [], None])
def test_a_configuration_that_names_no_key_is_not_understood(config_data: Any) -> None:
    with pytest.raises(AnswerNotUnderstood):
        api({**CONFIGURATION, "configData": config_data}).configuration("c")


@pytest.mark.parametrize("status", ["", 7, None, ["COMPLETED"]])
def test_a_status_that_is_no_text_is_not_understood(status: Any) -> None:
    body = {**CONFIGURATION, "status": status}
    with pytest.raises(AnswerNotUnderstood, match="status"):
        api(body).configuration("c")
    with pytest.raises(AnswerNotUnderstood, match="status"):
        api(body).submit_configuration("c", KEY, Contract.AUTO)


@pytest.mark.parametrize("body", ["accepted", [], None, {}, {"jobId": "1"}, {"workflowType": "BYOK_APP_REGISTRATION"}])
def test_whatever_else_the_beta_answers_to_a_registration_passes(body: Any) -> None:
    api(body).register_app()


@pytest.mark.parametrize("body", [{"workflowType": "BYOK_CONFIG"}, {"imsOrgId": "FFFF456789ABCDEF01234567@AdobeOrg"}])
def test_another_job_than_the_registration_is_refused(body: Any) -> None:
    with pytest.raises(AnswerContradictsRequest):
        api(body).register_app()


def test_an_empty_404_is_no_absence_whatever_its_request_id() -> None:
    canned = Canned({}, 404)
    canned._answer = Answer("GET /", 404, b"", {"X-Request-Id": "abc"})
    with pytest.raises(AnswerNotUnderstood):
        PlatformApi(canned, canned, ims_org_id=ORG, api_key="key").configuration("c")
