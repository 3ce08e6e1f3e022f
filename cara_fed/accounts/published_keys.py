"""Which keys an actor's document shows: those in use, and for a while those that signed until lately."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from storage.keys import Key
from storage.records import Records

# Peers keep a key for hours or days; a delivery signed with the old one may arrive a week after it was made.
RETIRED_KEYS_SHOWN_FOR = timedelta(days=7)


async def find_published_keys(records: Records, artist_pk: int | None, now: datetime) -> Sequence[Key]:
    """An artist's keys, or the instance's, the current ones first."""
    return await records.keys.find_all(artist_pk, now - RETIRED_KEYS_SHOWN_FOR)
