"""The page of a report in a real browser: on a screen, on a phone, in the dark and on paper."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from operations.report.documents import documents
from operations.report.gather import gathered
from tests.clock import ManualClock
from tests.looks import recorded_look, recorded_state
from tools.browser import NO_BROWSER, chromium, executable, open_file, page_of

DESK, PHONE = (1100, 800), (375, 667)
LOOKS = ("key-disabled", "vault-deleted", "prepared", "revoked")
# Of text, by WCAG 2.2 AA.
LEAST_CONTRAST = 4.5
# The lowest contrast of a text with what lies behind it, and the text.
CONTRAST = """() => {
  const channel = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number)
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor)
      if (colour.length === 3 || colour[3] === 1) return colour
    }
    throw new Error("no ground")
  }
  let lowest = [99, ""]
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.data).join("").trim()
    if (!text || element.closest("svg")) continue
    const [a, b] = [numbers(getComputedStyle(element).color), ground(element)].map(luminance)
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (contrast < lowest[0]) lowest = [contrast, text]
  }
  return lowest
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = executable()
    if path is None:
        pytest.skip(NO_BROWSER)
    with chromium(path) as started:
        yield started


@pytest.fixture(params=LOOKS)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The page of each of these looks."""
    look = request.param
    report = gathered("prod", recorded_state(look), recorded_look(look), ManualClock().now(), "3.260.0")
    page = tmp_path / "prod.html"
    page.write_text(documents(report, {})["html"])
    return page


def opened(browser: Browser, file: Path, size: tuple[int, int], *, is_dark: bool = False) -> Page:
    page = page_of(browser, *size, is_dark=is_dark)
    open_file(page, file)
    return page


@pytest.mark.sampled(cases=1)
def test_it_renders_without_a_word_on_the_console_and_loads_nothing_besides(browser: Browser, file: Path) -> None:
    page = page_of(browser, *DESK)
    said: list[str] = []
    loaded: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: loaded.append(request.url))
    open_file(page, file)
    assert page.get_by_role("heading", level=1).inner_text() == "Customer-managed keys for Adobe Experience Platform"
    assert page.get_by_role("heading", name="Configuration", exact=True).is_visible()
    assert said == []
    assert loaded == [file.resolve().as_uri()]


@pytest.mark.parametrize("size", [DESK, PHONE, (320, 568), (700, 900)], ids=str)
@pytest.mark.sampled(cases=2)
def test_nothing_is_wider_than_the_window(browser: Browser, file: Path, size: tuple[int, int]) -> None:
    page = opened(browser, file, size)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    wide = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
    assert page.evaluate(f"{wide}.map(e => e.outerHTML.slice(0, 80))") == []


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=str)
@pytest.mark.sampled(cases=2)
def test_each_text_can_be_read(browser: Browser, file: Path, size: tuple[int, int], is_dark: bool) -> None:
    page = opened(browser, file, size, is_dark=is_dark)
    contrast, text = page.evaluate(CONTRAST)
    assert contrast >= LEAST_CONTRAST, text
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", background))) < 200) == is_dark


@pytest.mark.sampled(cases=1)
def test_it_prints_on_three_pages_of_a4_at_most(browser: Browser, file: Path) -> None:
    # In the dark, paper stays white.
    page = opened(browser, file, DESK, is_dark=True)
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert 1 <= len(boxes) <= 3
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(CONTRAST)[0] >= LEAST_CONTRAST


@pytest.mark.sampled(cases=1)
def test_each_health_and_result_has_a_sign_and_a_word_besides_its_colour(browser: Browser, file: Path) -> None:
    page = opened(browser, file, DESK)
    for words in page.locator("td.mark, .chain .health").all_inner_texts():
        assert re.search(r"[a-z]{2}", words)
    shapes = page.locator(".chain li").evaluate_all(
        "l => l.map(e => [e.className, e.querySelector('use').getAttribute('href')])"
    )
    assert shapes
    assert all(shape == f"#{health}" for health, shape in shapes)
    assert all(sign.strip() for sign in page.locator("td.mark .sign").all_inner_texts())


@pytest.mark.sampled(cases=1)
def test_it_has_a_language_a_title_headings_in_order_and_heads_of_tables(browser: Browser, file: Path) -> None:
    page = opened(browser, file, DESK)
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "Evidence report: prod, 2026-03-02T09:00:00Z"
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(e => +e.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert page.evaluate("[...document.querySelectorAll('table')].every(t => t.querySelector('thead th[scope=col]'))")
