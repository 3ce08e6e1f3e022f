"""Enacting the blocklist: rows are brought to agree with it, however it came to say what it says."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from cara_fed.blocklist.coverage import LIVING, Coverage, Listed, cover
from cara_fed.blocklist.farewell import say_farewell
from cara_fed.blocklist.queued import cancel_for_lone_followers, cancel_queued
from cara_fed.blocklist.telling import tell_of_severances
from cara_fed.services import Services
from storage.enforcement import Follow, FollowTable
from storage.follows import ACCEPTED, PENDING, REJECTED, SUSPENDED, Follower, Following
from storage.records import Records
from storage.severances import FOLLOWER, FOLLOWING, Severance

SIDES: Final[tuple[tuple[FollowTable, str], ...]] = ((Follower, FOLLOWER), (Following, FOLLOWING))


@dataclass(frozen=True, slots=True)
class Enacted:
    """What was done to rows; all zeros where they agreed already.

    ``final`` are listed actors whom a Reject(Follow) was queued for, because their servers receive the same artist's
    posts for others: these follows ended, and no retraction can bring them back from here.
    """

    suspended: int = 0
    resumed: int = 0
    refused: int = 0
    cancelled: int = 0
    final: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.suspended or self.resumed or self.refused or self.cancelled or self.final)


@dataclass(slots=True)
class _Tally:
    """Which follows changed so far, and into what, for the artists to be told."""

    services: Services
    severances: list[Severance] = field(default_factory=list)

    def note(self, side: str, state: str, changed: Iterable[Listed | Follow]) -> int:
        before = len(self.severances)
        self.severances.extend(self._severance(side, state, each) for each in changed)
        return len(self.severances) - before

    def _severance(self, side: str, state: str, changed: Listed | Follow) -> Severance:
        follow = changed.follow if isinstance(changed, Listed) else changed
        return Severance(
            pk=self.services.clock.new_pk(),
            artist_pk=follow.artist_pk,
            side=side,
            actor_id=follow.actor_id,
            state=state,
            entry_key=changed.listing.key if isinstance(changed, Listed) else "",
            reason=changed.listing.reason if isinstance(changed, Listed) else "",
            made_at=self.services.clock.now(),
        )


async def settle(services: Services) -> Enacted:
    """After a change of the list: read it anew, and enact it."""
    await services.blocklist.refresh()
    return await enact(services)


async def enact(services: Services) -> Enacted:
    """Make follows and waiting deliveries agree with the list as this process knows it; as often as you like.

    Listed ones' follows are suspended and come back when nothing lists them any more, requests that wait are refused,
    what is queued for them is cancelled with the reason. One transaction.
    """
    with services.blocklist.enacting():
        async with services.database.reading() as records:
            if not await _differs(records, services):
                return Enacted()
        async with services.database.unit_of_work() as records:
            enacted = await _enact(records, services)
    if enacted.final:
        services.wake.deliveries.set()
    return enacted


async def _differs(records: Records, services: Services) -> bool:
    """Whether there is anything to do: most changes of a list concern nobody here, and then nothing is written."""
    find = services.blocklist.find_refusing
    for table, _ in SIDES:
        coverage = await _read(records, services, table)
        if coverage.listed or coverage.to_resume:
            return True
    addresses = await records.enforcement.find_addresses()
    return any(find(each.receiver_actor_id or each.receiver_netloc, each.inbox) for each in addresses)


async def _enact(records: Records, services: Services) -> Enacted:
    tally, final, ended = _Tally(services), list[str](), 0
    suspended = resumed = refused = cancelled = 0
    for table, side in SIDES:
        coverage = await _read(records, services, table)
        resumed += await _resume(records, tally, table, side, coverage)
        refused += await _change(records, tally, table, side, coverage.to_refuse, (PENDING,), REJECTED)
        if table is Follower:
            accompanied, alone = coverage.split_by_company()
            final = await say_farewell(records, services, accompanied)
            ended = tally.note(side, REJECTED, (each for each in accompanied if each.follow.actor_id in final))
            cancelled += await cancel_for_lone_followers(records, services, alone)
        suspended += await _change(records, tally, table, side, coverage.to_suspend, (ACCEPTED,), SUSPENDED)
    cancelled += await cancel_queued(records, services)
    await records.severances.add_many(tally.severances)
    await tell_of_severances(records, services.clock, tally.severances)
    return Enacted(suspended + ended, resumed, refused, cancelled, tuple(dict.fromkeys(final)))


async def _read(records: Records, services: Services, table: FollowTable) -> Coverage:
    return cover(await records.enforcement.find_follows(table, LIVING), services.blocklist.find_refusing)


async def _resume(records: Records, tally: _Tally, table: FollowTable, side: str, coverage: Coverage) -> int:
    follows = {follow.pk: follow for follow in coverage.to_resume}
    changed = await records.enforcement.set_states(table, follows, (SUSPENDED,), ACCEPTED)
    return tally.note(side, ACCEPTED, (follows[pk] for pk in changed))


async def _change(
    records: Records,
    tally: _Tally,
    table: FollowTable,
    side: str,
    listed: Iterable[Listed],
    old: Collection[str],
    new: str,
) -> int:
    by_pk = {each.follow.pk: each for each in listed}
    changed = await records.enforcement.set_states(table, by_pk, old, new)
    return tally.note(side, new, (by_pk[pk] for pk in changed))
