"""Drafts as pages see them: rows become views."""

from collections.abc import Sequence
from dataclasses import replace

from activitypub.identifiers import read_pk
from cara_fed.translate.views import MAX_LABEL
from cara_fed.web.draft_views import DraftLine, Uploaded
from cara_fed.web.house import house
from cara_fed.web.publish_form import write_focus
from cara_fed.web.schedule_form import in_zone
from cara_fed.web.treating import foresee
from storage.artists import Artist
from storage.attachments import Picture
from storage.drafts import Draft
from storage.records import Records
from storage.uploads import READY, Upload


async def read_uploads(records: Records, artist: Artist, draft_pk: int) -> tuple[Uploaded, ...]:
    """The pictures of a draft, in the order they came."""
    uploads = await records.uploads.find_for_draft(draft_pk)
    made = await records.attachments.find([one.attachment_pk for one in uploads if one.attachment_pk])
    is_waited_for = any(upload.state not in READY for upload in uploads)
    seconds = foresee(artist, await records.uploads.find_queue()) if is_waited_for else {}
    turns = {pk: ahead for ahead, pk in enumerate(seconds)}
    shown = (show_upload(artist, upload, made.get(upload.attachment_pk or 0)) for upload in uploads)
    return tuple(replace(one, ahead=turns.get(one.pk, 0), seconds=seconds.get(one.pk, 0)) for one in shown)


def show_upload(artist: Artist, upload: Upload, picture: Picture | None = None) -> Uploaded:
    """One of them, with what was made of it."""
    attachment = picture.attachment if picture else None
    return Uploaded(
        pk=upload.pk,
        name=upload.name,
        state=upload.state,  # type: ignore[arg-type]
        alt=upload.alt,
        problem=upload.problem,
        steps=tuple(step["text"] for step in upload.steps),
        picture=house().gallery.uploaded(artist, picture) if picture else None,
        focus=write_focus(attachment.focal_x, attachment.focal_y) if attachment else "",
        page=f"/drafts/{upload.draft_pk}/pictures/{upload.pk}" if attachment else "",
    )


def show_line(draft: Draft, uploads: Sequence[Uploaded]) -> DraftLine:
    """A draft in a few words."""
    words = " ".join(str(draft.fields.get("text", "")).split())
    return DraftLine(
        pk=draft.pk,
        words=words if len(words) <= MAX_LABEL else f"{words[:MAX_LABEL].rstrip()}…",
        state=draft.state,  # type: ignore[arg-type]
        changed_at=draft.updated_at,
        pictures=len(uploads),
        cover=next((upload.picture for upload in uploads if upload.picture), None),
        publish_at=in_zone(draft.publish_at, draft.time_zone) if draft.publish_at else None,
        zone=draft.time_zone,
        problem=draft.problem,
    )


def read_number(typed: str) -> int | None:
    """The number of a draft as a form holds it."""
    return read_pk(typed) if typed else None
