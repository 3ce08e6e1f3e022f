"""Feeds: three formats of the same, for every page of works; whole for any text, silent under covers, cheap to ask."""

import json
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from activitypub.opt_out import OptOut, signals
from cara_fed.publishing.arrange_albums import AlbumText, create_album
from cara_fed.publishing.delete_artist import delete_artist
from cara_fed.publishing.delete_post import delete_post
from cara_fed.services import Services
from storage.artists import Artist
from storage.posts import Post
from tests.cara_fed.web.test_walls import counted_queries, hang
from tests.support.browsers import Browser
from tests.support.clocks import StoryTime
from tests.web.markup import elements

Artists = dict[str, Artist]
BASE = "https://studio.example"
NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "media": "http://search.yahoo.com/mrss/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "rsl": "https://rslstandard.org/rsl",
    "cc": "http://backend.userland.com/creativeCommonsRssModule",
}
TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
HOSTILE = "]]> & <b>bold</b> \x00\x08\x0b\ufffe\U0001f3a8 שלום \u202e 水墨 \"' \r\n\t end"


async def get(visitor: Browser, path: str, **headers: str) -> httpx.Response:
    return await visitor.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


async def rss_items(visitor: Browser, page: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring((await get(visitor, f"{page}/feed.rss")).content).findall("channel/item")


async def ids(visitor: Browser, page: str) -> list[str]:
    """What is in each format's feed of a page, which must be the same."""
    atom = ElementTree.fromstring((await get(visitor, f"{page}/feed.atom")).content)
    found = json.loads((await get(visitor, f"{page}/feed.json")).content)["items"]
    listed = [entry.findtext("atom:id", "", NS) for entry in atom.findall("atom:entry", NS)]
    assert listed == [item["id"] for item in found]
    assert [item.findtext("link") for item in await rss_items(visitor, page)] == [item["url"] for item in found]
    return listed


@pytest.fixture
async def salt(services: Services, artists: Artists) -> Post:
    """A work that has everything."""
    return await hang(
        services,
        artists["mara"],
        pictures=2,
        content='<p>Salt <a href="https://studio.example/tags/ink">#ink</a></p>',
        hashtags=["Ink"],
        language="fr",
        license="https://creativecommons.org/licenses/by/4.0/",
        opt_out=OptOut.NO_AI,
    )


async def test_rss_has_pictures_names_dates_and_terms(visitor: Browser, salt: Post) -> None:
    response = await get(visitor, "/@mara/feed.rss")
    assert response.headers["content-type"] == "application/rss+xml; charset=utf-8"
    channel = ElementTree.fromstring(response.content).find("channel")
    assert channel is not None
    assert channel.findtext("title") == "Mara (@mara@studio.example)"
    assert channel.findtext("link") == f"{BASE}/@mara"
    links = {one.get("rel"): one.get("href") for one in channel.findall("atom:link", NS)}
    assert links == {"self": f"{BASE}/@mara/feed.rss", "first": f"{BASE}/@mara/feed.rss"}
    [item] = channel.findall("item")
    assert item.findtext("guid") == item.findtext("link") == salt.url
    assert parsedate_to_datetime(item.findtext("pubDate", "")) == salt.published_at.replace(microsecond=0)
    assert item.findtext("pubDate", "").endswith(" GMT")
    assert item.findtext("dc:creator", "", NS) == "Mara (@mara@studio.example)"
    assert (item.findtext("dc:language", "", NS), item.findtext("category")) == ("fr", "Ink")
    assert item.findtext("cc:license", "", NS) == salt.license
    [enclosure] = item.findall("enclosure")
    pictures = item.findall("media:content", NS)
    assert len(pictures) == 2 and enclosure.get("url") == pictures[0].get("url")
    for number, picture in enumerate(pictures):
        assert str(picture.get("url")).startswith(f"{BASE}/media/a")
        assert (picture.get("width"), picture.get("height"), picture.get("medium")) == ("2048", "1536", "image")
        assert picture.findtext("media:description", "", NS) == f"alt {salt.pk}.{number}"
    html = item.findtext("description", "")
    assert 'lang="fr"' in html and f'alt="alt {salt.pk}.1"' in html
    assert [one.text for one in item.findall("rsl:content/rsl:license/rsl:prohibits", NS)] == ["ai-all"]


async def test_atom_and_json_say_the_same(visitor: Browser, salt: Post) -> None:
    entry = ElementTree.fromstring((await get(visitor, "/@mara/feed.atom")).content).find("atom:entry", NS)
    assert entry is not None
    assert entry.findtext("atom:id", "", NS) == salt.object_id
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
    links = [(one.get("rel"), one.get("type"), one.get("href")) for one in entry.findall("atom:link", NS)]
    assert ("alternate", "text/html", salt.url) in links
    assert ("alternate", "application/activity+json", salt.object_id) in links
    assert ("license", None, salt.license) in links
    assert ("license", "application/rsl+xml", f"{BASE}/license.xml?policy=no-ai") in links
    [item] = json.loads((await get(visitor, "/@mara/feed.json")).content)["items"]
    enclosures = [href for rel, _, href in links if rel == "enclosure"]
    assert enclosures == [one["url"] for one in item["attachments"]]
    assert item["attachments"][0]["title"] == f"alt {salt.pk}.0"
    assert item["date_published"] == entry.findtext("atom:published", "", NS) == "2026-11-22T12:00:00Z"
    assert item["content_html"] == entry.findtext("atom:content", "", NS)
    assert (item["tags"], item["language"], item["authors"][0]["url"]) == (["Ink"], "fr", f"{BASE}/@mara")


@pytest.mark.parametrize(
    "columns", [{"content_warning": "Blood"}, {"sensitive": True}, {"content_warning": "Blood", "sensitive": True}]
)
async def test_what_is_covered_stays_so(
    visitor: Browser, services: Services, artists: Artists, columns: dict[str, Any]
) -> None:
    post = await hang(services, artists["mara"], content="<p>beneath</p>", **columns)
    title = "Content warning: Blood" if "content_warning" in columns else "Covered work"
    for ending in TYPES:
        text = (await get(visitor, f"/@mara/feed.{ending}")).text
        assert title in text and post.url in text
        assert "beneath" not in text and "/media/" not in text and f"alt {post.pk}" not in text


async def test_any_text_is_whole(visitor: Browser, services: Services, artists: Artists) -> None:
    await hang(services, artists["mara"], content=f"<p>{HOSTILE}</p>", hashtags=["水墨"])
    async with services.database.unit_of_work() as records:
        (await records.artists.get("mara")).display_name = HOSTILE
    [item] = await rss_items(visitor, "/@mara")
    assert "\U0001f3a8 שלום" in item.findtext("description", "")
    assert "水墨" in item.findtext("title", "")
    assert len(await ids(visitor, "/@mara")) == 1


async def test_which_posts_are_in_which_feed(visitor: Browser, services: Services, artists: Artists) -> None:
    mara = artists["mara"]
    work = await hang(services, mara, hashtags=["Ink"])
    words = await hang(services, mara, pictures=0, hashtags=["INK"])
    unlisted = await hang(services, mara, visibility="unlisted", hashtags=["ink"])
    await hang(services, mara, visibility="followers", hashtags=["ink"])
    await hang(services, mara, visibility="direct", hashtags=["ink"])
    await hang(services, mara, in_reply_to=work.object_id)
    theirs = await hang(services, artists["theo"])
    album = await create_album(services, mara, AlbumText("Tides", "About <water>"))
    async with services.database.unit_of_work() as records:
        await records.albums.replace_posts(album.pk, [work.pk, words.pk])

    assert await ids(visitor, "/@mara") == [unlisted.object_id, words.object_id, work.object_id]
    assert await ids(visitor, "/tags/Ink") == [words.object_id, work.object_id]
    assert await ids(visitor, f"/@mara/albums/{album.slug}") == [words.object_id, work.object_id]
    front = await ids(visitor, "")
    assert {theirs.object_id, work.object_id} <= set(front) and unlisted.object_id not in front
    assert await ids(visitor, "/tags/nobody") == []


async def test_where_there_is_no_feed(visitor: Browser, artists: Artists) -> None:
    artist = ("/@nobody", "/@mara/albums/none", "/users/mara", "/@mara/about")
    for path in (*artist, "/tags/no!tag", "/tags/7", "/tags/", "/x"):
        assert (await get(visitor, f"{path}/feed.rss")).status_code == 404, path


async def test_who_left_has_none(visitor: Browser, services: Services, artists: Artists) -> None:
    await hang(services, artists["mara"])
    await delete_artist(services, artists["mara"])
    assert (await get(visitor, "/@mara/feed.rss")).status_code == 404
    assert await ids(visitor, "") == []


async def test_older_items_are_on_further_pages(visitor: Browser, services: Services, artists: Artists) -> None:
    posts = [await hang(services, artists["mara"], pictures=0) for _ in range(21)]
    first = json.loads((await get(visitor, "/@mara/feed.json")).content)
    assert len(first["items"]) == 20
    assert first["next_url"] == f"{BASE}/@mara/feed.json?before={posts[1].pk}"
    older = ElementTree.fromstring((await get(visitor, f"/@mara/feed.atom?before={posts[1].pk}")).content)
    links = {one.get("rel"): one.get("href") for one in older.findall("atom:link", NS)}
    assert links["first"] == older.findtext("atom:id", "", NS) == f"{BASE}/@mara/feed.atom"
    assert links["self"] == f"{BASE}/@mara/feed.atom?before={posts[1].pk}" and "next" not in links
    assert [one.findtext("atom:id", "", NS) for one in older.findall("atom:entry", NS)] == [posts[0].object_id]


async def test_who_has_it_is_told_so(
    visitor: Browser, services: Services, artists: Artists, time: StoryTime, salt: Post
) -> None:
    whole = await get(visitor, "/@mara/feed.atom")
    etag, changed = whole.headers["etag"], whole.headers["last-modified"]
    for headers in ({"if_none_match": f'W/"x", {etag}'}, {"if_modified_since": changed}):
        response = await get(visitor, "/@mara/feed.atom", **headers)
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["x-robots-tag"] == "noai, noimageai"
    head = await visitor.client.head("/@mara/feed.atom")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", etag)
    assert int(head.headers["content-length"]) == len(whole.content)
    time.pass_by(seconds=60)
    newer = await hang(services, artists["mara"])
    assert (await get(visitor, "/@mara/feed.atom", if_none_match=etag)).status_code == 200
    await delete_post(services, artists["mara"], newer.pk)
    gone = await get(visitor, "/@mara/feed.atom", if_modified_since=str(newer.published_at + timedelta(days=1)))
    assert gone.status_code == 200 and str(newer.pk) not in gone.text
    assert (await visitor.client.post("/@mara/feed.atom")).status_code == 405


async def test_a_feed_costs_few_queries(visitor: Browser, services: Services, artists: Artists) -> None:
    for artist in artists.values():
        for _ in range(4):
            await hang(services, artist, pictures=2)
    for page in ("", "/@mara"):
        with counted_queries() as queries:
            await get(visitor, f"{page}/feed.rss")
        assert len(queries) <= 4, queries


async def test_each_item_says_its_own(visitor: Browser, services: Services, artists: Artists) -> None:
    """The response says what holds for whose feed it is; of what is unset nothing is said."""
    posts = {policy: await hang(services, artists["mara"], opt_out=policy) for policy in OptOut}
    front = await get(visitor, "/feed.rss")
    assert front.headers["content-usage"] == "train-ai=n"
    stated = {item.findtext("link"): set(_usages(item)) for item in await rss_items(visitor, "")}
    for policy, post in posts.items():
        said = signals(policy, base_url=BASE)
        expected = {
            *(("permits", one) for one in said.rsl_permits),
            *(("prohibits", one) for one in said.rsl_prohibits),
        }
        assert stated[post.url] == expected
    async with services.database.unit_of_work() as records:
        (await records.artists.get("mara")).opt_out = OptOut.ALLOW
    own = await get(visitor, "/@mara/feed.rss")
    assert own.headers["content-usage"] == "train-ai=y" and "x-robots-tag" not in own.headers


def _usages(item: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for usage in item.findall("rsl:content/rsl:license/*", NS):
        yield usage.tag.rpartition("}")[2], usage.text or ""


@pytest.mark.parametrize("path", ["", "/@mara"])
async def test_pages_name_their_feeds(visitor: Browser, salt: Post, path: str) -> None:
    page = await visitor.get(path or "/")
    links = {one["type"]: one["href"] for one in elements(page.text, "link") if one["rel"] == "alternate"}
    for ending, media_type in TYPES.items():
        assert links[media_type] == f"{BASE}{path}/feed.{ending}"
        assert (await get(visitor, links[media_type])).status_code == 200
