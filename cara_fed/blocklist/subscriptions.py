"""Subscriptions: one of other people's lists, fetched if it changed, applied whole or not at all."""

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from activitypub.origins import host_of
from cara_fed.blocklist.applying import apply_list, retract_keys
from cara_fed.blocklist.diffs import ListDiff, diff_list, require_plausible, with_reason
from cara_fed.blocklist.entries import EntryRules
from cara_fed.blocklist.formats import PARSERS, ListUnreadable, ParsedList, Problem
from cara_fed.blocklist.guard import REVISION
from cara_fed.clock import Clock
from cara_fed.config import Subscription
from cara_fed.errors import CaraFedError
from cara_fed.federation.client import FederationClient, Response
from storage.database import Database
from storage.subscriptions import Subscription as State

log = logging.getLogger(__name__)

MAX_LIST_BYTES = 32 * 1024 * 1024
MAX_VALIDATOR = 500
RETRY_AFTER_FAILURE = timedelta(hours=1)
ACCEPT = "text/csv, application/json, text/plain, */*;q=0.1"


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
        url = subscription.url
        response = await self._fetch(url, {})
        parsed = await self._parse(response, url, subscription.format)
        async with self.database.reading() as records:
            current = await records.blocklist.find_active(self.clock.now(), url)
        return Refreshed(url, diff_list(current, parsed.entries), parsed.problems, parsed.problem_count)

    async def retire_all_but(self, urls: Collection[str]) -> int:
        """Take back what lists added that are subscribed to no longer; how many entries."""
        now = self.clock.now()
        retired = 0
        async with self.database.reading() as records:
            gone = [state.url for state in await records.subscriptions.find_all() if state.url not in urls]
        for url in gone:
            async with self.database.unit_of_work() as records:
                current = await records.blocklist.find_active(now, url)
                retired += await retract_keys(records, [(entry.kind, entry.key) for entry in current], url, now)
                await records.subscriptions.remove(url)
                await records.revisions.bump(REVISION)
        return retired

    async def _refresh(self, subscription: Subscription, state: State, may_shrink: bool) -> Refreshed:
        url, enforced = subscription.url, subscription.action == "enforce"
        response = await self._fetch(url, _validators(state, subscription))
        state.format, state.action = subscription.format, subscription.action
        if response.status == 304:
            await self._record_success(state)
            return Refreshed(url, applied=enforced)
        parsed = await self._parse(response, url, subscription.format)
        diff = await (self._apply if enforced else self._review)(state, response, parsed, may_shrink)
        return Refreshed(url, diff, parsed.problems, parsed.problem_count, applied=enforced)

    async def _fetch(self, url: str, headers: dict[str, str]) -> Response:
        response = await self.client.get(url, headers=headers, accept=ACCEPT, max_bytes=MAX_LIST_BYTES)
        if response.status != 304 and response.status != 200:
            raise ListUnreadable(f"{host_of(url)} answered {response.status}")
        if response.media_type == "text/html":
            raise ListUnreadable(f"{host_of(url)} answered a web page")
        return response

    async def _parse(self, response: Response, url: str, format: str) -> ParsedList:
        parsed = await asyncio.to_thread(PARSERS[format], response.body, self.rules)
        reason = f"listed by {host_of(url)}"
        return replace(parsed, entries=tuple(with_reason(entry, reason) for entry in parsed.entries))

    async def _review(self, state: State, response: Response, parsed: ParsedList, may_shrink: bool) -> ListDiff:
        async with self.database.reading() as records:
            current = await records.blocklist.find_active(self.clock.now(), state.url)
        require_plausible(len(current), len(parsed.entries), may_shrink=may_shrink)
        state.etag = state.last_modified = None  # the next look shall show again what is still to be decided
        await self._record_success(state)
        return diff_list(current, parsed.entries)

    async def _apply(self, state: State, response: Response, parsed: ParsedList, may_shrink: bool) -> ListDiff:
        async with self.database.unit_of_work() as records:
            diff = await apply_list(records, self.clock, state.url, parsed.entries, may_shrink=may_shrink)
            state.entry_count = len(parsed.entries)
            state.etag, state.last_modified = _read_validators(response)
            _mark_success(state, self.clock.now())
            await records.subscriptions.record(state)
        return diff

    async def _record_success(self, state: State) -> None:
        _mark_success(state, self.clock.now())
        async with self.database.unit_of_work() as records:
            await records.subscriptions.record(state)


def _new_state(subscription: Subscription) -> State:
    return State(url=subscription.url, format=subscription.format, action=subscription.action)


def _is_due(state: State, subscription: Subscription, now: datetime) -> bool:
    finished = state.fetched_at == state.succeeded_at  # else it failed, or its process ended on the way
    wait = timedelta(hours=subscription.refresh_hours) if finished else RETRY_AFTER_FAILURE
    return state.fetched_at is None or state.fetched_at + wait <= now


def _mark_success(state: State, now: datetime) -> None:
    state.fetched_at = state.succeeded_at = now
    state.error = None


def _validators(state: State, subscription: Subscription) -> dict[str, str]:
    if (state.format, state.action) != (subscription.format, subscription.action):
        return {}  # what was read in another way is read again
    stated = {"if-none-match": state.etag, "if-modified-since": state.last_modified}
    return {name: value for name, value in stated.items() if value}


def _read_validators(response: Response) -> tuple[str | None, str | None]:
    stated = (response.headers.get("etag", ""), response.headers.get("last-modified", ""))
    etag, last_modified = (value if 0 < len(value) <= MAX_VALIDATOR else None for value in stated)
    return etag, last_modified
