"""Archives: asked for, made in the background, kept for a week."""

import asyncio
import logging
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

from cara_fed.backups.manifest import hash_file
from cara_fed.errors import InvalidInput
from cara_fed.exports.archive import write_archive
from cara_fed.services import Services
from cara_fed.words.speech import _
from cara_fed.words.wishes import speaking_to
from storage.artists import Artist
from storage.errors import StorageError
from storage.exports import ASKED, FAILED, Export

log = logging.getLogger(__name__)

LEASE: Final = timedelta(hours=2)
KEPT: Final = timedelta(days=7)
PAUSE: Final = timedelta(hours=1)
"""Between two archives of one artist: each may be gigabytes."""


async def ask_export(services: Services, artist: Artist) -> None:
    """Let an archive be made; raises InvalidInput where one is under way, or was asked for just now."""
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        earlier = await records.exports.find_all(artist.pk)
        if not may_ask(services, earlier):
            raise InvalidInput(_("One archive is under way, or was made within the hour."))
        await records.exports.add(Export(pk=services.clock.new_pk(), artist_pk=artist.pk, created_at=now, due_at=now))


def may_ask(services: Services, earlier: Iterable[Export]) -> bool:
    """Whether an artist with these archives may ask for another."""
    since = services.clock.now() - PAUSE
    return not any(one.state == ASKED or (one.state != FAILED and one.created_at > since) for one in earlier)


async def export_once(services: Services) -> bool:
    """Make the archive that was asked for first; whether there was one."""
    now = services.clock.now()
    async with services.database.reading() as records:
        if not await records.exports.is_anything_due(now):
            return False
    async with services.database.unit_of_work() as records:
        export = await records.exports.claim(now, now + LEASE)
        artist = await records.artists.find_by_pk(export.artist_pk) if export else None
    if export is None or artist is None:
        return False
    try:
        await _make(services, artist, export)
    except (OSError, StorageError) as error:
        log.warning("an archive of @%s could not be made: %s", artist.name, error)
        async with services.database.unit_of_work() as records:
            await records.exports.record_failed(export.pk, str(error))
    return True


async def remove_expired(services: Services) -> None:
    """Forget archives whose time is over."""
    async with services.database.unit_of_work() as records:
        gone = await records.exports.take_expired(services.clock.now())
    await forget_archives(services, gone)


async def forget_archives(services: Services, gone: Iterable[Export]) -> None:
    """Delete the files of archives whose rows are gone."""
    for export in gone:
        if export.file_name:
            await services.media.delete("private", export.file_name)


async def _make(services: Services, artist: Artist, export: Export) -> None:
    with tempfile.TemporaryDirectory(prefix="cara-fed-export-") as folder:
        path = Path(folder) / "archive.zip"
        with speaking_to(artist.language):
            await write_archive(services, artist, path)
        name = f"{await asyncio.to_thread(hash_file, path)}.zip"
        size = (await asyncio.to_thread(path.stat)).st_size
        await services.media.put("private", name, path)
    async with services.database.unit_of_work() as records:
        await records.exports.record_ready(export.pk, name, size, services.clock.now() + KEPT)
