"""Listing a domain or an actor, and taking that back: written down, published, in force."""

import re
from dataclasses import dataclass
from datetime import datetime

from cara_fed.blocklist.audit import Deed, note
from cara_fed.blocklist.changes import publish_recommendations, publish_retraction
from cara_fed.blocklist.enact import Enacted, settle
from cara_fed.blocklist.entries import LOCAL, EntryKind, EntryLabel, EntryPolicy, EntryRefused, parse_entry, rules_of
from cara_fed.blocklist.formats.parsed import MAX_EVIDENCE, MAX_REASON, clean
from cara_fed.blocklist.guard import REVISION
from cara_fed.blocklist.weighing import FILE_PREFIX, is_ours
from cara_fed.errors import InvalidInput, NotFound
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.blocklist import BlocklistEntry
from storage.records import Records

MAX_EVIDENCE_URL = 2048
_WEB_ADDRESS = re.compile(r"https?://[^\s/]\S*")


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry as somebody wants it; ``entry`` is a domain or an actor's id, ``author`` who lists it, never told."""

    entry: str
    reason: str
    label: str = EntryLabel.TRAINING_HARVEST
    policy: str = EntryPolicy.REJECT
    evidence: tuple[str, ...] = ()
    expires_at: datetime | None = None
    author: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """What came of listing. ``is_allowed`` where an allow keeps the entry from having any effect."""

    kind: EntryKind
    key: str
    enacted: Enacted
    is_allowed: bool = False


@dataclass(frozen=True, slots=True)
class Retracted:
    """What came of taking an entry back; ``still_listed_by`` are the subscriptions that have it too."""

    kind: EntryKind
    key: str
    enacted: Enacted
    still_listed_by: tuple[str, ...] = ()


async def list_entry(services: Services, draft: EntryDraft) -> Listed:
    """List something, or change what is said of it. Raises InvalidInput where the draft cannot be an entry."""
    kind, key = parse_entry(draft.entry, rules_of(services.config))
    now = services.clock.now()
    entry = _read_draft(draft, kind, key, services.clock.new_pk(), now)
    async with services.database.unit_of_work() as records:
        known = await records.blocklist.find(kind, key)
        if known is not None and known.retracted_at is None:
            entry.created_at = known.created_at
        await records.blocklist.add(entry)
        await publish_recommendations(records, services, [entry])
        await note(records, services.clock, Deed.LIST, key, f"{entry.policy}: {entry.reason}", entry.author)
        await records.revisions.bump(REVISION)
    enacted = await settle(services)
    return Listed(kind, key, enacted, services.blocklist.policy.allows_key(key))


async def retract_entry(services: Services, text: str, comment: str = "", author: str = "") -> Retracted:
    """Take back what was listed here, by hand or from a file. Raises NotFound where nothing of the kind was."""
    kind, key = read_key(services, text)
    async with services.database.unit_of_work() as records:
        sources = [each.source for each in await records.blocklist.find_sources(kind, key, services.clock.now())]
        if not any(is_ours(source) for source in sources):
            raise NotFound(_describe_absence(key, sources))
        await _retract(records, services, kind, key, comment)
        await note(records, services.clock, Deed.RETRACT, key, comment, author)
        await records.revisions.bump(REVISION)
    return Retracted(kind, key, await settle(services), tuple(each for each in sources if not is_ours(each)))


async def retire_expired(services: Services) -> int:
    """Write down which of our own entries have expired, and publish that; how many."""
    now = services.clock.now()
    async with services.database.reading() as records:
        if not await records.blocklist.find_expired(now):
            return 0
    async with services.database.unit_of_work() as records:
        expired = await records.blocklist.find_expired(now)
        for entry in expired:
            await records.blocklist.retract(entry.kind, entry.key, LOCAL, now)
            await publish_retraction(records, services, entry.kind, entry.key, "expired")
            await note(records, services.clock, Deed.EXPIRE, entry.key)
    return len(expired)


def read_key(services: Services, text: str) -> tuple[EntryKind, str]:
    """The key of something that may be listed already, by rules that held then."""
    try:
        return parse_entry(text, rules_of(services.config))
    except EntryRefused:
        text = text.strip()
        if "://" in text:
            return EntryKind.ACTOR, text
        return (EntryKind.DOMAIN, text.lower()) if "." in text else (EntryKind.AGENT, text)


def _read_draft(draft: EntryDraft, kind: EntryKind, key: str, pk: int, now: datetime) -> BlocklistEntry:
    reason = clean(draft.reason, MAX_REASON)
    if not reason:
        raise InvalidInput(_("Say why: other admins and the listed will ask."))
    if draft.policy not in (EntryPolicy.REJECT, EntryPolicy.DROP, EntryPolicy.FILTER):
        raise InvalidInput(_("%(policy)s is no policy: there are reject, drop and filter.", policy=draft.policy))
    if draft.label not in tuple(EntryLabel):
        raise InvalidInput(
            _("%(label)s is no label: there are %(labels)s.", label=draft.label, labels=", ".join(EntryLabel))
        )
    if draft.expires_at is not None and draft.expires_at <= now:
        raise InvalidInput(_("The entry would have expired already."))
    return BlocklistEntry(
        pk=pk,
        kind=str(kind),
        key=key,
        label=str(draft.label),
        policy=str(draft.policy),
        reason=reason,
        evidence=_read_evidence(draft.evidence),
        source=LOCAL,
        author=clean(draft.author, MAX_EVIDENCE_URL),
        created_at=now,
        expires_at=draft.expires_at,
    )


def _read_evidence(given: tuple[str, ...]) -> list[str]:
    evidence = list(dict.fromkeys(url.strip() for url in given if url.strip()))
    if len(evidence) > MAX_EVIDENCE:
        raise InvalidInput(_("There is room for %(limit)s links to evidence.", limit=MAX_EVIDENCE))
    for url in evidence:
        if not _WEB_ADDRESS.fullmatch(url) or len(url) > MAX_EVIDENCE_URL:
            raise InvalidInput(_("%(url)s is not a link to evidence: it has to begin with https://.", url=url[:200]))
    return evidence


async def _retract(records: Records, services: Services, kind: EntryKind, key: str, comment: str) -> None:
    now = services.clock.now()
    if await records.blocklist.retract(kind, key, LOCAL, now):
        await publish_retraction(records, services, kind, key, clean(comment, MAX_REASON))
    for entry in await records.blocklist.find_sources(kind, key, now):
        if entry.source.startswith(FILE_PREFIX):
            await records.blocklist.retract(kind, key, entry.source, now)


def _describe_absence(key: str, sources: list[str]) -> str:
    if sources:
        return _(
            "%(key)s is not listed here but by %(sources)s: allow it to let it in all the same.",
            key=key,
            sources=sources[0],
        )
    return _("%(key)s is not listed.", key=key)
