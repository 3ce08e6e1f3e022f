"""Holding a list back for review: what was read is kept as it is, until somebody applies or dismisses it."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cara_fed.blocklist.applying import apply_reading
from cara_fed.blocklist.audit import Deed, describe_diff, note
from cara_fed.blocklist.diffs import ListDiff, diff_list
from cara_fed.blocklist.enact import Enacted, settle
from cara_fed.blocklist.entries import EntryKind, EntryPolicy
from cara_fed.blocklist.formats import ParsedEntry
from cara_fed.blocklist.previews import Preview, preview
from cara_fed.blocklist.reading import Reading
from cara_fed.errors import NotFound
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.held_lists import HeldList
from storage.records import Records
from storage.subscribed_changes import ChangeOf


@dataclass(frozen=True, slots=True)
class Held:
    """A list that waits: what applying it would change, and what that would do."""

    url: str
    held_at: datetime
    diff: ListDiff
    preview: Preview


async def hold(records: Records, url: str, reading: Reading, diff: ListDiff, now: datetime) -> bool:
    """Keep what was read for review; False for the very list that was dismissed before. One without news is dropped."""
    body = _dump(reading)
    digest = sha256(body).hexdigest()
    known = await records.held_lists.find(url)
    if known is not None and known.digest == digest:
        return known.dismissed_at is None
    if not diff:
        await records.held_lists.remove(url)
        return False
    held = HeldList(
        url=url,
        digest=digest,
        body=zlib.compress(body, 6),
        added=len(diff.added),
        changed=len(diff.changed),
        retracted=len(diff.retracted),
        held_at=now,
    )
    await records.held_lists.hold(held)
    return True


async def find_held(services: Services) -> Sequence[Held]:
    """Every list that waits, as it would change what is listed now; the oldest first."""
    found = []
    async with services.database.reading() as records:
        for held in await records.held_lists.find_waiting():
            current = await records.blocklist.find_rows(services.clock.now(), held.url)
            found.append((held, diff_list(current, _load(held).entries)))
    return [Held(held.url, held.held_at, diff, await preview(services, held.url, diff)) for held, diff in found]


async def apply_held(services: Services, url: str, author: str = "") -> Enacted:
    """Put in force what waits of a list. Raises NotFound where nothing does, ListImplausible for one that emptied."""
    async with services.database.unit_of_work() as records:
        held = await _get(records, url)
        state = await records.subscriptions.find(url)
        if state is None:
            raise NotFound(_("%(url)s is subscribed to no longer.", url=url))
        diff = await apply_reading(records, services.clock, state, _load(held), may_shrink=True)
        await note(records, services.clock, Deed.APPLY, url, describe_diff(diff), author)
        await records.subscriptions.record(state)
        await records.held_lists.remove(url)
    return await settle(services)


async def dismiss_held(services: Services, url: str, author: str = "") -> None:
    """Leave a list as it was, until it says something else again. Raises NotFound where nothing waits."""
    async with services.database.unit_of_work() as records:
        held = await _get(records, url)
        held.dismissed_at = services.clock.now()
        await note(records, services.clock, Deed.DISMISS, url, author=author)
        await records.held_lists.hold(held)


async def _get(records: Records, url: str) -> HeldList:
    held = await records.held_lists.find(url)
    if held is None or held.dismissed_at is not None:
        raise NotFound(_("Nothing of %(url)s waits to be reviewed.", url=url))
    return held


def _dump(reading: Reading) -> bytes:
    """A reading as bytes, the same for the same list."""
    whole = {
        "entries": [_dump_entry(entry) for entry in reading.entries],
        "etag": reading.etag,
        "last_modified": reading.last_modified,
        "cursor": reading.cursor,
        "changes": [list(change) for change in reading.changes],
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _load(held: HeldList) -> Reading:
    whole: dict[str, Any] = json.loads(zlib.decompress(held.body))
    return Reading(
        tuple(_load_entry(*entry) for entry in whole["entries"]),
        etag=whole["etag"],
        last_modified=whole["last_modified"],
        cursor=whole["cursor"],
        changes=tuple(ChangeOf(*change) for change in whole["changes"]),
    )


def _dump_entry(entry: ParsedEntry) -> list[Any]:
    expires_at = entry.expires_at.isoformat() if entry.expires_at else None
    said = (entry.kind, entry.key, entry.policy, entry.label, entry.reason, entry.evidence, entry.author)
    return [*said, expires_at, entry.change_id]


def _load_entry(
    kind: str,
    key: str,
    policy: str,
    label: str,
    reason: str,
    evidence: list[str],
    author: str,
    expires_at: str | None,
    change_id: str | None,
) -> ParsedEntry:
    end = datetime.fromisoformat(expires_at) if expires_at else None
    said = (label, reason, tuple(evidence), author)
    return ParsedEntry(EntryKind(kind), key, EntryPolicy(policy), *said, end, change_id)
