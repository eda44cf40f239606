"""What an answer says is checked against what was asked, field by field, and tolerant of what a generation leaves out."""

import json
from typing import Any

import pytest

from components.adobe.api.answer_checks import is_consent_url
from components.adobe.api.answers import Answer
from components.adobe.api.client import Configuration, NotShown, PlatformApi
from components.adobe.api.errors import (
    AdobeError,
    AnswerContradictsRequest,
    AnswerNotUnderstood,
    CallRefused,
    CallUnanswered,
)
from components.adobe.api.http import HttpExchange
from components.adobe.api.key_reference import KeyReference
from components.constants import Contract

ORG = "0123456789ABCDEF01234567@AdobeOrg"
APP_ID = "e463a445-c6ac-4ca2-b36a-b5146fcf6a52"
OTHER_APP = "0badc0de-1111-4222-8333-444455556666"
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

    @property
    def client_id(self) -> str:
        return "id"

    def token(self) -> str:
        return "t0ken"

    def renew(self, rejected: str) -> bool:
        return False

    def secrets(self) -> list[str]:
        return ["t0ken"]


def api(body: Any, status: int = 200) -> PlatformApi:
    canned = Canned(body, status)
    return PlatformApi(canned, canned, ims_org_id=ORG, api_key="key")


def raw(status: int, body: bytes) -> PlatformApi:
    canned = Canned({})
    canned._answer = Answer("GET https://host/path", status, body, {"X-Request-Id": "abc"})
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
        ("applicationRedirectUrl", CONSENT.replace(APP_ID, OTHER_APP)),
        ("applicationRedirectUrl", CONSENT + f"&client_id={OTHER_APP}"),
        ("applicationRedirectUrl", CONSENT + f"&Client_ID={OTHER_APP}"),
        ("applicationRedirectUrl", f"https://evil.example/?client_id={OTHER_APP}"),
    ],
)
def test_an_app_that_is_not_what_was_asked_for_is_refused_with_a_quote(field: str, value: str) -> None:
    with pytest.raises(AnswerContradictsRequest, match="does not match the request") as caught:
        api({**APP, field: value}).app_registration()
    assert caught.value.request_id == "abc"
    assert "do not open links from this response" in caught.value.next_step
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "link",
    [
        None,
        7,
        "https://adobe.com/",
        CONSENT.replace("online.com", "online.com.evil.example"),
        CONSENT.replace("authorize", "logout"),
        CONSENT.replace("https:", "http:"),
        CONSENT.replace(f"&client_id={APP_ID}", ""),
        "https://[::1",
    ],
)
def test_a_link_that_is_no_consent_page_is_not_output_and_is_no_error(link: Any) -> None:
    body = changed(APP, "applicationRedirectUrl", link)
    facts = api(body).app_registration()
    assert facts is not None
    assert (facts.application_id, facts.consent_url) == (APP_ID, "")


@pytest.mark.parametrize("page", ["oauth2/authorize", "adminconsent"])
def test_either_consent_page_is_output_as_adobe_names_it(page: str) -> None:
    link = CONSENT.replace("oauth2/authorize", page)
    facts = api({**APP, "applicationRedirectUrl": link}).app_registration()
    assert facts is not None
    assert facts.consent_url == link


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        (CONSENT, True),
        (CONSENT.replace("/common/", "/organizations/"), True),
        (CONSENT.replace("oauth2/authorize", "adminconsent"), True),
        (CONSENT.replace("oauth2/authorize", "v2.0/adminconsent"), True),
        (CONSENT.replace("common/oauth2/authorize", "7e4a0000-aaaa-4bbb-8ccc-ddddeeeeffff/v2.0/adminconsent"), True),
        (CONSENT.replace("oauth2/authorize", "oauth2/adminconsent"), False),
        (CONSENT.replace("oauth2/authorize", "oauth2/v2.0/adminconsent"), False),
        (CONSENT.replace("oauth2/authorize", "v2.0/authorize"), False),
        (CONSENT.replace("oauth2/authorize", "adminconsent/x"), False),
        (CONSENT.replace("/common/", "/consumers/"), False),
        (CONSENT.replace(APP_ID, OTHER_APP), False),
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
def test_a_configuration_that_cannot_be_ours_is_refused_at_a_read_and_told_after_the_post(path: str, value: str) -> None:
    lie = changed(CONFIGURATION, path, value)
    with pytest.raises(AnswerContradictsRequest):
        api(lie).configuration("c")
    for echo in ({"status": "CREATED", "config": lie}, {"status": "CREATED", "jobData": {"config": lie}}):
        assert "does not match the request" in api(echo).submit_configuration("c", KEY, Contract.CURRENT)


