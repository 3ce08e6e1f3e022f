"""Stories of crawlers: told, refused, welcome, counted; and the table of them, refreshed."""

import json
from collections.abc import Sequence

import httpx
import pytest

from activitypub.opt_out import OptOut
from cara_fed.asgi import Answer, Receive, Scope, Send
from cara_fed.background import watch_once
from cara_fed.blocklist.holding import apply_held
from cara_fed.blocklist.subscribe import refresh_all, refresh_due
from cara_fed.opt_out.public_list import AgentListUnusable
from cara_fed.opt_out.refresh import refresh_agents
from tests.activitypub.shared_documents import MISSING, SHARED
from tests.cara_fed.opt_out.test_user_agents import FEDIVERSE, READERS
from tests.support.fediverse import Fediverse, Instance, picture

TRAINER = "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"
ASKER = "Mozilla/5.0 (compatible; ChatGPT-User/1.0; +https://openai.com/bot)"
SEARCHER = "Mozilla/5.0 (compatible; OAI-SearchBot/1.0; +https://openai.com/searchbot)"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
LIST = "lists.example"


@pytest.fixture
async def studio(fediverse: Fediverse) -> Instance:
    url = f"https://{LIST}/robots.json"
    (studio,) = await fediverse.start("studio.example", opt_out={"agents_url": url})
    await studio.add_artist("mara")
    await studio.add_artist("bob", opt_out="allow")
    await studio.add_artist("eve", opt_out="unset")
    await studio.add_artist("carol", opt_out="no-automated-use")
    return studio


async def visit(studio: Instance, path: str, user_agent: str, accept: str = "text/html", as_: str | None = None) -> int:
    def with_agent(request: httpx.Request) -> httpx.Request:
        request.headers["user-agent"] = user_agent
        return request

    url = path if path.startswith("https:") else studio.base + path
    response = await studio.get(url, accept=accept, change=with_agent, as_=as_)
    return response.status_code


PAGES = (
    ("/", "T"),
    ("/@mara", "T"),
    ("/@mara/posts", "T"),
    ("/@MARA/about", "T"),
    ("/@mara/99999999999999999999", "T"),
    ("/@bob", ""),
    ("/@bob/posts", ""),
    ("/@eve", ""),
    ("/@carol", "TAS"),
    ("/policies/ai", ""),
    ("/robots.txt", ""),
    ("/.well-known/tdmrep.json", ""),
    ("/license.xml", ""),
    ("/ai.txt", ""),
    ("/.well-known/webfinger?resource=acct:mara@studio.example", ""),
    ("/nodeinfo/2.1", ""),
    ("/feed.rss", "T"),
    ("/@mara/feed.atom", "T"),
    ("/@bob/feed.json", ""),
    ("/@carol/feed.rss", "TAS"),
    ("/tags/ink", "T"),
    ("/tags/ink/feed.rss", "T"),
    ("/search?q=salt", "T"),
    ("//@mara", "T"),
    ("/%40mara", "T"),
)
"""Paths, and to whom they are refused: those who train (T), answer (A) or search (S)."""


async def test_a_page_is_refused_to_those_from_whom_it_is_reserved(studio: Instance) -> None:
    for path, refused in PAGES:
        for letter, agent in (("T", TRAINER), ("A", ASKER), ("S", SEARCHER), ("B", BROWSER)):
            assert (await visit(studio, path, agent) == 403) is (letter in refused), (path, agent)


async def test_a_post_decides_for_its_own_page_and_pictures(studio: Instance) -> None:
    for name, choice, refused in (
        ("mara", None, {TRAINER}),
        ("mara", "no-ai", {TRAINER, ASKER}),
        ("mara", "allow", set()),
        ("mara", "unset", set()),
        ("bob", "no-automated-use", {TRAINER, ASKER, SEARCHER}),
        ("bob", None, set()),
    ):
        post = await studio.publish(name, "new", picture(), opt_out=OptOut(choice) if choice else None)
        page = await studio.get(post.url, accept="text/html")
        image = page.text.partition('property="og:image" content="')[2].partition('"')[0]
        for agent in (TRAINER, ASKER, SEARCHER, BROWSER):
            expected = 403 if agent in refused else 200
            assert await visit(studio, post.url, agent) == expected, (name, choice, agent)
            assert await visit(studio, post.object_id, agent) == expected, (name, choice, agent)
            assert await visit(studio, image, agent, accept="image/*") == expected, (name, choice, agent)


