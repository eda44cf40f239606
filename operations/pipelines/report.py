"""What a check of drift hands to those that show it: a verdict and a text in Markdown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ..credentials import without_credentials

# GitHub accepts 65536 characters in a comment or an issue; what the steps add needs some.
LONGEST = 60_000
CUT = "*The text was cut here. The log of the run has all of it.*"
FENCE = "```"


@dataclass(frozen=True)
class Report:
    """The result of one check."""

    exit_code: int
    body: str
    """In Markdown."""

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self)))

    @staticmethod
    def read(file: Path) -> Report:
        """What an earlier step has written; without it, a report that says so."""
        try:
            read = json.loads(file.read_text())
            return Report(int(read["exit_code"]), str(read["body"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Report(1, "The run ended before it had a result. Its log has the reason.")


def presentable(text: str, environment: Mapping[str, str]) -> str:
    """A text without the credentials of the environment, and short enough for GitHub."""
    return shortened(without_credentials(text, environment), LONGEST)


def quoted(text: str) -> str:
    """A text as it is: nothing in it is Markdown, a mention or HTML."""
    plain = text.replace(FENCE, "'''").strip()
    return f"{FENCE}text\n{plain}\n{FENCE}"


def shortened(text: str, longest: int) -> str:
    """The start of a text in Markdown, if it is too long."""
    if len(text) <= longest:
        return text
    kept = text[:longest].rpartition("\n")[0] or text[:longest]
    is_open = sum(line.startswith(FENCE) for line in kept.splitlines()) % 2
    return "\n".join([kept, *([FENCE] if is_open else []), "", CUT])
