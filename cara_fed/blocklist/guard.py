"""The guard at every door: the list in memory, asked in constant time, refreshed without a restart, counting hits."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from cara_fed.blocklist.aliases import Aliases
from cara_fed.blocklist.doors import Door
from cara_fed.blocklist.policy import BlocklistPolicy, Listing
from cara_fed.blocklist.weighing import PLAIN, Weighing
from cara_fed.clock import Clock
from cara_fed.errors import CaraFedError
from cara_fed.words.speech import _
from storage.database import Database

log = logging.getLogger(__name__)

REVISION = "blocklist"
MOST_SUBJECTS = 200
"""So many of those whom one entry refuses are counted each by itself, in one process."""


class RefusedByBlocklist(CaraFedError):
    """A listed actor or domain stood at a door; ``subject`` is the id or host by which it was known."""

    def __init__(self, listing: Listing, subject: str) -> None:
        super().__init__(
            _("%(key)s is on this instance's blocklist: %(reason)s", key=listing.key, reason=listing.reason)
        )
        self.listing = listing
        self.subject = subject


class BlocklistGuard:
    """One for each process. `refresh` reads what other processes changed; `flush` writes what was refused here."""

    def __init__(self, database: Database, clock: Clock, weighing: Weighing = PLAIN) -> None:
        self._database = database
        self._clock = clock
        self._weighing = weighing
        self._policy = BlocklistPolicy.from_entries((), (), clock.now())
        self._aliases = Aliases(self._policy)
        self._read: tuple[int, Weighing] | None = None
        self._refused: Counter[tuple[Door, str, str]] = Counter()
        self._subjects: defaultdict[str, set[str]] = defaultdict(set)
        self._refreshing = asyncio.Lock()
        self.is_unenacted = False
        """Whether the list was read anew since the rows were last made to agree with it."""

    @property
    def policy(self) -> BlocklistPolicy:
        """The list as it stands now; a new one replaces it, it never changes."""
        return self._policy

    def weigh_by(self, weighing: Weighing) -> None:
        """Weigh lists otherwise from the next refresh on."""
        self._weighing = weighing

    def find(self, *subjects: str | None) -> Listing | None:
        """The gravest listing of any of these actor ids or hosts, or of an actor's other names; or None."""
        return self._policy.check_any(*subjects) or self._aliases.find(*subjects)

    def refuse(self, door: Door, *subjects: str) -> Listing | None:
        """Like :meth:`find`; a refusing listing is counted and logged with its reason. `filter` refuses nobody."""
        listing = self.find_refusing(*subjects)
        if listing is None:
            return None
        self._refused[(door, listing.key, self._name(listing, subjects[0]))] += 1
        log.info(_("refused %s at %s: %s is listed: %s"), subjects[0], door, listing.key, listing.reason)
        return listing

    def _name(self, listing: Listing, subject: str) -> str:
        """The one who stood there; past so many for one entry the entry itself, for they may be made up."""
        known = self._subjects[listing.key]
        if subject not in known and len(known) >= MOST_SUBJECTS:
            return listing.key
        known.add(subject)
        return subject

    def find_refusing(self, *subjects: str | None) -> Listing | None:
        """Like :meth:`find`, but for those that shut doors alone; nothing is counted."""
        listing = self._policy.check_any(*subjects)
        if listing is None or not listing.refuses:
            listing = self._aliases.find(*subjects)
        return listing if listing is not None and listing.refuses else None

    def require_not_listed(self, door: Door, *subjects: str) -> None:
        """Raise :class:`RefusedByBlocklist`, having counted it, where any of these is listed to be refused."""
        if (listing := self.refuse(door, *subjects)) is not None:
            raise RefusedByBlocklist(listing, subjects[0])

    def note_names(self, actor_id: str, names: Iterable[str]) -> bool:
        """Remember by which other names an actor goes; whether that changes what is listed."""
        return self._aliases.note(actor_id, names)

    @property
    def is_behind(self) -> bool:
        """Whether rows have to be made to agree with the list, or some of it expired since it was read."""
        return self.is_unenacted or self._policy.expired_since(self._clock.now())

    async def refresh(self) -> bool:
        """Read the list again if it changed; whether it had. An older list never takes the place of a newer one."""
        async with self._refreshing:
            return await self._refresh()

    @contextmanager
    def enacting(self) -> Iterator[None]:
        """While rows are made to agree with the list; where that fails they still have to be."""
        self.is_unenacted = False
        done = False
        try:
            yield
            done = True
        finally:
            self.is_unenacted = self.is_unenacted or not done

    async def flush(self) -> None:
        """Write the refusals counted since the last time."""
        if not self._refused:
            return
        counted, self._refused = self._refused, Counter()
        now = self._clock.now()
        async with self._database.unit_of_work() as records:
            for (door, key, subject), times in counted.items():
                await records.refusals.count(door, key, subject, now, times)

    async def _refresh(self) -> bool:
        now, weighing = self._clock.now(), self._weighing
        async with self._database.reading() as records:
            revision = await records.revisions.current(REVISION)
            if (revision, weighing) == self._read and not self._policy.expired_since(now):
                return False
            entries = await records.blocklist.find_listed(now)
            allows = await records.blocklist.find_allows()
            known = await records.enforcement.find_other_names()
        # In a thread, for a hundred thousand entries take a moment, in which this process has others to serve.
        self._policy = await asyncio.to_thread(BlocklistPolicy.from_entries, entries, allows, now, weighing)
        self._aliases = Aliases(self._policy, {each.actor_id: each.names for each in known})
        self._read = (revision, weighing)
        self.is_unenacted = True
        return True
