"""Visitors' pages as kept bytes: nobody pays twice for the same page, and nobody sees an old or another's one."""

import asyncio

import httpx
import pytest

from cara_fed.asgi import Answer
from cara_fed.clock import Clock
from cara_fed.config import Config
from cara_fed.endpoints.kept_answers import NEVER_SHOWN, KeptAnswers
from cara_fed.services import Services, open_services
from storage.artists import Artist
from storage.columns import Table
from storage.posts import Post
from tests.cara_fed.web.test_walls import counted_queries, hang
from tests.support.browsers import Browser
from tests.support.clocks import StoryTime
from tests.support.network import Network

Artists = dict[str, Artist]


@pytest.fixture
async def work(services: Services, artists: Artists) -> Post:
    return await hang(services, artists["mara"])


async def test_the_second_visitor_costs_no_query(visitor: Browser, work: Post) -> None:
    for path in ("/", "/@mara", f"/@mara/{work.pk}", f"/users/mara/posts/{work.pk}"):
        first = await visitor.get(path, accept="text/html")
        with counted_queries() as queries:
            again = await visitor.get(path, accept="text/html")
            head = await visitor.client.head(path, headers={"accept": "text/html"})
            held = await visitor.get(path, accept="text/html", if_none_match=first.headers["etag"])
        assert queries == []
        assert (again.content, again.headers.multi_items()) == (first.content, first.headers.multi_items())
        assert (head.content, head.headers["content-length"]) == (b"", first.headers["content-length"])
        assert (held.status_code, held.content, held.headers["etag"]) == (304, b"", first.headers["etag"])
        assert held.headers["content-usage"] == first.headers["content-usage"]
        assert "content-type" not in held.headers


async def test_a_page_is_sent_packed_to_who_takes_that_unless_it_holds_a_secret(visitor: Browser, work: Post) -> None:
    for path, secret in (("/@mara", False), ("/login", True)):
        for wished, taken in (("br, gzip;q=0.5", True), ("gzip;q=0.0", False), ("identity", False)):
            page = await visitor.client.get(path, headers={"accept-encoding": wished})
            visitor.client.cookies.clear()
            assert (page.headers.get("content-encoding") == "gzip") is (taken and not secret)
            assert "Accept-Encoding" in page.headers["vary"] and page.text.startswith("<!doctype html>")


async def test_a_change_is_seen_at_once(visitor: Browser, services: Services, artists: Artists, work: Post) -> None:
    assert "post" in (await visitor.get("/@mara/posts")).text
    newer = await hang(services, artists["mara"])
    assert str(newer.pk) in (await visitor.get("/@mara/posts")).text
    async with services.database.unit_of_work() as records:
        (await records.artists.get("mara")).display_name = "Renamed"
    assert "Renamed" in (await visitor.get("/@mara")).text


async def test_what_another_process_did_is_seen_within_a_second(
    visitor: Browser, config: Config, artists: Artists, work: Post, time: StoryTime
) -> None:
    await visitor.get("/@mara/posts")
    async with open_services(config, clock=Clock(time.read), transport=Network()) as other:
        newer = await hang(other, artists["mara"])
    time.pass_by(seconds=1)
    assert str(newer.pk) in (await visitor.get("/@mara/posts")).text


async def test_each_sees_their_own(visitor: Browser, mara_there: Browser, work: Post) -> None:
    path = f"/@mara/{work.pk}"
    own = await mara_there.get(path)
    assert "/edit" in own.text and own.headers["cache-control"].startswith("private")
    assert "/edit" not in (await visitor.get(path)).text
    assert "/edit" in (await mara_there.get(path)).text


async def test_of_many_who_find_it_old_one_makes_it_anew(services: Services, artists: Artists) -> None:
    kept, made = KeptAnswers(services), list[int]()

    async def make() -> Answer:
        made.append(len(made))
        await asyncio.sleep(0)
        return Answer(200, b"%d" % made[-1], ((b"cache-control", b"public, max-age=30"),))

    await kept.get(("/",), make)
    await hang(services, artists["mara"])
    answers = await asyncio.gather(*(kept.get(("/",), make) for _ in range(5)))
    assert made == [0, 1] and {answer.body for answer in answers} == {b"1"}


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/login", 200), ("/home", 303), ("/@MARA", 301)])
async def test_what_is_not_everybodys_is_made_each_time(
    visitor: Browser, artists: Artists, path: str, status: int
) -> None:
    first = await visitor.client.get(path)
    visitor.client.cookies.clear()
    with counted_queries() as queries:
        again = await visitor.client.get(path)
    assert first.status_code == again.status_code == status
    assert ("set-cookie" in first.headers) == ("set-cookie" in again.headers)
    assert status != 301 or queries


async def test_static_files_are_not_mistaken_for_pages(visitor: Browser, artists: Artists) -> None:
    css = next(part for part in (await visitor.get("/")).text.split('"') if part.endswith(".css"))
    packed = await visitor.client.get(css, headers={"accept-encoding": "gzip"})
    plain = await visitor.client.get(css, headers={"accept-encoding": "identity"})
    assert packed.headers.get("content-encoding") == "gzip" and "content-encoding" not in plain.headers
    assert isinstance(plain, httpx.Response) and plain.text == packed.text


def test_what_is_never_shown_is_a_table() -> None:
    assert set(Table.metadata.tables) >= NEVER_SHOWN
