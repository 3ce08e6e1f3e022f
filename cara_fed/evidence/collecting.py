"""Collecting: all that is known here about where one post and its pictures went, as plain values."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from activitypub.documents import Json, as_list, first, parse_document
from activitypub.opt_out import OPT_OUT_TERMS, OptOut
from cara_fed.capabilities import WEB_HOST_NUMBER, CapabilityKeys, find_placeholders
from cara_fed.opt_out.history import picture_subject
from cara_fed.services import Services
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import PostRows
from storage.attachments import Picture
from storage.deliveries import Delivery
from storage.evidence import PictureFetch, PostVisit
from storage.opt_out_changes import OptOutChange
from storage.outbox_log import OutboxActivity
from storage.records import Records

THE_WEB: Final = ""
"""The host to whom public pages' addresses are given: everybody."""
_ABOUT_POSTS: Final = frozenset({"Create", "Update", "Delete"})
_ADDRESS: Final = re.compile(r"https?://[^\s/]+/\S*")


@dataclass(frozen=True, slots=True)
class SentTo:
    """One server, and what became of one activity for it; ``reason`` is why it was not taken, or not sent."""

    host: str
    state: str
    at: datetime | None
    status: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """One activity about the post: when it was written, which opt-out terms stood in it, and where it went."""

    activity_id: str
    kind: str
    at: datetime
    terms: Json
    pictures: tuple[tuple[str, OptOut], ...]
    """Of each file in it the SHA-256, and the opt-out in its address and headers."""
    to: tuple[SentTo, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetch:
    """How often a file was asked for at the address that a host was given (THE_WEB: everybody), and how it ended."""

    file_hash: str
    host: str
    agent: str
    answer: str
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """How often a host asked for the post itself, or was kept from it by ``entry_key``."""

    host: str
    door: str
    entry_key: str
    reason: str
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """One picture: its rows, what holds for it, and who came for any of its files."""

    picture: Picture
    policy: OptOut
    fetches: tuple[Fetch, ...]


@dataclass(frozen=True, slots=True)
class PostEvidence:
    """Everything. Hosts only: no visitor's address is known here."""

    rows: PostRows
    policy: OptOut
    pictures: tuple[ShownPicture, ...]
    earlier: tuple[Fetch, ...]
    """Fetches of files that were sent once and have been replaced since."""
    sendings: tuple[Sending, ...]
    visits: tuple[Visit, ...]
    changes: tuple[OptOutChange, ...]


async def collect_evidence(services: Services, rows: PostRows) -> PostEvidence:
    """What is known about a post of this instance; what this process counted since the last flush included."""
    await services.ledger.flush()
    async with services.database.reading() as records:
        sendings = await _collect_sendings(records, services.capabilities, rows.post.object_id)
        current = {picture.attachment.pk: _hashes_of(picture) for picture in rows.pictures}
        known = {file_hash for hashes in current.values() for file_hash in hashes}
        sent = {file_hash for sending in sendings for file_hash, _ in sending.pictures}
        fetches = await _collect_fetches(records, known | sent)
        visits = tuple(_read_visit(row) for row in await records.evidence.find_visits(rows.post.object_id))
        changes = await records.opt_out_changes.find(_subjects(services, rows))
    default = services.config.opt_out.default
    return PostEvidence(
        rows=rows,
        policy=effective_opt_out(default, rows.artist, rows.post),
        pictures=tuple(_show(rows, picture, default, fetches) for picture in rows.pictures),
        earlier=tuple(fetch for fetch in fetches if fetch.file_hash not in known),
        sendings=sendings,
        visits=visits,
        changes=tuple(changes),
    )


def _show(rows: PostRows, picture: Picture, default: OptOut, fetches: Iterable[Fetch]) -> ShownPicture:
    hashes = _hashes_of(picture)
    policy = effective_opt_out(default, rows.artist, rows.post, picture.attachment)
    return ShownPicture(picture, policy, tuple(fetch for fetch in fetches if fetch.file_hash in hashes))


def _hashes_of(picture: Picture) -> frozenset[str]:
    return frozenset(rendition.hash for rendition in picture.renditions.values())


def _subjects(services: Services, rows: PostRows) -> tuple[str, ...]:
    pictures = (picture_subject(rows.post.object_id, picture.attachment.pk) for picture in rows.pictures)
    return (services.site.base, rows.post.actor_id, rows.post.object_id, *pictures)


async def _collect_sendings(records: Records, keys: CapabilityKeys, object_id: str) -> tuple[Sending, ...]:
    found = await records.outbox_log.find_for_object(object_id)
    activities = [activity for activity in found if activity.activity_type in _ABOUT_POSTS]
    return tuple([_read_sending(keys, each, await records.deliveries.find_for_outbox(each.pk)) for each in activities])


def _read_sending(keys: CapabilityKeys, activity: OutboxActivity, deliveries: Sequence[Delivery]) -> Sending:
    # Documents hold no NUL, so the placeholders have to be filled in before it can be read; with whose does not matter.
    document = parse_document(keys.substitute(activity.body, WEB_HOST_NUMBER))
    return Sending(
        activity.activity_id,
        activity.activity_type,
        activity.created_at,
        _read_terms(first(document.get("object"))),
        tuple((name.partition(".")[0], policy) for name, policy in find_placeholders(activity.body)),
        tuple(_read_delivery(delivery) for delivery in deliveries),
    )


def _read_terms(note: Any) -> Json:
    """The opt-out terms of a Note, and of its pictures, as they were sent."""
    if not isinstance(note, dict):
        return {}
    terms = {key: note[key] for key in OPT_OUT_TERMS if key in note}
    pictures = [
        {key: each[key] for key in OPT_OUT_TERMS if key in each}
        for each in as_list(note.get("attachment"))
        if isinstance(each, dict)
    ]
    return {**terms, "attachment": pictures} if any(pictures) else terms


def _read_delivery(delivery: Delivery) -> SentTo:
    at = delivery.finished_at or delivery.created_at
    reason = delivery.last_error or ""
    return SentTo(delivery.receiver_netloc, delivery.state, at, delivery.last_status, _hide_people(reason))


def _hide_people(reason: str) -> str:
    """A reason without the addresses of people, which inboxes and actors' ids are; their servers stand beside it."""
    return _ADDRESS.sub(lambda found: found[0].split("/")[2], reason)


async def _collect_fetches(records: Records, hashes: Collection[str]) -> tuple[Fetch, ...]:
    rows = await records.evidence.find_fetches(hashes)
    netlocs = await records.hosts.find_netlocs({row.host_number for row in rows})
    return tuple(_read_fetch(row, netlocs) for row in rows)


def _read_fetch(row: PictureFetch, netlocs: Mapping[int, str]) -> Fetch:
    host = THE_WEB if row.host_number == WEB_HOST_NUMBER else netlocs.get(row.host_number, f"host {row.host_number}")
    return Fetch(row.file_hash, host, row.agent, row.answer, row.count, row.first_at, row.last_at)


def _read_visit(row: PostVisit) -> Visit:
    key = _hide_people(row.entry_key)
    return Visit(row.netloc, row.door, key, row.reason, row.count, row.first_at, row.last_at)
