"""HTTP exchange with Adobe: time-outs, limited retries and response sizes, no redirects, and errors with Adobe's own text.

This module does not know what the calls mean. Calls that may be repeated use urllib3's retries; any other call is sent
once, and the caller decides what to do after an unclear outcome.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from ...version import VERSION
from .answers import LONGEST_RETRY_AFTER, Answer, adobes_words, seconds_of
from .clock import Clock, pause
from .connection import session_to
from .errors import AnswerNotUnderstood, CallRefused, CallUnanswered

USER_AGENT = f"adobe-cmk/{VERSION}"
CONNECT_TIMEOUT = 10.0
# Adobe's gateway times out after 60 s (Customer Journey Analytics FAQ); a longer time-out receives its response to a POST. A
# read is repeated, and is given up sooner, so that a wait is never without a sign for long.
POST_TIMEOUT, READ_TIMEOUT = 75.0, 25.0
# Largest response, in bytes, and the longest time in seconds from its headers to its last byte. A server that sends the
# headers themselves drop by drop is left to the time-out of the socket, which begins anew with each byte.
ANSWER_LIMIT, ANSWER_TIMEOUT = 1 << 18, 60.0
# Retries of a repeatable call.
RETRIES = 5
# A host that accepts no connection is more often a wrong address than a temporary fault.
CONNECT_RETRIES = 2
# The server may accept these later; every other 4xx is a refusal.
_TRY_LATER = frozenset({408, 425, 429})
_REPEAT = (408, 425, 429, 500, 502, 503, 504)


class RetryAfterTooLong(Exception):
    """Adobe asks for a longer pause than is honoured."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"{seconds:.0f} s")


class RetryPolicy(urllib3.Retry):
    """urllib3's retry policy with injected pauses and an upper limit on Retry-After."""

    pause: Callable[[float], None]

    def new(self, **changes: Any) -> RetryPolicy:
        successor = super().new(**changes)
        successor.pause = self.pause
        return successor

    def get_retry_after(self, response: urllib3.BaseHTTPResponse) -> float:
        """Tolerates an invalid header, at which urllib3's own method gives up the whole call."""
        return seconds_of(response.headers.get("Retry-After", ""))

    def sleep(self, response: urllib3.BaseHTTPResponse | None = None) -> None:
        asked = self.get_retry_after(response) if response is not None else 0.0
        if asked > LONGEST_RETRY_AFTER:
            raise RetryAfterTooLong(asked)
        self.pause(asked or self.get_backoff_time())


