"""One exchange over real loopback HTTP: retries, Retry-After, slow answers, proxies and certificates."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from components.adobe.api import http
from components.adobe.api.answers import LONGEST_PAUSE, seconds_of
from components.adobe.api.errors import CallRefused, CallUnanswered, CertificatesMissing
from components.adobe.api.http import RETRIES, HttpExchange
from tests.clock import ManualClock

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


def unavailable(header: str, status: int = 503) -> bytes:
    return f"HTTP/1.1 {status} Later\r\n{header}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()


@contextmanager
def serving(*answers: bytes, pause: float = 0.0, silence: float = 0.0) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives one answer a connection, the last for ever; yields its URL and the requests that came.

    :param pause: seconds after each byte. silence: seconds before the connection is closed.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    requests: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                requests.append(connection.recv(65536))
                answer = answers[min(len(requests), len(answers)) - 1]
                for piece in [answer[i : i + 1] for i in range(len(answer))] if pause else [answer]:
                    try:
                        connection.sendall(piece)
                    except OSError:
                        break
                    time.sleep(pause)
                time.sleep(silence)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", requests
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(timeout=5)


def send(url: str, clock: ManualClock, repeatable: bool = True, **more: Any) -> int:
    return HttpExchange(url, clock).send("GET", "/x", repeatable=repeatable, **more).http_status


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.mark.parametrize("value", ["soon", "", "-3", "9" * 5000, "Fri, 31 Dec 99999999 23:59:59 GMT", "1.5.2"])
def test_a_retry_after_that_nobody_can_read_or_wait_for_does_not_end_the_call_by_accident(
    clock: ManualClock, value: str
) -> None:
    with serving(unavailable(f"Retry-After: {value}\r\n"), OK) as (url, requests):
        if value.startswith("999"):
            with pytest.raises(CallUnanswered, match="which exceeds the limit of 300 s"):
                send(url, clock)
            assert len(requests) == 1
        else:
            assert send(url, clock) == 200
            assert len(requests) == 2


@pytest.mark.parametrize(
    ("text", "seconds"), [("2", 2.0), ("1.5", 1.5), (" 7 ", 7.0), ("soon", 0.0), ("", 0.0), ("9" * 5000, LONGEST_PAUSE)]
)
def test_retry_after_is_read_with_care(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


def test_retry_after_is_waited_for(clock: ManualClock) -> None:
    with serving(unavailable("Retry-After: 1.5\r\n"), OK) as (url, _):
        assert send(url, clock) == 200
    assert clock.naps == [1.5]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_status_that_asks_for_another_try_is_tried_again_and_ends_as_unanswered(clock: ManualClock, status: int) -> None:
    with serving(unavailable("", status)) as (url, requests), pytest.raises(CallUnanswered) as caught:
        send(url, clock)
    assert len(requests) == 1 + RETRIES
    assert caught.value.http_status == status
    assert "Adobe's API is temporarily unavailable" in str(caught.value)


@pytest.mark.parametrize("status", [408, 429, 503])
def test_a_call_that_must_not_be_repeated_is_sent_once(clock: ManualClock, status: int) -> None:
    with serving(unavailable("Retry-After: 2\r\n", status)) as (url, requests), pytest.raises(CallUnanswered) as caught:
        send(url, clock, repeatable=False)
    assert len(requests) == 1
    assert clock.naps == []
    assert caught.value.retry_after == 2.0


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "renew ADOBE_ACCESS_TOKEN, or check the OAuth server-to-server credential"),
        (403, 'give the credential a role with the permission "Manage Customer Managed Keys"'),
        (404, "check imsOrgId and region"),
        (400, "check the settings that the message names"),
    ],
)
def test_a_refusal_comes_with_its_own_advice(clock: ManualClock, status: int, advice: str) -> None:
    with serving(unavailable("", status)) as (url, requests), pytest.raises(CallRefused) as caught:
        send(url, clock)
    assert len(requests) == 1
    assert advice in caught.value.next_step


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n" + b"x" * 400,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 80,
    ],
    ids=["body", "chunks"],
)
@pytest.mark.sampled(cases=1)
def test_a_body_that_trickles_in_is_given_up_at_its_time_with_the_status_that_came(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    monkeypatch.setattr(http, "ANSWER_TIMEOUT", 0.5)
    with serving(answer, pause=0.02) as (url, _):
        start = time.monotonic()
        with pytest.raises(CallUnanswered, match="the response timed out") as caught:
            send(url, clock, repeatable=False)
        # The whole answer takes eight seconds and more.
        assert time.monotonic() - start < 5
    assert caught.value.http_status == 200


def test_an_answer_that_stops_is_given_up_at_its_time(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "POST_TIMEOUT", 0.3)
    with serving(b"HTTP/1.1 200 OK\r\nX-", silence=2.0) as (url, _):
        start = time.monotonic()
        with pytest.raises(CallUnanswered, match="the response timed out"):
            send(url, clock, repeatable=False)
        assert time.monotonic() - start < 1.5


def test_an_answer_that_never_pauses_is_given_up_at_its_time(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ANSWER_TIMEOUT", -1.0)
    with serving(OK) as (url, _), pytest.raises(CallUnanswered, match="timed out"):
        send(url, clock, repeatable=False)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "the response timed out"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}", "the response timed out"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\nConnection: close\r\n\r\n{}", "the response ended early"),
    ],
    ids=["nothing comes", "the body stops", "the body ends too soon"],
)
def test_a_call_without_an_answer_says_why(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch, answer: bytes, reason: str
) -> None:
    monkeypatch.setattr(http, "POST_TIMEOUT", 0.3)
    silence = 0.0 if reason.endswith("early") else 0.6
    with serving(answer, silence=silence) as (url, _), pytest.raises(CallUnanswered) as caught:
        send(url, clock, repeatable=False)
    assert reason in str(caught.value)
    assert caught.value.http_status == (200 if answer else 0)


def test_the_token_of_a_host_on_this_machine_goes_through_no_proxy(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(OK) as (proxy, through), serving(OK) as (url, direct):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        assert send(url, clock, token="t0ken") == 200
    assert through == []
    assert b"Bearer t0ken" in direct[0]


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_are_not_there_are_named(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, "/nowhere/ca.pem")
    with pytest.raises(CertificatesMissing, match=f"{variable} names '/nowhere/ca.pem', which does not exist"):
        send("https://127.0.0.1:9", clock)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"errors": [{"code": "E1", "text": "no such key"}]}', '{"errors": [{"code": "E1", "text": "no such key"}]}'),
        ('{"error": {"code": 7, "text": "sorry"}}', '{"error": {"code": 7, "text": "sorry"}}'),
        ('{"error": {"code": 7}, "message": "sorry"}', "sorry"),
    ],
)
def test_an_error_of_another_form_is_quoted_as_it_stands(clock: ManualClock, body: str, words: str) -> None:
    answer = f"HTTP/1.1 400 No\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
    with serving(answer) as (url, _), pytest.raises(CallRefused) as caught:
        send(url, clock)
    assert caught.value.words == words
