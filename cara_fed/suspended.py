"""Who is suspended, as every process knows it without a query."""

import re
from typing import Final

from activitypub.identifiers import fold_name
from storage.database import Database

REVISION: Final = "suspended"
_OF_AN_ARTIST: Final = re.compile(r"/(?:@|users/)([A-Za-z0-9_]{1,30})(?:/.*)?")


class SuspendedNames:
    """The folded names of suspended artists, read again when another process changed them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._names: frozenset[str] = frozenset()
        self._revision = -1

    async def refresh(self) -> None:
        """See what changed anywhere since the last time."""
        async with self._database.reading() as records:
            revision = await records.revisions.current(REVISION)
            if revision != self._revision:
                self._names = await records.artists.find_suspended()
        self._revision = revision

    def hides(self, path: str) -> bool:
        """Whether a path lies with somebody who is suspended."""
        match = _OF_AN_ARTIST.fullmatch(path) if self._names else None
        return match is not None and fold_name(match[1]) in self._names
