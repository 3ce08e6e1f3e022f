"""Applying a list: the entries of one source are made to be what its list says, in the caller's transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import repeat

from cara_fed.blocklist.diffs import ListDiff, build_rows, diff_list, of_kind, require_plausible
from cara_fed.blocklist.entries import EntryKind
from cara_fed.blocklist.formats import ParsedEntry
from cara_fed.blocklist.guard import REVISION
from cara_fed.clock import Clock
from storage.blocklist import BlocklistEntry
from storage.records import Records


async def apply_list(
    records: Records, clock: Clock, source: str, entries: Sequence[ParsedEntry], *, may_shrink: bool = False
) -> ListDiff:
    """Add, change and retract; other sources' entries stay as they are. Raises ListImplausible, changing nothing."""
    now = clock.now()
    current = await records.blocklist.find_active(now, source)
    require_plausible(len(current), len(entries), may_shrink=may_shrink)
    diff = diff_list(current, entries)
    await apply_diff(records, clock, source, diff, current)
    return diff


async def apply_diff(
    records: Records, clock: Clock, source: str, diff: ListDiff, current: Collection[BlocklistEntry]
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
