"""Every page before axe-core in a real browser: no violation of WCAG 2.2 AA or of good practice, light or dark."""

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


def violations(page: Page, address: str) -> list[str]:
    page.goto(address, wait_until="domcontentloaded")
    page.evaluate("for (const details of document.querySelectorAll('main details')) details.open = true")
    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN)
    return found


def test_what_is_wrong_would_be_found(browser: Browser) -> None:
    with serve_samples(Samples()) as site:
        page = browser.new_page()
        page.route(
            "**/broken", lambda route: route.fulfill(body="<img src=x><button></button>", content_type="text/html")
        )
        found = " ".join(violations(page, f"{site}/broken"))
        page.close()
    assert all(rule in found for rule in ("image-alt", "button-name", "document-title", "html-has-lang"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_violates_anything(browser: Browser, scheme: str) -> None:
    pages = fullest_pages() if scheme == "light" else {"": "profile", " ": "publish-draft", "  ": "post-many"}
    with serve_samples(Samples()) as site:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        found = {name: violations(page, f"{site}/{name}") for name in pages.values()}
        context.close()
    assert {name: broken for name, broken in found.items() if broken} == {}
