"""The looks of all pictures known here, held in memory and compared all at once: 100,000 in about a millisecond."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from storage.database import Database

WINDOW_BYTES = 8
MATCH_WITHIN = 40
"""Bits of 256 in which copies may differ; other pictures differ in about 128, and the nearest that we saw in 60."""

_OVERLAP = (10 * 60 * 1000) << 16  # rows of ten minutes are read again: a key is made some time before it is written
Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Near:
    """A picture that looks alike, and in how many bits it differs."""

    attachment_pk: int
    distance: int


def mirror_look(look: bytes) -> bytes:
    """About how a picture with this look of 32 bytes would look mirrored: each other column changes its sign."""
    return bytes(byte ^ 0b10101010 for byte in look)


class LikenessIndex:
    """One for each process; it reads what was added since it was last asked, and may name what was deleted."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = asyncio.Lock()
        self._known: set[int] = set()
        self._last = 0
        self._words: Words = np.empty((0, 4), np.uint64)
        self._pks: npt.NDArray[np.int64] = np.empty(0, np.int64)

    async def find_copies(self, *looks: bytes, within: int = MATCH_WITHIN) -> list[Near]:
        """The pictures whose whole looks like any of these looks of 32 bytes, the nearest first."""
        wanted = [look for look in looks if look]
        if not wanted:
            return []
        await self._refresh()
        return await asyncio.to_thread(_nearest, self._words, self._pks, wanted, within)

    async def find_crops(self, *looks: bytes, limit: int, within: int) -> list[Near]:
        """The pictures of which a window looks most like any of these looks of 8 bytes; read anew each time."""
        wanted = [np.frombuffer(look, np.uint64)[0] for look in looks if look]
        found: list[Near] = []
        if not wanted:
            return found
        async with self._database.reading() as records:
            async for page in records.likenesses.all_windows():
                found += _nearest_windows(page, wanted, within)
                found = sorted(found, key=lambda near: near.distance)[:limit]
        return found

    async def _refresh(self) -> None:
        async with self._lock, self._database.reading() as records:
            rows = await records.likenesses.find_since(self._last - _OVERLAP)
            fresh = [row for row in rows if row.attachment_pk not in self._known]
            if fresh:
                words = np.frombuffer(b"".join(row.whole for row in fresh), np.uint64).reshape(-1, 4)
                self._words = np.concatenate((self._words, words))
                self._pks = np.concatenate((self._pks, [row.attachment_pk for row in fresh]))
                self._known.update(row.attachment_pk for row in fresh)
                self._last = max(self._last, fresh[-1].pk)


def _nearest(words: Words, pks: npt.NDArray[np.int64], looks: list[bytes], within: int) -> list[Near]:
    found: dict[int, int] = {}
    for look in looks:
        distances = np.bitwise_count(words ^ np.frombuffer(look, np.uint64)).sum(axis=1, dtype=np.int64)
        for place in np.flatnonzero(distances <= within):
            pk = int(pks[place])
            found[pk] = min(int(distances[place]), found.get(pk, within))
    return sorted((Near(pk, distance) for pk, distance in found.items()), key=lambda near: near.distance)


def _nearest_windows(page: Sequence[tuple[int, bytes]], looks: list[np.uint64], within: int) -> list[Near]:
    counts = [len(windows) // WINDOW_BYTES for _, windows in page]
    words = np.frombuffer(b"".join(windows for _, windows in page), np.uint64)
    distances = np.min([np.bitwise_count(words ^ look) for look in looks], axis=0)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    nearest = np.minimum.reduceat(distances, starts)
    return [Near(page[int(place)][0], int(nearest[place])) for place in np.flatnonzero(nearest <= within)]
