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

from .errors import AnswerNotUnderstood

_LONGEST_QUOTE = 300
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
        """Seconds that Adobe asks to wait (Retry-After as a number or as a date), 0 when it does not say."""
        try:
            return float(Retry().parse_retry_after(self.headers.get("Retry-After", "0")))
        except (InvalidHeader, ValueError, OverflowError):
            # A header that nobody can read asks for nothing.
            return 0.0

    @property
    def is_api_error(self) -> bool:
        """Whether an error answer is Adobe's: one of its JSON forms, or no body but its gateway's request id."""
        value = _json(self.body)
        if isinstance(value, dict):
            return any(isinstance(value.get(name), str | int) for name in _ERROR_FIELDS)
        return not self.body.strip() and bool(self.request_id)

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object.

        :raises AnswerNotUnderstood: when it is anything else.
        """
        value = _json(self.body)
        if not isinstance(value, dict):
            raise self.not_understood("it is not a JSON object")
        return value

    def text_field(self, body: Mapping[str, Any], name: str) -> str:
        """A field that must be a non-empty string.

        :raises AnswerNotUnderstood: when it is missing or anything else.
        """
        value = body.get(name)
        if not isinstance(value, str) or not value:
            raise self.not_understood(f"it has no text in {name!r}")
        return value

    def not_understood(self, reason: str) -> AnswerNotUnderstood:
        """The error for an answer that breaks the contract; it quotes no body, which may hold a token."""
        return AnswerNotUnderstood(
            f"Adobe's answer is not what its documentation promises: {reason}",
            call=self.call,
            request_id=self.request_id,
            http_status=self.http_status,
            next_step="check that the host is Adobe's and not a proxy's page, and run the command again",
        )


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


def adobes_words(answer: Answer, secrets: Sequence[str]) -> str:
    """What an error answer says, on one line, at most some 300 characters, with every secret blanked out."""
    value = _json(answer.body)
    if isinstance(value, dict):
        words = " ".join(str(value[name]) for name in _ERROR_FIELDS if isinstance(value.get(name), str | int))
    else:
        text = answer.body.decode("utf-8", "replace")
        title = re.search(r"<title>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        is_page = title or re.search(r"<html|<!doctype", text, re.IGNORECASE)
        words = f"an HTML page {title[1].strip()!r}" if title else "an HTML page" if is_page else text
    for secret in secrets:
        words = words.replace(secret, "***")
    words = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return words if len(words) <= _LONGEST_QUOTE else words[:_LONGEST_QUOTE] + "…"


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
