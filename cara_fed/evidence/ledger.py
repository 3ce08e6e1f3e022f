"""The ledger: who came for which picture or post, counted in memory and written down about every second."""

from collections import Counter
from enum import StrEnum
from typing import Final

from activitypub.errors import IdUnacceptable
from activitypub.origins import netloc_of
from cara_fed.blocklist.doors import Door
from cara_fed.blocklist.policy import Listing
from cara_fed.clock import Clock
from storage.database import Database
from storage.records import Records

MOST_WAITING: Final = 50_000
"""So many different counts fit between two flushes; whoever causes more is not counted one by one."""
MAX_REASON: Final = 500


class Came(StrEnum):
    """How a request for a picture ended."""

    SERVED = "served"
    REVOKED = "revoked"
    """The address was given to a host that is listed now."""
    REFUSED = "refused"
    """A crawler asked for what is reserved from it."""


class Ledger:
    """One for each process. It knows hosts and crawlers' names, and no visitor: addresses never come here."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._fetches: Counter[tuple[str, int, str, str]] = Counter()
        self._visits: Counter[tuple[str, str, str, str, str]] = Counter()

    def note_fetch(self, file_hash: str, host_number: int, came: Came, agent: str = "", times: int = 1) -> None:
        """Count a request for a file, at the address that a host was given (0: the public web)."""
        key = (file_hash, host_number, agent, str(came))
        if len(self._fetches) < MOST_WAITING or key in self._fetches:
            self._fetches[key] += times

    def note_visit(self, object_id: str, subject: str, door: Door, listing: Listing | None = None) -> None:
        """Count that a host asked for a post, or was kept from it by a listing. ``subject`` is an id or a netloc."""
        netloc = _netloc(subject)
        netloc = listing.host_of(netloc) if listing and netloc else netloc
        entry, reason = (listing.key, listing.reason[:MAX_REASON]) if listing else ("", "")
        key = (object_id, netloc, str(door), entry, reason)
        if netloc and (len(self._visits) < MOST_WAITING or key in self._visits):
            self._visits[key] += 1

    async def flush(self) -> None:
        """Write what was counted since the last time."""
        if not self._fetches and not self._visits:
            return
        fetches, self._fetches = self._fetches, Counter()
        visits, self._visits = self._visits, Counter()
        now = self._clock.now()
        async with self._database.unit_of_work() as records:
            await records.evidence.count_fetches(fetches, now)
            await records.evidence.count_visits(await _of_known_posts(records, visits), now)


async def _of_known_posts(
    records: Records, visits: Counter[tuple[str, str, str, str, str]]
) -> Counter[tuple[str, str, str, str, str]]:
    """Without those of posts that never were: a listed host may ask for any number."""
    known = await records.posts.find_many({key[0] for key in visits})
    return Counter({key: times for key, times in visits.items() if key[0] in known})


def _netloc(subject: str) -> str:
    try:
        return netloc_of(subject) if "://" in subject else subject
    except IdUnacceptable:
        return ""
