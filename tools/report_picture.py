"""Renders docs/report.png: the evidence report of a stack on the simulated clouds whose key somebody has disabled."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from simulation.environment import cli
from tools.browser import NO_BROWSER, chromium, executable, open_file, page_of

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "report.png"
WIDTH, HEIGHT = 1100, 1180


def main() -> int:
    """Set up the stack, drift, write the report, and take the picture; returns the exit code."""
    browser = executable()
    if cli() is None or browser is None:
        print(f"Not written: {'there is no Pulumi CLI on PATH' if browser else NO_BROWSER}")
        return 1
    settings = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())
    # Without the note that Azure retires the version before.
    settings["config"]["adobe-cmk:keyVaultApiVersion"] = "2026-02-01"
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "settings.yaml"
        config.write_text(yaml.safe_dump(settings))
        of_stack = ("--stack", "dev", "--config-file", str(config))
        for command in (
            ("run", "--", "pulumi", "stack", "init", "dev"),
            ("run", "--", "pulumi", "up", "--yes", "--skip-preview", *of_stack),
            ("drift", "key-disabled"),
            ("run", "--", sys.executable, "-m", "operations.report", *of_stack, "--output", folder),
        ):
            simulate = [sys.executable, "-m", "simulation", "--home", f"{folder}/home", *command]
            subprocess.run(simulate, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        with chromium(browser) as started:
            page = page_of(started, WIDTH, HEIGHT)
            open_file(page, Path(folder) / "dev.html")
            page.screenshot(path=PICTURE)
    print(f"{PICTURE.relative_to(ROOT)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
