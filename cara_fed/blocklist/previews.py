"""Previews: which artists' follows a list would cut, before it does."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cara_fed.blocklist.coverage import LIVING, Listed, cover
from cara_fed.blocklist.enact import SIDES
from cara_fed.blocklist.entries import Acting
from cara_fed.blocklist.policy import BlocklistPolicy, Listing
from cara_fed.services import Services
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


async def preview_cuts(services: Services, entries: Sequence[Acting]) -> tuple[Cut, ...]:
    """Which follows of which artists these entries, active and not yet listed, would newly cut; by artists' names."""
    if not entries:
        return ()
    async with services.database.reading() as records:
        allows = await records.blocklist.find_allows()
        policy = BlocklistPolicy.from_entries(entries, allows, services.clock.now())
        counts: Counter[tuple[int, str]] = Counter()
        for table, side in SIDES:
            follows = await records.enforcement.find_follows(table, LIVING)
            counts.update(_count(services, policy, follows, side))
        return await _name(records, counts)


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
