"""An answer of Adobe's, and how to read it: JSON, problem details, gateway errors, HTML pages, nothing at all.

Error shapes: Adobe Experience Platform troubleshooting guide (`error_code` and `message`; `title` and `detail`), and
Adobe IMS (`error` and `error_description`).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from urllib3 import Retry
from urllib3.exceptions import InvalidHeader

_LONGEST_QUOTE = 300
# A number of more digits than any clock has: longer than anybody waits, in seconds.
LONGEST_PAUSE = 1e9
# A problem's type: a path, or an address at Adobe.
_ADOBES_PROBLEM = re.compile(r"/(?!/)|https?://(?:[a-z0-9-]+\.)+adobe\.com(?:/|$)")
_ERROR_FIELDS = ("error_code", "error", "title", "message", "detail", "error_description")


@dataclass(frozen=True)
class Answer:
    """Status, body and headers of one answer, and the call that it answers."""

    call: str
    http_status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def request_id(self) -> str:
        """Adobe's own id of the request, for support; empty when there is none."""
        return re.sub(r"[^A-Za-z0-9-]", "", self.headers.get("X-Request-Id", ""))[:64]

    @property
    def retry_after(self) -> float:
        """Seconds that Adobe asks to wait, 0 when it does not say."""
        return seconds_of(self.headers.get("Retry-After", ""))

    @property
    def is_absence(self) -> bool:
        """Whether Adobe's service itself says that what was asked for does not exist.

        Only the services' problem details do: `title`, and `status` 404 as a number. `type` is a path or an address at
        Adobe (troubleshooting guide: "/placeholder/type/uri", "http://ns.adobe.com/aep/errors/…") or left out; a
        framework's `about:blank` or RFC address comes from a host that has no such route. No other 404 is an absence:

        * `{"error_code": "404…", "message": …}` is the gateway's form. The gateway knows routes and no configurations.
        * `{"message": "no Route matched …"}` and `{"error": "Not Found"}` are those of other gateways and proxies.
        * An HTML page, or no body, can come from anybody. A request id beside it proves nothing: most proxies set one.
        """
        value = self.json
        if self.http_status != 404 or not isinstance(value, dict):
            return False
        title, status, kind = value.get("title"), value.get("status"), value.get("type", "/")
        is_problem = isinstance(title, str) and bool(title) and isinstance(status, int) and status == 404
        return is_problem and isinstance(kind, str) and bool(_ADOBES_PROBLEM.match(kind))

    @property
    def json(self) -> Any:
        """The body read as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Transport(Protocol):
    """Sends calls to one host of Adobe's."""

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
        """
        ...


def seconds_of(retry_after: str) -> float:
    """Retry-After as a number or as a date (RFC 9110), in seconds; one that nobody can read asks for nothing: 0."""
    text = retry_after.strip()
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", text):
        return float(text)
    if re.fullmatch(r"[0-9]+", text):
        return LONGEST_PAUSE
    try:
        return float(Retry().parse_retry_after(text))
    except (InvalidHeader, ValueError, OverflowError):
        return 0.0


def adobes_words(answer: Answer, secrets: Sequence[str]) -> str:
    """What an error answer says, on one line, at most some 300 characters, with every secret blanked out."""
    value = answer.json
    words = ""
    if isinstance(value, dict):
        words = " ".join(str(value[name]) for name in _ERROR_FIELDS if isinstance(value.get(name), str | int))
    if not words:
        text = answer.body.decode("utf-8", "replace")
        title = re.search(r"<title>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        is_page = title or re.search(r"<html|<!doctype", text, re.IGNORECASE)
        words = f"an HTML page {title[1].strip()!r}" if title else "an HTML page" if is_page else text
    return quoted(words, secrets)


def quoted(words: str, secrets: Sequence[str]) -> str:
    """A text of an answer's, fit for a message: on one line, at most some 300 characters, every secret blanked out."""
    for secret in filter(None, secrets):
        words = re.sub("".join(map(_spellings, secret)), "***", words)
    words = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return words if len(words) <= _LONGEST_QUOTE else words[:_LONGEST_QUOTE] + "…"


def _spellings(character: str) -> str:
    """A pattern for a character of a secret: as it stands, and as URLs, forms and JSON write it."""
    percent = "".join(f"%{byte:02x}" for byte in character.encode(errors="surrogatepass"))
    units = character.encode("utf-16-be", errors="surrogatepass").hex()
    escapes = "".join(rf"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
    plus = r"|\+" if character == " " else ""
    return rf"(?:\\?{re.escape(character)}|(?i:{percent}|{escapes}){plus})"
