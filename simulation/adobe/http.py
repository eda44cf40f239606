"""Adobe's platform API and token endpoint over HTTP on loopback, in front of the simulated Adobe.

The order of the checks and the gateway's codes: Adobe Experience Platform troubleshooting guide.
"""

from __future__ import annotations

import io
import json
import re
import secrets
import socket
import struct
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ..cloud import Cloud
from ..http_threads import in_threads, loopback_server, url_of
from ..traffic import ADOBE, ADOBE_SIGN_IN
from .faults import FAULTS, WIRE_FAULTS, Faults, Reply, faulted, payload_of
from .rules import Refusal, gateway_error, service_error

CLIENT_ID = "simulated-client-id"
CLIENT_SECRET = "p8e-simulated-client-secret"  # noqa: S105 - opens nothing but the simulation
# The organisations that the simulated credential is entitled for, as a person's may be for several.
ORG, SECOND_ORG = "0123456789ABCDEF01234567@AdobeOrg", "ABCDEF0123456789ABCDEF01@AdobeOrg"
# Those of a group of twenty companies.
GROUP_ORGS = tuple(f"{number:024d}@AdobeOrg" for number in range(1, 21))
_ENTITLED = frozenset(org.lower() for org in (ORG, SECOND_ORG, *GROUP_ORGS))
# Adobe's tokens live for a day.
TOKEN_SECONDS = 86_399

_REGISTRATION = "/data/infrastructure/manager/byok/app-registration"
_CONFIG = "/data/infrastructure/manager/customer/config"
_TOKEN = "/ims/token/v3"  # noqa: S105 - a path

Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


