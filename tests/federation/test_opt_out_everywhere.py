"""The proof: whatever is set at whatever level, every surface of a running instance says the same."""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from activitypub.identifiers import CollectionKind
from activitypub.opt_out import OptOut, Signals
from cara_fed.opt_out.statements import collect_statements
from cara_fed.protection import read_data_mining
from cara_fed.publishing.delete_post import delete_post
from cara_fed.publishing.own_posts import find_own_post
from tests.cara_fed.opt_out.test_site_files import usage_of
from tests.support.fediverse import Fediverse
from tests.support.houses import (
    BASE,
    HTML,
    House,
    Work,
    furnish,
    open_house,
    require_headers,
    require_terms,
    says_nothing,
    text,
)
from tests.support.readers import first_reservation, img2dataset_refuses, posthog_refuses
from tests.support.sending import with_header
from tests.web.markup import elements

NS = {"atom": "http://www.w3.org/2005/Atom", "rsl": "https://rslstandard.org/rsl"}
CRAWLER = "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"
COLLECTIONS = [kind for kind in CollectionKind if kind is not CollectionKind.INBOX]


@pytest.mark.parametrize("default", OptOut)
async def test_every_surface_says_the_same(fediverse: Fediverse, default: OptOut) -> None:
    house = await furnish(await open_house(fediverse, default))
    for work in house.works:
        files = [*await require_documents(house, work), *await require_page(house, work)]
        for url, policy in dict(files).items():
            await require_picture(house, url, house.said(policy))
        await require_embed(house, work)
        await require_statements(house, work)
        await require_artist(house, work)
    await require_feeds(house)
    await require_site(house)
    await require_other_answers(house, house.works[2])


async def require_documents(house: House, work: Work) -> Iterator[tuple[str, OptOut]]:
    """The Note, alone, in its Create and in the outbox; its collections and its album. The addresses of its files."""
    of_post = house.said(work.post)
    note, create = await house.document(work.object_id), await house.document(f"{work.object_id}/create")
    outbox = (await house.document(f"{BASE}/users/{work.name}/outbox?page=true")).json()["orderedItems"]
    [listed] = [item["object"] for item in outbox if item["object"]["id"] == work.object_id]
    files: list[tuple[str, OptOut]] = []
    for document in (note.json(), create.json()["object"], listed):
        require_terms(document, of_post)
        assert document.get("usageInfo") == of_post.usage_info
        for attachment, policy in zip(document["attachment"], work.pictures, strict=True):
            require_terms(attachment, house.said(policy))
            files.append((attachment["url"], policy))
    for response in (note, create, *[await house.document(f"{work.object_id}/{n}") for n in ("replies", "likes")]):
        require_headers(response, of_post)
    for end in ("", "?page=1"):
        album = await house.document(f"{BASE}/users/{work.name}/albums/album-{work.pk}{end}")
        require_headers(album, house.said(work.artist))
        require_terms(album.json(), house.said(work.artist))
    return iter(files)


async def require_page(house: House, work: Work) -> Iterator[tuple[str, OptOut]]:
    """The page at either address, with what its head says; the addresses of the pictures in it."""
    of_post = house.said(work.post)
    page = await house.ask(work.url, HTML)
    for response in (page, await house.ask(work.object_id, HTML), await house.ask(work.url, HTML, "HEAD")):
        require_headers(response, of_post)
    require_head(page.text, of_post)
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text)
    images = [one for one in elements(page.text, "img") if "/media/" in one["src"]]
    chosen = elements(page.text, "source")
    files = []
    for image, plain, shown, policy in zip(json.loads(data), images, chosen, work.pictures, strict=True):
        said = house.said(policy)
        assert (image["@type"], image["creditText"]) == ("ImageObject", f"@{work.name}@studio.example")
        assert image.get("usageInfo") == said.usage_info
        sources = [BASE + source.partition(" ")[0] for source in shown["srcset"].split(", ")]
        files += [(url, policy) for url in (image["contentUrl"], BASE + plain["src"], *sources)]
    return iter(files)


