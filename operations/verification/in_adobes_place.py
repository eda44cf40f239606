"""Answers on this machine in Adobe's place, so that the program runs unchanged and nothing reaches Adobe.

There is one app, made up and of the user's own tenant, and no configuration. Nothing can be sent.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from components.constants import APP_REGISTRATION, CUSTOMER_CONFIG

# Opens nothing.
TOKEN = "verification"  # noqa: S105


class InAdobesPlace:
    """What Adobe's API would answer about the made-up app."""

    def __init__(self, application_id: str, name: str) -> None:
        """:param name: display name of the app."""
        self._app = {
            "id": "byok",
            "name": name,
            "applicationUri": f"https://adobe.com/{name}",
            "applicationId": application_id,
            "applicationRedirectUrl": "https://login.microsoftonline.com/common/oauth2/authorize?response_type=code"
            f"&client_id={application_id}&redirect_uri=https://adobe.com/{name}&scope=user.read",
        }
        self.sent: list[str] = []
        """Every call that is not one of the two reads: there must be none."""

    def answer(self, method: str, path: str) -> tuple[int, dict[str, Any]]:
        """Status and body."""
        if (method, path) == ("GET", APP_REGISTRATION):
            return 200, self._app
        if method == "GET" and path.startswith(f"{CUSTOMER_CONFIG}/"):
            # Absence as Adobe's services state it (`Answer.is_absence`).
            return 404, {"type": "/verification/absent", "title": "Not Found", "status": 404}
        self.sent.append(f"{method} {path}")
        return 403, {"title": "Forbidden", "status": 403, "detail": "a verification sends nothing"}

    @contextmanager
    def serving(self) -> Iterator[dict[str, str]]:
        """Serve on loopback; yields the environment that leads there, and that hides the user's own credentials."""
        handler = type("Handler", (_Handler,), {"place": self})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield {
                "ADOBE_PLATFORM_URL": url,
                "ADOBE_IMS_URL": url,
                "ADOBE_ACCESS_TOKEN": TOKEN,
                "ADOBE_CLIENT_ID": "",
                "ADOBE_CLIENT_SECRET": "",
                "NO_PROXY": "127.0.0.1,localhost",
            }
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    place: InAdobesPlace

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body = self.place.answer(self.command, urlsplit(self.path).path)
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - names of http.server

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on the terminal."""