async def test_who_is_refused_is_told_why(studio: Instance) -> None:
    def as_crawler(request: httpx.Request) -> httpx.Request:
        request.headers["user-agent"] = TRAINER
        return request

    response = await studio.get(f"{studio.base}/@mara", accept="text/html", change=as_crawler)
    assert response.status_code == 403
    assert "training" in response.text and "/policies/ai" in response.text
    assert response.headers["x-robots-tag"] == "noai, noimageai"
    assert response.headers["content-usage"] == "train-ai=n"
    assert response.headers["cache-control"] == "no-store"


async def test_a_signature_that_verifies_counts_for_more_than_a_name(fediverse: Fediverse, studio: Instance) -> None:
    (gallery,) = await fediverse.start("gallery.example")
    theo = await gallery.add_artist("theo")
    post = await studio.publish("mara", "new", picture())
    note = (await gallery.get(post.object_id, as_=theo)).json()
    image = note["attachment"][0]["url"]

    def as_crawler(request: httpx.Request) -> httpx.Request:
        request.headers["user-agent"] = "Spider/1.0"
        return request

    signed = await gallery.get(image, as_=theo, accept="image/*", change=as_crawler)
    assert signed.status_code == 200
    unsigned = await gallery.get(image, accept="image/*", change=as_crawler)
    assert unsigned.status_code == 403
    forged = await gallery.get(image, as_=studio.actor("mara"), accept="image/*", change=as_crawler)
    assert forged.status_code == 403


async def test_other_software_gets_pages_and_pictures(studio: Instance) -> None:
    post = await studio.publish("mara", "new", opt_out=OptOut.NO_AUTOMATED_USE)
    for user_agent in (*FEDIVERSE, *READERS):
        assert await visit(studio, post.url, user_agent) == 200, user_agent


async def visits(studio: Instance) -> set[tuple[str, str, str, int]]:
    await watch_once(studio.services)
    async with studio.services.database.reading() as records:
        return {(row.agent, row.place, row.answer, row.count) for row in await records.crawlers.find_visits()}


async def test_visits_are_counted_honoured_or_not(studio: Instance) -> None:
    await visit(studio, "/@mara", TRAINER)
    await visit(studio, "/robots.txt", SEARCHER)
    await visit(studio, "/@mara", SEARCHER)
    await visit(studio, "/robots.txt", ASKER)
    await visit(studio, "/@carol", ASKER)
    await visit(studio, "/@carol", BROWSER)
    assert await visits(studio) == {
        ("GPTBot", "page", "refused", 1),
        ("OAI-SearchBot", "files", "told", 1),
        ("OAI-SearchBot", "page", "served", 1),
        ("ChatGPT-User", "files", "told", 1),
        ("ChatGPT-User", "page", "defied", 1),
    }
    await visit(studio, "/robots.txt", TRAINER)
    await visit(studio, "/@mara", TRAINER)
    assert ("GPTBot", "page", "defied", 1) in await visits(studio)


