"""Values in Markdown: text of which nothing is markup, a link, a mention or HTML, and code that shows a value as it is."""

from __future__ import annotations

import re

# What starts markup, a cell, HTML, an entity or a mention; and what makes a link of an address.
_ACTIVE = re.compile(r"([\\`*_{}\[\]<>|#~&!@$])|(?<=[a-zA-Z])(:)(?=//)|(?<=www)(\.)", re.IGNORECASE)


class Markdown(str):
    """Markup, ready to be printed."""

    __slots__ = ()


def escaped(text: str) -> str:
    """One line in which each character stands for itself."""
    return _ACTIVE.sub(lambda match: f"\\{match[0]}", " ".join(text.split()))


def code(text: str) -> Markdown:
    """A code span that also stands in a cell of a table; empty for an empty text."""
    line = " ".join(text.split())
    if not line:
        return Markdown()
    # GitHub takes the escape of a bar out before it reads the span.
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    space = " " if "`" in line else ""
    bar = line.replace("|", "\\|")
    return Markdown(f"{fence}{space}{bar}{space}{fence}")


def address(url: str) -> Markdown:
    """A link that shows its address; only for an address that this program names."""
    return Markdown(f"<{url}>")
