"""Keeping a draft: what stands in the form of a post to be, whatever happens to the browser or to the server."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from cara_fed.errors import InvalidInput, NotFound
from cara_fed.publishing.drafts import MAX_TEXT, PostDraft
from cara_fed.publishing.forget_files import forget_files
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.drafts import DUE, HELD, OPEN, PUBLISHED, Draft
from storage.records import Records

MAX_DRAFTS: Final = 50
MAX_FIELDS: Final = 200
MAX_FIELDS_LENGTH: Final = 40 * MAX_TEXT
PUBLISHED_KEPT: Final = timedelta(days=1)
LIVING: Final = (OPEN, DUE, HELD)

_POSTS: Final = TypeAdapter(PostDraft)


async def save_draft(services: Services, artist: Artist, pk: int | None, fields: Mapping[str, str]) -> Draft:
    """Keep a form as it stands, in a new draft where ``pk`` is None. Raises InvalidInput or NotFound."""
    _require_modest(fields)
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        if pk is not None:
            draft = await get_own_draft(records, artist, pk, (OPEN,))
            draft.fields, draft.updated_at, draft.problem = dict(fields), now, ""
            return draft
        if await records.drafts.count_of(artist.pk) >= MAX_DRAFTS:
            raise InvalidInput(_("You have %(limit)s drafts; throw one away first.", limit=MAX_DRAFTS))
        draft = Draft(
            pk=services.clock.new_pk(), artist_pk=artist.pk, fields=dict(fields), created_at=now, updated_at=now
        )
        await records.drafts.add(draft)
        return draft


async def schedule_draft(services: Services, artist: Artist, pk: int, post: PostDraft, at: datetime, zone: str) -> None:
    """Let a draft go out by itself at a moment (aware), or as soon as its pictures are done with after that."""
    async with services.database.unit_of_work() as records:
        draft = await get_own_draft(records, artist, pk, (OPEN, DUE))
        draft.state, draft.post, draft.publish_at = DUE, dump_post(post), at
        draft.time_zone, draft.problem, draft.updated_at = zone, "", services.clock.now()
    services.wake.drafts.set()


async def unschedule_draft(services: Services, artist: Artist, pk: int) -> None:
    """Let a draft wait for its artist again. Raises NotFound where it went out meanwhile."""
    async with services.database.unit_of_work() as records:
        draft = await get_own_draft(records, artist, pk, (OPEN, DUE))
        draft.state, draft.publish_at = OPEN, None


async def discard_draft(services: Services, artist: Artist, pk: int) -> None:
    """Throw a draft away, and its pictures. Raises NotFound."""
    async with services.database.unit_of_work() as records:
        await get_own_draft(records, artist, pk, LIVING)
    await remove_drafts(services, [pk])


async def find_own_draft(services: Services, artist: Artist, pk: int) -> Draft:
    """The artist's draft with that key, in whatever state; raises NotFound."""
    async with services.database.reading() as records:
        return await get_own_draft(records, artist, pk, (*LIVING, PUBLISHED))


async def get_own_draft(records: Records, artist: Artist, pk: int, states: tuple[str, ...]) -> Draft:
    """The same, within a transaction that goes on to change it, and in one of these states."""
    draft = await records.drafts.find(pk)
    if draft is None or draft.artist_pk != artist.pk or draft.state not in states:
        raise NotFound(_("There is no such draft of yours, or it went out meanwhile."))
    return draft


async def remove_stale_drafts(services: Services) -> None:
    """Throw away what nobody touched for as long as instance.toml says, and what has long been a post."""
    now = services.clock.now()
    kept = timedelta(days=services.config.posts.keep_drafts_days)
    async with services.database.reading() as records:
        stale = await records.drafts.find_stale(now - kept, now - PUBLISHED_KEPT)
    await remove_drafts(services, list(stale))


async def remove_drafts(services: Services, pks: list[int]) -> None:
    """Delete drafts with everything that waits in them, files included."""
    for pk in pks:
        async with services.database.unit_of_work() as records:
            uploads = await records.uploads.find_for_draft(pk)
            made = await records.attachments.find([one.attachment_pk for one in uploads if one.attachment_pk])
            await records.drafts.remove([pk])
            await records.attachments.remove(made)
        await forget_files(services, made.values(), [upload.original_hash for upload in uploads])


def dump_post(post: PostDraft) -> dict[str, Any]:
    """A post to be, as JSON values; its pictures are uploads, for a file does not wait."""
    dumped: dict[str, Any] = _POSTS.dump_python(post, mode="json")
    return dumped


def load_post(document: Mapping[str, Any]) -> PostDraft:
    """The same back from its row."""
    return _POSTS.validate_python(dict(document))


def _require_modest(fields: Mapping[str, str]) -> None:
    if len(fields) > MAX_FIELDS or sum(map(len, fields.values())) > MAX_FIELDS_LENGTH:
        raise InvalidInput(_("This is too much for a draft; shorten its texts."))
