import json
from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest

from components.adobe.api import hosts
from components.adobe.api.answers import Answer, adobes_words
from components.adobe.api.auth import from_environment
from components.adobe.api.credentials import Credentials
from components.adobe.api.errors import CredentialError
from components.adobe.api.http import HttpExchange
from simulation.adobe.http import CLIENT_ID, CLIENT_SECRET, AdobeServer
from simulation.cloud import Cloud
from tests.clock import ManualClock


def platform(environment: dict[str, str]) -> str:
    return hosts.platform_url("va7", environment)


def credentials_of(variables: dict[str, str], clock: ManualClock) -> Credentials:
    return from_environment(variables, HttpExchange(hosts.ims_url(variables), clock), clock)


def environment(adobe: AdobeServer, **more: str) -> dict[str, str]:
    return {"ADOBE_IMS_URL": adobe.url, "ADOBE_CLIENT_ID": CLIENT_ID, **more}


def test_without_a_credential_the_error_names_the_variables(clock: ManualClock) -> None:
    with pytest.raises(CredentialError, match=r"ADOBE_CLIENT_ID and ADOBE_CLIENT_SECRET not set.*ADOBE_ACCESS_TOKEN"):
        credentials_of({}, clock)


def test_half_a_credential_names_the_missing_half(adobe: AdobeServer, clock: ManualClock) -> None:
    with pytest.raises(CredentialError, match=r"no credential for Adobe: ADOBE_CLIENT_SECRET not set"):
        credentials_of(environment(adobe), clock)


def test_a_ready_token_is_used_as_it_is(clock: ManualClock) -> None:
    credentials = credentials_of({"ADOBE_ACCESS_TOKEN": " abc.def \n"}, clock)
    assert credentials.token() == "abc.def"
    assert credentials.renew("abc.def") is False


def test_a_token_with_a_line_break_in_it_is_refused_without_showing_it(clock: ManualClock) -> None:
    with pytest.raises(CredentialError, match=r"ADOBE_ACCESS_TOKEN is not a token") as caught:
        credentials_of({"ADOBE_ACCESS_TOKEN": "abc\r\nX-Evil: 1"}, clock)
    assert "Evil" not in str(caught.value)


def test_a_wrong_secret_is_reported_in_adobes_words_and_never_shown(adobe: AdobeServer, clock: ManualClock) -> None:
    with pytest.raises(CredentialError, match=r"invalid_client invalid client_secret parameter") as caught:
        credentials_of(environment(adobe, ADOBE_CLIENT_SECRET="wrong-secret-9"), clock).token()
    assert "wrong-secret-9" not in str(caught.value)


def test_a_token_is_minted_again_before_its_day_is_over(adobe: AdobeServer, clock: ManualClock, cloud: Cloud) -> None:
    credentials = credentials_of(environment(adobe, ADOBE_CLIENT_SECRET=CLIENT_SECRET), clock)
    first = credentials.token()
    clock.sleep(86_000)
    assert credentials.token() == first
    clock.sleep(200)
    assert credentials.token() != first


@pytest.mark.parametrize(
    "url",
    [
        "http://platform.adobe.io", "ftp://127.0.0.1", "http://10.0.0.1", "https://user:pw@host", "https://host/path",
        "host",
        "https://stage.example.com", "https://adobe.io.evil.example", "https://evil-adobe.io", "https://platform.adobe.io.",
        "https://platform.adobe.io@evil.example", "https://platform.adobe.io:0", "https://platform.adobe.io/path",
        "https://\u0430dobe.io", "https://platform.adobe.io%2eevil.example", "http://127.1", "http://2130706433",
        "http://0177.0.0.1",
        "https://adobe.io", "https://platform.adobe.io:99999", "https://platform.adobe.io:65536",
        "https://platform.adobe.io?x", "http://localhost.evil.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize(("variable", "read"), [("ADOBE_PLATFORM_URL", platform), ("ADOBE_IMS_URL", hosts.ims_url)])
def test_a_host_that_is_not_adobes_gets_no_credential(variable: str, read: Callable[..., str], url: str) -> None:
    with pytest.raises(CredentialError, match=f"{variable} is not allowed: Adobe's credentials are sent only to") as caught:
        read({variable: url})
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://platform-stage.adobe.io", "https://ims-na1.adobelogin.com:443", "http://127.0.0.1:8080", "http://localhost:1",
        "http://[::1]:1", "https://127.0.0.1:8443", "https://platform.adobe.io:65535", "https://platform.adobe.io:1",
    ],
)  # fmt: skip
def test_adobes_hosts_and_loopback_may_override_the_host(url: str) -> None:
    assert hosts.platform_url("va7", {"ADOBE_PLATFORM_URL": url + "/"}) == url
    assert hosts.ims_url({"ADOBE_IMS_URL": url.upper()}) == url


@pytest.mark.parametrize(
    "echo",
    ["as it is", "in a form", "in a URL", "in a URL, in small letters", "in JSON", "in JSON, slashes too", "in JSON, all"],
)
def test_a_client_secret_is_blanked_out_in_every_spelling(clock: ManualClock, echo: str) -> None:
    secret = 'p8 e/"+%s'
    written = {
        "as it is": secret,
        "in a form": urlencode({"x": secret})[2:],
        "in a URL": quote(secret, safe=""),
        "in a URL, in small letters": quote(secret, safe="").lower(),
        "in JSON": json.dumps(secret)[1:-1],
        "in JSON, slashes too": json.dumps(secret)[1:-1].replace("/", "\\/"),
        "in JSON, all": "".join(f"\\u{ord(character):04x}" for character in secret),
    }[echo]
    credentials = credentials_of({"ADOBE_CLIENT_ID": "i", "ADOBE_CLIENT_SECRET": secret}, clock)
    answer = Answer("POST /", 400, f"you sent {written} to us".encode(), {})
    assert adobes_words(answer, credentials.secrets()) == "you sent *** to us"


def test_a_ready_token_is_blanked_out_in_a_url_too(clock: ManualClock) -> None:
    credentials = credentials_of({"ADOBE_ACCESS_TOKEN": "abc/d+e=="}, clock)
    answer = Answer("GET /", 403, b'[{"seen": "abc%2Fd%2be%3D%3d"}]', {})
    assert adobes_words(answer, credentials.secrets()) == '[{"seen": "***"}]'


def test_a_token_that_was_renewed_is_still_blanked_out(adobe: AdobeServer, clock: ManualClock) -> None:
    credentials = credentials_of(environment(adobe, ADOBE_CLIENT_SECRET=CLIENT_SECRET), clock)
    first = credentials.token()
    credentials.renew(first)
    second = credentials.token()
    assert {first, second} <= set(credentials.secrets())


def test_each_region_has_its_host() -> None:
    assert [hosts.platform_url(region, {}) for region in ("va7", "nld2", "aus5")] == [
        "https://platform.adobe.io",
        "https://platform-nld2.adobe.io",
        "https://platform-aus5.adobe.io",
    ]