def require_head(html: str, said: Signals) -> None:
    meta = {one["name"]: one["content"] for one in elements(html, "meta") if one.get("name")}
    assert meta.get("robots") == (", ".join(said.robots) or None)
    assert meta.get("tdm-reservation") == text(said.tdm_reservation)
    assert meta.get("tdm-policy") == said.tdm_policy
    links = [one["href"] for one in elements(html, "link") if one["rel"] == "license"]
    assert links == ([said.license_url] if said.license_url else [])


async def require_picture(house: House, url: str, said: Signals) -> None:
    """The file and every way to ask for it."""
    response = await house.ask(url)
    assert response.status_code == 200
    assert read_data_mining(response.content) == said.data_mining
    assert img2dataset_refuses(response) is bool(said.robots)
    assert posthog_refuses(response) is (said.tdm_reservation == 1)
    joined = ", ".join(["nofollow", *response.headers.get_list("x-robots-tag")])  # as a proxy may
    assert ":" not in joined
    for status, method, headers in (
        (200, "HEAD", {}),
        (206, "GET", {"range": "bytes=0-9"}),
        (416, "GET", {"range": f"bytes={len(response.content)}-"}),
        (304, "GET", {"if_none_match": response.headers["etag"]}),
    ):
        other = await house.ask(url, method=method, **headers)
        assert other.status_code == status
        require_headers(other, said)
    require_headers(response, said)


async def require_embed(house: House, work: Work) -> None:
    address = f"/oembed?url={quote(work.url, safe='')}"
    for response in (await house.ask(address), await house.ask(address + "&format=xml")):
        require_headers(response, house.said(work.post))
    embed = (await house.ask(address)).json()
    require_terms(embed, house.said(work.pictures[0]))
    assert embed["url"] in dict(await require_page(house, work))


async def require_statements(house: House, work: Work) -> None:
    """What the artist is shown is what is sent."""
    artist = await house.studio.artist(work.name)
    rows = await find_own_post(house.studio.services, artist, work.pk)
    statements = {one.surface: one for one in await collect_statements(house.studio.services, rows)}
    told = json.loads(statements["The post as other servers get it"].text)
    require_terms(told, house.said(work.post))
    page = await house.ask(work.url, HTML)
    for line in filter(None, statements["Headers of the page and the document"].text.splitlines()):
        name, _, value = line.partition(": ")
        assert value in page.headers.get_list(name)
    for line in filter(None, statements["The head of the page"].text.splitlines()):
        assert line.replace("&amp;", "&") in page.text.replace("&amp;", "&")


async def require_artist(house: House, work: Work) -> None:
    """The artist's own level, in the document and on the pages that are the artist's."""
    said = house.said(work.artist)
    actor = await house.document(f"{BASE}/users/{work.name}")
    require_terms(actor.json(), said)
    assert {one["name"] for one in actor.json().get("otherSetting", ())} == set(said.otherwise)
    lines = [one for one in actor.json()["attachment"] if one["name"] == "AI training"]
    assert bool(lines) is (work.artist is not OptOut.UNSET)
    documents = [await house.document(f"{BASE}/users/{work.name}/{end}") for end in COLLECTIONS]
    stub = await house.ask(f"/users/{work.name}", "application/activity+json")
    for response in (actor, stub, *documents):
        require_headers(response, said)
    for end in ("", "/posts", "/about", "/albums", f"/albums/album-{work.pk}"):
        page = await house.ask(f"/@{work.name}{end}", HTML)
        require_headers(page, said)
        require_head(page.text, said)
    for end in ("rss", "atom", "json"):
        for path in (f"/@{work.name}/feed.{end}", f"/@{work.name}/albums/album-{work.pk}/feed.{end}"):
            require_headers(await house.ask(path), said)


