"""The inbox worker: claims what was received, fetches what it needs, and lets its handler change rows."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import SystemRandom
from typing import Final

from activitypub.activities import Activity, read_activity
from activitypub.documents import parse_document
from activitypub.errors import ProtocolError
from activitypub.origins import netloc_of
from activitypub.retry import next_attempt
from cara_fed.blocklist.appeals import find_appealed
from cara_fed.blocklist.doors import door_of
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.delivery.fan_out import FanOut
from cara_fed.federation.errors import ConnectionFailed, FetchError, FetchTimeout, NotServed
from cara_fed.federation.resolver import Resolver
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.gathering import NOTHING, Gathered, Gatherer
from cara_fed.inbox.handlers import gathering, inbox
from cara_fed.inbox.synchronizing import Synchronizer
from cara_fed.services import Services
from storage.inbox_log import InboxActivity

log = logging.getLogger(__name__)

CLAIM: Final = 32
LEASE_SECONDS: Final = 120
MAX_ATTEMPTS: Final = 6
_RANDOM: Final = SystemRandom()


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a row could not be handled, and whether trying again may help."""

    why: str
    is_passing: bool


class InboxWorker:
    """One for each process; rows are claimed, so several may run at once."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._resolver = Resolver(services)
        self._fan_out = FanOut.of(services)
        self._synchronizer = Synchronizer(services, self._resolver)

    async def work_once(self) -> bool:
        """Handle what is due, servers side by side, each server's activities in order; False when there was nothing."""
        claimed = await self._claim()
        try:
            await asyncio.gather(*(self._handle_in_order(rows) for rows in _by_server(claimed)))
        except asyncio.CancelledError:
            await self._release(claimed)
            raise
        if claimed:  # what was stated beside these is compared after them
            self._services.wake.deliveries.set()
            return True
        return await self._synchronizer.work_once()

    async def _claim(self) -> Sequence[InboxActivity]:
        now = self._services.clock.now()
        # An idle instance should not begin a writing transaction every second.
        async with self._services.database.reading() as records:
            if not await records.inbox_log.is_anything_due(now):
                return ()
        async with self._services.database.unit_of_work() as records:
            return await records.inbox_log.claim(now, LEASE_SECONDS, CLAIM)

    async def _release(self, rows: Sequence[InboxActivity]) -> None:
        """Let another worker have at once what this one, told to stop, did not finish."""
        async with self._services.database.unit_of_work() as records:
            await records.inbox_log.release([row.pk for row in rows])

    async def _handle_in_order(self, rows: Sequence[InboxActivity]) -> None:
        for row in rows:
            await self._handle(row)

    async def _handle(self, row: InboxActivity) -> None:
        try:
            await self._take_effect(row)
        except NoEffect as reason:
            await self._record_ignored(row, str(reason))
        except (ProtocolError, RefusedByBlocklist) as error:
            await self._record_ignored(row, f"{type(error).__name__}: {error}")
        except FetchError as error:
            await self._record_failed(row, _Failure(f"{type(error).__name__}: {error}", _is_passing(error)))
        except Exception as error:
            log.exception("%s of %s could not be handled", row.activity_type, row.actor_id)
            await self._record_failed(row, _Failure(f"{type(error).__name__}: {error}", is_passing=True))

    async def _take_effect(self, row: InboxActivity) -> None:
        if row.attempts > MAX_ATTEMPTS:
            raise NoEffect("every attempt at it ended without a word")
        activity = read_activity(parse_document(row.body, max_bytes=len(row.body)))
        self._require_not_listed(activity)
        receive = inbox.find(activity.activity_type, activity.object_types)
        if receive is None:
            raise NoEffect("nothing is done about activities of this type")
        gathered = await self._gather(activity)
        async with self._services.database.unit_of_work() as records:
            context = InboxContext(records, self._services.clock, self._fan_out, gathered, row.recipient)
            await receive(context, activity)
            await records.inbox_log.record_handled(row.pk)

    def _require_not_listed(self, activity: Activity) -> None:
        """Raise RefusedByBlocklist for who was listed since the activity arrived; appeals are heard all the same."""
        if find_appealed(activity, self._services.site) is None:
            self._services.blocklist.require_not_listed(door_of(activity.activity_type), activity.actor_id)

    async def _gather(self, activity: Activity) -> Gathered:
        gather = gathering.find(activity.activity_type, activity.object_types)
        return NOTHING if gather is None else await gather(Gatherer(self._services, self._resolver), activity)

    async def _record_ignored(self, row: InboxActivity, why: str) -> None:
        log.info("%s of %s has no effect: %s", row.activity_type, row.actor_id, why)
        async with self._services.database.unit_of_work() as records:
            await records.inbox_log.record_ignored(row.pk, why)

    async def _record_failed(self, row: InboxActivity, failure: _Failure) -> None:
        retry_at = _next_attempt(row, failure, self._services.clock.now())
        async with self._services.database.unit_of_work() as records:
            await records.inbox_log.record_failed(row.pk, failure.why, retry_at)


def _by_server(rows: Sequence[InboxActivity]) -> Iterable[Sequence[InboxActivity]]:
    """Rows of one server together, in their order."""
    found: dict[str, list[InboxActivity]] = defaultdict(list)
    for row in rows:
        found[netloc_of(row.actor_id)].append(row)
    return found.values()


def _next_attempt(row: InboxActivity, failure: _Failure, now: datetime) -> datetime | None:
    if not failure.is_passing or row.attempts >= MAX_ATTEMPTS:
        return None
    return next_attempt(row.attempts, now, _RANDOM.random())


def _is_passing(error: FetchError) -> bool:
    return isinstance(error, ConnectionFailed | FetchTimeout) or (isinstance(error, NotServed) and error.passing)
