"""Requests and answers of the simulated HTTPS services, and lists that are answered in pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from ..errors import CloudError

Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One request as it arrived through a tunnel."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes

    def json(self) -> Json:
        """The body as a JSON object.

        :raises ValueError: when it is something else.
        """
        body = json.loads(self.body)
        if not isinstance(body, dict):
            raise ValueError("not a JSON object")
        return body


@dataclass(frozen=True)
class Answer:
    """One answer: a status, and JSON."""

    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def error_body(error: CloudError) -> Json:
    """As Key Vault and Azure Resource Manager write an error."""
    inner = {"innererror": {"code": error.inner}} if error.inner else {}
    return {"error": {"code": error.code, "message": error.message, **inner}}


def page_of(items: Sequence[Json], size: int, request: Request) -> Json:
    """The page that the request asks for, with the address of the next one.

    The page's mark is opaque; the address names the port, as Key Vault's does (recorded by Azure's own SDKs).

    :raises ValueError: when the mark is not one that was given out.
    """
    mark = request.query.get("$skiptoken", "")
    start = int(base64.urlsafe_b64decode(mark)) if mark else 0
    if start < 0:
        raise ValueError(start)
    following = start + size
    link = None
    if following < len(items):
        query = {**request.query, "$skiptoken": base64.urlsafe_b64encode(str(following).encode()).decode()}
        link = f"https://{request.host}:443{request.path}?{urlencode(query)}"
    return {"value": list(items[start:following]), "nextLink": link}
