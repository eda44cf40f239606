"""The limits of one exchange: pauses and tries, time-outs, sizes, and the status codes at which an answer turns."""

import socket
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter

from components.adobe.api import http
from components.adobe.api.answers import Answer
from components.adobe.api.errors import AdobeError, AnswerNotUnderstood, CallRefused, CallUnanswered
from components.adobe.api.http import HttpExchange
from components.version import VERSION
from tests.clock import ManualClock
from tests.unit.test_http import OK, send, serving, unavailable

LIMIT = 262_144


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def body_of(size: int) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode() + b" " * size


def test_six_tries_are_made_at_growing_intervals(clock: ManualClock) -> None:
    with serving(unavailable("")) as (url, asked), pytest.raises(CallUnanswered):
        send(url, clock)
    assert len(asked) == 6
    # Each is followed by up to one second of chance.
    assert [least <= nap <= least + 1 for nap, least in zip(clock.naps, (0, 2, 4, 8, 16), strict=True)] == [True] * 5


def test_a_host_that_takes_no_connection_is_tried_three_times(clock: ManualClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(CallUnanswered) as caught:
        send(f"http://127.0.0.1:{port}", clock)
    assert caught.value.retry_after == 0.0
    assert len(clock.naps) == 2
    clock.naps.clear()
    with pytest.raises(CallUnanswered):
        send(f"http://127.0.0.1:{port}", clock, repeatable=False)
    assert clock.naps == []


@pytest.mark.parametrize(("asked", "waited"), [("300", [300.0]), ("301", [])])
def test_five_minutes_are_the_longest_pause_that_is_waited_out(clock: ManualClock, asked: str, waited: list[float]) -> None:
    with serving(unavailable(f"Retry-After: {asked}\r\n"), OK) as (url, _):
        if waited:
            assert send(url, clock) == 200
        else:
            with pytest.raises(CallUnanswered, match=r"301 s.* 300 s"):
                send(url, clock)
    assert sum(clock.naps) == sum(waited)


def test_a_long_pause_is_told_every_thirty_seconds_and_a_short_one_is_not(clock: ManualClock) -> None:
    said: list[str] = []
    for asked, naps, left in (("29", [29], []), ("70", [30, 30, 10], [70, 40, 10])):
        clock.naps.clear()
        said.clear()
        with serving(unavailable(f"Retry-After: {asked}\r\n"), OK) as (url, _):
            HttpExchange(url, clock, said.append).send("GET", "/x", repeatable=True)
        assert clock.naps == naps
        assert said == [f"Adobe asks to wait; the call is repeated in {seconds} s" for seconds in left]


def test_a_pause_without_an_answer_is_one_of_the_growing_intervals(clock: ManualClock) -> None:
    with serving(b"", OK) as (url, asked):
        assert send(url, clock) == 200
    assert len(asked) == 2
    assert clock.naps == [0]


@pytest.mark.parametrize(("after", "is_over"), [(60.0, False), (60.5, True)])
def test_a_body_has_a_minute(monkeypatch: pytest.MonkeyPatch, after: float, is_over: bool) -> None:
    times = iter([100.0])
    monkeypatch.setattr(http.time, "monotonic", lambda: next(times, 100.0 + after))
    response: Any = SimpleNamespace(iter_content=lambda size: iter([b"x"] * size), status_code=200)
    if is_over:
        with pytest.raises(requests.exceptions.ReadTimeout):
            http._bounded(response, "GET /x")
    else:
        assert http._bounded(response, "GET /x") == b"x"


def test_a_body_is_read_byte_by_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def pieces(size: int) -> list[bytes]:
        sizes.append(size)
        return []

    response: Any = SimpleNamespace(iter_content=pieces, status_code=200)
    assert http._bounded(response, "GET /x") == b""
    assert sizes == [1]


@pytest.mark.parametrize(("repeatable", "patience"), [(True, 25.0), (False, 75.0)])
def test_every_call_has_its_time_outs_and_is_read_piece_by_piece(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch, repeatable: bool, patience: float
) -> None:
    seen: dict[str, Any] = {}
    really_send = HTTPAdapter.send

    def recording(self: HTTPAdapter, request: requests.PreparedRequest, **call: Any) -> requests.Response:
        seen.update(call)
        return really_send(self, request, **call)

    monkeypatch.setattr(HTTPAdapter, "send", recording)
    with serving(OK) as (url, _):
        assert send(url, clock, repeatable=repeatable) == 200
    # The socket's: 10 s to connect; what is sent once is waited for longer than Adobe's gateway takes to give up.
    assert seen["timeout"] == (10.0, patience)
    assert seen["stream"] is True


def test_an_answer_may_have_a_quarter_of_a_mebibyte_and_no_more(clock: ManualClock) -> None:
    with serving(body_of(LIMIT)) as (url, _):
        assert send(url, clock) == 200
    with serving(body_of(LIMIT + 1)) as (url, _), pytest.raises(AnswerNotUnderstood, match=f"{LIMIT} bytes") as caught:
        send(url, clock)
    assert caught.value.http_status == 200


def test_a_redirect_is_not_followed(clock: ManualClock) -> None:
    with serving(OK) as (elsewhere, strangers):
        moved = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        with serving(moved) as (url, asked), pytest.raises(AnswerNotUnderstood, match="redirect"):
            send(url, clock, token="t0ken")
    assert len(asked) == 1
    assert strangers == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (199, CallRefused),
        (300, AnswerNotUnderstood),
        (399, AnswerNotUnderstood),
        (400, CallRefused),
        (407, CallRefused),
        (408, CallUnanswered),
        (409, CallRefused),
        (424, CallRefused),
        (425, CallUnanswered),
        (426, CallRefused),
        (428, CallRefused),
        (429, CallUnanswered),
        (430, CallRefused),
        (499, CallRefused),
        (500, CallUnanswered),
        (501, CallUnanswered),
        (599, CallUnanswered),
    ],
)
def test_the_status_decides_what_an_answer_is(status: int, kind: type[AdobeError]) -> None:
    answer = Answer("GET /x", status, b'{"message": "sorry"}', {"X-Request-Id": "r-1", "Retry-After": "7"})
    with pytest.raises(AdobeError) as caught:
        HttpExchange._judged(answer, [])
    error = caught.value
    assert type(error) is kind
    assert (error.call, error.words, error.request_id, error.http_status) == ("GET /x", "sorry", "r-1", status)
    if isinstance(error, CallUnanswered):
        assert error.retry_after == 7
    if isinstance(error, CallRefused):
        assert error.answer is answer