@dataclass(frozen=True)
class Bearer(AuthBase):
    """Sets the token as an `auth` object, so that no .netrc entry can replace it."""

    token: str

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class HttpExchange:
    """Sends calls to one host."""

    def __init__(self, base_url: str, clock: Clock, say: Callable[[str], object] = str) -> None:
        """
        :param base_url: scheme and host, without a trailing slash.
        :param clock: for the pauses between retries.
        :param say: reports long pauses; by default nothing does.
        """
        self._base_url = base_url
        self._pause = lambda seconds: pause(clock, seconds, say)

    def send(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool,
        secrets: Sequence[str] = (),
        token: str = "",
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one call and return its 2xx response.

        :param repeatable: whether it may be repeated after 429, 5xx or an interrupted connection.
        :param secrets: texts that are redacted wherever the response is quoted.
        :raises CallRefused: on a 4xx.
        :raises CallUnanswered: on an interrupted connection, a time-out, 429 or 5xx.
        :raises AnswerNotUnderstood: on a redirect, or a response that is too large.
        :raises CertificatesMissing: before anything is sent.
        :raises TimeIsUp: when a pause before a retry goes beyond the end of the wait in force.
        """
        call = f"{method} {self._base_url}{path}"
        begun = Answer(call, 0, b"", {})
        try:
            with session_to(self._base_url) as session:
                session.mount(self._base_url, HTTPAdapter(max_retries=self._retry_policy(method, repeatable)))
                with session.request(
                    method,
                    self._base_url + path,
                    params=dict(query or {}),
                    json=body,
                    data=form,
                    headers={"Accept": "application/json", "User-Agent": USER_AGENT, **(headers or {})},
                    auth=Bearer(token),
                    timeout=(CONNECT_TIMEOUT, READ_TIMEOUT if repeatable else POST_TIMEOUT),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    begun = Answer(call, response.status_code, b"", response.headers)
                    answer = replace(begun, body=_bounded(response, call))
        except RetryAfterTooLong as error:
            raise CallUnanswered(
                f"Adobe asks to retry after {error.seconds:.0f} s, which exceeds the limit of {LONGEST_RETRY_AFTER:.0f} s",
                call=call,
                next_step="run the command again after that time",
            ) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise CallUnanswered(
                f"no response from Adobe ({_reason(error)})",
                call=call,
                request_id=begun.request_id,
                http_status=begun.http_status,
                next_step="check the network, the proxy and https://status.adobe.com, then run the command again",
            ) from None
        return self._judged(answer, secrets)

    def _retry_policy(self, method: str, repeatable: bool) -> RetryPolicy:
        policy = RetryPolicy(
            total=RETRIES if repeatable else 0,
            connect=CONNECT_RETRIES,
            allowed_methods=[method],
            status_forcelist=_REPEAT if repeatable else (),
            # A pause is Retry-After if given, otherwise 0, 2, 4, 8 … s plus up to one second.
            backoff_factor=1,
            backoff_jitter=1,
            backoff_max=30,
            raise_on_status=False,
            # Otherwise urllib3 would honour Retry-After for calls that must not be repeated, too.
            respect_retry_after_header=repeatable,
        )
        policy.pause = self._pause
        return policy

    @staticmethod
    def _judged(answer: Answer, secrets: Sequence[str]) -> Answer:
        if 200 <= answer.http_status < 300:
            return answer
        facts: dict[str, Any] = {
            "call": answer.call,
            "words": adobes_words(answer, secrets),
            "request_id": answer.request_id,
            "http_status": answer.http_status,
        }
        if 300 <= answer.http_status < 400:
            raise AnswerNotUnderstood(
                "Adobe responded with a redirect, which is never followed with a credential",
                **facts,
                next_step="check ADOBE_PLATFORM_URL, ADOBE_IMS_URL, the region and the proxy",
            )
        if answer.http_status >= 500 or answer.http_status in _TRY_LATER:
            raise CallUnanswered(
                "Adobe's API is temporarily unavailable",
                **facts,
                retry_after=answer.retry_after,
                next_step="run the command again later; if the error persists, give Adobe support the request ID",
            )
        raise CallRefused(
            "Adobe refused the call",
            **facts,
            answer=answer,
            next_step=_after_refusal(answer.http_status),
        )


def _bounded(response: requests.Response, call: str) -> bytes:
    body, end = bytearray(), time.monotonic() + ANSWER_TIMEOUT
    # Byte by byte: a larger piece is only handed over when it is complete, however long that takes.
    for chunk in response.iter_content(1):
        body += chunk
        if time.monotonic() > end:
            raise requests.exceptions.ReadTimeout
        if len(body) > ANSWER_LIMIT:
            raise AnswerNotUnderstood(
                f"Adobe's response is larger than {ANSWER_LIMIT} bytes",
                call=call,
                http_status=response.status_code,
                next_step="check that the response comes from Adobe and not from a proxy, then run the command again",
            )
    return bytes(body)


def _reason(error: Exception) -> str:
    kinds = {
        requests.exceptions.ConnectTimeout: "the connection timed out",
        requests.exceptions.ReadTimeout: "the response timed out",
        requests.exceptions.SSLError: "the TLS certificate is not trusted",
        requests.exceptions.ProxyError: "the proxy refused the connection",
        requests.exceptions.ChunkedEncodingError: "the response ended early",
    }
    for kind, words in kinds.items():
        if isinstance(error, kind):
            return words
    # After the last try, and within the body, requests wraps a time-out in a plain ConnectionError.
    cause = error.args[0] if error.args else None
    if isinstance(getattr(cause, "reason", cause), urllib3.exceptions.ReadTimeoutError):
        return "the response timed out"
    return "the connection failed or was interrupted"


def _after_refusal(http_status: int) -> str:
    if http_status == 401:
        return "renew ADOBE_ACCESS_TOKEN, or check the OAuth server-to-server credential"
    if http_status == 403:
        return (
            'give the credential a role with the permission "Manage Customer Managed Keys" in Adobe Experience Platform, '
            "and check imsOrgId, apiContract and apiKey: the header x-api-key is acp_provisioning with the contract "
            "current, and the credential's own client ID with beta"
        )
    if http_status == 404:
        return "check imsOrgId and region; your Adobe system administrator knows the region"
    return "check the settings that the message names; if they are correct, give Adobe support the request ID"
