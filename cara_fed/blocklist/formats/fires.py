"""FIRES (github: fedimod/fires): a dataset's snapshot and the pages of its change feed."""

from collections.abc import Iterator
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

_READ_KEY = {EntryKind.DOMAIN: read_domain_key, EntryKind.ACTOR: read_actor_key}
_POLICY_OF = {"filter": EntryPolicy.FILTER, "reject": EntryPolicy.REJECT, "drop": EntryPolicy.DROP}


def parse_fires(body: bytes, rules: EntryRules) -> ParsedList:
    """Read a page of changes or a snapshot, oldest change first: of changes about one key the last holds.

    A Retraction, or a recommendation to accept, takes back; a Tombstone names no key and is reported. ``next_url`` is
    the page's ``next``: ask there for later changes. Raises ListUnreadable.
    """
    page = read_json(body)
    if not isinstance(page, dict) or not isinstance(page.get("orderedItems"), list):
        raise ListUnreadable("this is not a page of changes")
    gathering, retractions = Gathering(rules), set[tuple[EntryKind, str]]()
    for position, change in enumerate(page["orderedItems"], 1):
        _apply(gathering, retractions, position, change)
    read = gathering.result()
    next_url = text_in(page, "next") or None
    return ParsedList(read.entries, read.problems, read.problem_count, frozenset(retractions), next_url)


def _apply(gathering: Gathering, retractions: set[tuple[EntryKind, str]], position: int, change: Any) -> None:
    try:
        entry = _read_change(change, gathering.rules)
    except EntryRefused as error:
        gathering.report(position, str(change)[:200], str(error))
        return
    if _takes_back(change):
        gathering.forget(entry.kind, entry.key)
        retractions.add((entry.kind, entry.key))
    else:
        gathering.replace_entry(entry)
        retractions.discard((entry.kind, entry.key))


def _takes_back(change: dict[str, Any]) -> bool:
    return change["type"] == "Retraction" or text_in(change, "recommendedPolicy").lower() == "accept"


def _read_change(change: Any, rules: EntryRules) -> ParsedEntry:
    if not isinstance(change, dict) or change.get("type") not in ("Recommendation", "Advisory", "Retraction"):
        raise EntryRefused("not a change that this program knows")
    try:
        kind = EntryKind(text_in(change, "entityKind").lower())  # the reference server and its documents differ in case
        key = _READ_KEY[kind](text_in(change, "entityKey"), rules)
    except (ValueError, KeyError):
        raise EntryRefused("neither a domain nor an actor") from None
    return ParsedEntry(
        kind,
        key,
        _read_policy(change),
        reason=clean(text_in(change, "comment", "summary"), MAX_REASON),
        evidence=tuple(_read_evidence(change))[:MAX_EVIDENCE],
        author=clean(text_in(change, "attributedTo"), 2048),
        expires_at=_read_end(change),
    )


def _read_policy(change: dict[str, Any]) -> EntryPolicy:
    if change["type"] == "Advisory":
        return EntryPolicy.ADVISORY
    return _POLICY_OF.get(text_in(change, "recommendedPolicy").lower(), EntryPolicy.REJECT)


def _read_evidence(change: dict[str, Any]) -> Iterator[str]:
    attached = change.get("attachment") or []
    for link in attached if isinstance(attached, list) else [attached]:
        href = text_in(link, "href") if isinstance(link, dict) else ""
        if href.startswith(("https://", "http://")):
            yield clean(href, 2048)


def _read_end(change: dict[str, Any]) -> datetime | None:
    try:
        end = datetime.fromisoformat(text_in(change, "endTime"))
    except ValueError:
        return None
    return end if end.tzinfo else None
