"""The system's Chromium, headless, for pages that people read. None is ever downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge-stable", "microsoft-edge")
NO_BROWSER = "no Chromium on PATH. Fix: install one (apt-get install chromium), or name its path in CHROMIUM"


def executable() -> str | None:
    """Path of the browser: the one that CHROMIUM names, else the first that is on PATH; None if there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright:
        # The root user of a container has no sandbox, and the pages are the project's own.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        try:
            yield browser
        finally:
            browser.close()


def page_of(browser: Browser, width: int, height: int, *, is_dark: bool = False) -> Page:
    """An empty page.

    :param width: of the window, in CSS pixels; the height likewise.
    """
    scheme = "dark" if is_dark else "light"
    return browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()


def open_file(page: Page, file: Path) -> None:
    """Load a file and wait for it."""
    page.goto(file.resolve().as_uri())
