"""Reading a subscribed list: a file, fetched whole if it changed, or a feed, read on from where it was."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final, Protocol

from activitypub.errors import IdUnacceptable
from activitypub.origins import host_of, normal_host
from cara_fed.blocklist.diffs import with_reason
from cara_fed.blocklist.entries import EntryKind, EntryPolicy, EntryRules, normal_id
from cara_fed.blocklist.feeds import FeedReader
from cara_fed.blocklist.fetching import ListFetcher
from cara_fed.blocklist.formats import PARSERS, ParsedEntry, ParsedList, Problem
from cara_fed.config import Subscription
from cara_fed.federation.client import FederationClient, Response
from storage.blocklist import EntryRow
from storage.subscribed_changes import ChangeOf
from storage.subscriptions import Subscription as State

MAX_VALIDATOR: Final = 500
FEED: Final = "fires"


class KnownChanges(Protocol):
    """Finds which earlier changes of a feed were about what."""

    async def __call__(self, change_ids: Iterable[str]) -> dict[str, tuple[str, str]]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a list says now, and what to remember so that it need not be read again."""

    entries: tuple[ParsedEntry, ...]
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    etag: str | None = None
    last_modified: str | None = None
    cursor: str | None = None
    changes: tuple[ChangeOf, ...] = ()

    @property
    def is_feed(self) -> bool:
        """Whether it takes back in so many words what it no longer says."""
        return self.cursor is not None


@dataclass(frozen=True, slots=True)
class ListReader:
    """Reads lists through the outbound client; raises a CaraFedError for what others got wrong."""

    client: FederationClient
    rules: EntryRules

    async def read(
        self, subscription: Subscription, state: State, current: Sequence[EntryRow], known: KnownChanges
    ) -> Reading | None:
        """What the list says now; None where it says what it said. ``current`` are its entries so far."""
        if subscription.format == FEED:
            reading = await self._read_feed(subscription, state, current, known)
        else:
            reading = await self._read_file(subscription, state)
        return None if reading is None else replace(reading, entries=_choose(reading.entries, subscription))

    async def _read_file(self, subscription: Subscription, state: State) -> Reading | None:
        response = await ListFetcher(self.client).fetch(subscription.url, _validators(state, subscription))
        if response.status == 304:
            return None
        parsed: ParsedList = await asyncio.to_thread(PARSERS[subscription.format], response.body, self.rules)
        etag, last_modified = _read_validators(response)
        return Reading(parsed.entries, parsed.problems, parsed.problem_count, etag, last_modified)

    async def _read_feed(
        self, subscription: Subscription, state: State, current: Sequence[EntryRow], known: KnownChanges
    ) -> Reading | None:
        cursor = state.cursor if state.format == FEED else None
        reader = FeedReader(ListFetcher(self.client), self.rules)
        read = await reader.read(subscription.url, cursor)
        if cursor is not None and read.is_unchanged:
            return None
        earlier = await known(change.change_id for change in read.changes if change.entry is None)
        standing = (_parse_row(entry) for entry in current) if cursor is not None else ()
        changes = {
            change.change_id: ChangeOf(change.change_id, change.entry.kind.value, change.entry.key)
            for change in read.changes
            if change.entry is not None and change.change_id
        }
        entries = read.replay(standing, earlier)
        return Reading(entries, read.problems, read.problem_count, None, None, read.cursor, tuple(changes.values()))


def _choose(entries: Iterable[ParsedEntry], subscription: Subscription) -> tuple[ParsedEntry, ...]:
    """The entries that are not excluded, each with a reason."""
    reason = f"listed by {host_of(subscription.url)}"
    excluded = frozenset(_read_excluded(each) for each in subscription.excludes)
    return tuple(with_reason(entry, reason) for entry in entries if not _is_excluded(entry, excluded))


def _read_excluded(text: str) -> str:
    """An id, a domain or an agent's name as entries are compared."""
    text = text.strip()
    try:
        return normal_id(text) if "://" in text else normal_host(text.removeprefix("*."))
    except IdUnacceptable:
        return text.casefold()


def _is_excluded(entry: ParsedEntry, excluded: frozenset[str]) -> bool:
    if entry.kind is EntryKind.AGENT:
        return entry.key.casefold() in excluded
    if entry.kind is EntryKind.DIGEST:
        return any(sha256(each.encode()).hexdigest() == entry.key for each in excluded)
    host = host_of(entry.key) if entry.kind is EntryKind.ACTOR else entry.key
    return entry.key in excluded or any(host == each or host.endswith(f".{each}") for each in excluded)


def _parse_row(row: EntryRow) -> ParsedEntry:
    return ParsedEntry(
        EntryKind(row.kind),
        row.key,
        EntryPolicy(row.policy),
        row.label,
        row.reason,
        tuple(row.evidence),
        row.author,
        row.expires_at,
        row.change_id,
    )


def _validators(state: State, subscription: Subscription) -> dict[str, str]:
    if (state.format, state.action) != (subscription.format, subscription.action):
        return {}  # what was read in another way is read again
    stated = {"if-none-match": state.etag, "if-modified-since": state.last_modified}
    return {name: value for name, value in stated.items() if value}


def _read_validators(response: Response) -> tuple[str | None, str | None]:
    stated = (response.headers.get("etag", ""), response.headers.get("last-modified", ""))
    etag, last_modified = (value if 0 < len(value) <= MAX_VALIDATOR else None for value in stated)
    return etag, last_modified
