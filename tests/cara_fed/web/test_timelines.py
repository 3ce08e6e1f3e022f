"""Timelines beside home: this house, bookmarks, lists of people, and filters on all of them."""

import re

from cara_fed.services import Services
from storage.artists import Artist
from tests.support.browsers import Browser
from tests.support.clocks import StoryTime
from tests.support.rows import make_following

Artists = dict[str, Artist]


async def say(browser: Browser, text: str, **fields: str) -> str:
    sent = await browser.fill_in("/publish?new", {"text": text, **fields})
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


async def follow(services: Services, who: Artist, whom: Artist) -> None:
    async with services.database.unit_of_work() as records:
        await records.following.record(make_following(who.pk, services.site.actor(whom.name)))


async def test_this_house_shows_what_is_for_everybody_and_asks_who_looks(
    mara_there: Browser, theo_there: Browser, visitor: Browser
) -> None:
    for visibility in ("public", "unlisted", "followers"):
        await say(theo_there, f"Said {visibility}", visibility=visibility)
    page = (await mara_there.get("/local")).text
    assert "Said public" in page and "Said unlisted" not in page and "Said followers" not in page
    for path in ("/local", "/bookmarks", "/circles", "/settings/filters"):
        assert (await visitor.get(path)).status_code == 303


async def test_what_is_kept_is_found_again_and_nobody_elses(
    mara_there: Browser, theo_there: Browser, ada_there: Browser
) -> None:
    path = await say(theo_there, "Worth keeping")
    pk, secret = path.rsplit("/", 1)[-1], (await say(theo_there, "Not for her", visibility="followers")).rsplit("/")[-1]
    await mara_there.get("/local")
    kept = await mara_there.send(f"/posts/{pk}/bookmark", {"back": "/local"})
    assert kept.headers["location"] == f"/local#post-{pk}"
    assert f'action="/posts/{pk}/unbookmark"' in (await mara_there.get("/local")).text
    assert (await mara_there.send(f"/posts/{secret}/bookmark")).status_code == 404
    assert "Worth keeping" in (await mara_there.get("/bookmarks")).text
    assert "Worth keeping" not in (await ada_there.get("/bookmarks")).text
    await mara_there.send(f"/posts/{pk}/unbookmark")
    assert "Worth keeping" not in (await mara_there.get("/bookmarks")).text


async def test_a_list_is_a_timeline_of_some_who_are_followed(
    mara_there: Browser, theo_there: Browser, ada_there: Browser, artists: Artists, services: Services
) -> None:
    for name in ("theo", "ada"):
        await follow(services, artists["mara"], artists[name])
    await say(theo_there, "By Theo")
    await say(ada_there, "By Ada")
    path = (await mara_there.fill_in("/circles", {"title": "Close"})).headers["location"]
    theo, nobody = services.site.actor("theo"), "https://far.example/users/x"
    await mara_there.get(path)
    assert (await mara_there.send(path, {"member": [theo, nobody]})).status_code == 303
    page = (await mara_there.get(path)).text
    assert "By Theo" in page and "By Ada" not in page
    assert len(re.findall(r'name="member"[^>]* checked', page)) == 1
    async with services.database.reading() as records:
        (by_ada,) = await records.posts.find_by_actor(services.site.actor("ada"), ("public",))
    await theo_there.send(f"/posts/{by_ada.pk}/announce")
    page = (await mara_there.get(path)).text
    assert page.index("Shared by") < page.index("By Ada") < page.index("By Theo")
    assert (await theo_there.get(path)).status_code == 404
    await theo_there.get("/circles")
    assert (await theo_there.send(f"{path}/delete")).status_code == 404
    assert (await mara_there.fill_in("/circles", {"title": " "})).status_code == 422
    await mara_there.get(path)
    await mara_there.send(f"{path}/delete")
    assert (await mara_there.get(path)).status_code == 404


async def test_filtered_words_are_folded_or_left_out_until_their_time_is_over(
    mara_there: Browser, theo_there: Browser, services: Services, artists: Artists, time: StoryTime
) -> None:
    await follow(services, artists["mara"], artists["theo"])
    await say(theo_there, "A spider in my bath")
    await say(theo_there, "An exhibition", content_warning="Snake")
    await say(mara_there, "My own spider")
    await mara_there.fill_in("/settings/filters", {"phrase": "Spider", "action": "warn", "days": "7"})
    await mara_there.fill_in("/settings/filters", {"phrase": "snake", "action": "hide"})
    for path in ("/home", "/local"):
        page = (await mara_there.get(path)).text
        assert "Filtered: <bdi>Spider</bdi>" in page and page.count('class="filtered"') == 1
        assert "An exhibition" not in page
    time.pass_by(days=8)
    await mara_there.log_in("mara")
    assert "Filtered:" not in (await mara_there.get("/home")).text
    page = (await mara_there.get("/settings/filters")).text
    (number,) = re.findall(r'name="filter" value="(\d+)"', page)
    await theo_there.log_in("theo")
    await theo_there.fill_in("/settings/filters", {"filter": number})
    await theo_there.send("/settings/filters/remove", {"filter": number})
    assert number in (await mara_there.get("/settings/filters")).text
    await mara_there.send("/settings/filters/remove", {"filter": number})
    assert "An exhibition" in (await mara_there.get("/home")).text
    for refused in ({"phrase": ""}, {"phrase": "x", "days": "2"}, {"phrase": "x" * 101}):
        assert (await mara_there.fill_in("/settings/filters", refused)).status_code == 422
