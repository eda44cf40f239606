"""The proxy in front of the simulated Azure: what it leads to, and that nothing gets past it."""

import os
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from simulation.azure import https as azure_https
from simulation.cloud import Cloud
from simulation.environment import OVERRIDING, simulated, simulated_environment
from tests.azure_sdk import VAULT, azure_at, key_client
from tests.landscape import build


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://example.com/", "lookup example.com: no such host"),
        ("https://vault.azure.net/", "no such host"),
        ("https://nobody.vault.azure.net/", "lookup nobody.vault.azure.net: no such host"),
        ("https://graph.microsoft.com/", "no such host"),
        (f"{VAULT}:8443/", "connections to port 8443 are not simulated"),
    ],
)
@pytest.mark.usefixtures("vault_over_https")
def test_a_tunnel_to_anything_else_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(requests.exceptions.ProxyError, match=f"502 .*{reason}"):
        requests.get(url, timeout=10)


@pytest.mark.usefixtures("vault_over_https")
def test_a_request_without_a_tunnel_is_refused() -> None:
    answer = requests.get("http://example.com/", proxies={"http": os.environ["HTTPS_PROXY"]}, timeout=10)
    assert (answer.status_code, "nothing leaves this machine" in answer.text) == (502, True)


@pytest.mark.usefixtures("vault_over_https")
def test_who_does_not_know_the_authority_does_not_trust_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        requests.get(f"{VAULT}/keys/acme-key", timeout=10)


def test_two_simulations_do_not_trust_each_other(cloud: Cloud, tmp_path: Path) -> None:
    build(cloud)
    with azure_at(cloud, tmp_path / "one"):
        assert requests.get(f"{VAULT}/keys/acme-key", timeout=10).status_code == 401
        theirs = os.environ["REQUESTS_CA_BUNDLE"]
    with azure_at(cloud, tmp_path / "other"), pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{VAULT}/keys/acme-key", verify=theirs, timeout=10)


@pytest.mark.usefixtures("vault_over_https")
def test_a_deleted_vault_has_no_address(cloud: Cloud) -> None:
    with requests.Session() as session:
        assert session.get(f"{VAULT}/keys/acme-key", timeout=10).status_code == 401
        cloud.azure.delete_vault("acme-vault")
        with pytest.raises(requests.exceptions.ProxyError, match="no such host"):
            requests.get(f"{VAULT}/keys/acme-key", timeout=10)


def test_only_the_certificate_of_the_authority_is_written(cloud: Cloud, tmp_path: Path) -> None:
    build(cloud)
    with azure_at(cloud, tmp_path):
        requests.get(f"{VAULT}/keys/acme-key", timeout=10)
        assert [file.name for file in tmp_path.iterdir()] == ["azure-ca.pem"]
        text = (tmp_path / "azure-ca.pem").read_text()
    assert text.count("-----BEGIN ") == text.count("-----BEGIN CERTIFICATE-----") == 1


def test_a_start_makes_no_certificate_and_no_key(cloud: Cloud, tmp_path: Path) -> None:
    with azure_at(cloud, tmp_path):
        assert [file.read_bytes() for file in tmp_path.iterdir()] == [b""]


def test_at_the_end_open_tunnels_are_cut_and_no_thread_of_them_stays(cloud: Cloud, tmp_path: Path) -> None:
    build(cloud)
    before = set(threading.enumerate())
    with azure_at(cloud, tmp_path):
        proxy = os.environ["HTTPS_PROXY"].rpartition(":")[2]
        plain = socket.create_connection(("127.0.0.1", int(proxy)), timeout=10)
        plain.sendall(b"CONNECT acme-vault.vault.azure.net:443 HTTP/1.1\r\n\r\n")
        received = b""
        while not received.endswith(b"\r\n\r\n"):
            received += plain.recv(1)
        context = ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])
        tunnel = context.wrap_socket(plain, server_hostname="acme-vault.vault.azure.net")
    with tunnel:
        assert tunnel.recv(1) == b""
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()


def test_without_cryptography_there_are_no_servers_and_no_variables_of_theirs(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(azure_https, "find_spec", lambda name: None)
    with simulated_environment(cloud, tmp_path) as variables:
        assert not {"HTTPS_PROXY", "REQUESTS_CA_BUNDLE", "ARM_CLIENT_SECRET"} & set(variables)


def test_commands_inherit_no_proxy_that_would_lead_around_it(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in OVERRIDING:
        monkeypatch.setenv(name, "http://proxy.example:3128")
    with simulated(cloud, tmp_path) as environment:
        assert environment["HTTPS_PROXY"].startswith("http://127.0.0.1:")
        assert not set(OVERRIDING) & set(environment)


@pytest.mark.usefixtures("vault_over_https")
def test_the_sdk_needs_nothing_but_the_environment() -> None:
    with key_client() as client:
        assert client.get_key("acme-key").name == "acme-key"


def test_the_simulation_starts_without_cryptography(tmp_path: Path) -> None:
    code = "import sys, simulation.environment; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
