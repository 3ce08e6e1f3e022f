"""Previews: which artists' follows a list would cut, before it does, and which of its entries would not count yet."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cara_fed.blocklist.coverage import LIVING, Listed, cover
from cara_fed.blocklist.diffs import Key, ListDiff, build_rows
from cara_fed.blocklist.enact import SIDES
from cara_fed.blocklist.entries import Acting, EntryPolicy
from cara_fed.blocklist.policy import BlocklistPolicy, Listing
from cara_fed.blocklist.weighing import Weighing, is_ours, weighing_of
from cara_fed.services import Services
from storage.blocklist import BlocklistAllow
from storage.enforcement import Follow
from storage.follows import PENDING
from storage.records import Records


@dataclass(frozen=True, slots=True)
class Cut:
    """What an artist would lose for as long as the entries stand: followers, followed ones, waiting requests."""

    artist: str
    followers: int = 0
    following: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change of one list would do: whose follows it cuts, and what of it ``threshold`` keeps from counting."""

    cuts: tuple[Cut, ...] = ()
    waiting: frozenset[Key] = frozenset()
    """Keys that this list would name, and too few lists do."""
    threshold: int = 1


async def preview(services: Services, source: str, diff: ListDiff) -> Preview:
    """What the entries of ``source`` would do once this diff was applied, as all lists are weighed together."""
    if not diff:
        return Preview()
    now, weighing = services.clock.now(), weighing_of(services.config)
    async with services.database.reading() as records:
        listed = await records.blocklist.find_listed(now)
        allows = await records.blocklist.find_allows()
    said = [*diff.added, *diff.changed]
    gone = {*diff.retracted, *((str(entry.kind), entry.key) for entry in said)}
    kept = [row for row in listed if row.source != source or (row.kind, row.key) not in gone]
    entries: list[Acting] = [*kept, *build_rows(said, (), source, now, range(len(said)))]
    cuts = await _find_cuts(services, entries, allows, weighing)
    return Preview(cuts, _find_waiting(entries, source, weighing), weighing.threshold)


async def _find_cuts(
    services: Services, entries: Collection[Acting], allows: Iterable[BlocklistAllow], weighing: Weighing
) -> tuple[Cut, ...]:
    """Which follows would newly be cut if these were all entries there are; by artists' names."""
    policy = await asyncio.to_thread(BlocklistPolicy.from_entries, entries, allows, services.clock.now(), weighing)
    counts: Counter[tuple[int, str]] = Counter()
    async with services.database.reading() as records:
        for table, side in SIDES:
            follows = await records.enforcement.find_follows(table, LIVING)
            counts.update(_count(services, policy, follows, side))
        return await _name(records, counts)


def _find_waiting(entries: Iterable[Acting], source: str, weighing: Weighing) -> frozenset[Key]:
    if weighing.threshold <= 1 or is_ours(source):
        return frozenset()
    acting = [entry for entry in entries if entry.policy != EntryPolicy.ADVISORY]
    adopted = {(entry.kind, entry.key) for entry in weighing.adopt(acting) if entry.source == source}
    return frozenset({(entry.kind, entry.key) for entry in acting if entry.source == source} - adopted)


def _count(
    services: Services, policy: BlocklistPolicy, follows: Iterable[Follow], side: str
) -> Iterable[tuple[int, str]]:
    def find(*subjects: str | None) -> Listing | None:
        found = policy.check_any(*subjects)
        is_new = found is not None and found.refuses and services.blocklist.find_refusing(*subjects) is None
        return found if is_new else None

    return ((each.follow.artist_pk, _kind_of(each, side)) for each in cover(follows, find).listed)


def _kind_of(listed: Listed, side: str) -> str:
    return "request" if listed.follow.state == PENDING else side


async def _name(records: Records, counts: Counter[tuple[int, str]]) -> tuple[Cut, ...]:
    cuts = []
    for artist_pk in {pk for pk, _ in counts}:
        artist = await records.artists.get_by_pk(artist_pk)
        kinds = (counts[artist_pk, "follower"], counts[artist_pk, "following"], counts[artist_pk, "request"])
        cuts.append(Cut(artist.name, *kinds))
    return tuple(sorted(cuts, key=lambda cut: cut.artist))
