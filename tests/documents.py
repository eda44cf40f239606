"""The documents that people read, and the parts of them that tests compare with the program."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = tuple(
    sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("simulation/*.md"), *ROOT.glob("tests/*/*.md")))
)
NAMES = tuple(str(path.relative_to(ROOT)) for path in DOCUMENTS)


def section(text: str, heading: str) -> str:
    """What is below a heading of the second level, up to the next one."""
    return text.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """Cells of each line of the tables, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads = {number - 1 for number, line in enumerate(lines) if re.fullmatch(r"[|\s-]+", line)}
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for number, line in enumerate(lines)
        if number not in heads and number - 1 not in heads
    ]


def loops(name: str) -> list[str]:
    """The shell loops that a file of docs/ shows."""
    return re.findall(r"^for .*?^done$", (ROOT / "docs" / name).read_text(), re.MULTILINE | re.DOTALL)


def code(text: str) -> Iterator[str]:
    """What is code in a document: lines of blocks without their comments, and spans."""
    blocks = r"^ *```\w*\n(.*?)^ *```"
    for block in re.findall(blocks, text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            yield re.split(r"\s#\s", line)[0].strip()
    yield from (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", re.sub(blocks, "", text, flags=re.M | re.S)))
