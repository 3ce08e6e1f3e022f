"""Walking through pages in a real browser: whatever is on the console fails a test, and whatever does not fit."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.support.browsers import PASSWORD
from tests.support.instances import jpeg
from tests.support.serving import Served

# Where screenshots are kept, if anywhere.
ARTEFACTS = os.environ.get("CARA_FED_ARTEFACTS")


@contextmanager
def opened(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test for anything written on the browser's console, and for any failed request."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    # What a page did not finish loading because one went on is no failure.
    page.on("requestfailed", lambda request: said.append(str(request.failure)) if not is_aborted(request) else None)
    yield page
    page.close()
    assert said == []


def is_aborted(request: Request) -> bool:
    return "ERR_ABORTED" in (request.failure or "")


@contextmanager
def visiting(chromium: Browser, served: Served, size: dict[str, int], **choices: object) -> Iterator[Page]:
    context = chromium.new_context(viewport=size, base_url=served.base, **choices)  # type: ignore[arg-type]
    with opened(context) as page:
        yield page
    context.close()


def pictures(folder: Path, count: int) -> list[str]:
    """Small ones, of different shapes and colours."""
    paths = [folder / f"work-{n}.jpg" for n in range(count)]
    for n, path in enumerate(paths):
        path.write_bytes(jpeg(240 + 20 * n, 300 - 20 * n, (40 + 20 * n, 90, 200 - 20 * n)))
    return [str(path) for path in paths]


def look(page: Page, name: str) -> None:
    """Whatever is shown fits; a screenshot is kept, where they are."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)
    if ARTEFACTS:
        page.screenshot(path=f"{ARTEFACTS}/{name}-{width}.png", full_page=True)


def require_all_pictures(page: Page) -> None:
    """Every picture comes once it is looked at."""
    for image in page.locator("img:visible").all():
        image.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
    page.evaluate("window.scrollTo(0, 0)")


def join(page: Page, link: str, name: str) -> None:
    """By a one-time link, with a name and a password."""
    page.goto(link)
    look(page, "02-join")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()


def look_until(page: Page, path: str, words: str) -> None:
    """Another server's answers come when they come."""
    for _ in range(100):
        page.goto(path)
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{path} never said {words}")
