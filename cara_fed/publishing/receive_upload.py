"""Receiving a picture for a draft: its file first, then its row; a worker does the rest."""

import hashlib
from pathlib import Path
from typing import Final

from cara_fed.errors import InvalidInput, NotFound
from cara_fed.publishing.drafts import MAX_PICTURES
from cara_fed.publishing.forget_files import forget_files
from cara_fed.publishing.keep_draft import get_own_draft
from cara_fed.publishing.store_picture import read_content
from cara_fed.publishing.treatments import AS_ALWAYS, Treatment, dump_treatment
from cara_fed.services import MEBIBYTE, Services
from cara_fed.words.speech import _, spoken
from cara_fed.words.writing import write_size
from storage.artists import Artist
from storage.drafts import DUE, OPEN
from storage.records import Records
from storage.uploads import Upload

MAX_NAME: Final = 200
SPARE: Final = 10
"""How many more pictures than a post can hold a draft takes, for those that are changed for others."""


async def receive_upload(
    services: Services,
    artist: Artist,
    draft_pk: int,
    content: bytes | Path,
    name: str,
    treatment: Treatment = AS_ALWAYS,
) -> Upload:
    """Keep a picture in a draft, with the words that its artist once wrote about the same one.

    Raises InvalidInput where it does not fit, NotFound for a draft that is not there.
    """
    data = await read_content(services, content)
    _require_size(services, data, name)
    original_hash = hashlib.sha256(data).hexdigest()
    async with services.database.reading() as records:
        await _require_room(records, services, artist, draft_pk, len(data))
    await services.media.put("private", original_hash, data)
    async with services.database.unit_of_work() as records:
        await _require_room(records, services, artist, draft_pk, len(data))
        upload = Upload(
            pk=services.clock.new_pk(),
            artist_pk=artist.pk,
            draft_pk=draft_pk,
            name=name[:MAX_NAME],
            original_hash=original_hash,
            byte_size=len(data),
            wanted=dump_treatment(treatment),
            alt=await records.attachments.find_alt(artist.pk, original_hash),
            language=spoken().tag,
            created_at=services.clock.now(),
        )
        await records.uploads.add(upload)
    services.wake.uploads.set()
    return upload


async def remove_upload(services: Services, artist: Artist, draft_pk: int, pk: int) -> None:
    """Take a picture out of a draft. Raises NotFound."""
    async with services.database.unit_of_work() as records:
        await get_own_draft(records, artist, draft_pk, (OPEN, DUE))
        upload = (await records.uploads.find([pk])).get(pk)
        if upload is None or upload.draft_pk != draft_pk:
            raise NotFound(_("There is no such picture in this draft."))
        made = await records.attachments.find([upload.attachment_pk] if upload.attachment_pk else [])
        await records.uploads.remove([pk])
        await records.attachments.remove(made)
    await forget_files(services, made.values(), [upload.original_hash])


def _require_size(services: Services, data: bytes, name: str) -> None:
    most = services.config.protection.max_file_mib * MEBIBYTE
    if not data:
        raise InvalidInput(_("%(name)s is empty; choose it again.", name=name or _("The file")))
    if len(data) > most:
        raise InvalidInput(
            _(
                "%(name)s is larger than %(size)s; export it smaller.",
                name=name or _("The file"),
                size=write_size(most),
            )
        )


async def _require_room(records: Records, services: Services, artist: Artist, draft_pk: int, size: int) -> None:
    await get_own_draft(records, artist, draft_pk, (OPEN, DUE))
    if len(await records.uploads.find_for_draft(draft_pk)) >= MAX_PICTURES + SPARE:
        raise InvalidInput(_("A post holds at most %(limit)s pictures.", limit=MAX_PICTURES))
    _count, weight = await records.uploads.count_of(artist.pk)
    if weight + size > services.config.posts.drafts_mib * MEBIBYTE:
        raise InvalidInput(_("Your drafts hold too many pictures; publish one of them, or throw one away."))
