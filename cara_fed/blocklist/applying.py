"""Applying a list: the entries of one source are made to be what its list says, in the caller's transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import repeat

from cara_fed.blocklist.diffs import ListDiff, build_rows, diff_list, of_kind, require_plausible
from cara_fed.blocklist.entries import EntryKind
from cara_fed.blocklist.formats import ParsedEntry
from cara_fed.blocklist.guard import REVISION
from cara_fed.blocklist.reading import Reading
from cara_fed.clock import Clock
from storage.blocklist import EntryRow
from storage.records import Records
from storage.subscriptions import Subscription


async def apply_list(
    records: Records,
    clock: Clock,
    source: str,
    entries: Sequence[ParsedEntry],
    *,
    may_shrink: bool = False,
    is_feed: bool = False,
) -> ListDiff:
    """Add, change and retract; other sources' entries stay as they are. Raises ListImplausible, changing nothing."""
    now = clock.now()
    current = await records.blocklist.find_rows(now, source)
    require_plausible(len(current), len(entries), may_shrink=may_shrink, is_feed=is_feed)
    diff = diff_list(current, entries)
    await apply_diff(records, clock, source, diff, current)
    return diff


async def apply_reading(
    records: Records, clock: Clock, state: Subscription, reading: Reading, *, may_shrink: bool = False
) -> ListDiff:
    """Apply what was read of a subscription, and note in its state how far the reading got."""
    source, is_feed = state.url, reading.is_feed
    diff = await apply_list(records, clock, source, reading.entries, may_shrink=may_shrink, is_feed=is_feed)
    await records.subscribed_changes.add_many(source, reading.changes)
    state.etag, state.last_modified, state.cursor = reading.etag, reading.last_modified, reading.cursor
    state.entry_count = len(reading.entries)
    return diff


async def apply_diff(
    records: Records, clock: Clock, source: str, diff: ListDiff, current: Collection[EntryRow]
) -> None:
    """Write what a diff says about the entries of its source."""
    now, pks = clock.now(), (clock.new_pk() for _ in repeat(None))
    await records.blocklist.add_many(build_rows([*diff.added, *diff.changed], current, source, now, pks))
    await retract_keys(records, diff.retracted, source, now)
    if diff:
        await records.revisions.bump(REVISION)


async def retract_keys(records: Records, keys: Collection[tuple[str, str]], source: str, now: datetime) -> int:
    """Take back entries of one source alone: what others list stays listed. How many there were."""
    retracted = 0
    for kind in EntryKind:
        retracted += await records.blocklist.retract_many(str(kind), of_kind(keys, kind), source, now)
    return retracted
