"""A server of the simulation on this machine, in threads of this process."""

from __future__ import annotations

import selectors
import socket
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
    """Serve for the duration of the block; idle, a server takes no time, of which there are many in some tests."""
    stop, stopped = socket.socketpair()
    thread = threading.Thread(target=_serve, args=(server, stopped), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.close()
        thread.join()
        server.server_close()


def _serve(server: ThreadingHTTPServer, stopped: socket.socket) -> None:
    # A connection that is gone before it is accepted must not hold up the end.
    server.socket.settimeout(1)
    with stopped, selectors.DefaultSelector() as selector:
        selector.register(server, selectors.EVENT_READ)
        selector.register(stopped, selectors.EVENT_READ)
        while stopped not in {key.fileobj for key, _ in selector.select()}:
            server.handle_request()
