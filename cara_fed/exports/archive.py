"""Making an archive: documents as other servers read them, originals as they were uploaded, lists as CSV."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from activitypub.actors import build_actor
from activitypub.audience import Visibility
from activitypub.documents import Json, dump_document
from activitypub.vocabulary import AS2
from cara_fed.accounts.published_keys import find_published_keys
from cara_fed.endpoints.shown_posts import load_posts, write_create
from cara_fed.exports.lists import write_blocks, write_follows, write_mutes
from cara_fed.services import Services
from cara_fed.translate.artists import read_artist
from cara_fed.translate.posts import PostRows
from cara_fed.words.speech import _, later
from cara_fed.words.writing import write_utc_date
from storage.artists import Artist
from storage.attachments import Picture
from storage.errors import NotFound

POSTS_AT_ONCE: Final = 100
README: Final = later("""\
This is what %(handle)s made at %(base)s, as it was on %(day)s.

actor.json               the profile, as other servers read it
outbox.json              every post, as other servers read it; "url" of a picture is its place in this archive
pictures/                the originals, just as they were uploaded: with places, names and serial numbers in them
following_accounts.csv   whom you follow, as Mastodon and others import it
blocked_accounts.csv, muted_accounts.csv
""")
_PLACEHOLDER: Final = re.compile(r"/media/\x00[a-z]/([0-9a-f]{64})\.[a-z0-9]+\Z")
_EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]{1,8}")
_EXTENSIONS: Final = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}


@dataclass(slots=True)
class _Archive:
    """The file as it grows, and where in it each rendition's original stands."""

    zip: ZipFile
    services: Services
    places: dict[str, str] = field(default_factory=dict)

    async def add_text(self, name: str, text: str | bytes) -> None:
        await asyncio.to_thread(self.zip.writestr, name, text, ZIP_DEFLATED)

    async def add_original(self, place: str, file_hash: str) -> bool:
        """Whether the original is still there."""
        path = self.services.media.path("private", file_hash)
        try:
            content = path if path is not None else await self.services.media.read("private", file_hash)
            await asyncio.to_thread(self._add, place, content)
        except (NotFound, FileNotFoundError):
            return False
        return True

    def _add(self, place: str, content: bytes | Path) -> None:
        if isinstance(content, bytes):
            self.zip.writestr(place, content, ZIP_STORED)
        else:
            self.zip.write(content, place, ZIP_STORED)  # pictures are compressed already


async def write_archive(services: Services, artist: Artist, path: Path) -> None:
    """Write everything that an artist made here into a new zip file."""
    with await asyncio.to_thread(ZipFile, path, "w") as zip_file:
        archive = _Archive(zip_file, services)
        handle, day = f"@{artist.name}@{services.site.domain}", write_utc_date(services.clock.now())
        readme = _(README, handle=handle, base=services.site.base, day=day)
        await archive.add_text("README.txt", readme)
        await _add_profile(archive, artist)
        await _add_posts(archive, artist)
        await asyncio.to_thread(zip_file.close)


async def _add_profile(archive: _Archive, artist: Artist) -> None:
    services = archive.services
    async with services.database.reading() as records:
        keys = await find_published_keys(records, artist.pk, services.clock.now())
        lists = {
            "following_accounts.csv": await write_follows(records, services.site, artist),
            "blocked_accounts.csv": await write_blocks(records, services.site, artist),
            "muted_accounts.csv": await write_mutes(records, services.site, artist),
        }
    for name, text in lists.items():
        await archive.add_text(name, text)
    await _add_portraits(archive, artist)
    profile = read_artist(artist, keys, services.site, services.config.opt_out.default)
    await archive.add_text("actor.json", dump_document(_lead_inside(archive, build_actor(profile, services.site))))


async def _add_portraits(archive: _Archive, artist: Artist) -> None:
    """Avatar and header, of which only what is shown is kept."""
    for role, name in (("avatar", artist.avatar_hash), ("header", artist.header_hash)):
        if name:
            place = f"{role}.{name.rpartition('.')[2]}"
            await archive.add_text(place, await archive.services.media.read("public", name))
            archive.places[name.partition(".")[0]] = place


async def _add_posts(archive: _Archive, artist: Artist) -> None:
    items = [item async for item in _write_posts(archive, artist)]
    site = archive.services.site
    outbox = {
        "@context": AS2,
        "id": f"{site.actor(artist.name)}/outbox",
        "type": "OrderedCollection",
        "totalItems": len(items),
        "orderedItems": items,
    }
    await archive.add_text("outbox.json", dump_document(outbox))


async def _write_posts(archive: _Archive, artist: Artist) -> AsyncIterator[Json]:
    services, before = archive.services, None
    actor_id = services.site.actor(artist.name)
    while True:
        async with services.database.reading() as records:
            posts = await records.posts.find_by_actor(actor_id, tuple(Visibility), before=before, limit=POSTS_AT_ONCE)
            loaded = await load_posts(records, artist, posts)
        if not posts:
            return
        for rows, counts in loaded:
            await _add_pictures(archive, rows)
            yield _lead_inside(archive, write_create(services, rows, counts))
        before = posts[-1].pk


async def _add_pictures(archive: _Archive, rows: PostRows) -> None:
    for number, picture in enumerate(rows.pictures, start=1):
        original = picture.attachment.original_hash
        place = f"pictures/{rows.post.pk}-{number}{_extension(picture)}"
        if original and await archive.add_original(place, original):
            archive.places.update({rendition.hash: place for rendition in picture.renditions.values()})


def _extension(picture: Picture) -> str:
    """As the artist's own file had it, where that is one."""
    own = PurePosixPath(picture.attachment.original_name or "").suffix
    return own.lower() if _EXTENSION.fullmatch(own) else _EXTENSIONS.get(picture.attachment.media_type, "")


def _lead_inside(archive: _Archive, document: Json) -> Json:
    """The document with every picture's address replaced by its place in the archive."""
    led: Json = _lead(archive.places, document)
    return led


def _lead(places: dict[str, str], value: Any) -> Any:
    match value:
        case str():
            found = _PLACEHOLDER.search(value)
            return places.get(found[1], "") if found else value
        case dict():
            return {name: _lead(places, inner) for name, inner in value.items()}
        case list() | tuple():
            return [_lead(places, inner) for inner in value]
    return value
