"""Making, changing and filling albums."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from activitypub.audience import Visibility
from cara_fed.errors import InvalidInput, NotFound
from cara_fed.publishing.ordering import Move, move
from cara_fed.publishing.own_posts import get_own_post, get_own_posts
from cara_fed.services import Services
from cara_fed.words.speech import _
from cara_fed.words.writing import write_number
from storage.albums import Album
from storage.artists import Artist
from storage.records import Records

MAX_TITLE: Final = 100
MAX_SUMMARY: Final = 2000
MAX_ALBUMS: Final = 100
MAX_POSTS: Final = 500
_SLUG_LENGTH: Final = 48
_EVERY: Final = tuple(Visibility)


@dataclass(frozen=True, slots=True)
class AlbumText:
    """What an album is called, what its artist says of it, and whether its works are seen one after another."""

    title: str
    summary: str = ""
    is_series: bool = False


async def create_album(services: Services, artist: Artist, text: AlbumText) -> Album:
    """A new, empty album. Raises InvalidInput."""
    _require_fitting(text)
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        slugs = await records.albums.find_slugs(artist.pk)
        if len(slugs) >= MAX_ALBUMS:
            raise InvalidInput(_("There is room for %(limit)s albums, deleted ones included.", limit=MAX_ALBUMS))
        album = Album(
            pk=services.clock.new_pk(),
            artist_pk=artist.pk,
            slug=make_slug(text.title, slugs),
            title=text.title.strip(),
            summary=text.summary.strip(),
            is_series=text.is_series,
            created_at=now,
            updated_at=now,
        )
        await records.albums.add(album)
    return album


async def edit_album(services: Services, artist: Artist, slug: str, text: AlbumText) -> None:
    """Call an album otherwise; its address stays. Raises InvalidInput or NotFound."""
    _require_fitting(text)
    async with services.database.unit_of_work() as records:
        album = await _get_album(records, artist, slug)
        album.title, album.summary, album.updated_at = text.title.strip(), text.summary.strip(), services.clock.now()
        album.is_series = text.is_series


async def delete_album(services: Services, artist: Artist, slug: str) -> None:
    """Delete an album; its posts stay, its address answers 410 for good. Raises NotFound."""
    async with services.database.unit_of_work() as records:
        album = await _get_album(records, artist, slug)
        await records.albums.replace_posts(album.pk, [])
        album.title, album.summary, album.deleted_at = "", "", services.clock.now()


async def put_into_albums(services: Services, artist: Artist, post_pk: int, slugs: Collection[str]) -> None:
    """Let a post be in these albums of its artist, last where it is new, and in no others. Raises NotFound."""
    async with services.database.unit_of_work() as records:
        rows = await get_own_post(records, artist, post_pk)
        for album in await records.albums.find_all(artist.pk):
            pks = [post.pk for post in await records.albums.find_posts(album.pk, _EVERY)]
            if (album.slug in slugs) is (post_pk in pks):
                continue
            if post_pk not in pks:
                _require_room(len(pks) + 1 if rows.pictures else MAX_POSTS + 1)
            chosen = [pk for pk in pks if pk != post_pk] if post_pk in pks else [*pks, post_pk]
            await _arrange(records, services, album, chosen)


async def add_to_album(services: Services, artist: Artist, slug: str, post_pks: Sequence[int]) -> None:
    """Put posts with pictures last in an album, all or none. Raises InvalidInput or NotFound."""
    async with services.database.unit_of_work() as records:
        album = await _get_album(records, artist, slug)
        if not all(rows.pictures for rows in await get_own_posts(records, artist, post_pks)):
            _require_room(MAX_POSTS + 1)
        pks = [post.pk for post in await records.albums.find_posts(album.pk, _EVERY)]
        together = list(dict.fromkeys((*pks, *post_pks)))
        _require_room(len(together))
        await _arrange(records, services, album, together)


async def move_in_album(services: Services, artist: Artist, slug: str, wanted: Move) -> None:
    """Move a post within an album, or out of it. Raises NotFound."""
    async with services.database.unit_of_work() as records:
        album = await _get_album(records, artist, slug)
        pks = [post.pk for post in await records.albums.find_posts(album.pk, _EVERY)]
        await _arrange(records, services, album, move(pks, wanted))


def make_slug(title: str, taken: Collection[str]) -> str:
    """The last part of a new album's address: what of its title fits there, and a number where that is taken."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LENGTH].strip("-") or "album"
    names = (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


async def _arrange(records: Records, services: Services, album: Album, post_pks: list[int]) -> None:
    await records.albums.replace_posts(album.pk, post_pks)
    album.updated_at = services.clock.now()


async def _get_album(records: Records, artist: Artist, slug: str) -> Album:
    album = await records.albums.find(artist.pk, slug)
    if album is None or album.deleted_at is not None:
        raise NotFound(_("There is no such album of yours."))
    return album


def _require_room(posts: int) -> None:
    if posts > MAX_POSTS:
        raise InvalidInput(_("An album holds up to %(limit)s posts with pictures.", limit=write_number(MAX_POSTS)))


def _require_fitting(text: AlbumText) -> None:
    if not text.title.strip():
        raise InvalidInput(_("An album needs a name."))
    if len(text.title) > MAX_TITLE or len(text.summary) > MAX_SUMMARY:
        raise InvalidInput(
            _(
                "A name has at most %(limit)s characters, what you say of it %(summary_limit)s.",
                limit=MAX_TITLE,
                summary_limit=write_number(MAX_SUMMARY),
            )
        )
