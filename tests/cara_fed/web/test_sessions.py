"""Logging in and out, joining by a link, and passwords: what is let in, and what is not."""

import re

import httpx
import pytest

from cara_fed.accounts.limits import SIGN_IN_BY_ADDRESS, SIGN_IN_BY_NAME, require_within
from cara_fed.accounts.tokens import issue_first_admin_link, issue_invitation, issue_password_link
from cara_fed.services import Services
from storage.artists import Artist
from tests.cara_fed.web.conftest import Open
from tests.support.browsers import PASSWORD, Browser
from tests.support.clocks import StoryTime

Artists = dict[str, Artist]
NEW = "another four random words"


def path_of(link: str) -> str:
    return link.removeprefix("https://studio.example")


async def test_a_right_password_opens_the_studio_and_leads_back(visitor: Browser, artists: Artists) -> None:
    invited = await visitor.get("/publish?x=1")
    assert invited.headers["location"] == "/login?next=%2Fpublish%3Fx%3D1"
    form = await visitor.follow(invited)
    assert 'value="/publish?x=1"' in form.text
    entered = await visitor.send("/login", {"name": "@Mara", "password": PASSWORD, "next": "/publish?x=1"})
    assert entered.headers["location"] == "/publish?x=1"
    assert "Publish" in (await visitor.follow(entered)).text


async def test_the_cookie_is_for_this_host_alone_and_for_no_script(visitor: Browser, artists: Artists) -> None:
    entered = await visitor.fill_in("/login", {"name": "mara", "password": PASSWORD})
    cookie = entered.headers["set-cookie"]
    assert cookie.startswith("__Host-cara_fed=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie


async def test_what_was_done_is_told_to_a_reader_and_no_slower_answer_undoes_it(
    visitor: Browser, artists: Artists, time: StoryTime
) -> None:
    await visitor.log_in("mara")
    changed = await visitor.fill_in("/settings/language", {"language": "en"})
    assert changed.status_code == 303 and "set-cookie" in changed.headers
    for header in ({"Sec_Fetch_Mode": "no-cors"}, {"Sec_Fetch_Mode": "cors"}, {"Sec_Purpose": "prefetch"}):
        beside = await visitor.get("/nothing-here", **header)
        assert "set-cookie" not in beside.headers and 'class="message' not in beside.text
    through_the_worker = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "empty"}
    assert 'class="message done"' in (await visitor.get(changed.headers["location"], **through_the_worker)).text
    assert 'class="message' not in (await visitor.get("/settings")).text
    time.pass_by(days=1)
    assert "Expires" in (await visitor.get("/settings")).headers["set-cookie"]
    assert "set-cookie" not in (await visitor.get("/settings")).headers


async def test_a_changed_cookie_signs_nobody_in(visitor: Browser, artists: Artists) -> None:
    await visitor.log_in("mara")
    for cookie in visitor.client.cookies.jar:
        cookie.value = f"{(cookie.value or '')[:-2]}AA"
    assert (await visitor.get("/publish")).status_code == 303


@pytest.mark.parametrize(("name", "password"), [("mara", "wrong"), ("nobody", PASSWORD)])
async def test_a_wrong_name_and_a_wrong_password_sound_alike(
    visitor: Browser, artists: Artists, name: str, password: str
) -> None:
    refused = await visitor.fill_in("/login", {"name": name, "password": password})
    assert refused.status_code == 403
    assert "The name or the password is not right." in refused.text
    assert password not in refused.text
    assert f'value="{name}"' in refused.text


async def test_an_empty_form_says_what_is_missing(visitor: Browser) -> None:
    refused = await visitor.fill_in("/login", {"name": "", "password": ""})
    assert refused.status_code == 422
    assert refused.text.count('class="error"') == 2


