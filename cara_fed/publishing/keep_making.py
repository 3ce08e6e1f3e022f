"""Keeping what shows how a work was made: the answer to false accusations, instead of a machine that guesses."""

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Final

from cara_fed.errors import InvalidInput, NotFound
from cara_fed.protection.errors import PictureRefused
from cara_fed.publishing.drafts import PictureDraft
from cara_fed.publishing.forget_files import forget_files
from cara_fed.publishing.own_posts import find_own_post, get_own_post
from cara_fed.publishing.rights import Terms
from cara_fed.publishing.store_picture import read_content, store_picture
from cara_fed.services import MEBIBYTE, Services
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import PostRows
from cara_fed.words.speech import _
from cara_fed.words.writing import write_number, write_size
from storage.artists import Artist
from storage.attachments import Picture
from storage.making import MakingFile
from storage.records import Records

MAX_FILES: Final = 20
MAX_NOTE, MAX_NAME = 1000, 200


class Kind(StrEnum):
    """What a file is of the making of a work."""

    SKETCH = "sketch"
    LAYERS = "layers"
    FILM = "film"
    PHOTOGRAPH = "photograph"
    OTHER = "other"


async def keep_making(
    services: Services, artist: Artist, post_pk: int, content: Path, name: str, kind: Kind, note: str, *, public: bool
) -> MakingFile:
    """Keep a file as it is, with its hash and today's date; of a picture also what can be shown of it.

    Raises InvalidInput or NotFound.
    """
    if len(note) > MAX_NOTE:
        raise InvalidInput(_("At most %(limit)s characters fit here.", limit=write_number(MAX_NOTE)))
    rows = await find_own_post(services, artist, post_pk)
    data = await read_content(services, content)
    await _require_room(services, artist, post_pk, data)
    picture = await _show(services, rows, data, name)
    digest = hashlib.sha256(data).hexdigest()
    await services.media.put("private", digest, data)
    async with services.database.unit_of_work() as records:
        await get_own_post(records, artist, post_pk)
        if picture is not None:
            await records.attachments.add(picture.attachment, tuple(picture.renditions.values()))
        row = MakingFile(
            pk=services.clock.new_pk(),
            artist_pk=artist.pk,
            post_pk=post_pk,
            attachment_pk=picture.attachment.pk if picture else None,
            kind=kind.value,
            note=note.strip(),
            name=name[:MAX_NAME] or "file",
            hash=digest,
            byte_size=len(data),
            is_public=public,
            created_at=services.clock.now(),
        )
        await records.making.add(row)
    return row


async def remove_making(services: Services, artist: Artist, post_pk: int, pk: int) -> None:
    """Take one away. Raises NotFound."""
    async with services.database.unit_of_work() as records:
        await get_own_post(records, artist, post_pk)
        row = await records.making.find(pk)
        if row is None or row.post_pk != post_pk:
            raise NotFound(_("There is no such file beside this work."))
        made = await forget_rows(records, [row])
    await forget_files(services, made, [row.hash])


async def forget_rows(records: Records, rows: list[MakingFile]) -> list[Picture]:
    """Delete these rows; what was made of them is given back, that its files may be forgotten."""
    made = await records.attachments.find([row.attachment_pk for row in rows if row.attachment_pk])
    for row in rows:
        await records.making.remove(row.pk)
    await records.attachments.remove(made)
    return list(made.values())


async def _require_room(services: Services, artist: Artist, post_pk: int, data: bytes) -> None:
    most = services.config.protection.max_file_mib * MEBIBYTE
    if not data:
        raise InvalidInput(_("Choose a file."))
    if len(data) > most:
        raise InvalidInput(_("A file has at most %(size)s; export it smaller.", size=write_size(most)))
    async with services.database.reading() as records:
        if len(await records.making.find_for_post(post_pk)) >= MAX_FILES:
            raise InvalidInput(_("There is room for %(limit)s files beside a work.", limit=MAX_FILES))
        if await records.making.weigh(artist.pk) + len(data) > services.config.posts.drafts_mib * MEBIBYTE:
            raise InvalidInput(_("Your files about the making of works are too many together; remove some."))


async def _show(services: Services, rows: PostRows, data: bytes, name: str) -> Picture | None:
    """What of a picture can be shown, protected as the work itself; None for films, layers and the like."""
    policy = effective_opt_out(services.config.opt_out.default, rows.artist, rows.post)
    try:
        return await store_picture(services, rows.artist, PictureDraft(data, name=name), Terms.of(policy, rows.post))
    except PictureRefused:
        return None
