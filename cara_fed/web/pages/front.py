"""The front page: the collective's newest work and its artists."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.tags import fold_hashtag
from cara_fed.translate.posts import NO_AI_TAG, PostRows
from cara_fed.web.alternates import feeds_of
from cara_fed.web.house import house, services
from cara_fed.web.parts import Link
from cara_fed.web.showing import show
from cara_fed.web.views import ArtistEntry, FrontPage, Head, OpenGraph, WelcomePage
from cara_fed.web.walls import cut, hang, read_before
from storage.artists import Artist
from storage.posts import PUBLIC
from storage.records import Records

WORKS = 40
WORKS_BESIDE_AN_ARTIST = 3
TAGS = 16

room = Blueprint("front", __name__)


@dataclass(frozen=True, slots=True)
class _Glimpse:
    """An artist in the list of them all."""

    artist: Artist
    works: int
    latest: tuple[PostRows, ...]


@dataclass(frozen=True, slots=True)
class _Front:
    works: tuple[PostRows, ...]
    older_url: str | None
    artists: tuple[_Glimpse, ...]
    tags: tuple[str, ...]


@room.get("/")
async def show_front() -> ResponseReturnValue:
    """The front page; an empty wall before there is any artist."""
    before = read_before()
    async with services().database.reading() as records:
        artists = {artist.pk: artist for artist in await records.artists.find_all()}
        front = await _read_front(records, artists, before)
    return await show(_build_view(front) if artists else WelcomePage())


async def _read_front(records: Records, artists: Mapping[int, Artist], before: int | None) -> _Front:
    stretch = cut(await records.works.find_page((PUBLIC,), before=before, limit=WORKS + 1), WORKS)
    latest = {} if before else await records.works.find_latest(WORKS_BESIDE_AN_ARTIST)
    posts = {post.pk: post for post in (*stretch.posts, *(post for some in latest.values() for post in some))}
    rows = {one.post.pk: one for one in await hang(records, list(posts.values()), artists)}
    counts = {} if before else await records.works.count_by_artist()
    glimpses = [
        _Glimpse(artist, counts.get(pk, 0), tuple(rows[post.pk] for post in latest.get(pk, ())))
        for pk, artist in artists.items()
        if artist.discoverable and artist.suspended_at is None and not before
    ]
    # Who showed something last comes first.
    glimpses.sort(key=lambda one: -one.latest[0].post.pk if one.latest else 0)
    tags = () if before else await records.works.find_tags(limit=TAGS + 1)
    shown = tuple(tag for tag in tags if tag != fold_hashtag(NO_AI_TAG))[:TAGS]
    return _Front(tuple(rows[post.pk] for post in stretch.posts), stretch.older_url, tuple(glimpses), shown)


def _build_view(front: _Front) -> FrontPage:
    instance, gallery = services().config.instance, house().gallery
    return FrontPage(
        head=Head(
            canonical_url=f"{services().site.base}/",
            description=instance.description,
            open_graph=OpenGraph(instance.name),
            alternates=feeds_of(f"{services().site.base}/", instance.name),
        ),
        description=instance.description,
        works=tuple(gallery.tile(rows, signed=True) for rows in front.works),
        artists=tuple(
            ArtistEntry(gallery.byline(one.artist), one.works, tuple(gallery.tile(rows) for rows in one.latest))
            for one in front.artists
        ),
        tags=tuple(Link(f"/tags/{quote(tag, safe='')}", f"#{tag}") for tag in front.tags),
        older_url=front.older_url,
    )