async def test_guessing_ends_after_ten_tries_even_with_the_right_password(
    visitor: Browser, services: Services, artists: Artists, browse: Open, time: StoryTime
) -> None:
    await visitor.get("/login")
    for _ in range(9):
        await require_within(services, (SIGN_IN_BY_NAME, "mara"))
    assert (await visitor.send("/login", {"name": "mara", "password": "guess"})).status_code == 403
    refused = await visitor.send("/login", {"name": "mara", "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) == 900
    assert "tried too often" in refused.text
    elsewhere = browse("198.51.100.9")
    assert (await elsewhere.fill_in("/login", {"name": "mara", "password": PASSWORD})).status_code == 429
    time.pass_by(minutes=16)
    await visitor.log_in("mara")


async def test_one_address_cannot_try_many_names(
    visitor: Browser, services: Services, artists: Artists, browse: Open
) -> None:
    await visitor.get("/login")
    assert (await visitor.send("/login", {"name": "name", "password": "guess"})).status_code == 403
    for _ in range(39):
        await require_within(services, (SIGN_IN_BY_ADDRESS, "203.0.113.7"))
    assert (await visitor.send("/login", {"name": "mara", "password": PASSWORD})).status_code == 429
    await browse("198.51.100.9").log_in("mara")


async def test_logging_out_ends_the_session_on_the_server_too(mara_there: Browser) -> None:
    cookies = httpx.Cookies(mara_there.client.cookies)
    asked = await mara_there.get("/logout")
    assert "Log out?" in asked.text
    left = await mara_there.send("/logout")
    assert left.headers["location"] == "/"
    assert "You are logged out." in (await mara_there.follow(left)).text
    assert (await mara_there.get("/settings")).status_code == 303
    mara_there.client.cookies = cookies
    assert (await mara_there.get("/settings")).status_code == 303


@pytest.mark.parametrize(
    "next_path", ["//evil.example", "https://evil.example/", "/\\evil.example", "\t//evil.example"]
)
async def test_logging_in_leads_nowhere_else(visitor: Browser, artists: Artists, next_path: str) -> None:
    entered = await visitor.fill_in("/login", {"name": "mara", "password": PASSWORD, "next": next_path})
    assert entered.headers["location"] == "/"


async def test_the_first_link_makes_an_admin_once(visitor: Browser, services: Services, browse: Open) -> None:
    assert "These walls are new" in (await visitor.get("/")).text
    path = path_of(await issue_first_admin_link(services) or "")
    form = await visitor.get(path)
    assert "The first artist here" in form.text
    assert form.headers["cache-control"] == "no-store"
    token = re.search(r'name="token" value="([^"]+)"', form.text)
    assert token
    fields = {"token": token[1], "name": "Ada", "password": PASSWORD}
    joined = await visitor.send("/join", fields)
    assert joined.headers["location"] == "/admin"
    assert "Here is what a new house needs" in (await visitor.follow(joined)).text
    assert "Hang your first picture" in (await visitor.get("/@Ada")).text
    assert (await visitor.get("/admin/members")).status_code == 200
    again = await browse().get(path)
    assert again.status_code == 403
    assert "used or has run out" in again.text


async def test_an_invitation_makes_an_artist_and_says_whose_it_is(
    visitor: Browser, services: Services, artists: Artists
) -> None:
    path = path_of(await issue_invitation(services, artists["ada"].pk))
    form = await visitor.get(path)
    assert "Ada asks you to show your work" in form.text
    token = path.partition("token=")[2]
    await visitor.send("/join", {"token": token, "name": "noor", "password": PASSWORD})
    assert (await visitor.get("/settings")).status_code == 200
    assert (await visitor.get("/admin/members")).status_code == 403


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("mara", PASSWORD, "is taken"),
        ("admin", PASSWORD, "none that this site needs for itself"),
        ("no spaces", PASSWORD, "letters a to z"),
        ("noor", "short", "at least 10 characters"),
    ],
)
async def test_a_refused_form_to_join_keeps_the_link_good(
    visitor: Browser, services: Services, artists: Artists, name: str, password: str, said: str
) -> None:
    path = path_of(await issue_invitation(services, artists["ada"].pk))
    token = path.partition("token=")[2]
    refused = await visitor.fill_in(path, {"token": token, "name": name, "password": password})
    assert refused.status_code == 422
    assert said in refused.text
    joined = await visitor.send("/join", {"token": token, "name": "noor", "password": PASSWORD})
    assert joined.status_code == 303


async def test_a_password_link_sets_a_password_and_ends_every_session(
    visitor: Browser, services: Services, artists: Artists, mara_there: Browser, browse: Open
) -> None:
    path = path_of(await issue_password_link(services, artists["mara"].pk))
    form = await visitor.get(path)
    assert "@mara@studio.example" in form.text
    token = path.partition("token=")[2]
    refused = await visitor.send("/password/reset", {"token": token, "password": "short"})
    assert refused.status_code == 422
    done = await visitor.send("/password/reset", {"token": token, "password": NEW})
    assert "The new password is set." in (await visitor.follow(done)).text
    assert (await mara_there.get("/settings")).status_code == 303
    await browse().log_in("mara", NEW)
    assert (await visitor.fill_in("/login", {"name": "mara", "password": PASSWORD})).status_code != 200
    assert (await browse().get(path)).status_code == 403


@pytest.mark.parametrize("path", ["/join?token=made-up", "/join", "/password/reset?token=made-up"])
async def test_a_link_that_was_made_up_opens_nothing(visitor: Browser, path: str) -> None:
    assert (await visitor.get(path)).status_code == 403


async def test_made_up_links_cannot_be_tried_without_end(visitor: Browser) -> None:
    statuses = [(await visitor.get(f"/join?token={n}")).status_code for n in range(21)]
    assert statuses == [403] * 20 + [429]


async def test_a_password_is_changed_by_who_knows_it(mara_there: Browser, browse: Open) -> None:
    elsewhere = await browse().log_in("mara")
    wrong = await mara_there.fill_in("/settings/password", {"current_password": "wrong", "password": NEW})
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.text
    done = await mara_there.send("/settings/password", {"current_password": PASSWORD, "password": NEW})
    assert done.headers["location"] == "/settings/password"
    assert (await mara_there.get("/settings")).status_code == 200
    assert (await elsewhere.get("/settings")).status_code == 303
    await browse().log_in("mara", NEW)
