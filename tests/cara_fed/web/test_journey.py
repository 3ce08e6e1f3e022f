"""The first days of an instance in a real browser, on a phone and at a desk: from the one-time link to pictures on a
wall, a follower on another server, a report and a listed scraper."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.support.browsers import PASSWORD
from tests.support.instances import jpeg
from tests.support.serving import Served, serve_instance
from tests.support.walking import join, look, look_until, opened, pictures, require_all_pictures, visiting

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SIZES = {"phone": PHONE, "desktop": DESKTOP}
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
SHAPES = {"salt": (240, 160), "pine": (120, 180), "dusk": (210, 100)}

A_POST = re.compile(r"/@(mara|noor)/[0-9]+$")
WORK_MS = 60_000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
at_both_sizes = pytest.mark.parametrize("size", SIZES)


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
def mara(chromium: Browser, served: Served) -> Iterator[BrowserContext]:
    """The first artist, on her phone: she came by the one-time link, and stays signed in."""
    context = chromium.new_context(viewport=PHONE, has_touch=True, base_url=served.base)  # type: ignore[arg-type]
    context.new_page()  # which keeps her window: opening another costs more than a page
    with opened(context) as page:
        page.goto("/")
        expect(page.locator("h1")).to_have_text("These walls are new, and still empty.")
        look(page, "01-welcome")
        join(page, served.admin_link, "mara")
        page.wait_for_url("**/admin")
        expect(page.locator(".message.done")).to_contain_text("what a new house needs")
        look(page, "03-guide")
    yield context
    context.close()


@pytest.fixture(scope="module")
def noor(chromium: Browser, served: Served, mara: BrowserContext) -> Iterator[BrowserContext]:
    """The second artist, at her desk: the first one's guide led to an invitation."""
    context = chromium.new_context(viewport=DESKTOP, base_url=served.base)  # type: ignore[arg-type]
    context.new_page()  # which keeps her window, too
    with opened(mara) as page:
        page.goto("/admin")
        page.get_by_role("link", name="Invite an artist").click()
        page.get_by_role("button", name="Invite an artist").click()
        link = page.locator(".message.done .address bdi").inner_text()
    with opened(context) as page:
        join(page, link, "noor")
        page.wait_for_url("**/@noor")
        look(page, "03-empty-wall")
    yield context
    context.close()


@pytest.fixture(scope="module")
def theo(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BrowserContext, str]]:
    """Somebody who is at home on another server, and his handle."""
    with serve_instance(tmp_path_factory.mktemp("gallery"), name="Gallery", host="127.0.0.1") as gallery:
        context = chromium.new_context(viewport=DESKTOP, base_url=gallery.base)  # type: ignore[arg-type]
        with opened(context) as page:
            join(page, gallery.admin_link, "theo")
            page.wait_for_url("**/admin")
        yield context, f"@theo@{urlsplit(gallery.base).netloc}"
        context.close()


@pytest.fixture(scope="module")
def artists(mara: BrowserContext, noor: BrowserContext) -> dict[str, BrowserContext]:
    """Who has a browser of which size."""
    return {"phone": mara, "desktop": noor}


