"""What of our list is told to others, and in which words."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from cara_fed.blocklist.entries import LOCAL, Entry, EntryKind, EntryPolicy, is_active


def exportable(entries: Iterable[Entry], now: datetime) -> tuple[Entry, ...]:
    """The active domain entries made here, by name: what came from others is theirs to publish."""
    ours = (entry for entry in entries if entry.source == LOCAL and entry.kind == EntryKind.DOMAIN)
    return tuple(sorted((entry for entry in ours if is_active(entry, now)), key=lambda entry: entry.key))


def suspending(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries that refuse outright."""
    return (entry for entry in entries if EntryPolicy(entry.policy).gravity >= EntryPolicy.REJECT.gravity)


def public_comment(entry: Entry, page: str = "") -> str:
    """Label, reason and the entry's place on the page, in one line as parsed.describe reads it."""
    said = f"{entry.label}: {entry.reason}" if entry.label else entry.reason
    return f"{said} {page}/{entry.key}" if page else said
