"""Responses of Adobe and how to read them: JSON, problem details, gateway errors, HTML pages, empty bodies.

Error shapes: Adobe Experience Platform troubleshooting guide (`error_code` and `message`; `title` and `detail`), and
Adobe IMS (`error` and `error_description`).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html.entities import html5
from typing import Any, Protocol

_LONGEST_QUOTE = 300
# Seconds for a number with more digits than any clock has: longer than any wait.
LONGEST_PAUSE = 1e9
# Longest Retry-After in seconds that is honoured.
LONGEST_RETRY_AFTER = 300.0
_NO_ROUTE = "no route matched"
_PAGE = re.compile(r"<title>|<html|<!doctype", re.IGNORECASE)
_ERROR_FIELDS = ("error_code", "error", "title", "message", "detail", "error_description")


@dataclass(frozen=True)
class Answer:
    """Status, body and headers of one response, and the call that it belongs to."""

    call: str
    http_status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def request_id(self) -> str:
        """Adobe's ID of the request, for support; empty when there is none."""
        return re.sub(r"[^A-Za-z0-9-]", "", self.headers.get("X-Request-Id", ""))[:64]

    @property
    def retry_after(self) -> float:
        """Seconds that Adobe asks to wait; 0 without Retry-After."""
        return seconds_of(self.headers.get("Retry-After", ""))

    @property
    def says_none(self) -> bool:
        """Whether this may be Adobe's own statement that the requested object does not exist: a 404 with a JSON object.

        Adobe documents no form for it, so none is required. What the gateways say of a route that they do not know does not
        count: an `error_code` of digits (Adobe's, troubleshooting guide), and `no Route matched` (Kong). The caller decides
        whether the answer comes from Adobe's service at all.
        """
        value = self.json
        if self.http_status != 404 or not isinstance(value, dict):
            return False
        code, message = value.get("error_code"), value.get("message")
        return not re.fullmatch(r"[0-9]+", str(code)) and _NO_ROUTE not in str(message).lower()

    @property
    def names_nothing(self) -> bool:
        """Whether the body is empty, or JSON without content: `{}`, `[]` or `null`."""
        return not self.body.strip() or (self.is_json and self.json in ({}, [], None))

    @property
    def is_page(self) -> bool:
        """Whether the body is an HTML page, as proxies send them."""
        return bool(_PAGE.search(self.body.decode("utf-8", "replace")))

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON."""
        return self.json is not None or self.body.strip() == b"null"

    @property
    def json(self) -> Any:
        """The body parsed as JSON; None when it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Transport(Protocol):
    """Sends calls to one of Adobe's hosts."""

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

        The error's `http_status` is the response's wherever there was one: a POST with a 2xx was processed.
        """
        ...


def seconds_of(retry_after: str) -> float:
    """Retry-After as a number or as a date (RFC 9110), in seconds; 0 when it cannot be parsed."""
    text = retry_after.strip()
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", text):
        return float(text)
    if re.fullmatch(r"[0-9]+", text):
        return LONGEST_PAUSE
    # Only a response has one, and then the HTTP client is imported.
    from urllib3 import Retry
    from urllib3.exceptions import InvalidHeader

    try:
        return float(Retry().parse_retry_after(text))
    except (InvalidHeader, ValueError, OverflowError):
        return 0.0


def adobes_words(answer: Answer, secrets: Sequence[str]) -> str:
    """The error text of a response on one line, at most about 300 characters, with every secret redacted."""
    value = answer.json
    words = ""
    if isinstance(value, dict):
        words = " ".join(str(value[name]) for name in _ERROR_FIELDS if isinstance(value.get(name), str | int))
    if not words:
        text = answer.body.decode("utf-8", "replace")
        title = re.search(r"<title>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        words = f"an HTML page {title[1].strip()!r}" if title else "an HTML page" if answer.is_page else text
    return quoted(words, secrets)


def quoted(words: str, secrets: Sequence[str]) -> str:
    """A text of a response for use in a message: on one line, at most about 300 characters, every secret redacted."""
    for secret in filter(None, secrets):
        words = re.sub("".join(map(_spellings, secret)), "***", words)
    words = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return words if len(words) <= _LONGEST_QUOTE else words[:_LONGEST_QUOTE] + "…"


@cache
def _spellings(character: str) -> str:
    """A pattern for a character of a secret: literal, and as URLs, forms, JSON and HTML encode it."""
    percent = "".join(f"%{byte:02x}" for byte in character.encode(errors="surrogatepass"))
    units = character.encode("utf-16-be", errors="surrogatepass").hex()
    escapes = "".join(rf"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
    names = "".join(f"|&{name}" for name, meant in html5.items() if meant == character and name.endswith(";"))
    entities = rf"&#0*{ord(character)};|&#x0*{ord(character):x};{names}"
    plus = r"|\+" if character == " " else ""
    # The character itself comes last: of an entity, `&` alone would match.
    return rf"(?:(?i:{percent}|{escapes}|{entities}){plus}|\\?{re.escape(character)})"