@pytest.fixture(scope="module")
def post_urls(artists: dict[str, BrowserContext], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The first post of each, of eight pictures."""
    art = pictures(tmp_path_factory.mktemp("art"), 8)
    urls = {}
    for size, context in artists.items():
        with opened(context) as page:
            urls[size] = publish_eight(page, art, size)
    return urls


def publish_eight(page: Page, art: list[str], size: str) -> str:
    """From an empty wall to a post of eight pictures, the last of them first; its address."""
    page.goto("/@mara" if size == "phone" else "/@noor")
    page.get_by_role("link", name="Hang your first picture").click()
    page.wait_for_url("**/publish")
    page.set_input_files("#pick", art)
    for n in range(8):
        page.locator(f"textarea[name=alt-{n}]").fill(f"Work {n}.")
    page.get_by_label("Text", exact=True).fill("The salt flats, then a #pine.")
    last = page.locator("[data-place]").nth(7).locator("[data-move='-1']")
    last.press("Home")
    expect(page.locator("textarea[name=alt-0]")).to_have_value("Work 7.")
    look(page, "04-publish")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(A_POST, timeout=WORK_MS)
    return page.url


@at_both_sizes
def test_the_first_day_ends_with_eight_pictures_in_their_order(
    artists: dict[str, BrowserContext], post_urls: dict[str, str], size: str
) -> None:
    with opened(artists[size]) as page:
        page.goto(post_urls[size])
        assert page.locator("figure.piece").count() == 8
        expect(page.locator("figure.piece img").first).to_have_attribute("alt", "Work 7.")
        require_all_pictures(page)
        look(page, "05-post-own")


@at_both_sizes
def test_a_post_is_edited(artists: dict[str, BrowserContext], post_urls: dict[str, str], size: str) -> None:
    with opened(artists[size]) as page:
        page.goto(post_urls[size])
        page.get_by_role("link", name="Edit", exact=True).click()
        page.wait_for_url("**/edit")
        look(page, "20-edit")
        page.locator("textarea[name=alt-0]").fill("Blue.")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url(post_urls[size])
        expect(page.locator(".message.done")).to_contain_text("Saved.")
        expect(page.locator("figure.piece img").first).to_have_attribute("alt", "Blue.")
        look(page, "21-post-edited")


@at_both_sizes
def test_somebody_follows_from_another_server(
    served: Served, artists: dict[str, BrowserContext], theo: tuple[BrowserContext, str], size: str
) -> None:
    context, handle = theo
    with opened(context) as page:
        page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
        page.goto(f"{served.base}/@{'mara' if size == 'phone' else 'noor'}")
        page.locator("summary", has_text="Follow").click()
        look(page, "30-follow")
        page.get_by_label("Where are you at home?").fill(handle)
        page.get_by_role("button", name="Go").click()
        page.wait_for_url("**/authorize_interaction**")
        look(page, "31-authorize")
        page.get_by_role("button", name="Follow").click()
        look_until(page, page.url, "You follow them.")
    with opened(artists[size]) as page:
        look_until(page, "/notifications", "follows you")
        look(page, "32-followed")


@at_both_sizes
def test_a_report_is_moderated(artists: dict[str, BrowserContext], post_urls: dict[str, str], size: str) -> None:
    with opened(artists["desktop"]) as page:
        page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
        page.goto(post_urls["phone"])
        page.get_by_role("link", name="Report").click()
        look(page, "40-report")
        page.get_by_label("What is wrong?").fill(f"Traced from mine, seen on a {size}.")
        page.get_by_role("button", name="Send").click()
        page.wait_for_url("**/home")
    with opened(artists["phone"]) as page:
        page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
        page.goto("/admin/reports")
        look(page, "41-reports")
        page.get_by_role("row", name=f"seen on a {size}").get_by_role("link").click()
        look(page, "42-case")
        page.get_by_role("button", name="Resolved").click()
        expect(page.get_by_role("button", name="Resolved")).to_have_count(0)
        page.goto("/admin/reports")
        expect(page.get_by_text(f"seen on a {size}")).to_have_count(0)


@at_both_sizes
def test_a_scraper_is_listed(artists: dict[str, BrowserContext], size: str) -> None:
    scraper = f"{size}-scraper.net"
    with opened(artists["phone"]) as page:
        page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
        page.goto("/admin/blocklist")
        entry = page.get_by_label("Domain or actor", exact=True)
        if not entry.is_visible():
            page.locator("summary", has_text="List another").click()
        entry.fill(scraper)
        page.get_by_label("Why", exact=True).fill("Feeds posts to a model.")
        look(page, "50-blocklist-form")
        page.get_by_role("button", name="List it").click()
        expect(page.locator(".listing").get_by_text(scraper).first).to_be_visible()
        look(page, "51-blocklist")


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")], ids=["phone", "desktop"])
def test_a_visitor_walks_through_the_house(
    chromium: Browser, served: Served, post_urls: dict[str, str], size: dict[str, int], scheme: str
) -> None:
    with visiting(chromium, served, size, color_scheme=scheme) as page:
        page.goto("/")
        require_all_pictures(page)
        look(page, "10-front")
        page.locator(f".tile a.frame[href='{urlsplit(post_urls['phone']).path}']").click()
        page.wait_for_url(post_urls["phone"])
        assert page.locator("picture > source[srcset] + img").count() == 8
        look(page, "11-post")
        page.locator("a.signature").first.click()
        page.wait_for_url("**/@mara")
        require_all_pictures(page)
        look(page, "12-wall")
        for path in ("/@mara/posts", "/@mara/about", "/policies/ai", "/login"):
            page.goto(path)
            look(page, f"14{path.replace('/', '-')}")


def test_what_cannot_be_published_is_said_and_the_pictures_stay(mara: BrowserContext, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(jpeg()[:3000])
    page = mara.new_page()
    page.goto("/publish?new")
    page.set_input_files("#pick", [*pictures(tmp_path, 1), str(tmp_path / "broken.jpg")])
    page.wait_for_url("**/publish?draft=*")  # which a reload comes back to
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("[data-problems]")).to_contain_text("Picture 2 (broken.jpg)", timeout=WORK_MS)
    expect(page.locator("[data-problems]")).to_be_focused()
    look(page, "22-publish-refused")
    expect(page.locator("[data-place]:not([hidden])")).to_have_count(2)
    page.close()


@at_both_sizes
def test_every_room_of_the_studio_fits(mara: BrowserContext, size: str) -> None:
    rooms = (
        "/settings",
        "/settings/opt-out",
        "/settings/sessions",
        "/admin/deliveries",
        "/admin/members",
        "/publish?new",
    )
    with opened(mara) as page:
        page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
        for path in rooms:
            page.goto(path)
            look(page, f"60{path.replace('/', '-')}")


def test_without_script_everything_essential_works(
    chromium: Browser, served: Served, mara: BrowserContext, tmp_path: Path
) -> None:
    with visiting(chromium, served, PHONE, java_script_enabled=False) as page:
        page.goto("/login")
        page.get_by_label("Name").fill("mara")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.goto("/publish?new")
        page.set_input_files("[name=picture-0]", pictures(tmp_path, 1)[0])
        page.locator("textarea[name=alt-0]").fill("Without script.")
        page.get_by_role("button", name="Publish").click()
        page.wait_for_url(A_POST, timeout=WORK_MS)
        assert page.locator("img[alt='Without script.']").count() == 1
        look(page, "70-no-script-post")
        page.locator("summary", has_text="Delete").click()
        page.get_by_role("button", name="Delete for good").click()
        page.wait_for_url("**/@mara")
        expect(page.locator(".message.done")).to_contain_text("Deleted.")


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


def test_pictures_go_up_at_once_and_one_that_is_broken_keeps_nobody_else(mara: BrowserContext, art: Path) -> None:
    with opened(mara) as page:
        page.goto("/publish?new")
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


def test_they_are_put_in_order_and_pointed_at_by_keyboard_and_by_mouse(mara: BrowserContext, art: Path) -> None:
    with opened(mara) as page:
        page.goto("/publish?new")
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


def test_a_form_is_there_again_in_another_window(mara: BrowserContext, art: Path) -> None:
    with opened(mara) as page:
        page.goto("/publish?new")
        choose(page, art, "pine")
        page.get_by_label("Text", exact=True).fill("Never lost.")
        expect(page.locator("[data-state=done]")).to_have_count(1, timeout=WORK_MS)
        page.locator("textarea[name=alt-0]").fill("A pine.")
        with page.expect_response(lambda response: "lost.%21" in (response.request.post_data or "")):
            page.get_by_label("Text", exact=True).press("End")
            page.get_by_label("Text", exact=True).type("!")
        draft = page.locator("[name=draft]").input_value()
        other = mara.new_page()
        other.goto(f"/publish?draft={draft}")
        expect(other.get_by_label("Text", exact=True)).to_have_value("Never lost.!")
        expect(names(other)).to_have_text(["pine.jpg"])
        expect(other.locator("textarea[name=alt-0]")).to_have_value("A pine.")
        other.close()


def test_more_than_fit_are_left_out_and_said(mara: BrowserContext, art: Path) -> None:
    with opened(mara) as page:
        page.goto("/publish?new")
        page.route("**/drafts*", lambda route: None)  # nothing is sent here
        choose(page, art, *["salt"] * 19, "pine", "dusk")
        expect(names(page)).to_have_text(["salt.jpg"] * 19 + ["pine.jpg"])
        expect(page.locator("[data-status]")).to_contain_text("at most 20 pictures")
        page.get_by_role("button", name="Publish").click()
        expect(page.locator("[data-status]")).to_contain_text("still being sent")


def test_what_could_not_be_sent_is_sent_again_by_itself_or_when_asked(mara: BrowserContext, art: Path) -> None:
    page = mara.new_page()  # a lost connection is written on the console
    page.goto("/publish?new")
    page.route("**/pictures", lambda route: route.fulfill(status=422, json={"problem": "Drafts are full."}), times=1)
    page.route("**/pictures", lambda route: route.abort(), times=1)  # the route that was added last goes first
    choose(page, art, "salt")
    expect(page.locator("[data-steps]").first).to_contain_text("sent again by itself")
    expect(page.locator("[data-steps]").first).to_contain_text("Drafts are full.")
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator("[data-state=done]")).to_have_count(1, timeout=WORK_MS)
    page.close()
