"""What a page costs: its bytes before pictures, and its queries, which do not grow with what hangs on it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise

import pytest
from sqlalchemy import Engine, event

from cara_fed.services import Services
from storage.artists import Artist
from storage.attachments import Rendition
from tests.support.browsers import Browser
from tests.support.rows import make_attachment, make_post

KILOBYTES = 1000
MOST_BYTES = 120 * KILOBYTES
MOST_QUERIES = 8
WIDTHS = {"thumbnail": 400, "web_small": 640, "web_medium": 1080, "web": 1600, "web_plain": 1081, "federated": 2560}
WORDS = "Ridges in haze, one behind another, and a road that nobody has taken for a long time."
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
_LOADED = re.compile(r'<(?:link rel="stylesheet"|script type="module") (?:href|src)="([^"]+)"')
_IMPORTANT = re.compile(r"^(?:SELECT|WITH|INSERT|UPDATE|DELETE)")


async def hang(services: Services, artist: Artist, works: int) -> None:
    """Works of one picture each, as rows alone."""
    actor_id = services.site.actor(artist.name)
    async with services.database.unit_of_work() as records:
        for n in range(works):
            post = make_post(actor_id, artist_pk=artist.pk, pk=services.clock.new_pk(), text=WORDS, content=WORDS)
            await records.posts.add(post)
            picture = make_attachment(
                **{"pk": services.clock.new_pk(), "artist_pk": artist.pk, "post_pk": post.pk, "alt": f"{WORDS} {n}"},
                **{"width": 2560, "height": 1700, "blurhash": "LlI~3=a#jsbH~qa#WBWBIVWWR*ay", "created_at": NOON},
                **{"dominant_color": "#99a1a0"},
            )
            await records.attachments.add(picture, [rendition(picture.pk, kind, n) for kind in WIDTHS])


def rendition(pk: int, kind: str, n: int) -> Rendition:
    width = WIDTHS[kind]
    return Rendition(
        attachment_pk=pk,
        kind=kind,
        hash=sha256(f"{kind} {n}".encode()).hexdigest(),
        extension="jpg",
        media_type="image/jpeg",
        width=width,
        height=width * 2 // 3,
        byte_size=1,
    )


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every query that any database of this process is asked."""
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if _IMPORTANT.match(statement.lstrip()):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def weigh(browser: Browser, path: str) -> int:
    """The bytes of a page with its style sheets and scripts, as a browser unpacks them."""
    html = (await browser.get(path)).text
    loaded = [(await browser.get(url)).text for url in set(_LOADED.findall(html))]
    assert len(loaded) >= 5
    return sum(len(text.encode()) for text in (html, *loaded))


async def test_a_profile_of_sixty_works_is_light(
    artists: dict[str, Artist], visitor: Browser, services: Services
) -> None:
    await hang(services, artists["mara"], 60)
    assert (await visitor.get("/@mara")).text.count("data-blurhash") == 60
    weight = await weigh(visitor, "/@mara")
    assert weight <= MOST_BYTES, weight


@pytest.mark.parametrize("path", ["/@mara", "/", "/@mara/posts"])
async def test_more_works_ask_no_more_of_the_database(
    artists: dict[str, Artist], visitor: Browser, services: Services, path: str
) -> None:
    counts = []
    for more in (3, 30):
        await hang(services, artists["mara"], more)
        await visitor.get(path)  # what is asked once for a process
        with counted() as asked:
            assert (await visitor.get(path)).status_code == 200
        counts.append(len(asked))
    assert all(before == after for before, after in pairwise(counts)), asked
    assert counts[-1] <= MOST_QUERIES, asked
