"""FIRES (github: fedimod/fires): a dataset's snapshot and the pages of its change feed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cara_fed.blocklist.entries import (
    EntryKind,
    EntryPolicy,
    EntryRefused,
    EntryRules,
    read_actor_key,
    read_domain_key,
)
from cara_fed.blocklist.formats.parsed import (
    MAX_EVIDENCE,
    MAX_REASON,
    Gathering,
    ListUnreadable,
    ParsedEntry,
    ParsedList,
    clean,
    read_json,
    text_in,
)
from cara_fed.words.speech import _

MAX_ID = 2048
_READ_KEY = {EntryKind.DOMAIN: read_domain_key, EntryKind.ACTOR: read_actor_key}
_POLICY_OF = {"filter": EntryPolicy.FILTER, "reject": EntryPolicy.REJECT, "drop": EntryPolicy.DROP}


@dataclass(frozen=True, slots=True)
class FeedChange:
    """One change of a feed: a recommendation or its taking back, or a tombstone, which has no entry."""

    change_id: str
    entry: ParsedEntry | None = None
    takes_back: bool = False
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of changes, oldest first, and where to ask for later ones."""

    changes: tuple[FeedChange, ...]
    read: ParsedList
    """What could not be read; it has no entries."""
    next_url: str | None
    is_empty: bool


def parse_fires(body: bytes, rules: EntryRules) -> ParsedList:
    """Read a page of changes or a snapshot, oldest change first: of changes about one key the last holds.

    A Retraction, or a recommendation to accept, takes back; a Tombstone takes back what its change said, where that
    stands on the same page. ``next_url`` is the page's ``next``: ask there for later changes. Raises ListUnreadable.
    """
    page = read_feed_page(body, rules)
    entries = replay((), page.changes)
    taken_back = {(each.entry.kind, each.entry.key) for each in page.changes if each.entry and each.takes_back}
    retractions = frozenset(taken_back - {(entry.kind, entry.key) for entry in entries})
    return replace(page.read, entries=entries, retractions=retractions, next_url=page.next_url)


def read_feed_page(body: bytes, rules: EntryRules) -> FeedPage:
    """Read a page change by change; raises ListUnreadable."""
    page = read_json(body)
    if not isinstance(page, dict) or not isinstance(page.get("orderedItems"), list):
        raise ListUnreadable(_("this is not a page of changes"))
    gathering = Gathering(rules)
    changes = tuple(_read_changes(gathering, page["orderedItems"]))
    return FeedPage(changes, gathering.result(), text_in(page, "next") or None, not page["orderedItems"])


def replay(
    standing: Iterable[ParsedEntry], changes: Iterable[FeedChange], known: dict[str, tuple[str, str]] | None = None
) -> tuple[ParsedEntry, ...]:
    """What stands after these changes: each overwrites what was said of its key before.

    ``known`` has the keys of earlier changes by their ids: a tombstone undoes a change that is still the last one
    about its key, and nothing else.
    """
    entries = {(str(entry.kind), entry.key): entry for entry in standing}
    about = dict(known or {})
    for change in changes:
        if change.entry is None:
            key = about.get(change.change_id)
            if key in entries and entries[key].change_id == change.change_id:
                del entries[key]
            continue
        key = about[change.change_id] = (str(change.entry.kind), change.entry.key)
        entries.pop(key, None)
        if not change.takes_back:
            entries[key] = change.entry
    return tuple(entries.values())


def _read_changes(gathering: Gathering, items: list[Any]) -> Iterator[FeedChange]:
    for position, item in enumerate(items, 1):
        try:
            yield _read_change(item, gathering.rules)
        except EntryRefused as error:
            gathering.report(position, str(item)[:200], str(error))


def _read_change(change: Any, rules: EntryRules) -> FeedChange:
    if not isinstance(change, dict) or change.get("type") not in (
        "Recommendation",
        "Advisory",
        "Retraction",
        "Tombstone",
    ):
        raise EntryRefused(_("not a change that this program knows"))
    change_id = clean(text_in(change, "id"), MAX_ID)
    if change["type"] == "Tombstone":
        return FeedChange(change_id)
    takes_back = change["type"] == "Retraction" or text_in(change, "recommendedPolicy").lower() == "accept"
    return FeedChange(change_id, _read_entry(change, change_id, rules), takes_back, tuple(_read_labels(change)))


def _read_entry(change: dict[str, Any], change_id: str, rules: EntryRules) -> ParsedEntry:
    try:
        kind = EntryKind(text_in(change, "entityKind").lower())  # the reference server and its documents differ in case
        key = _READ_KEY[kind](text_in(change, "entityKey"), rules)
    except (ValueError, KeyError):
        raise EntryRefused(_("neither a domain nor an actor")) from None
    return ParsedEntry(
        kind,
        key,
        _read_policy(change),
        reason=clean(text_in(change, "comment", "summary"), MAX_REASON),
        evidence=tuple(_read_evidence(change))[:MAX_EVIDENCE],
        author=clean(text_in(change, "attributedTo"), MAX_ID),
        expires_at=_read_end(change),
        change_id=change_id or None,
    )


def _read_policy(change: dict[str, Any]) -> EntryPolicy:
    if change["type"] == "Advisory":
        return EntryPolicy.ADVISORY
    return _POLICY_OF.get(text_in(change, "recommendedPolicy").lower(), EntryPolicy.REJECT)


def _read_labels(change: dict[str, Any]) -> Iterator[str]:
    stated = change.get("labels") or []
    for label in (stated if isinstance(stated, list) else [stated])[:MAX_EVIDENCE]:
        id = text_in(label, "id") if isinstance(label, dict) else label
        if isinstance(id, str) and id:
            yield clean(id, MAX_ID)


def _read_evidence(change: dict[str, Any]) -> Iterator[str]:
    attached = change.get("attachment") or []
    for link in attached if isinstance(attached, list) else [attached]:
        href = text_in(link, "href") if isinstance(link, dict) else ""
        if href.startswith(("https://", "http://")):
            yield clean(href, MAX_ID)


def _read_end(change: dict[str, Any]) -> datetime | None:
    try:
        end = datetime.fromisoformat(text_in(change, "endTime"))
    except ValueError:
        return None
    return end if end.tzinfo else None
