"""oEmbed: what others may show of a post of ours on pages of theirs, how large, and with which words about machines."""

from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest

from activitypub.opt_out import OptOut
from cara_fed.publishing.delete_post import delete_post
from cara_fed.services import Services
from storage.artists import Artist
from storage.posts import Post
from tests.cara_fed.web.test_walls import hang
from tests.support.browsers import Browser
from tests.web.markup import elements

Artists = dict[str, Artist]
BASE = "https://studio.example"
READER = "Feedly/1.0 (+http://www.feedly.com/fetcher.html)"
CRAWLER = "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"


async def ask(visitor: Browser, url: str, query: str = "", **headers: str) -> httpx.Response:
    return await visitor.get(f"/oembed?url={quote(url, safe='')}{query}", **headers)


@pytest.fixture
async def work(services: Services, artists: Artists) -> Post:
    return await hang(services, artists["mara"], pictures=2, opt_out=OptOut.NO_AI)


async def test_a_work_is_a_photo(visitor: Browser, work: Post) -> None:
    response = await ask(visitor, work.url)
    photo = response.json()
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert (photo["version"], photo["type"], photo["width"], photo["height"]) == ("1.0", "photo", 2048, 1536)
    assert photo["url"].startswith(f"{BASE}/media/a") and photo["thumbnail_width"] == 400
    assert (photo["title"], photo["author_name"]) == (f"alt {work.pk}.0", "Mara")
    assert (photo["author_url"], photo["provider_url"]) == (f"{BASE}/@mara", f"{BASE}/")
    assert photo["tdm:policy"] == f"{BASE}/policies/tdm/2" and photo["creditText"] == "@mara@studio.example"
    assert response.headers["content-usage"] == "train-ai=n, search=y"
    assert response.headers["x-robots-tag"] == "noai, noimageai, noarchive"
    xml = await ask(visitor, work.object_id, "&format=xml")
    assert xml.headers["content-type"].startswith("text/xml")
    root = ElementTree.fromstring(xml.content)
    assert {one.tag.rpartition("}")[2]: one.text for one in root} == {
        key.rpartition(":")[2]: str(value) for key, value in photo.items()
    }
    assert root.findtext("{http://www.w3.org/ns/tdmrep#}reservation") == "1"


ROOMS = (
    ("&maxwidth=1100", "photo", (1024, 768)),
    ("&maxwidth=9999&maxheight=400", "photo", (400, 300)),
    ("&maxwidth=200", "rich", (200, 150)),
    ("&maxwidth=300&maxheight=30", "rich", (40, 30)),
    ("&maxheight=1", "rich", (1, 1)),
)


async def test_it_fits_the_room(visitor: Browser, work: Post) -> None:
    for query, kind, size in ROOMS:
        shown = (await ask(visitor, work.url, query)).json()
        assert (shown["type"], (shown["width"], shown["height"])) == (kind, size)
        if kind == "rich":
            [image] = elements(shown["html"], "img")
            assert (int(image["width"]), int(image["height"])) == size and image["alt"] == f"alt {work.pk}.0"
            assert "thumbnail_url" not in shown


async def test_words_are_rich(visitor: Browser, services: Services, artists: Artists) -> None:
    post = await hang(services, artists["mara"], pictures=0, content="<p>שלום</p>", language="he", opt_out="unset")
    response = await ask(visitor, f"{post.url}/#replies", "&maxwidth=320")
    rich = response.json()
    assert (rich["type"], rich["width"], rich["title"]) == ("rich", 320, "שלום")
    assert 'dir="auto" lang="he"' in rich["html"] and post.url in rich["html"]
    assert not {key for key in rich if ":" in key} and "usageInfo" not in rich
    assert not {"content-usage", "x-robots-tag", "tdm-reservation", "link"} & set(response.headers)


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        ({}, 200),
        ({"visibility": "unlisted"}, 200),
        ({"visibility": "followers"}, 404),
        ({"visibility": "direct"}, 404),
        ({"sensitive": True}, 401),
        ({"content_warning": "Blood"}, 401),
        ({"visibility": "followers", "sensitive": True}, 404),
    ],
)
async def test_only_what_everybody_may_see_is_embedded(
    visitor: Browser, services: Services, artists: Artists, columns: dict[str, Any], status: int
) -> None:
    post = await hang(services, artists["mara"], **columns)
    response = await ask(visitor, post.url)
    assert response.status_code == status
    assert ("/media/" in response.text) is (status == 200)
    if "visibility" not in columns or columns["visibility"] == "unlisted":
        page = await visitor.get(f"/@mara/{post.pk}")
        named = [one for one in elements(page.text, "link") if one.get("type", "").endswith("+oembed")]
        assert len(named) == (2 if status == 200 else 0)
        for one in named:
            assert (await visitor.get(one["href"])).status_code == 200


async def test_other_addresses_are_not_ours_to_embed(visitor: Browser, artists: Artists) -> None:
    far = ("", "x", "http://studio.example/@mara/1", "https://far.example/@mara/1", "javascript:alert(1)")
    ours = ("/", "/@mara", "/@mara/1", "/@mara/99999999999999999999", "/%00", "/@mara/1/edit")
    for url in (*far, *(BASE + path for path in ours)):
        assert (await ask(visitor, url)).status_code == 404, url


async def test_what_was_deleted_or_is_anothers_is_not_there(
    visitor: Browser, services: Services, artists: Artists, work: Post
) -> None:
    assert (await ask(visitor, work.url.replace("mara", "theo"))).status_code == 404
    await delete_post(services, artists["mara"], work.pk)
    assert (await ask(visitor, work.url)).status_code == 404


async def test_what_cannot_be_meant(visitor: Browser, work: Post) -> None:
    for query in ("maxwidth=0", "maxwidth=-5", "maxheight=٣", "maxheight=1e3", "maxheight="):
        expected = 200 if query.endswith("=") else 400  # an empty field is none
        assert (await ask(visitor, work.url, f"&{query}")).status_code == expected, query
    assert (await ask(visitor, work.url, "&format=yaml")).status_code == 501


async def test_crawlers_are_refused_by_the_posts_own_answer(visitor: Browser, services: Services, work: Post) -> None:
    assert (await ask(visitor, work.url, user_agent=CRAWLER)).status_code == 403
    async with services.database.unit_of_work() as records:
        (await records.posts.get(work.object_id)).opt_out = OptOut.ALLOW
    assert (await ask(visitor, work.url, user_agent=CRAWLER)).status_code == 200
    for path in ("/@mara/feed.rss", "/feed.json", "/tags/ink/feed.atom"):
        assert (await visitor.get(path, user_agent=CRAWLER)).status_code == 403
        assert (
            await visitor.get(path, user_agent="Feedly/1.0 (+http://www.feedly.com/fetcher.html)")
        ).status_code == 200


async def test_a_held_embed_is_not_sent_again(visitor: Browser, work: Post) -> None:
    etag = (await ask(visitor, work.url)).headers["etag"]
    assert (await ask(visitor, work.url, if_none_match=etag)).status_code == 304
