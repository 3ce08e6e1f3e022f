"""What pictures take: by artist, how fast that grows, and when the disk will be full."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cara_fed.services import Services
from storage.artists import Artist
from storage.usage import StorageUse

LATELY: Final = timedelta(days=30)
WITH_ORIGINALS: Final = 3
"""About how much more the disk takes than what is shown: camera files are kept as they came, and backed up."""
A_DAY: Final = timedelta(days=1)
FAR_OFF: Final = 3650
"""Days after which nobody believes a forecast."""


@dataclass(frozen=True, slots=True)
class ArtistUse:
    """What one artist's renditions take, in bytes, and how much of it came lately; originals come on top."""

    artist: Artist
    use: StorageUse
    sent: int = 0


@dataclass(frozen=True, slots=True)
class StorageReport:
    """Every artist, those with the most first. ``free`` bytes are None where pictures lie elsewhere.

    ``sent`` is what left this server, as far as that is remembered, ``monthly`` what that makes in thirty days; None
    where nothing did, or only just now.
    """

    artists: tuple[ArtistUse, ...]
    total: int
    lately: int
    free: int | None
    days_left: int | None
    sent: int
    monthly: int | None


async def measure_storage(services: Services) -> StorageReport:
    """Ask the database, and the disk."""
    now = services.clock.now()
    since = now - LATELY
    async with services.database.reading() as records:
        artists = await records.artists.find_all()
        uses = await records.usage.measure_storage(since)
        sent, first = await records.usage.measure_egress(), await records.usage.first_served()
    rows = sorted(
        (ArtistUse(artist, uses.get(artist.pk, StorageUse()), sent.get(artist.pk, 0)) for artist in artists),
        key=lambda row: -row.use.bytes,
    )
    total, lately = sum(row.use.bytes for row in rows), sum(row.use.lately for row in rows)
    free = await _free_bytes(services)
    left = sum(sent.values())
    return StorageReport(
        tuple(rows), total, lately, free, _forecast(free, lately), left, _pace(left, now - first if first else None)
    )


def _pace(sent: int, remembered: timedelta | None) -> int | None:
    """Bytes in thirty days, if it goes on as it did; None before there is a day to go by."""
    if remembered is None or remembered < A_DAY:
        return None
    return round(sent * (LATELY / remembered))


def _forecast(free: int | None, lately: int) -> int | None:
    """In how many days the disk is full if it goes on like that; None where nobody can say."""
    if free is None or lately <= 0:
        return None
    days = free * LATELY.days // (lately * WITH_ORIGINALS)
    return days if days <= FAR_OFF else None


async def _free_bytes(services: Services) -> int | None:
    media = services.config.storage.media
    if media.startswith("s3://"):
        return None
    folder = services.config.resolve(media)
    return (await asyncio.to_thread(shutil.disk_usage, folder)).free if await asyncio.to_thread(folder.exists) else None
