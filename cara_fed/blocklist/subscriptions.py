"""Subscriptions: one of other people's lists, fetched if it changed, applied whole, held for review, or not at all."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cara_fed.blocklist.applying import apply_reading, retract_keys
from cara_fed.blocklist.audit import Deed, describe_diff, note
from cara_fed.blocklist.diffs import ListDiff, diff_list, require_plausible
from cara_fed.blocklist.entries import EntryRules
from cara_fed.blocklist.formats import Problem
from cara_fed.blocklist.guard import REVISION
from cara_fed.blocklist.holding import hold
from cara_fed.blocklist.reading import ListReader, Reading
from cara_fed.clock import Clock
from cara_fed.config import Subscription
from cara_fed.errors import CaraFedError
from cara_fed.federation.client import FederationClient
from storage.database import Database
from storage.records import Records
from storage.subscriptions import Subscription as State

log = logging.getLogger(__name__)

RETRY_AFTER_FAILURE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How the reading of one list went: what it changes (None where nothing new came), what could not be read in it.

    With action ``review`` nothing is applied. ``error`` is a sentence, and then nothing was changed.
    """

    url: str
    diff: ListDiff | None = None
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    applied: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Reads lists through the outbound client and keeps what they say under their URLs."""

    database: Database
    client: FederationClient
    clock: Clock
    rules: EntryRules

    async def claim(self, subscription: Subscription) -> bool:
        """Whether the list is due; if so it is marked as fetched now, so that one process alone fetches it."""
        now = self.clock.now()
        async with self.database.unit_of_work() as records:
            state = await records.subscriptions.find(subscription.url)
            if state is not None and not _is_due(state, subscription, now):
                return False
            state = state or _new_state(subscription)
            state.fetched_at = now
            await records.subscriptions.record(state)
            return True

    async def refresh(self, subscription: Subscription, *, may_shrink: bool = False) -> Refreshed:
        """Fetch the list if it changed, and apply it in one transaction; never raises for what others got wrong."""
        async with self.database.reading() as records:
            state = await records.subscriptions.find(subscription.url) or _new_state(subscription)
        try:
            return await self._refresh(subscription, state, may_shrink)
        except CaraFedError as error:
            log.warning("the blocklist %s was not refreshed: %s", subscription.url, error)
            async with self.database.unit_of_work() as records:
                state.fetched_at, state.error = self.clock.now(), str(error)
                await records.subscriptions.record(state)
            return Refreshed(subscription.url, error=str(error))

    async def preview(self, subscription: Subscription) -> Refreshed:
        """What subscribing to this list, or refreshing it, would change; nothing is. Raises CaraFedError."""
        reading = await self._read(subscription, _new_state(subscription))
        async with self.database.reading() as records:
            current = await records.blocklist.find_rows(self.clock.now(), subscription.url)
        return _refreshed(subscription, reading, diff_list(current, reading.entries if reading else ()))

    async def retire_all_but(self, urls: Collection[str]) -> int:
        """Take back what lists added that are subscribed to no longer; how many entries."""
        now = self.clock.now()
        retired = 0
        async with self.database.reading() as records:
            gone = [state.url for state in await records.subscriptions.find_all() if state.url not in urls]
        for url in gone:
            async with self.database.unit_of_work() as records:
                current = await records.blocklist.find_rows(now, url)
                retired += await retract_keys(records, [(entry.kind, entry.key) for entry in current], url, now)
                await _forget(records, url)
                await note(records, self.clock, Deed.UNSUBSCRIBE, url)
                await records.revisions.bump(REVISION)
        return retired

    async def _refresh(self, subscription: Subscription, state: State, may_shrink: bool) -> Refreshed:
        reading = await self._read(subscription, state)
        async with self.database.unit_of_work() as records:
            refreshed = await self._take(records, subscription, state, reading, may_shrink)
            state.format, state.action = subscription.format, subscription.action
            state.fetched_at = state.succeeded_at = self.clock.now()
            state.error = None
            await records.subscriptions.record(state)
        return refreshed

    async def _take(
        self, records: Records, subscription: Subscription, state: State, reading: Reading | None, may_shrink: bool
    ) -> Refreshed:
        enforced = subscription.action == "enforce"
        if reading is None:
            return Refreshed(subscription.url, applied=enforced)
        if not enforced:
            return await self._review(records, subscription, reading, may_shrink)
        diff = await apply_reading(records, self.clock, state, reading, may_shrink=may_shrink)
        await records.held_lists.remove(state.url)
        if diff:
            await note(records, self.clock, Deed.REFRESH, state.url, describe_diff(diff))
        return _refreshed(subscription, reading, diff, applied=True)

    async def _read(self, subscription: Subscription, state: State) -> Reading | None:
        async with self.database.reading() as records:
            current = await records.blocklist.find_rows(self.clock.now(), subscription.url)

        async def find_known(change_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
            async with self.database.reading() as records:
                known = await records.subscribed_changes.find_many(subscription.url, list(change_ids))
            return {change_id: (change.kind, change.key) for change_id, change in known.items()}

        return await ListReader(self.client, self.rules).read(subscription, state, current, find_known)

    async def _review(
        self, records: Records, subscription: Subscription, reading: Reading, may_shrink: bool
    ) -> Refreshed:
        """Hold the list; the validators and the cursor stay as they were, so that the next look shows all of it."""
        now = self.clock.now()
        current = await records.blocklist.find_rows(now, subscription.url)
        require_plausible(len(current), len(reading.entries), may_shrink=may_shrink, is_feed=reading.is_feed)
        diff = diff_list(current, reading.entries)
        await hold(records, subscription.url, reading, diff, now)
        return _refreshed(subscription, reading, diff)


def _refreshed(
    subscription: Subscription, reading: Reading | None, diff: ListDiff, *, applied: bool = False
) -> Refreshed:
    problems, count = (reading.problems, reading.problem_count) if reading else ((), 0)
    return Refreshed(subscription.url, diff, problems, count, applied)


def _new_state(subscription: Subscription) -> State:
    return State(url=subscription.url, format=subscription.format, action=subscription.action)


def _is_due(state: State, subscription: Subscription, now: datetime) -> bool:
    finished = state.fetched_at == state.succeeded_at  # else it failed, or its process ended on the way
    wait = timedelta(hours=subscription.refresh_hours) if finished else RETRY_AFTER_FAILURE
    return state.fetched_at is None or state.fetched_at + wait <= now


async def _forget(records: Records, url: str) -> None:
    await records.subscriptions.remove(url)
    await records.subscribed_changes.remove_source(url)
    await records.held_lists.remove(url)
