"""Telling an artist, before its time, that a post looks like somebody else's work: nobody is there to be asked then."""

from typing import Final

from cara_fed.publishing.drafts import PostDraft, UploadedPicture
from cara_fed.publishing.hold_post import tell
from cara_fed.publishing.keep_draft import load_post
from cara_fed.recognition.matches import LooksLikeOthers, find_matches
from cara_fed.services import Services
from storage.artists import Artist
from storage.attachments import Picture
from storage.drafts import DUE
from storage.records import Records

LOOKS_ALIKE: Final = "looks_alike"
ACCEPTED: Final = "accept_matches"
"""The field of the form by which an artist says that she knows."""


async def warn_of_matches(services: Services, draft_pk: int) -> None:
    """Say in a draft that waits for its time whose work its prepared pictures look like, and tell its artist."""
    async with services.database.reading() as records:
        draft = await records.drafts.find(draft_pk)
        if draft is None or draft.state != DUE or draft.fields.get(ACCEPTED):
            return
        artist = await records.artists.get_by_pk(draft.artist_pk)
        pictures = await _find_pictures(records, load_post(draft.post))
    matches = await find_matches(services, artist, pictures)
    if matches:
        await _tell(services, artist, draft_pk, str(LooksLikeOthers(matches)))


async def _find_pictures(records: Records, post: PostDraft) -> dict[int, Picture]:
    """What is prepared of a post to be, with its look, by the picture's number from 1."""
    pks = [one.upload_pk if isinstance(one, UploadedPicture) else 0 for one in post.pictures]
    uploads = await records.uploads.find(pks)
    found = {}
    for number, pk in enumerate(pks, start=1):
        attachment_pk = uploads[pk].attachment_pk if pk in uploads else None
        likeness = await records.likenesses.find(attachment_pk) if attachment_pk else None
        if attachment_pk and likeness:
            made = (await records.attachments.find([attachment_pk]))[attachment_pk]
            found[number] = Picture(made.attachment, made.renditions, likeness)
    return found


async def _tell(services: Services, artist: Artist, draft_pk: int, problem: str) -> None:
    async with services.database.unit_of_work() as records:
        if await records.drafts.settle(draft_pk, (DUE,), problem=problem):
            await tell(records, services.clock, services.site, artist, LOOKS_ALIKE, artist, str(draft_pk))