def test_another_key_in_the_echo_of_a_post_is_told_and_is_no_error() -> None:
    lie = changed(CONFIGURATION, "configData.keyVaultKeyIdentifier", f"{VAULT}/keys/other-key/1")
    for contract in (Contract.CURRENT, Contract.BETA):
        told = api({"status": "CREATED", "config": lie}).submit_configuration("c", KEY, contract)
        assert f"not the key that was sent, {KEY.identifier}" in told


def test_what_is_no_key_in_the_echo_of_a_post_is_told_and_is_no_error() -> None:
    lie = changed(CONFIGURATION, "configData", {"keyVaultKeyIdentifier": f"{VAULT}/secrets/acme-key"})
    told = api({"status": "CREATED", "config": lie}).submit_configuration("c", KEY, Contract.CURRENT)
    assert "does not match the request" in told


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
@pytest.mark.parametrize(("body", "wrong"), [(b"", "not a JSON object"), (b"<html>", "not a JSON object"), (b"{}", "")])
def test_any_2xx_accepts_a_post_whatever_its_body(status: int, body: bytes, wrong: str) -> None:
    told = raw(status, body).submit_configuration("c", KEY, Contract.CURRENT)
    assert bool(told) is bool(wrong)
    assert wrong in told


@pytest.mark.parametrize("status", [301, 302, 399])
def test_a_redirect_of_a_post_is_no_acceptance(status: int) -> None:
    with pytest.raises(AnswerNotUnderstood, match="redirect"):
        api({}, status).submit_configuration("c", KEY, Contract.CURRENT)


@pytest.mark.parametrize(
    ("status", "kind"), [(400, CallRefused), (404, CallRefused), (429, CallUnanswered), (500, CallUnanswered)]
)
def test_a_post_that_was_not_answered_with_a_2xx_is_an_error(status: int, kind: type[AdobeError]) -> None:
    with pytest.raises(kind) as caught:
        api({"message": "no"}, status).submit_configuration("c", KEY, Contract.CURRENT)
    assert caught.value.http_status == status


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
    assert isinstance(api(body).configuration("c"), Configuration)
    assert api({"status": "CREATED", "config": body}).submit_configuration("c", KEY, Contract.CURRENT) == ""


def test_the_organisations_digits_are_compared_without_their_case() -> None:
    found = api({**CONFIGURATION, "imsOrgId": ORG.lower().replace("adobeorg", "AdobeOrg")}).configuration("c")
    assert found == Configuration("COMPLETED", KEY)


@pytest.mark.parametrize(
    ("body", "says_none"),
    [
        ({"type": "http://ns.adobe.com/aep/errors/CMK-1404-404", "status": 404, "title": "Not Found", "detail": "x"}, True),
        ({"type": "/placeholder/type/uri", "status": 404, "title": "NotFoundError", "detail": "x"}, True),
        ({"status": 404, "title": "Not Found"}, True),
        ({"error": "Not Found"}, True),
        ({"error_code": "BYOK-404", "message": "none"}, True),
        ({"message": "Configuration config1 not found"}, True),
        ({"type": "about:blank", "status": 404, "title": "Not Found"}, True),
        ({"type": "x", "status": "404", "title": "Not Found"}, True),
        ({}, True),
        ({"error_code": "404000", "message": "Resource not found"}, False),
        ({"error_code": 404000, "message": "Resource not found"}, False),
        ({"message": "no Route matched with those values"}, False),
        ([], False),
        ("none", False),
        (None, False),
    ],
)
def test_any_404_with_an_object_says_that_there_is_none_but_not_in_a_gateways_words(body: Any, says_none: bool) -> None:
    found = api(body, 404).configuration("c")
    assert isinstance(found, NotShown)
    assert (found.says_none, found.may_be_confirmed) == (says_none, True)
    error = found.unclear
    assert (error.http_status, error.request_id, error.call) == (404, "abc", "GET https://host/path")
    assert error.words
    assert f"set configurationAbsent to {ORG}/c/" in error.next_step
    if says_none:
        assert api(body, 404).app_registration() is None
    else:
        with pytest.raises(AnswerNotUnderstood) as caught:
            api(body, 404).app_registration()
        assert caught.value.http_status == 404
        assert caught.value.words


