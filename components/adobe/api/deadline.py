"""Answers that are read by a deadline: status line, headers and body together, however slowly they trickle.

A time-out of the socket alone starts anew with every byte.
"""

import http.client
import io
import socket
import time
from typing import Any

from requests.adapters import HTTPAdapter

# Seconds from the sent request to the last byte of its answer.
ANSWER_TIMEOUT = 150.0


class PunctualAdapter(HTTPAdapter):
    """An adapter of `requests` whose answers end by the deadline; one that does not counts as a read time-out."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        # Derived from what the pool has, which a proxy may have chosen.
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
        """:raises TimeoutError: at the deadline, or when nothing comes for as long as the socket waits."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        self._sock.settimeout(left if self._stall is None else min(left, self._stall))
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()
