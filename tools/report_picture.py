"""Renders docs/report.png: the evidence report of a stack on the simulated clouds whose key somebody has disabled."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

import yaml

from simulation.environment import cli
from tools.browser import NO_BROWSER, chromium, executable, open_file, page_of

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "report.png"
WIDTH, HEIGHT = 1100, 1180
DRIFT = "key-disabled"
# Names, IDs and times are others in each run.
_SUFFIX = re.compile(r"(adobe-cmk-(?:rg|vault))[0-9a-f]{8}\b")
_TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def alike(page: str) -> str:
    """The page with the same names, IDs and times in each run."""
    page = _SUFFIX.sub(r"\g<1>0a1b2c3d", page)
    page = _TIME.sub(lambda match: "2026-11-30T09:00" + (":00" if match[1] else ""), page)
    numbers, known = count(1), dict[str, str]()
    for found in _ID.findall(page):
        if found not in known:
            known[found] = f"0a1b2c3d-0000-4000-8000-{next(numbers):012}"
    return _ID.sub(lambda match: known[match[0]], page)


def main() -> int:
    """Set up the stack, drift, write the report, and take the picture; returns the exit code."""
    browser = executable()
    if cli() is None or browser is None:
        print(f"Not written: {'there is no Pulumi CLI on PATH' if browser else NO_BROWSER}")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "dev.html"
        page.write_text(alike(_report(Path(folder))))
        with chromium(browser) as started:
            shown = page_of(started, WIDTH, HEIGHT)
            open_file(shown, page)
            shown.screenshot(path=PICTURE)
    print(f"{PICTURE.relative_to(ROOT)} written")
    return 0


def _report(folder: Path) -> str:
    settings = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())
    # Without the note that Azure retires the version before.
    settings["config"]["adobe-cmk:keyVaultApiVersion"] = "2026-02-01"
    config = folder / "settings.yaml"
    config.write_text(yaml.safe_dump(settings))
    of_stack = ["--stack", "dev", "--config-file", str(config)]
    _simulate(folder, "run", "--", "pulumi", "stack", "init", "dev")
    _simulate(folder, "run", "--", "pulumi", "up", "--yes", "--skip-preview", *of_stack)
    _simulate(folder, "drift", DRIFT)
    report = [sys.executable, "-m", "operations.report", *of_stack, "--output", str(folder)]
    _simulate(folder, "run", "--", *report)
    return (folder / "dev.html").read_text()


def _simulate(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "simulation", "--home", str(folder / "home"), *arguments]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
