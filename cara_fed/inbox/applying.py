"""Letting handlers change rows: what is ready goes into one transaction, each activity in a part of its own."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import SystemRandom
from typing import Final

from activitypub.activities import Activity
from activitypub.errors import ProtocolError
from activitypub.retry import next_attempt
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.delivery.fan_out import FanOut
from cara_fed.federation.errors import ConnectionFailed, FetchError, FetchTimeout, NotServed
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.gathering import Gathered
from cara_fed.inbox.registry import Receive
from cara_fed.services import Services
from storage.inbox_log import InboxActivity
from storage.records import Records

log = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 6
MOST_IN_A_TRANSACTION: Final = 16
"""While it lasts, nobody else writes (SQLite)."""
_RANDOM: Final = SystemRandom()


@dataclass(frozen=True, slots=True)
class Ready:
    """An activity with its handler, and all that this needs from other servers."""

    row: InboxActivity
    activity: Activity
    receive: Receive
    gathered: Gathered


class Applier:
    """Applies what is ready, in the order in which it became so. One for each worker."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._fan_out = FanOut.of(services)
        self._waiting: list[Ready] = []
        self._turn = asyncio.Lock()

    def add(self, ready: Ready) -> None:
        """Let an activity take effect with the next `apply`."""
        self._waiting.append(ready)

    def drop(self) -> None:
        """Forget what has not been applied."""
        self._waiting.clear()

    async def apply(self) -> None:
        """Return once all that was added is applied, whoever does it."""
        async with self._turn:
            while self._waiting:
                together = _choose(self._waiting)
                await self._apply(together)
                del self._waiting[: len(together)]

    async def ignore(self, row: InboxActivity, why: str) -> None:
        """Write down that an activity rightly has no effect."""
        _log_ignored(row, why)
        async with self._services.database.unit_of_work() as records:
            await records.inbox_log.record_ignored([row.pk], why)

    async def fail(self, row: InboxActivity, error: Exception) -> None:
        """Write down that an activity could not be handled, to be tried again where that may help."""
        is_final = isinstance(error, FetchError) and not _is_passing(error)
        retry_at = None if is_final else _next_attempt(row, self._services.clock.now())
        async with self._services.database.unit_of_work() as records:
            await records.inbox_log.record_failed(row.pk, _describe(error), retry_at)

    async def _apply(self, together: Sequence[Ready]) -> None:
        """Apply in one transaction; where one of them breaks it, each in a transaction of its own."""
        try:
            await self._apply_in_one(together)
        except Exception as error:
            if len(together) > 1:
                for ready in together:
                    await self._apply([ready])
                return
            row = together[0].row
            log.exception("%s of %s could not be handled", row.activity_type, row.actor_id)
            await self.fail(row, error)

    async def _apply_in_one(self, together: Sequence[Ready]) -> None:
        handled: list[int] = []
        ignored: defaultdict[str, list[int]] = defaultdict(list)
        async with self._services.database.unit_of_work() as records:
            for ready in together:
                why = await self._receive(records, ready)
                if why is None:
                    handled.append(ready.row.pk)
                else:
                    _log_ignored(ready.row, why)
                    ignored[why].append(ready.row.pk)
            await records.inbox_log.record_handled(handled)
            for why, pks in ignored.items():
                await records.inbox_log.record_ignored(pks, why)

    async def _receive(self, records: Records, ready: Ready) -> str | None:
        """Let the handler change rows; why the activity has no effect, where it has none."""
        recipient = ready.row.recipient
        context = InboxContext(records, self._services.clock, self._fan_out, ready.gathered, recipient)
        try:
            async with records.part():
                await ready.receive(context, ready.activity)
        except NoEffect as reason:
            return str(reason)
        except (ProtocolError, RefusedByBlocklist) as error:
            return _describe(error)
        return None


def _choose(waiting: Sequence[Ready]) -> Sequence[Ready]:
    """What goes into one transaction: what was tried in vain goes alone, for it may have ended the process."""
    for place, ready in enumerate(waiting[:MOST_IN_A_TRANSACTION]):
        if ready.row.attempts > 1:
            return waiting[: place or 1]
    return waiting[:MOST_IN_A_TRANSACTION]


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _log_ignored(row: InboxActivity, why: str) -> None:
    log.info("%s of %s has no effect: %s", row.activity_type, row.actor_id, why)


def _next_attempt(row: InboxActivity, now: datetime) -> datetime | None:
    return None if row.attempts >= MAX_ATTEMPTS else next_attempt(row.attempts, now, _RANDOM.random())


def _is_passing(error: FetchError) -> bool:
    return isinstance(error, ConnectionFailed | FetchTimeout) or (isinstance(error, NotServed) and error.passing)
