"""Renders the demo's output as docs/demo.svg: what matters of it, without what differs from run to run."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "demo.svg"
WIDTH = 118
ON_THE_ENGINE = "uses the real Pulumi engine"

# The first pattern that a line matches decides its style; a line that matches none is left out.
_STYLES = (
    (r"━━ \d", "bold cyan"),
    (r"\$ pulumi (?!stack )", "bold"),
    (r" +adobe-cmk: (?:sending|COMPLETED)", "white"),
    (r" +warning: key ", "yellow"),
    (r"error: ", "red"),
    (r" +[-+~] \d+ (?:created|deleted|to create|to update)$", "green"),
    (r" +\d+ unchanged$", "green"),
    (r" +(?:keyUri|status) ", "white"),
)
# Names, key versions and times are others in each run.
_VARYING = (
    (r"(adobe-cmk-\w+?)[0-9a-f]{8}\b", r"\g<1>0a1b2c3d"),
    (r"\b[0-9a-f]{32}\b", "00112233445566778899aabbccddeeff"),
    (r" after \d+:\d\d min", ""),
    (r", last changed on [-\d]+ [:\d]+ UTC", ""),
    (r" (?:--yes|--skip-preview|--suppress-\w+|--stack dev)\b", ""),
)
# An image that a page shows loads nothing; the viewer falls back to its own font.
_REMOTE_FONT = re.compile(r"\s*@font-face \{.*?\}\n", re.DOTALL)


def essentials(transcript: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The lines that matter, each with its style, the same in each run of the demo."""
    before = ""
    for line in transcript:
        style = next((style for pattern, style in _STYLES if re.match(pattern, line)), None)
        if style is None:
            continue
        for pattern, replacement in _VARYING:
            line = re.sub(pattern, replacement, line)
        # The engine prints a message as it arrives, and once more at the end.
        if line != before:
            yield line.rstrip(), style
        before = line


def rendered(transcript: Iterable[str]) -> str:
    """The SVG of a transcript."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text("$ make demo", "bold"))
    for line, style in essentials(transcript):
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        for part in textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False):
            console.print(Text(part, style))
    svg = console.export_svg(title="make demo", unique_id="demo")
    return "\n".join(line.rstrip() for line in _REMOTE_FONT.sub("\n", svg).splitlines()) + "\n"


def main() -> int:
    """Run the demo and write the picture; returns the exit code of the demo, or 1 if it was not on the real engine."""
    demo = subprocess.run(
        [sys.executable, "-m", "simulation", "demo"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if demo.returncode == 0 and ON_THE_ENGINE not in demo.stdout:
        print("The picture shows the real engine, and the demo ran on the mock engine. Fix: install a Pulumi CLI")
        return 1
    if demo.returncode == 0:
        PICTURE.write_text(rendered(demo.stdout.splitlines()))
        print(f"{PICTURE.relative_to(ROOT)} written")
    return demo.returncode


if __name__ == "__main__":
    sys.exit(main())
