"""Every page in a real browser: it fits, its console stays empty, and axe-core finds no violation of WCAG 2.2 AA or of
good practice, light or dark."""

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, sync_playwright

from cara_fed.web.rendering import TEMPLATES
from tests.web.gallery import all_pages
from tests.web.serving import Samples, serve_samples

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
RUN = """async () => {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run({runOnly: rules, resultTypes: ["violations"], elementRef: false});
  return found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`));
}"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def fullest_pages() -> dict[str, str]:
    """The name of the sample with the most on it, for every template."""
    fullest: dict[str, tuple[int, str]] = {}
    samples = Samples()
    for name, (view, page) in all_pages().items():
        size = len(samples.pages.render(view, page))
        fullest[TEMPLATES[type(view)]] = max(fullest.get(TEMPLATES[type(view)], (0, "")), (size, name))
    return {template: name for template, (_, name) in fullest.items()}


def violations(page: Page) -> list[str]:
    page.evaluate("for (const details of document.querySelectorAll('main details')) details.open = true")
    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN)
    return found


def faults(page: Page, widths: tuple[int, ...]) -> list[str]:
    """What is wrong with the look of a page, from the narrowest width to the widest, which stays."""
    found = (
        [] if page.evaluate("getComputedStyle(document.body).display") == "flex" else ["the stylesheets did not come"]
    )
    for width in widths:
        if page.viewport_size != {"width": width, "height": 900}:
            page.set_viewport_size({"width": width, "height": 900})
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            found.append(f"too wide for {width} pixels")
    return found


def test_what_is_wrong_would_be_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<img src=x><button></button><p style='inline-size: 2000px'>wide</p>")
    found = " ".join(violations(page) + faults(page, (390,)))
    page.close()
    assert all(rule in found for rule in ("image-alt", "button-name", "document-title", "html-has-lang"))
    assert "too wide for 390 pixels" in found and "the stylesheets did not come" in found


def test_every_page_fits_and_the_fullest_of_each_template_violate_nothing(browser: Browser) -> None:
    fullest, found = set(fullest_pages().values()), {}
    with serve_samples(Samples()) as site:
        page = browser.new_page(color_scheme="light")
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        for name in sorted(all_pages(), key=fullest.__contains__):  # resizing is not free
            page.goto(f"{site}/{name}", wait_until="domcontentloaded")
            found[name] = faults(page, (390, 768, 1280) if name in fullest else (390,))
            found[name] += violations(page) if name in fullest else []
        page.close()
    assert {name: broken for name, broken in found.items() if broken} == {}
    assert said == []


def test_the_dark_violates_nothing(browser: Browser) -> None:
    with serve_samples(Samples()) as site:
        page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="dark")
        for name in ("profile", "publish-draft", "post-many"):
            page.goto(f"{site}/{name}", wait_until="domcontentloaded")
            assert violations(page) == [], name
        page.close()