@pytest.mark.parametrize(
    ("status", "body", "may_be_confirmed"),
    [
        (200, b"", True),
        (204, b" \n", True),
        (200, b"{}", True),
        (200, b"[]", True),
        (200, b"null", True),
        (400, b"", True),
        (400, b"no", True),
        (400, b'{"title": "BadRequestError", "status": 400}', True),
        (400, b"<!DOCTYPE html><p>x</p>", False),
        (404, b"", True),
        (404, b"[]", True),
        (404, b"not found", False),
        (404, b"<html><p>x</p>", False),
    ],
)
def test_an_answer_that_shows_nothing_is_unclear_and_a_page_cannot_be_confirmed(
    status: int, body: bytes, may_be_confirmed: bool
) -> None:
    found = raw(status, body).configuration("c")
    assert isinstance(found, NotShown)
    assert (found.says_none, found.may_be_confirmed) == (False, may_be_confirmed)
    assert found.unclear.http_status == status
    assert found.unclear.words
    assert ("configurationAbsent" in found.unclear.next_step) is may_be_confirmed


@pytest.mark.parametrize(
    "body", [b'{"name": "c"}', b"[1]", b"false", b"0", b'""', b"<html>", b"none", b'{"configData": null}']
)
def test_a_2xx_with_any_content_is_a_configuration_also_one_that_is_not_understood(body: bytes) -> None:
    with pytest.raises(AnswerNotUnderstood) as caught:
        raw(200, body).configuration("c")
    assert "configurationAbsent" not in caught.value.next_step


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, CallRefused),
        (403, CallRefused),
        (409, CallRefused),
        (410, CallRefused),
        (302, AnswerNotUnderstood),
        (429, CallUnanswered),
        (503, CallUnanswered),
    ],
)
def test_every_other_status_is_an_error_of_the_read(status: int, kind: type[AdobeError]) -> None:
    with pytest.raises(kind) as caught:
        api({"title": "Not Found", "status": 404}, status).configuration("c")
    assert caught.value.http_status == status


@pytest.mark.parametrize("config_data", [{}, {"keyVaultUri": VAULT}, {"keyVaultKeyIdentifier": VAULT}, [], None])
def test_a_configuration_that_names_no_key_is_not_understood(config_data: Any) -> None:
    with pytest.raises(AnswerNotUnderstood):
        api({**CONFIGURATION, "configData": config_data}).configuration("c")


@pytest.mark.parametrize("status", ["", 7, None, ["COMPLETED"]])
def test_a_status_that_is_no_text_is_not_understood_at_a_read_and_does_not_matter_at_the_post(status: Any) -> None:
    body = {**CONFIGURATION, "status": status}
    with pytest.raises(AnswerNotUnderstood, match="status"):
        api(body).configuration("c")
    assert api(body).submit_configuration("c", KEY, Contract.CURRENT) == ""


@pytest.mark.parametrize("body", ["accepted", [], None, {}, {"jobId": "1"}, {"workflowType": "BYOK_APP_REGISTRATION"}])
def test_whatever_else_the_beta_answers_to_a_registration_passes(body: Any) -> None:
    api(body).register_app()


@pytest.mark.parametrize("body", [{"workflowType": "BYOK_CONFIG"}, {"imsOrgId": "FFFF456789ABCDEF01234567@AdobeOrg"}])
def test_another_job_than_the_registration_is_refused(body: Any) -> None:
    with pytest.raises(AnswerContradictsRequest):
        api(body).register_app()


def test_an_empty_404_is_no_app_but_does_not_say_that_there_is_no_configuration() -> None:
    assert raw(404, b"").app_registration() is None
    found = raw(404, b"").configuration("c")
    assert isinstance(found, NotShown)
    assert found.says_none is False
    assert found.unclear.words == "an empty body"


def test_a_page_of_a_proxy_is_not_taken_for_an_app_that_is_missing() -> None:
    with pytest.raises(AnswerNotUnderstood, match="an HTML page"):
        raw(404, b"<html><p>t0ken</p>").app_registration()


def test_a_secret_in_an_unclear_answer_is_redacted() -> None:
    found = raw(400, b"t0ken is bad").configuration("c")
    assert isinstance(found, NotShown)
    assert found.unclear.words == "*** is bad"