@pytest.mark.parametrize("status", [200, 299])
def test_every_good_status_is_an_answer(status: int) -> None:
    answer = Answer("GET /x", status, b"", {})
    assert HttpExchange._judged(answer, []) is answer


@pytest.mark.parametrize("status", [501, 505, 409, 424, 426, 428, 430])
def test_no_other_status_is_tried_again(clock: ManualClock, status: int) -> None:
    with serving(unavailable("Retry-After: 1\r\n", status)) as (url, asked), pytest.raises((CallRefused, CallUnanswered)):
        send(url, clock)
    assert len(asked) == 1
    assert clock.naps == []


POOL = urllib3.HTTPConnectionPool("x")
READ_TIMED_OUT = urllib3.exceptions.ReadTimeoutError(POOL, "/", "slow")
REASONS = [
    requests.exceptions.ConnectTimeout(),
    requests.exceptions.ReadTimeout(),
    requests.exceptions.SSLError(),
    requests.exceptions.ProxyError(),
    requests.exceptions.ChunkedEncodingError(),
    requests.exceptions.ConnectionError(),
]


def test_each_reason_for_which_no_answer_comes_has_its_words() -> None:
    words = [http._reason(error) for error in REASONS]
    assert all(words)
    assert len(set(words)) == len(REASONS)


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ConnectionError(READ_TIMED_OUT),
        requests.exceptions.ConnectionError(urllib3.exceptions.MaxRetryError(POOL, "/", READ_TIMED_OUT)),
    ],
    ids=["in the body", "after the last try"],
)
def test_a_time_out_in_the_wrapping_of_requests_is_one_all_the_same(error: Exception) -> None:
    assert http._reason(error) == http._reason(requests.exceptions.ReadTimeout())


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ConnectionError("reset"),
        requests.exceptions.ConnectionError(urllib3.exceptions.MaxRetryError(POOL, "/", Exception("reset"))),
        urllib3.exceptions.HTTPError(),
    ],
    ids=["of another kind", "after the last try", "not of requests"],
)
def test_any_other_error_is_a_broken_connection(error: Exception) -> None:
    assert http._reason(error) == http._reason(requests.exceptions.ConnectionError())


@pytest.mark.parametrize("error", [requests.RequestException("odd"), urllib3.exceptions.HTTPError("odd")], ids=repr)
def test_an_error_of_either_library_leaves_the_call_unanswered(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(http.HTTPAdapter, "send", broken)
    with pytest.raises(CallUnanswered):
        send("http://127.0.0.1:9", clock)


def test_a_call_says_who_it_is_and_carries_a_token_only_where_there_is_one(clock: ManualClock) -> None:
    with serving(OK) as (url, asked):
        send(url, clock)
        send(url, clock, token="t0ken", headers={"x-api-key": "k"}, query={"a": "b c"})
    assert b"Authorization" not in asked[0]
    assert f"\r\nUser-Agent: adobe-cmk/{VERSION}\r\n".encode() in asked[0]
    assert b"Authorization: Bearer t0ken" in asked[1]
    assert b"x-api-key: k" in asked[1]
    assert b"GET /x?a=b+c " in asked[1]
