"""An HTTP proxy on loopback that ends every tunnel in this process: nothing that goes through it leaves the machine."""

from __future__ import annotations

import json
import ssl
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..http_threads import in_threads, loopback_server, url_of
from .wire import Answer, Request

Service = Callable[[Request], Answer]


class NoSuchHost(Exception):
    """No service has that name; the text says so."""


class HttpsProxy:
    """Serves CONNECT for the services' hosts at port 443, and refuses everything else."""

    def __init__(self, service: Callable[[str], Service], tls: Callable[[], ssl.SSLContext]) -> None:
        """
        :param service: the service of a host; raises NoSuchHost as a resolver of names would say it.
        :param tls: TLS with certificates for all of them; asked for when the first tunnel is opened.
        """
        self._connections: set[ssl.SSLSocket] = set()
        self._is_over = threading.Event()
        shared = {"connections": self._connections, "is_over": self._is_over}
        called = {"service_of": staticmethod(service), "tls": staticmethod(tls)}
        handler = type("Handler", (_Handler,), {**shared, **called})
        self._server = loopback_server(handler)

    @property
    def url(self) -> str:
        return url_of(self._server)

    @contextmanager
    def serving(self) -> Iterator[HttpsProxy]:
        """Serve in threads for the duration of the block; open tunnels are cut at its end."""
        try:
            with in_threads(self._server):
                yield self
        finally:
            self._is_over.set()
            for connection in list(self._connections):
                _cut(connection)


def _cut(connection: ssl.SSLSocket) -> None:
    with suppress(OSError):
        connection.shutdown(2)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service_of: Callable[[str], Service]
    tls: Callable[[], ssl.SSLContext]
    connections: set[ssl.SSLSocket]
    is_over: threading.Event
    _tunnel: ssl.SSLSocket | None = None
    _host = ""

    def handle(self) -> None:
        # A client that went away, or does not trust the certificate, is no news.
        with suppress(OSError):
            super().handle()

    def do_CONNECT(self) -> None:
        host, _, port = self.path.lower().rpartition(":")
        try:
            if port != "443":
                raise NoSuchHost(f"connections to port {port} are not simulated")
            self._service = self.service_of(host)
        except NoSuchHost as refused:
            self._refuse(str(refused))
            return
        context = self.tls()
        self.send_response(200, "Connection established")
        self.end_headers()
        self._host = host
        self._tunnel = context.wrap_socket(self.connection, server_side=True)
        self.connections.add(self._tunnel)
        if self.is_over.is_set():
            # The client's half of the handshake ended first, and the server after it.
            _cut(self._tunnel)
        self.connection = self._tunnel
        self.rfile = self._tunnel.makefile("rb")
        self.wfile = self._tunnel.makefile("wb")
        self.close_connection = False

    def _serve(self) -> None:
        if self._tunnel is None:
            self._refuse("the proxy of the simulated Azure takes CONNECT alone")
            return
        length = int(self.headers.get("Content-Length") or 0)
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        try:
            answer = self._service(Request(self.command, self._host, url.path, query, headers, self.rfile.read(length)))
        except NoSuchHost:
            # The name went away while the connection was open.
            self.close_connection = True
            return
        self._write(answer.status, json.dumps(answer.body).encode(), {"Content-Type": "application/json", **answer.headers})

    def _refuse(self, reason: str) -> None:
        self.close_connection = True
        text = f"simulation: {reason}; nothing leaves this machine\n"
        self._write(502, text.encode(), {"Content-Type": "text/plain", "Connection": "close"}, reason)

    def _write(self, status: int, payload: bytes, headers: dict[str, str], reason: str | None = None) -> None:
        self.send_response(status, reason)
        marks = {"Content-Length": str(len(payload)), "x-ms-request-id": str(uuid.uuid4())}
        for name, value in {**marks, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()
        if self._tunnel:
            self.connections.discard(self._tunnel)
            self._tunnel.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on the terminal."""
