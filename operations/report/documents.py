"""The documents of a report: one page, Markdown and JSON, all of the same model and without secrets."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..credentials import without_secrets
from ..drift.report import MEANING, as_json
from ..drift.severity import Severity
from .markdown import Markdown, address, code, escaped
from .model import Report, Tick
from .sources import ALL
from .words import capitalized, moment, with_iso_times

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
# Of the JSON; another one when a field is renamed or leaves.
FORMAT = 1
# The classes of drift, for those who see no colour.
_SIGNS = {Severity.BENIGN: "✓", Severity.REVOKED: "■", Severity.RECOVERABLE: "!", Severity.UNKNOWN: "?", Severity.PURGE: "✗"}
_T = TypeVar("_T")


def documents(report: Report, environment: Mapping[str, str]) -> dict[str, str]:
    """Each document by the ending of its file: html, md and json.

    :param environment: whose credentials are in none of them.
    """
    clean = _cleaned(report, lambda text: with_iso_times(without_secrets(text, environment)))
    values = {
        "report": clean,
        "looked_at": moment(clean.looked_at.isoformat()),
        "summary": _summary(clean),
        "met": sum(each.tick is Tick.MET for each in clean.requirements),
        "meaning": MEANING[clean.severity],
        "signs": _SIGNS,
        "sources": ALL,
    }
    return {
        "html": _html().get_template("report.html.jinja").render(values),
        "md": _markdown().get_template("report.md.jinja").render(values),
        "json": json.dumps(_plain(clean), indent=2, ensure_ascii=False) + "\n",
    }


def _summary(report: Report) -> str:
    counts = Counter(each.tick for each in report.requirements)
    others = [f"{tick.word}: {counts[tick]}" for tick in Tick if counts[tick] and tick is not Tick.MET]
    return f"Requirements met: {'; '.join([f'{counts[Tick.MET]} of {len(report.requirements)}', *others])}."


def _html() -> Environment:
    environment = _environment(autoescape=True)
    environment.filters["capitalized"] = capitalized
    return environment


def _markdown() -> Environment:
    """Every value that a template prints is escaped, as with Jinja's own escaping for HTML."""
    environment = _environment(finalize=lambda value: value if isinstance(value, Markdown) else escaped(str(value)))
    environment.filters |= {"code": code, "address": address}
    return environment


def _environment(**options: Any) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(  # noqa: S701 - autoescape is among the options, or what `finalize` does in its place
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, **options
    )


def _cleaned(value: _T, clean: Callable[[str], str]) -> _T:
    """The same with each text cleaned."""
    made: Any = value
    if isinstance(value, str):
        made = clean(value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: _cleaned(getattr(value, field.name), clean) for field in dataclasses.fields(value)}
        made = dataclasses.replace(value, **parts)
    elif isinstance(value, list | tuple):
        made = [_cleaned(each, clean) for each in value]
    return made


def _plain(report: Report) -> dict[str, Any]:
    """The report as JSON has it; findings as `make drift` has them."""
    listed = {field.name: _json(getattr(report, field.name)) for field in dataclasses.fields(report)}
    return {
        "format": FORMAT,
        "class": report.severity.word,
        "isComplete": report.is_complete,
        **{_camel(name): value for name, value in listed.items()},
        "findings": [as_json(finding) for finding in report.findings],
    }


def _json(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value[0]
    if isinstance(value, datetime):
        return moment(value.astimezone(UTC).isoformat())
    if dataclasses.is_dataclass(value):
        return {_camel(field.name): _json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return [_json(each) for each in value] if isinstance(value, list | tuple) else value


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)
