"""Pages in a real browser: nothing is refused, nothing moves, rows are straight, and the keyboard goes everywhere."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.web.serving import Samples, serve_samples

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
Scheme = Literal["light", "dark"]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser with two windows: one runs scripts, the other does not. Opening a window costs more than most tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for scripts in (True, False):
            browser.new_context(java_script_enabled=scripts).new_page()  # a window stays as long as it has a page
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serve_samples(Samples()) as address:
        yield address


@contextmanager
def opened(
    browser: Browser, address: str, size: ViewportSize = DESKTOP, *, scheme: Scheme = "light", scripts: bool = True
) -> Iterator[Page]:
    """A page that fails the test for anything written on the browser's console."""
    with_scripts, without = browser.contexts
    page = (with_scripts if scripts else without).new_page()
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    yield page
    page.close()
    assert said == []


FITS = "document.documentElement.scrollWidth <= innerWidth"


def test_a_page_fits_the_smallest_phone_with_large_text(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/front", {"width": 320, "height": 568}) as page:
        for name in ("front", "profile", "post-many", "publish", "blocklist", "welcome"):
            page.goto(f"{site}/{name}")
            page.evaluate("document.documentElement.style.fontSize = '125%'")
            assert page.evaluate(FITS), name


def test_nothing_moves_while_pictures_come(browser: Browser, site: str) -> None:
    shift = """new Promise(done => {
      let sum = 0;
      new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
        .observe({type: "layout-shift", buffered: true});
      setTimeout(() => done(sum), 300);
    })"""
    with opened(browser, f"{site}/front") as page:
        for name in ("front", "profile", "post", "post-many", "post-tall", "post-small"):
            page.goto(f"{site}/{name}")
            assert page.evaluate(shift) < 0.01, name


@pytest.mark.parametrize("size", [PHONE, {"width": 768, "height": 1024}, DESKTOP, {"width": 2560, "height": 1300}])
def test_rows_of_a_wall_are_straight_and_pictures_whole(browser: Browser, site: str, size: ViewportSize) -> None:
    with opened(browser, f"{site}/profile", size) as page:
        frames = page.evaluate("""[...document.querySelectorAll(".wall .frame")].map(frame => {
          const box = frame.getBoundingClientRect(), image = frame.querySelector("img");
          const ratio = image && Number(image.getAttribute("width")) / Number(image.getAttribute("height"));
          return {top: box.top, bottom: box.bottom, right: box.right, shape: box.width / box.height, ratio};
        })""")
        edge = page.evaluate('document.querySelector(".wall").getBoundingClientRect().right')
    rows: dict[int, list[dict[str, float]]] = {}
    for frame in frames:
        rows.setdefault(round(frame["top"]), []).append(frame)
        if frame["ratio"] and 0.4 <= frame["ratio"] <= 3:
            assert abs(frame["shape"] / frame["ratio"] - 1) < 0.02
    for row in rows.values():
        assert max(frame["bottom"] for frame in row) - min(frame["bottom"] for frame in row) < 1
    full = [row for row in list(rows.values())[:-1] if len(row) > 1]
    assert all(abs(row[-1]["right"] - edge) < 1 for row in full)


def test_rows_run_the_other_way_in_right_to_left_text(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/profile-rtl") as page:
        first, second = page.locator(".wall .frame").nth(0), page.locator(".wall .frame").nth(1)
        assert (first.bounding_box() or {})["x"] > (second.bounding_box() or {})["x"]


def test_the_first_tab_stop_leads_to_the_content(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/profile") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
        assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]


def test_a_covered_picture_comes_when_it_is_asked_for_without_script(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/post-covered", scripts=False) as page:
        assert not page.locator(".piece img").first.is_visible()
        page.locator(".cover > summary").click()
        assert page.locator(".piece img").first.is_visible()


def test_pictures_are_looked_at_closely_by_keyboard(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/post-many") as page:
        page.locator("[data-zoom]").first.focus()
        page.keyboard.press("Enter")
        shown = page.locator("dialog img")
        assert "salt" in (shown.get_attribute("src") or "")
        page.keyboard.press("ArrowRight")
        assert "fever" in (shown.get_attribute("src") or "")
        page.keyboard.press("End")
        assert "strip" in (shown.get_attribute("src") or "")
        page.keyboard.press("Escape")
        page.wait_for_function("document.activeElement.matches('#picture-20 [data-zoom]')")


def test_arrows_lead_to_the_works_beside(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/post") as page:
        page.route("**/@mara/999", lambda route: route.fulfill(body="<p>older</p>", content_type="text/html"))
        page.keyboard.press("ArrowRight")
        page.wait_for_url("**/@mara/999")


def test_emoji_are_offered_while_one_types(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/publish") as page:
        field, offered = page.locator("textarea[name=text]"), page.locator(".offered [role=option]")
        field.press_sequentially("Hello :gul")
        expect(offered).to_have_count(2)
        expect(offered.first).to_have_attribute("aria-selected", "true")
        field.press("ArrowDown")
        expect(offered.last).to_have_attribute("aria-selected", "true")
        field.press("Enter")
        expect(field).to_have_value("Hello :seagull: ")
        expect(offered.first).to_be_hidden()
        field.press_sequentially(":gu")
        expect(offered).to_have_count(2)
        field.press("Escape")
        expect(field).to_have_value("Hello :seagull: :gu")
        expect(offered.first).to_be_hidden()


def test_a_style_is_tried_on_the_page_itself(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/admin-appearance") as page:
        page.get_by_label("A style of your own").fill(".site-name { letter-spacing: 5px }")
        expect(page.locator(".site-name")).to_have_css("letter-spacing", "5px")
        page.get_by_label("Accent by day").fill("#9a4416")
        page.wait_for_url("**accent=%239a4416**")


def test_a_menu_closes_on_escape_and_gives_the_focus_back(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/publish") as page:
        page.locator(".menu summary").click()
        assert page.locator(".menu ul").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator(".menu ul").is_visible()
        assert page.evaluate("document.activeElement.matches('.menu summary')")


def pictures_at(folder: Path, *names: str) -> list[str]:
    samples = Samples()
    for name in names:
        (folder / f"{name}.jpg").write_bytes(samples.answer(f"/media/{name}-640.jpg").body)
    return [str(folder / f"{name}.jpg") for name in names]


def test_following_leads_to_another_server(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/profile") as page:
        page.locator(".popover > summary").click()
        page.get_by_label("Where are you at home?").fill("@you@your.server")
        page.get_by_role("button", name="Go").click()
        page.wait_for_url("http://localhost:*/welcome")


def test_the_form_can_be_filled_without_script(browser: Browser, site: str, tmp_path: Path) -> None:
    with opened(browser, f"{site}/publish", scripts=False) as page:
        page.set_input_files("[name=picture-0]", pictures_at(tmp_path, "salt"))
        page.locator("textarea[name=alt-0]").fill("Ridges.")
        page.locator("summary", has_text="More pictures").click()
        assert page.locator("[name=picture-19]").is_visible()
        assert page.locator("button", has_text="Publish").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_schemes_reach_the_page(browser: Browser, site: str, scheme: Scheme) -> None:
    with opened(browser, f"{site}/front", scheme=scheme) as page:
        ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert ground == ("rgb(250, 250, 250)" if scheme == "light" else "rgb(20, 20, 20)")
