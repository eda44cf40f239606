"""A deadline for reading a response: status line, headers and body together.

The time-out of a socket alone restarts with every byte.
"""

import http.client
import io
import socket
import time
from typing import Any

from requests.adapters import HTTPAdapter

# Seconds from the sent request to the last byte of its response.
ANSWER_TIMEOUT = 150.0


class PunctualAdapter(HTTPAdapter):
    """An adapter of `requests` that enforces the deadline; exceeding it is a read time-out."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        # Derived from the pool's class, which depends on the proxy.
        kind = pool.ConnectionCls
        pool.ConnectionCls = type(kind.__name__, (kind,), {"response_class": _PunctualAnswer})
        return pool


class _PunctualAnswer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_ReadsUntil(time.monotonic() + ANSWER_TIMEOUT, sock))


class _ReadsUntil(io.RawIOBase):
    def __init__(self, end: float, sock: socket.socket) -> None:
        self._end, self._sock = end, sock
        self._stall = sock.gettimeout()
        self._raw: Any = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        """Read from the socket.

        :raises TimeoutError: at the deadline, or at the socket's own time-out.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the response took too long")
        self._sock.settimeout(left if self._stall is None else min(left, self._stall))
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()
