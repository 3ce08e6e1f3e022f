"""The publish form with its script, in a real browser before a real instance: pictures go up at once, and nothing is
lost."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.support.browsers import PASSWORD
from tests.support.instances import jpeg
from tests.support.serving import serve_instance

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
SHAPES = {"salt": (240, 160), "pine": (120, 180), "dusk": (210, 100)}
WORK_MS = 60_000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """Mara's browser, signed in."""
    with serve_instance(tmp_path_factory.mktemp("studio")) as served, sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=served.base)
        page = context.new_page()
        page.goto(served.admin_link)
        page.get_by_label("Name").fill("mara")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Begin").click()
        page.wait_for_url("**/admin")
        page.close()
        yield context
        browser.close()


@contextmanager
def publishing(studio: BrowserContext) -> Iterator[Page]:
    """An empty form, on a page that fails the test for anything written on the browser's console."""
    page = studio.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/publish?new")
    yield page
    page.close()
    assert said == []


@pytest.fixture(scope="module")
def art(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("art")
    for name, (width, height) in SHAPES.items():
        (folder / f"{name}.jpg").write_bytes(jpeg(width, height))
    (folder / "broken.jpg").write_bytes(jpeg(100, 100)[:-500])
    return folder


def names(page: Page) -> Locator:
    return page.locator("[data-place]:not([hidden]) [data-name] bdi")


def choose(page: Page, art: Path, *chosen: str) -> None:
    page.set_input_files("#pick", [str(art / f"{name}.jpg") for name in chosen])


def test_pictures_go_up_at_once_and_one_that_is_broken_keeps_nobody_else(studio: BrowserContext, art: Path) -> None:
    with publishing(studio) as page:
        choose(page, art, "salt", "broken", "dusk")
        expect(page.locator("[data-state=done]")).to_have_count(2, timeout=WORK_MS)
        refused = page.locator("[data-state=refused]")
        expect(refused).to_contain_text("cut off")
        page.locator("[data-steps] summary").first.click()
        expect(page.locator("[data-steps] li").first).to_be_visible()
        expect(page.locator("[data-undescribed]")).to_contain_text("3 pictures have no alt text")
        page.locator("textarea[name=alt-0]").fill("Ridges.")
        expect(page.locator("[data-undescribed]")).to_contain_text("2 pictures")
        refused.locator("[data-remove]").click()
        page.get_by_role("button", name="Publish").click()
        page.wait_for_url(re.compile(r"/@mara/[0-9]+$"))
        expect(page.locator("[data-zoom]")).to_have_count(2)
        expect(page.get_by_role("img", name="Ridges.")).to_be_visible()


def test_they_are_put_in_order_and_pointed_at_by_keyboard_and_by_mouse(studio: BrowserContext, art: Path) -> None:
    with publishing(studio) as page:
        choose(page, art, "salt", "pine", "dusk")
        expect(page.locator("[data-state=done]")).to_have_count(3, timeout=WORK_MS)
        page.locator("[data-move='1']").first.focus()
        page.keyboard.press("End")
        expect(names(page)).to_have_text(["pine.jpg", "dusk.jpg", "salt.jpg"])
        expect(page.locator("[data-status]")).to_contain_text(re.compile("salt.jpg|Kept"))
        page.locator("[data-place]:not([hidden]) [data-grip]").first.hover()
        page.mouse.down()
        page.mouse.move(400, 890, steps=5)  # near the edge, where the page rolls along
        expect(names(page)).to_have_text(["dusk.jpg", "salt.jpg", "pine.jpg"])
        page.mouse.up()
        aim, focal = page.locator("[data-aim]").nth(1), page.locator("select[name=focal-1]")
        aim.click(position={"x": 1, "y": 1})
        expect(focal).to_have_value(re.compile(r"^-(0\.9\d|1) (0\.9\d?|1)$"))
        aim.press("ArrowRight")
        aim.press("ArrowDown")
        expect(focal).to_have_value(re.compile(r"^-0\.\d+ 0\.[89]\d?$"))
        expect(aim).to_have_attribute("aria-valuetext", re.compile("from the left"))
        page.locator("[data-move='1']").nth(1).click()
        expect(page.locator("select[name=focal-2]")).to_have_value(re.compile(r"^-0\.\d+ 0\.[89]\d?$"))


def test_a_form_is_there_again_in_another_window(studio: BrowserContext, art: Path) -> None:
    with publishing(studio) as page:
        choose(page, art, "pine")
        page.get_by_label("Text", exact=True).fill("Never lost.")
        expect(page.locator("[data-state=done]")).to_have_count(1, timeout=WORK_MS)
        page.locator("textarea[name=alt-0]").fill("A pine.")
        with page.expect_response(lambda response: "lost.%21" in (response.request.post_data or "")):
            page.get_by_label("Text", exact=True).press("End")
            page.get_by_label("Text", exact=True).type("!")
        draft = page.locator("[name=draft]").input_value()
        other = studio.new_page()
        other.goto(f"/publish?draft={draft}")
        expect(other.get_by_label("Text", exact=True)).to_have_value("Never lost.!")
        expect(names(other)).to_have_text(["pine.jpg"])
        expect(other.locator("textarea[name=alt-0]")).to_have_value("A pine.")
        other.close()


def test_more_than_fit_are_left_out_and_said(studio: BrowserContext, art: Path) -> None:
    with publishing(studio) as page:
        page.route("**/drafts*", lambda route: None)  # nothing is sent here
        choose(page, art, *["salt"] * 19, "pine", "dusk")
        expect(names(page)).to_have_text(["salt.jpg"] * 19 + ["pine.jpg"])
        expect(page.locator("[data-status]")).to_contain_text("at most 20 pictures")
        page.get_by_role("button", name="Publish").click()
        expect(page.locator("[data-status]")).to_contain_text("still being sent")


def test_what_could_not_be_sent_is_sent_again_by_itself_or_when_asked(studio: BrowserContext, art: Path) -> None:
    page = studio.new_page()  # a lost connection is written on the console
    page.goto("/publish?new")
    page.route("**/pictures", lambda route: route.fulfill(status=422, json={"problem": "Drafts are full."}), times=1)
    page.route("**/pictures", lambda route: route.abort(), times=1)  # the route that was added last goes first
    choose(page, art, "salt")
    expect(page.locator("[data-steps]").first).to_contain_text("sent again by itself")
    expect(page.locator("[data-steps]").first).to_contain_text("Drafts are full.")
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator("[data-state=done]")).to_have_count(1, timeout=WORK_MS)
    page.close()
