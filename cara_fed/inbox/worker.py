"""The inbox worker: claims what was received, fetches what it needs, and lets its handler change rows."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from activitypub.activities import Activity, read_activity
from activitypub.documents import parse_document
from activitypub.errors import ProtocolError
from activitypub.origins import netloc_of
from cara_fed.blocklist.appeals import find_appealed
from cara_fed.blocklist.doors import door_of
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.federation.errors import FetchError
from cara_fed.federation.resolver import Resolver
from cara_fed.inbox.applying import MAX_ATTEMPTS, Applier, Ready
from cara_fed.inbox.context import NoEffect
from cara_fed.inbox.gathering import NOTHING, Gathered, Gatherer, KnownActors
from cara_fed.inbox.handlers import gathering, inbox
from cara_fed.inbox.synchronizing import Synchronizer
from cara_fed.services import Services
from storage.inbox_log import InboxActivity

log = logging.getLogger(__name__)

CLAIM: Final = 64
LEASE_SECONDS: Final = 120


class InboxWorker:
    """One for each process; rows are claimed, so several may run at once."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._resolver = Resolver(services)
        self._applier = Applier(services)
        self._synchronizer = Synchronizer(services, self._resolver)
        self._known: KnownActors = {}

    async def work_once(self) -> bool:
        """Handle what is due, servers side by side, each server's activities in order; False when there was nothing."""
        claimed = await self._claim()
        try:
            await asyncio.gather(*(self._handle_in_order(rows) for rows in _by_server(claimed)))
        except BaseException:
            self._applier.drop()
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
            claimed = await records.inbox_log.claim(now, LEASE_SECONDS, CLAIM)
            self._known = await records.remote_actors.find_many({row.actor_id for row in claimed})
        return claimed

    async def _release(self, rows: Sequence[InboxActivity]) -> None:
        """Let another worker have at once what this one, told to stop, did not finish."""
        async with self._services.database.unit_of_work() as records:
            await records.inbox_log.release([row.pk for row in rows])

    async def _handle_in_order(self, rows: Sequence[InboxActivity]) -> None:
        for row in rows:
            await self._prepare(row)
        await self._applier.apply()

    async def _prepare(self, row: InboxActivity) -> None:
        """Fetch what an activity needs, and let it take effect after those before it."""
        try:
            self._applier.add(await self._make_ready(row))
        except NoEffect as reason:
            await self._applier.ignore(row, str(reason))
        except (ProtocolError, RefusedByBlocklist) as error:
            await self._applier.ignore(row, f"{type(error).__name__}: {error}")
        except FetchError as error:
            await self._applier.fail(row, error)
        except Exception as error:
            log.exception("%s of %s could not be prepared", row.activity_type, row.actor_id)
            await self._applier.fail(row, error)

    async def _make_ready(self, row: InboxActivity) -> Ready:
        if row.attempts > MAX_ATTEMPTS:
            raise NoEffect("every attempt at it ended without a word")
        activity = read_activity(parse_document(row.body, max_bytes=len(row.body)))
        self._require_not_listed(activity)
        receive = inbox.find(activity.activity_type, activity.object_types)
        if receive is None:
            raise NoEffect("nothing is done about activities of this type")
        return Ready(row, activity, receive, await self._gather(activity))

    def _require_not_listed(self, activity: Activity) -> None:
        """Raise RefusedByBlocklist for who was listed since the activity arrived; appeals are heard all the same."""
        if find_appealed(activity, self._services.site) is None:
            self._services.blocklist.require_not_listed(door_of(activity.activity_type), activity.actor_id)

    async def _gather(self, activity: Activity) -> Gathered:
        gather = gathering.find(activity.activity_type, activity.object_types)
        if gather is None:
            return NOTHING
        return await gather(Gatherer(self._services, self._resolver, self._known), activity)


def _by_server(rows: Sequence[InboxActivity]) -> Iterable[Sequence[InboxActivity]]:
    """Rows of one server together, in their order."""
    found: dict[str, list[InboxActivity]] = defaultdict(list)
    for row in rows:
        found[netloc_of(row.actor_id)].append(row)
    return found.values()
