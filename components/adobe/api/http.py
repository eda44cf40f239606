"""One HTTP exchange with Adobe: time-outs, bounded retries, bounded answers, no redirects, and errors in Adobe's words.

Nothing here knows what the calls mean. Retries are those of urllib3, for calls that may be repeated; a call that may not
be repeated is sent once, and the caller decides after an unclear outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from requests.auth import AuthBase

from .answers import Answer, adobes_words, seconds_of
from .clock import Clock
from .connection import session_to
from .deadline import PunctualAdapter
from .errors import AnswerNotUnderstood, CallRefused, CallUnanswered

# Adobe's gateway gives up after 60 s (customer journey analytics FAQ); reading longer gets its answer, not ours.
CONNECT_TIMEOUT, READ_TIMEOUT = 10.0, 75.0
# However large an answer grows, in bytes.
ANSWER_LIMIT = 1 << 20
# Tries of a repeatable call, and the longest Retry-After (seconds) that is waited out in silence.
RETRIES, LONGEST_RETRY_AFTER = 5, 300.0
# A host that takes no connection is more often a wrong address than a passing fault.
CONNECT_RETRIES = 2
# The server may not have taken these up; every other 4xx is a refusal.
_TRY_LATER = frozenset({408, 425, 429})
_REPEAT = (408, 425, 429, 500, 502, 503, 504)


class RetryAfterTooLong(Exception):
    """Adobe asks for a longer pause than is waited out in silence."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"{seconds:.0f} s")


class RetryPolicy(urllib3.Retry):
    """urllib3's retry policy on an injected clock, with an upper bound on Retry-After."""

    clock: Clock

    def new(self, **changes: Any) -> RetryPolicy:
        successor = super().new(**changes)
        successor.clock = self.clock
        return successor

    def get_retry_after(self, response: urllib3.BaseHTTPResponse) -> float:
        """Urllib3's own reader gives the whole call up over a header that it cannot read."""
        return seconds_of(response.headers.get("Retry-After", ""))

    def sleep(self, response: urllib3.BaseHTTPResponse | None = None) -> None:
        asked = self.get_retry_after(response) if response is not None else 0.0
        if asked > LONGEST_RETRY_AFTER:
            raise RetryAfterTooLong(asked)
        self.clock.sleep(asked or self.get_backoff_time())


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

    def __init__(self, base_url: str, clock: Clock) -> None:
        """
        :param base_url: scheme and host, without a trailing slash.
        :param clock: what pauses between retries are taken from.
        """
        self._base_url = base_url
        self._clock = clock

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
        """Send one call and return its 2xx answer.

        :param repeatable: whether it may be sent again after 429, 5xx or a broken connection.
        :param secrets: texts to blank out wherever the answer is quoted.
        :raises CallRefused: on a 4xx. CallUnanswered: on a broken connection, a time-out, 429 or 5xx.
            AnswerNotUnderstood: on a redirect or an answer beyond the limits.
            CertificatesMissing: before anything is sent.
        """
        call = f"{method} {self._base_url}{path}"
        try:
            with session_to(self._base_url) as session:
                session.mount(self._base_url, PunctualAdapter(max_retries=self._retry_policy(method, repeatable)))
                with session.request(
                    method,
                    self._base_url + path,
                    params=dict(query or {}),
                    json=body,
                    data=form,
                    headers={"Accept": "application/json", "User-Agent": "adobe-cmk", **(headers or {})},
                    auth=Bearer(token),
                    timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    answer = Answer(call, response.status_code, _bounded(response, call), response.headers)
        except RetryAfterTooLong as error:
            raise CallUnanswered(
                f"Adobe asks for a pause of {error.seconds:.0f} s, more than the {LONGEST_RETRY_AFTER:.0f} s waited here",
                call=call,
                next_step="run the command again after that time",
            ) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise CallUnanswered(
                f"no answer came from Adobe ({_reason(error)})",
                call=call,
                next_step="check the network, the proxy and https://status.adobe.com, and run the command again",
            ) from None
        return self._judged(answer, secrets)

    def _retry_policy(self, method: str, repeatable: bool) -> RetryPolicy:
        policy = RetryPolicy(
            total=RETRIES if repeatable else 0,
            connect=CONNECT_RETRIES,
            allowed_methods=[method],
            status_forcelist=_REPEAT if repeatable else (),
            # A pause is Retry-After where given, else 0, 2, 4, 8 … s plus up to one second.
            backoff_factor=1,
            backoff_jitter=1,
            backoff_max=30,
            raise_on_status=False,
            # The policy above decides; urllib3 would otherwise honour Retry-After on calls not to be repeated too.
            respect_retry_after_header=repeatable,
        )
        policy.clock = self._clock
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
                "Adobe answered with a redirect, which is never followed with a credential",
                **facts,
                next_step="check ADOBE_PLATFORM_URL, ADOBE_IMS_URL, the region and the proxy",
            )
        if answer.http_status >= 500 or answer.http_status in _TRY_LATER:
            raise CallUnanswered(
                "Adobe's API is temporarily unavailable",
                **facts,
                retry_after=answer.retry_after,
                next_step="run the command again later; if it stays so, give Adobe's support the request id",
            )
        raise CallRefused(
            "Adobe refused the call",
            **facts,
            is_absence=answer.is_absence,
            next_step=_after_refusal(answer.http_status),
        )


def _bounded(response: requests.Response, call: str) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(1 << 16):
        body += chunk
        if len(body) > ANSWER_LIMIT:
            raise AnswerNotUnderstood(
                f"Adobe's answer is larger than {ANSWER_LIMIT} bytes",
                call=call,
                http_status=response.status_code,
                next_step="check that the host is Adobe's and not a proxy's page, and run the command again",
            )
    return bytes(body)


def _reason(error: Exception) -> str:
    kinds = {
        requests.exceptions.ConnectTimeout: "the connection timed out",
        requests.exceptions.ReadTimeout: "the answer timed out",
        requests.exceptions.SSLError: "the TLS certificate was not accepted",
        requests.exceptions.ProxyError: "the proxy refused the connection",
        requests.exceptions.ChunkedEncodingError: "the answer broke off",
    }
    for kind, words in kinds.items():
        if isinstance(error, kind):
            return words
    # After the last try, and within the body, requests wraps a time-out in a plain ConnectionError.
    cause = error.args[0] if error.args else None
    if isinstance(getattr(cause, "reason", cause), urllib3.exceptions.ReadTimeoutError):
        return "the answer timed out"
    return "the connection failed or broke"


def _after_refusal(http_status: int) -> str:
    if http_status == 401:
        return "renew ADOBE_ACCESS_TOKEN, or check the OAuth server-to-server credential"
    if http_status == 403:
        return (
            'give the credential a role with the permission "Manage Customer Managed Keys" in Adobe Experience Platform, '
            "and check imsOrgId and apiKey"
        )
    if http_status == 404:
        return "check imsOrgId and region; the region is told by your Adobe system administrator"
    return "check the settings that the message names; if they are right, give Adobe's support the request id"