class AdobeServer:
    """Serves one cloud; tokens live as long as the server."""

    def __init__(self, cloud: Cloud, faults: Faults | None = None) -> None:
        self._cloud = cloud
        self.faults = faults or Faults()
        self._tokens: set[str] = set()
        handler = type("Handler", (_Handler,), {"adobe": self})
        self._server = loopback_server(handler)

    @property
    def url(self) -> str:
        """Base URL of both the platform API and the token endpoint."""
        return url_of(self._server)

    @contextmanager
    def serving(self) -> Iterator[AdobeServer]:
        """Serve in a thread for the duration of the block."""
        with in_threads(self._server):
            yield self

    def revoke_tokens(self) -> None:
        """Make every token that was given out invalid, as Adobe does when a credential changes."""
        self._tokens.clear()

    def refuses(self, method: str, path: str) -> bool:
        """Whether a connection for this call is refused."""
        if not self.faults.next(method, path, at_the_door=True):
            return False
        with self._cloud.at_work() as cloud:
            cloud.adobe.record(_journal_entry(Request(method, path, {}, {}, b""), 0, "refused"))
        return True

    def answer(self, request: Request) -> Reply:
        """The answer; the request, and the fault that hit it, are written into the journal."""
        fault = self.faults.next(request.method, request.path)
        with self._cloud.at_work() as cloud:
            cloud.traffic.add(ADOBE_SIGN_IN if request.path == _TOKEN else ADOBE, f"{request.method} {request.path}")
            status, body = 0, None
            if not fault or FAULTS[fault].is_processed:
                try:
                    status, body = 200, self._dispatch(cloud, request)
                except Refusal as refusal:
                    status, body = refusal.http_status, refusal.body
            # A refusal stays what it is: these faults are about good answers.
            applies = fault and (status in (0, 200) or fault in WIRE_FAULTS)
            reply = faulted(fault, body, cloud.clock) if applies else Reply(status, payload_of(body))
            cloud.adobe.record(_journal_entry(request, reply.http_status, fault if applies else ""))
            return reply

    def _dispatch(self, cloud: Cloud, request: Request) -> Json:
        if (request.method, request.path) == ("POST", _TOKEN):
            return self._token(request)
        name = request.path.removeprefix(_CONFIG + "/")
        known = {("GET", _REGISTRATION), ("POST", _REGISTRATION), ("POST", _CONFIG)}
        is_read = request.method == "GET" and name != request.path and name and "/" not in name
        if (request.method, request.path) not in known and not is_read:
            raise gateway_error("404000", "Resource not found")
        org = self._admitted(cloud, request)
        if request.path == _REGISTRATION:
            return cloud.adobe.app(org) if request.method == "GET" else cloud.adobe.register_app(org)
        if is_read:
            return cloud.adobe.configuration(org, unquote(name), request.query.get("configType", [None])[0])
        return cloud.adobe.submit(org, _json_body(request))

    def _admitted(self, cloud: Cloud, request: Request) -> str:
        """The organisation of a request that may pass the gateway."""
        authorization = request.headers.get("authorization", "")
        if not authorization:
            raise gateway_error("403010", "Oauth token is missing.")
        if authorization.removeprefix("Bearer ") not in self._tokens:
            raise gateway_error("401013", "Oauth token is not valid")
        api_key = request.headers.get("x-api-key", "")
        if not api_key:
            raise gateway_error("403000", "Api Key is required")
        if api_key not in cloud.adobe.api_keys(request.method, CLIENT_ID):
            raise gateway_error("403003", "Api Key is invalid")
        org = request.headers.get("x-gw-ims-org-id", "")
        if not org:
            raise gateway_error("400003", "Missing header x-gw-ims-org-id")
        if not re.fullmatch(r"[0-9A-Fa-f]{24}@AdobeOrg", org):
            raise gateway_error("403027", "User region is missing")
        if org.lower() not in _ENTITLED:
            raise gateway_error("403025", "Profile is not valid")
        return org

    def _token(self, request: Request) -> Json:
        """Adobe Developer Console, OAuth server-to-server: a wrong secret is a 400, not a 401."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials" or not form.get("scope"):
            raise Refusal(400, {"error": "invalid_request", "error_description": "grant_type and scope are required"})
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise Refusal(400, {"error": "invalid_client", "error_description": "invalid client_secret parameter"})
        token = f"eyJ-simulated-{secrets.token_urlsafe(32)}"
        self._tokens.add(token)
        return {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS}


def _json_body(request: Request) -> Json:
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise service_error(400, "BadRequestError", "A valid content-type must be specified")
    try:
        body = json.loads(request.body)
    except ValueError:
        raise service_error(400, "BadRequestError", "The body is not valid JSON") from None
    if not isinstance(body, dict):
        raise service_error(400, "BadRequestError", "The body is not a JSON object")
    return body


def _journal_entry(request: Request, status: int, fault: str) -> Json:
    query = "&".join(f"{name}={values[0]}" for name, values in request.query.items())
    entry: Json = {"call": f"{request.method} {request.path}{'?' if query else ''}{query}", "status": status}
    entry["headers"] = {
        name: re.sub(r"^(Bearer ).*", r"\1***", value)
        for name, value in request.headers.items()
        if name in {"authorization", "x-api-key", "x-gw-ims-org-id", "content-type"}
    }
    if fault:
        entry["fault"] = fault
    if request.path == _CONFIG and request.body:
        try:
            entry["body"] = json.loads(request.body)
        except ValueError:
            entry["body"] = "not JSON"
    return entry


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    adobe: AdobeServer

    def handle(self) -> None:
        # The first line is looked at and left in the socket, so that the connection can still be refused.
        line = self.connection.recv(4096, socket.MSG_PEEK).split(b"\r\n")[0].decode("latin-1").split(" ")
        if len(line) == 3 and self.adobe.refuses(line[0], urlsplit(line[1]).path):
            self._reset()
        else:
            # A client that went away is no news.
            with suppress(ConnectionError):
                super().handle()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, url.path, parse_qs(url.query), headers, self.rfile.read(length))
        reply = self.adobe.answer(request)
        if not reply.http_status:
            self._reset()
            return
        time.sleep(reply.delay_seconds)
        kind = "application/json" if reply.http_status < 400 else "application/problem+json"
        headers = {"Content-Type": kind, "X-Request-Id": uuid.uuid4().hex, **reply.headers}
        self.send_response(reply.http_status)
        for name, value in {"Content-Length": str(len(reply.payload)), **headers}.items():
            self.send_header(name, value)
        # The client may have given up by now; that is the fault that was asked for.
        with suppress(ConnectionError):
            self.end_headers()
            self.wfile.write(reply.payload)

    def _reset(self) -> None:
        """Close the connection so that the client sees a reset and not an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
        self.wfile = io.BytesIO()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on the terminal: the journal has it."""