class Lists:
    """A server that publishes the list of agents, or what is none."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer = Answer(status, body, ((b"content-type", b"text/plain"),))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.answer.send(send)


def public_list(names: Sequence[str]) -> bytes:
    entry = {"operator": "Lab", "function": "AI Data Scrapers", "description": "", "respect": "No"}
    return json.dumps(dict.fromkeys(names, entry)).encode()


MANY = [f"Agent-{n}" for n in range(200)]


async def test_the_table_is_refreshed_and_survives(fediverse: Fediverse, studio: Instance) -> None:
    assert await visit(studio, "/@mara", "BrandNewBot/1.0") == 200
    fediverse.network.servers[LIST] = Lists(public_list([*MANY, "BrandNewBot"]))
    refreshed = await refresh_agents(studio.services)
    assert "BrandNewBot" in refreshed.added and refreshed.total == 201
    assert await visit(studio, "/@mara", "BrandNewBot/1.0") == 403
    assert await visit(studio, "/@mara", TRAINER) == 403
    robots = (await studio.get(f"{studio.base}/robots.txt", accept="*/*")).text
    assert "User-agent: BrandNewBot\n" in robots and "User-agent: GPTBot\n" in robots

    again = type(studio.services.crawlers)(studio.services.database, studio.services.clock)
    assert again.find("BrandNewBot/2.0") is None
    assert await again.refresh()
    assert again.find("BrandNewBot/2.0") is not None


@pytest.mark.parametrize(
    "lists", [Lists(b"", 500), Lists(b"no"), Lists(b"{}"), Lists(public_list(MANY[:100])), Lists(b"x", 404)]
)
async def test_a_list_that_failed_or_shrank_changes_nothing(
    fediverse: Fediverse, studio: Instance, lists: Lists
) -> None:
    fediverse.network.servers[LIST] = Lists(public_list(MANY))
    await refresh_agents(studio.services)
    fediverse.network.servers[LIST] = lists
    with pytest.raises(AgentListUnusable):
        await refresh_agents(studio.services)
    fediverse.network.unplugged.add(LIST)
    with pytest.raises(AgentListUnusable):
        await refresh_agents(studio.services)
    async with studio.services.database.reading() as records:
        assert len(await records.crawlers.find_agents()) == 200


async def test_subscribed_agents_are_told_and_refused_like_our_own(fediverse: Fediverse) -> None:
    subscriptions = [
        {"url": f"https://{LIST}/robots.json", "format": "ai-robots-json", "excludes": ["goodbot"]},
    ]
    (studio,) = await fediverse.start("studio.example", blocklist={"subscriptions": subscriptions})
    await studio.add_artist("mara")
    fediverse.network.servers[LIST] = Lists(public_list(["BrandNewBot", "Two Words 1.0", "GoodBot"]))
    (refreshed,) = await refresh_due(studio.services)
    assert refreshed.error == ""
    await watch_once(studio.services)

    robots = (await studio.get(f"{studio.base}/robots.txt", accept="*/*")).text
    assert "User-agent: BrandNewBot\n" in robots and "GoodBot" not in robots
    for user_agent, status in (
        ("BrandNewBot/1.0", 403),
        ("Mozilla/5.0 (compatible; two words/2; +https://a.example)", 403),
        ("Mastodon/4.4 (http.rb/5.1; +https://brandnewbot.example/)", 200),
        ("GoodBot/1.0", 200),
    ):
        assert await visit(studio, "/@mara", user_agent) == status, user_agent

    fediverse.network.servers[LIST] = Lists(public_list(["Two Words 1.0"]))
    await refresh_all(studio.services)
    await watch_once(studio.services)
    assert await visit(studio, "/@mara", "BrandNewBot/1.0") == 200


async def test_agents_of_a_list_under_review_wait(fediverse: Fediverse) -> None:
    subscriptions = [{"url": f"https://{LIST}/robots.json", "format": "ai-robots-json", "action": "review"}]
    (studio,) = await fediverse.start("studio.example", blocklist={"subscriptions": subscriptions})
    await studio.add_artist("mara")
    fediverse.network.servers[LIST] = Lists(public_list(["BrandNewBot"]))
    await refresh_due(studio.services)
    await watch_once(studio.services)
    assert await visit(studio, "/@mara", "BrandNewBot/1.0") == 200
    await apply_held(studio.services, subscriptions[0]["url"])
    await watch_once(studio.services)
    assert await visit(studio, "/@mara", "BrandNewBot/1.0") == 403


async def test_the_real_list_is_read(fediverse: Fediverse, studio: Instance) -> None:
    path = SHARED / "data" / "ai-robots.json"
    if not path.exists():
        pytest.skip(MISSING)
    fediverse.network.servers[LIST] = Lists(path.read_bytes())
    refreshed = await refresh_agents(studio.services)
    assert refreshed.total > 150
