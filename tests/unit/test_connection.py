"""A session takes certificates and proxies from the environment, except towards this machine."""

from pathlib import Path

import pytest

from components.adobe.api.addresses import is_loopback
from components.adobe.api.connection import session_to
from components.adobe.api.errors import CertificatesMissing


@pytest.fixture(autouse=True)
def no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    path.touch()
    return str(path)


def test_adobe_is_called_as_the_environment_wants_it() -> None:
    session = session_to("https://platform.adobe.io")
    assert session.trust_env is True
    assert session.verify is True


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://localhost:1"])
def test_this_machine_is_called_without_the_environments_proxies(url: str) -> None:
    session = session_to(url)
    assert session.trust_env is False
    assert session.verify is True


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_this_machine_is_trusted_by_the_environments_certificates(
    monkeypatch: pytest.MonkeyPatch, bundle: str, variable: str
) -> None:
    monkeypatch.setenv(variable, bundle)
    assert session_to("https://127.0.0.1:1").verify == bundle


def test_the_first_variable_that_is_set_decides(monkeypatch: pytest.MonkeyPatch, bundle: str) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    monkeypatch.setenv("CURL_CA_BUNDLE", "/nowhere/ca.pem")
    assert session_to("https://127.0.0.1:1").verify == bundle
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "")
    with pytest.raises(CertificatesMissing, match="CURL_CA_BUNDLE"):
        session_to("https://127.0.0.1:1")


@pytest.mark.parametrize("url", ["https://platform.adobe.io", "https://127.0.0.1:1"])
def test_certificates_that_cannot_be_read_end_every_call_over_https(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(CertificatesMissing, match=r"/nowhere/ca\.pem"):
        session_to(url)


def test_a_call_over_http_needs_no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    assert session_to("http://127.0.0.1:1").verify is True


@pytest.mark.parametrize(
    ("url", "leads_here"),
    [
        ("http://localhost", True),
        ("http://LOCALHOST:80/", True),
        ("http://127.0.0.1", True),
        ("http://127.8.8.8:1", True),
        ("http://[::1]:1", True),
        ("http://10.0.0.1", False),
        ("http://127.1", False),
        ("https://platform.adobe.io", False),
        ("http://localhost.example", False),
        ("http://[::2]:1", False),
        ("http://user@127.0.0.1", False),
        ("127.0.0.1", False),
        ("", False),
    ],
)
def test_an_address_leads_to_this_machine_only_when_it_is_written_in_full(url: str, leads_here: bool) -> None:
    assert is_loopback(url) is leads_here
