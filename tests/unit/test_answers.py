"""How an answer is read: its id, its pause, its words, and what of it goes into a message."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from components.adobe.api.answers import LONGEST_PAUSE, Answer, adobes_words, quoted, seconds_of


def answer(body: bytes = b"", status: int = 400, **headers: str) -> Answer:
    return Answer("GET /x", status, body, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("header", "request_id"),
    [("Az09-x", "Az09-x"), ("a b<1>\n", "ab1"), ("", ""), ("x" * 65, "x" * 64), ("y" * 64, "y" * 64)],
)
def test_a_request_id_is_letters_digits_and_hyphens_and_not_long(header: str, request_id: str) -> None:
    assert answer(X_Request_Id=header).request_id == request_id


def test_without_a_header_there_is_neither_id_nor_pause() -> None:
    assert (answer().request_id, answer().retry_after) == ("", 0.0)
    assert answer(Retry_After="7").retry_after == 7.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("999999999", 999_999_999.0),
        ("1000000000", LONGEST_PAUSE),
        ("1.123456789", 1.123456789),
        ("1.1234567891", 0.0),
        ("-1", 0.0),
        ("1e3", 0.0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
        ("Fri, 31 Dec 99999999 23:59:59 GMT", 0.0),
        (f"Fri, 31 Dec {10**20} 23:59:59 GMT", 0.0),
    ],
)
def test_a_pause_is_a_number_of_seconds_or_nothing(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


def test_a_pause_may_be_a_date() -> None:
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3500 < seconds_of(in_an_hour) <= 3600


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error_code": "E1", "message": "sorry"}', "E1 sorry"),
        (b'{"title": "No", "detail": "not today", "status": 400}', "No not today"),
        (b'{"error": "invalid", "error_description": "a secret"}', "invalid a secret"),
        (b'{"error_code": 7, "message": null}', "7"),
        (b'["E1"]', '["E1"]'),
        (b"{}", "{}"),
        (b"<html><head><TITLE>\n502 Bad\n</TITLE></head></html>", "an HTML page '502 Bad'"),
        (b"<!DOCTYPE html><p>x</p>", "an HTML page"),
        (b"<HTML><p>x</p>", "an HTML page"),
        (b"upstream  said\n\tno", "upstream said no"),
        (b"\xff!", "\ufffd!"),
        (b"", ""),
    ],
)
def test_an_error_is_told_in_the_words_of_whoever_sent_it(body: bytes, words: str) -> None:
    assert adobes_words(answer(body), []) == words


def test_a_quote_is_cut_after_three_hundred_characters() -> None:
    assert quoted("x" * 300, []) == "x" * 300
    assert quoted("x" * 301, []) == "x" * 300 + "…"


def test_a_secret_is_blanked_out_before_the_quote_is_cut_and_an_empty_one_is_none() -> None:
    assert quoted("x" * 298 + "s3cret", ["", "s3cret"]) == "x" * 298 + "**…"


@pytest.mark.parametrize("character", [" ", "+", "é", "\U0001f511", "%"])
def test_a_secret_of_any_character_is_blanked_out_as_it_stands(character: str) -> None:
    assert quoted(f"a{character}{character}b", [character + character]) == "a***b"


@pytest.mark.parametrize("secret", ["é", "\U0001f511", "a\U0001f511/"])
def test_a_secret_beyond_ascii_is_blanked_out_in_jsons_escapes(secret: str) -> None:
    assert quoted(f"x{json.dumps(secret)[1:-1]}y", [secret]) == "x***y"


def test_a_body_that_is_no_json_is_none() -> None:
    for body in (b"", b"<html>", b"[" * 100_000, b"\xff"):
        assert answer(body).json is None
    assert answer(b"[7]").json == [7]


@pytest.mark.parametrize(
    ("body", "names_nothing", "is_json", "is_page"),
    [
        (b"", True, False, False),
        (b" \r\n\t", True, False, False),
        (b"{}", True, True, False),
        (b" [ ] ", True, True, False),
        (b" null\n", True, True, False),
        (b"0", False, True, False),
        (b"false", False, True, False),
        (b'""', False, True, False),
        (b"[{}]", False, True, False),
        (b'{"name": null}', False, True, False),
        (b"none", False, False, False),
        (b"{", False, False, False),
        (b"\xff", False, False, False),
        (b"<HTML>", False, False, True),
        (b"<!doctype html>", False, False, True),
        (b"<Title>x", False, False, True),
    ],
)
def test_a_body_is_nothing_json_or_a_page(body: bytes, names_nothing: bool, is_json: bool, is_page: bool) -> None:
    read = answer(body)
    assert (read.names_nothing, read.is_json, read.is_page) == (names_nothing, is_json, is_page)


@pytest.mark.parametrize(
    "entity", ["&amp;", "&AMP;", "&#38;", "&#038;", "&#x26;", "&#X26;", "&#x00026;", "%26", "\\u0026", "&"]
)
def test_a_secret_is_blanked_out_as_a_page_writes_it(entity: str) -> None:
    assert quoted(f"x a{entity}b y", ["a&b"]) == "x *** y"


@pytest.mark.parametrize(
    ("secret", "echo"), [("<a'", "&lt;a&#39;"), ('"x>', "&quot;x&gt;"), ("é/", "&eacute;&#x2f;"), ("s3", "&#115;&#x33;")]
)
def test_every_character_of_a_secret_may_be_an_entity(secret: str, echo: str) -> None:
    assert quoted(f"({echo})", [secret]) == "(***)"
