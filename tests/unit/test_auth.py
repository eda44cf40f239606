import pytest

from components.adobe.api import hosts
from components.adobe.api.auth import from_environment
from components.adobe.api.credentials import Credentials
from components.adobe.api.errors import CredentialError
from components.adobe.api.http import HttpExchange
from simulation.adobe_http import CLIENT_ID, AdobeServer
from simulation.cloud import Cloud
from tests.clock import ManualClock


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
    from simulation.adobe_http import CLIENT_SECRET

    credentials = credentials_of(environment(adobe, ADOBE_CLIENT_SECRET=CLIENT_SECRET), clock)
    first = credentials.token()
    clock.sleep(86_000)
    assert credentials.token() == first
    clock.sleep(200)
    assert credentials.token() != first


@pytest.mark.parametrize(
    "url",
    ["http://platform.adobe.io", "ftp://127.0.0.1", "http://10.0.0.1", "https://user:pw@host", "https://host/path", "host"],
)
def test_a_host_that_would_leak_the_token_is_refused(url: str) -> None:
    with pytest.raises(CredentialError, match=r"ADOBE_PLATFORM_URL must be https"):
        hosts.platform_url("va7", {"ADOBE_PLATFORM_URL": url})


@pytest.mark.parametrize(
    "url", ["https://stage.example.com", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1"]
)
def test_https_and_loopback_may_override_the_host(url: str) -> None:
    assert hosts.platform_url("va7", {"ADOBE_PLATFORM_URL": url + "/"}) == url


def test_each_region_has_its_host() -> None:
    assert [hosts.platform_url(region, {}) for region in ("va7", "nld2", "aus5")] == [
        "https://platform.adobe.io",
        "https://platform-nld2.adobe.io",
        "https://platform-aus5.adobe.io",
    ]
