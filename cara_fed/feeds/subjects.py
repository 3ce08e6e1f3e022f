"""What there are feeds of: everybody's newest work, an artist, an album, a hashtag; found by the page's address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from activitypub.audience import Visibility
from activitypub.html import strip_html
from activitypub.identifiers import AlbumRef, ArtistRef, Handle, Site
from activitypub.opt_out import OptOut
from activitypub.tags import fold_hashtag, is_hashtag
from cara_fed.config import Config
from cara_fed.translate.albums import render_album_text
from cara_fed.translate.artists import render_profile_text
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import tag_page
from storage.albums import Album
from storage.artists import Artist
from storage.columns import Table
from storage.posts import PUBLIC, Post
from storage.records import Records

FOR_EVERYONE: Final = (Visibility.PUBLIC, Visibility.UNLISTED)
TAGS: Final = "/tags/"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a feed says of itself. ``rows`` are the ones that this is made from, ``policy`` holds for the response."""

    page_url: str
    title: str
    policy: OptOut
    description: str = ""
    rows: tuple[Table, ...] = ()
    artist: Artist | None = None


class Asked(Protocol):
    """A page that has feeds, as its address names it."""

    async def find(self, records: Records, config: Config) -> Subject | None:
        """What is there; None where there is nothing, or no longer."""

    async def find_posts(self, records: Records, subject: Subject, before: int | None, limit: int) -> Sequence[Post]:
        """The posts in it, newest first, below a key."""


def read_asked(path: str, site: Site) -> Asked | None:
    """What a page's path names, as far as it has feeds; ``""`` is the front page."""
    if not path:
        return _Front()
    if path.startswith(TAGS):
        name = path.removeprefix(TAGS)
        return _Tag(fold_hashtag(name)) if is_hashtag(name) else None
    match site.locate_page(site.base + path):
        case ArtistRef(name):
            return _Artist(name)
        case AlbumRef(name, slug):
            return _Album(name, slug)
    return None


@dataclass(frozen=True, slots=True)
class _Front:
    async def find(self, records: Records, config: Config) -> Subject | None:
        instance, default = config.instance, config.opt_out.default
        return Subject(f"{config.site.base}/", instance.name, default, instance.description)

    async def find_posts(self, records: Records, subject: Subject, before: int | None, limit: int) -> Sequence[Post]:
        return await records.works.find_page((PUBLIC,), before=before, limit=limit)


@dataclass(frozen=True, slots=True)
class _Tag:
    key: str

    async def find(self, records: Records, config: Config) -> Subject | None:
        title = f"#{self.key} · {config.instance.name}"
        return Subject(tag_page(config.site, self.key), title, config.opt_out.default)

    async def find_posts(self, records: Records, subject: Subject, before: int | None, limit: int) -> Sequence[Post]:
        return await records.posts.find_by_tag(self.key, before=before, limit=limit)


@dataclass(frozen=True, slots=True)
class _Artist:
    name: str

    async def find(self, records: Records, config: Config) -> Subject | None:
        if (artist := await records.artists.find(self.name)) is None:
            return None
        site, policy = config.site, effective_opt_out(config.opt_out.default, artist)
        title = f"{_name(artist)} ({Handle(artist.name, site.domain)})"
        about = strip_html(render_profile_text(artist.summary, site).html)
        return Subject(site.profile_page(artist.name), title, policy, about, (artist,), artist)

    async def find_posts(self, records: Records, subject: Subject, before: int | None, limit: int) -> Sequence[Post]:
        assert subject.artist is not None  # noqa: S101 - it was found by `find`
        return await records.posts.find_own(subject.artist.pk, FOR_EVERYONE, before=before, limit=limit)


@dataclass(frozen=True, slots=True)
class _Album:
    name: str
    slug: str

    async def find(self, records: Records, config: Config) -> Subject | None:
        artist = await records.artists.find(self.name)
        album = await records.albums.find(artist.pk, self.slug) if artist else None
        if artist is None or album is None or album.deleted_at is not None:
            return None
        site, policy = config.site, effective_opt_out(config.opt_out.default, artist)
        about = strip_html(render_album_text(album, site))
        page_url = site.album_page(artist.name, album.slug)
        return Subject(page_url, f"{album.title} · {_name(artist)}", policy, about, (artist, album), artist)

    async def find_posts(self, records: Records, subject: Subject, before: int | None, limit: int) -> Sequence[Post]:
        album = next(row for row in subject.rows if isinstance(row, Album))
        return await records.albums.find_newest_posts(album.pk, FOR_EVERYONE, before=before, limit=limit)


def _name(artist: Artist) -> str:
    return artist.display_name or artist.name
