"""A server of the simulation on this machine, in threads of this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def loopback_server(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    """A server at a free port, which does not keep the process alive."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    return server


def url_of(server: ThreadingHTTPServer) -> str:
    """Its address."""
    return f"http://127.0.0.1:{server.server_address[1]}"


@contextmanager
def in_threads(server: ThreadingHTTPServer) -> Iterator[None]:
    """Serve for the duration of the block."""
    # Twenty milliseconds are the longest that the end of the block waits for the server.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
