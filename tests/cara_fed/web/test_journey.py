"""The first day of an instance in a real browser: from the one-time link to a wall with pictures on it."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests.support.browsers import PASSWORD
from tests.support.instances import jpeg
from tests.support.serving import Served, serve_instance

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
# Where screenshots are kept, if anywhere.
ARTEFACTS = os.environ.get("CARA_FED_ARTEFACTS")

A_POST = re.compile(r"/@mara/[0-9]+$")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve_instance(tmp_path_factory.mktemp("journey"), description="Four artists, one house.") as served:
        yield served


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def studio(chromium: Browser, served: Served) -> Iterator[BrowserContext]:
    """The first artist's own browser: she came by the one-time link, and stays signed in."""
    context = chromium.new_context(viewport=DESKTOP, base_url=served.base)  # type: ignore[arg-type]
    context.new_page()  # which keeps her window: opening another costs more than a page
    with opened(context) as page:
        join(page, served)
    yield context
    context.close()


@pytest.fixture(scope="module")
def post_url(studio: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Her first post, of two pictures."""
    with opened(studio) as page:
        return publish_two(page, tmp_path_factory.mktemp("pictures"))


@contextmanager
def opened(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test for anything written on the browser's console, and for any failed request."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    # What a page did not finish loading because one went on is no failure.
    page.on("requestfailed", lambda request: said.append(str(request.failure)) if not _aborted(request) else None)
    yield page
    page.close()
    assert said == []


@contextmanager
def visiting(chromium: Browser, served: Served, size: dict[str, int], **choices: object) -> Iterator[Page]:
    context = chromium.new_context(viewport=size, base_url=served.base, **choices)  # type: ignore[arg-type]
    with opened(context) as page:
        yield page
    context.close()


def _aborted(request: Request) -> bool:
    return "ERR_ABORTED" in (request.failure or "")


def pictures(folder: Path) -> list[str]:
    (folder / "salt.jpg").write_bytes(jpeg(2400, 1600, (40, 90, 160)))
    (folder / "pine.jpg").write_bytes(jpeg(1200, 1800, (170, 120, 60)))
    return [str(folder / "salt.jpg"), str(folder / "pine.jpg")]


def keep(page: Page, name: str) -> None:
    if ARTEFACTS:
        page.screenshot(path=f"{ARTEFACTS}/{name}.png", full_page=True)


def require_all_pictures(page: Page) -> None:
    """Every picture comes once it is looked at."""
    for image in page.locator("img:visible").all():
        image.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
    page.evaluate("window.scrollTo(0, 0)")


def fits(page: Page) -> bool:
    fitting: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return fitting


def join(page: Page, served: Served) -> None:
    """From the empty house to an empty wall of one's own."""
    page.goto("/")
    expect(page.locator("h1")).to_have_text("These walls are new, and still empty.")
    keep(page, "01-welcome")
    page.goto(served.admin_link)
    keep(page, "02-join")
    page.get_by_label("Name").fill("mara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/admin")
    expect(page.locator(".message.done")).to_contain_text("what a new house needs")
    keep(page, "03-guide")


def publish_two(page: Page, folder: Path) -> str:
    """From an empty wall to a post of two pictures; its address."""
    page.goto("/@mara")
    page.get_by_role("link", name="Hang your first picture").click()
    page.wait_for_url("**/publish")
    page.set_input_files("#pick", pictures(folder))
    page.locator("textarea[name=alt-0]").fill("Ridges in haze.")
    page.locator("textarea[name=alt-1]").fill("A pine.")
    page.get_by_label("Text", exact=True).fill("The salt flats, then a #pine.")
    keep(page, "04-publish")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(A_POST, timeout=60_000)
    return page.url


def test_the_first_day_ends_with_pictures_on_a_page(studio: BrowserContext, post_url: str) -> None:
    with opened(studio) as page:
        page.goto(post_url)
        assert page.locator("figure.piece").count() == 2
        require_all_pictures(page)
        keep(page, "05-post-own")


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")], ids=["phone", "desktop"])
def test_a_visitor_walks_through_the_house(
    chromium: Browser, served: Served, post_url: str, size: dict[str, int], scheme: str
) -> None:
    name = f"{scheme}-{size['width']}"
    with visiting(chromium, served, size, color_scheme=scheme) as page:
        page.goto("/")
        require_all_pictures(page)
        assert fits(page)
        keep(page, f"10-front-{name}")
        page.locator(f".tile a.frame[href='{urlsplit(post_url).path}']").click()
        page.wait_for_url(post_url)
        require_all_pictures(page)
        assert fits(page)
        assert page.locator("picture > source[srcset] + img").count() == 2
        keep(page, f"11-post-{name}")
        page.locator("a.signature").first.click()
        page.wait_for_url("**/@mara")
        assert page.locator("picture > source[srcset] + img").count() >= 1
        require_all_pictures(page)
        assert fits(page)
        keep(page, f"12-wall-{name}")
        page.locator("summary", has_text="Follow").click()
        page.get_by_label("Where are you at home?").fill("nonsense")
        keep(page, f"13-follow-{name}")
        for path in ("/@mara/posts", "/@mara/about", "/policies/ai", "/login"):
            page.goto(path)
            require_all_pictures(page)
            assert fits(page)
            keep(page, f"14{path.replace('/', '-')}-{name}")


def test_a_post_is_edited_and_deleted(studio: BrowserContext, tmp_path: Path) -> None:
    with opened(studio) as page:
        page.goto("/publish")
        page.set_input_files("#pick", pictures(tmp_path)[:1])
        page.get_by_role("button", name="Publish").click()
        page.wait_for_url(A_POST, timeout=60_000)
        post = page.url
        page.get_by_role("link", name="Edit").click()
        page.wait_for_url("**/edit")
        keep(page, "20-edit")
        page.locator("textarea[name=alt-0]").fill("Blue.")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url(post)
        expect(page.locator(".message.done")).to_contain_text("Saved.")
        keep(page, "21-post-edited")
        page.locator("summary", has_text="Delete").click()
        page.get_by_role("button", name="Delete for good").click()
        page.wait_for_url("**/@mara")
        expect(page.locator(".message.done")).to_contain_text("Deleted.")


def test_what_cannot_be_published_is_said_and_the_pictures_stay(studio: BrowserContext, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(jpeg()[:3000])
    page = studio.new_page()
    page.goto("/publish?new")
    page.set_input_files("#pick", [*pictures(tmp_path)[:1], str(tmp_path / "broken.jpg")])
    page.wait_for_url("**/publish?draft=*")  # which a reload comes back to
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("[data-problems]")).to_contain_text("Picture 2 (broken.jpg)", timeout=60_000)
    keep(page, "22-publish-refused")
    expect(page.locator("[data-place]:not([hidden])")).to_have_count(2)
    page.close()


def test_every_room_of_the_studio_fits(studio: BrowserContext) -> None:
    for size in (PHONE, DESKTOP):
        with opened(studio) as page:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for path in (
                "/settings",
                "/settings/opt-out",
                "/settings/password",
                "/settings/sessions",
                "/admin/blocklist",
                "/admin/deliveries",
                "/admin/members",
                "/publish",
            ):
                page.goto(path)
                assert fits(page), path
                keep(page, f"30{path.replace('/', '-')}-{size['width']}")


def test_without_script_everything_essential_works(
    chromium: Browser, served: Served, studio: BrowserContext, tmp_path: Path
) -> None:
    with visiting(chromium, served, PHONE, java_script_enabled=False) as page:
        page.goto("/login")
        page.get_by_label("Name").fill("mara")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.goto("/publish?new")
        page.set_input_files("[name=picture-0]", pictures(tmp_path)[0])
        page.locator("textarea[name=alt-0]").fill("Without script.")
        page.get_by_role("button", name="Publish").click()
        page.wait_for_url(A_POST, timeout=60_000)
        assert page.locator("img[alt='Without script.']").count() == 1
        keep(page, "40-no-script-post")