async def require_feeds(house: House) -> None:
    """Mixed feeds: the response says the site's own, each item its post's."""
    for path in ("/feed", "/tags/ink/feed"):
        for end in ("rss", "atom", "json"):
            require_headers(await house.ask(f"{path}.{end}"), house.said(house.default))
        items = {one.findtext("link"): one for one in (await xml(house, f"{path}.rss")).iter("item")}
        entries = {one.findtext("atom:id", "", NS): one for one in (await xml(house, f"{path}.atom")).iterfind("*", NS)}
        for work in house.works:
            said = house.said(work.post)
            stated = {one.get("url"): one for one in items[work.url].iterfind("rsl:content", NS)}
            assert (work.url in stated) is bool(said.rsl_permits or said.rsl_prohibits)
            for verb, usages in (("permits", said.rsl_permits), ("prohibits", said.rsl_prohibits)):
                found = stated[work.url].iterfind(f"rsl:license/rsl:{verb}", NS) if work.url in stated else ()
                assert tuple(one.text for one in found) == usages
            licences = [one.get("href") for one in entries[work.object_id].iterfind("atom:link[@rel='license']", NS)]
            assert licences == ([said.license_url] if said.license_url else [])


async def xml(house: House, path: str) -> ElementTree.Element:
    return ElementTree.fromstring((await house.ask(path)).content)


async def require_site(house: House) -> None:
    """The site's own pages, and the files that speak for the whole of it and for its artists."""
    of_site = house.said(house.default)
    for path in ("/", "/tags/ink", "/search?q=new", "/policies/ai", "/nothing/here"):
        page = await house.ask(path, HTML)
        require_headers(page, of_site)
        require_head(page.text, of_site)
    require_headers(await house.document(f"{BASE}/actor"), of_site)
    rules = (await house.ask("/.well-known/tdmrep.json")).json()
    robots = (await house.ask("/robots.txt")).text
    for work in house.works:
        of_artist = house.said(work.artist)
        for path in (f"/@{work.name}", f"/@{work.name}/7", f"/@{work.name}/feed.rss", f"/users/{work.name}/outbox"):
            assert first_reservation(rules, path) == of_artist.tdm_reservation
            assert usage_of(robots, "*", path) == of_artist.content_usage
        for url, policy in await require_page(house, work):
            path = url.removeprefix(BASE)
            assert usage_of(robots, "*", path) is None
            if policy is not OptOut.UNSET:
                assert first_reservation(rules, path) == house.said(policy).tdm_reservation
    for path in ("/", "/tags/ink", "/feed.rss", "/search?q=x"):
        assert usage_of(robots, "*", path) == of_site.content_usage
        assert first_reservation(rules, path) == of_site.tdm_reservation
    signal = re.findall(r"^Content-Signal: (.*)$", robots.rpartition("User-agent: *")[2], re.MULTILINE)
    assert signal == ([of_site.content_signal] if of_site.content_signal else [])


async def require_other_answers(house: House, work: Work) -> None:
    """What is held already, refused, elsewhere or gone says the same, or nothing; never what does not hold."""
    said, page = house.said(work.post), await house.ask(work.url, HTML)
    note = await house.document(work.object_id)
    held = await house.ask(work.url, HTML, if_none_match=page.headers["etag"])
    held_note = await house.eve.get(work.object_id, change=with_header("if-none-match", note.headers["etag"]))
    for response in (held, held_note):
        assert response.status_code == 304
        require_headers(response, said)
    refused = await house.ask(work.url, HTML, user_agent=CRAWLER)
    assert refused.status_code == (200 if work.post in (OptOut.ALLOW, OptOut.UNSET) else 403)
    require_headers(refused, said)
    unsigned = await house.ask(work.object_id, "application/activity+json")
    assert unsigned.status_code == 401 and says_nothing(unsigned)
    led = await house.ask(work.url.replace("@bela", "@BELA").rpartition("/")[0], HTML)
    assert led.status_code == 301 and says_nothing(led)
    artist = await house.studio.artist(work.name)
    await delete_post(house.studio.services, artist, work.pk)
    gone = await house.ask(work.url, HTML)
    assert gone.status_code == 410
    require_headers(gone, house.said(house.default))  # the site's own page, in which nothing of the post is left
    tombstone = await house.eve.get(work.object_id)
    assert tombstone.status_code == 410 and says_nothing(tombstone)
