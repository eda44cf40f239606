"""Entra ID's sign-in, Key Vault's data plane and Azure Resource Manager as HTTPS servers.

Azure's SDKs reach them by their real names: proxy, certificate authority and credentials are in the environment.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from ..cloud import Cloud, WallClock
from ..entra import sign_in
from ..entra.rules import TENANT
from ..traffic import AZURE, ENTRA
from . import arm_http
from .arm import Clock
from .arm_http import ArmApi
from .data_plane import DOMAIN, DataPlane
from .https_proxy import HttpsProxy, NoSuchHost, Service
from .wire import Answer, Request


class AzureServices:
    """The services of one cloud, by host name."""

    def __init__(self, cloud: Cloud, home: Path, clock: Clock | None = None) -> None:
        """
        :param home: where the certificate of the certificate authority and the key exchange keys are written.
        :param clock: by which tokens expire; None: the machine's.
        """
        self._cloud = cloud
        self.authority_file = home / "azure-ca.pem"
        self.sign_in = sign_in.SignIn(clock or WallClock())
        self._data_plane = DataPlane(cloud, self.sign_in, home / "hsm")
        self._others = {sign_in.HOST: self._signed_in, arm_http.HOST: ArmApi(cloud, self.sign_in).answer}
        self._tls: ssl.SSLContext | None = None
        self._lock = threading.Lock()

    def service(self, host: str) -> Service:
        if host in self._others:
            return self._others[host]
        with self._cloud.at_work() as cloud:
            is_vault = host.endswith(DOMAIN) and host.removesuffix(DOMAIN) in cloud.state["azure"]["vaults"]
        if not is_vault:
            raise NoSuchHost(f"lookup {host}: no such host")
        return self._on_the_data_plane

    def _signed_in(self, request: Request) -> Answer:
        self._cloud.traffic.add(ENTRA, f"{request.method} {request.path}")
        return self.sign_in.answer(request)

    def _on_the_data_plane(self, request: Request) -> Answer:
        self._cloud.traffic.add(AZURE, f"{request.method} {request.path}")
        return self._data_plane.answer(request)

    def tls(self) -> ssl.SSLContext:
        """The authority is made here, and its certificate written: most commands need neither, and it costs 0.1 s."""
        with self._lock:
            if self._tls is None:
                from .certificates import CertificateAuthority

                authority = CertificateAuthority()
                self.authority_file.write_bytes(authority.pem())
                self._tls = authority.server((f"*{DOMAIN}", *self._others))
            return self._tls


@contextmanager
def serving_azure(cloud: Cloud, home: Path, clock: Clock | None = None) -> Iterator[dict[str, str]]:
    """Serve for the duration of the block; yields the variables that lead there: none where `cryptography` is missing."""
    if find_spec("cryptography") is None:
        yield {}
        return
    services = AzureServices(cloud, home, clock)
    home.mkdir(parents=True, exist_ok=True)
    # A client looks for the file before its first connection, and reads it when the tunnel is open.
    services.authority_file.write_bytes(b"")
    with HttpsProxy(services.service, services.tls).serving() as proxy:
        yield {
            # In capitals alone: the gRPC of Python would take the other.
            "HTTPS_PROXY": proxy.url,
            "REQUESTS_CA_BUNDLE": str(services.authority_file.resolve()),
            "ARM_TENANT_ID": TENANT,
            "ARM_CLIENT_ID": sign_in.CLIENT_ID,
            "ARM_CLIENT_SECRET": sign_in.CLIENT_SECRET,
        }
