"""Editing a post: its text, its pictures and what is said about them; everybody who has it gets an Update."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from activitypub.activities import build_update
from activitypub.audience import Visibility
from activitypub.notes import build_note
from activitypub.opt_out import OptOut
from cara_fed.errors import InvalidInput
from cara_fed.publishing.drafts import KeptPicture, PictureDraft, PostEdit, require_publishable
from cara_fed.publishing.forget_files import forget_files
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.own_posts import find_own_post, get_own_post
from cara_fed.publishing.publish_post import Written, recipients_of, write_text
from cara_fed.publishing.store_picture import (
    ProtectedFiles,
    build_rendition_rows,
    build_report,
    protect_and_keep,
    store_pictures,
)
from cara_fed.services import Services
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import PostRows, read_local_post, write_mentions
from storage.artists import Artist
from storage.attachments import Attachment, Picture, Rendition
from storage.posts import Post
from storage.records import Records

# Receivers ignore an Update that is not later than what they have.
SMALLEST_STEP = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A picture that stays, as it is to be, with new files where its rights changed."""

    wanted: KeptPicture
    files: ProtectedFiles | None


def read_edit(rows: PostRows) -> PostEdit:
    """A post as it stands, to be changed with dataclasses.replace."""
    return PostEdit(
        text=rows.post.text,
        pictures=tuple(_read_kept(picture.attachment) for picture in rows.pictures),
        content_warning=rows.post.content_warning,
        sensitive=rows.post.sensitive,
        opt_out=OptOut(rows.post.opt_out) if rows.post.opt_out else None,
        language=rows.post.language,
    )


async def edit_post(services: Services, artist: Artist, post_pk: int, edit: PostEdit) -> Post:
    """Bring a post to what the edit says, and tell everybody who has it. Raises InvalidInput or NotFound.

    A changed description keeps a picture's address; a changed opt-out rewrites its file, which gives a new one.
    """
    require_publishable(edit)
    before = await find_own_post(services, artist, post_pk)
    written = await write_text(services, edit.text, Visibility(before.post.visibility), before.post.in_reply_to)
    opt_out = edit.opt_out or effective_opt_out(services.config.opt_out.default, artist)
    pictures = await _prepare_pictures(services, before, edit, opt_out)
    async with services.database.unit_of_work() as records:
        rows = await get_own_post(records, artist, post_pk)
        await _apply(records, services, rows.post, edit, written, opt_out)
        shown = await _arrange(records, rows, pictures)
        await _send_update(records, services, PostRows(artist, rows.post, shown))
    await forget_files(services, before.pictures)
    wake_workers(services)
    return rows.post


def _read_kept(attachment: Attachment) -> KeptPicture:
    return KeptPicture(
        attachment_pk=attachment.pk,
        alt=attachment.alt,
        focal_point=(attachment.focal_x, attachment.focal_y),
        sensitive=attachment.sensitive,
        opt_out=OptOut(attachment.opt_out) if attachment.opt_out else None,
    )


async def _prepare_pictures(
    services: Services, before: PostRows, edit: PostEdit, opt_out: OptOut
) -> tuple[_Kept | Picture, ...]:
    """Everything that takes time: new pictures, and new files for those whose rights changed. In the edit's order."""
    drafts = tuple(picture for picture in edit.pictures if isinstance(picture, PictureDraft))
    added = iter(await store_pictures(services, before.artist, drafts, opt_out))
    known = {picture.attachment.pk: picture.attachment for picture in before.pictures}
    return tuple(
        [
            next(added)
            if isinstance(picture, PictureDraft)
            else await _prepare_kept(services, before, known, picture, opt_out)
            for picture in edit.pictures
        ]
    )


async def _prepare_kept(
    services: Services, before: PostRows, known: Mapping[int, Attachment], wanted: KeptPicture, opt_out: OptOut
) -> _Kept:
    attachment = known.get(wanted.attachment_pk)
    if attachment is None:
        raise InvalidInput("A picture that was to stay is not in this post.")
    old = effective_opt_out(services.config.opt_out.default, before.artist, before.post, attachment)
    new = wanted.opt_out or opt_out
    if new is old or attachment.original_hash is None:
        return _Kept(wanted, None)
    content = await services.media.read("private", attachment.original_hash)
    return _Kept(wanted, await protect_and_keep(services, before.artist, content, new, wanted.focal_point))


async def _apply(
    records: Records, services: Services, post: Post, edit: PostEdit, written: Written, opt_out: OptOut
) -> None:
    now = services.clock.now()
    post.text = edit.text.strip()
    post.content = written.rendered.html
    post.content_warning = edit.content_warning.strip()
    post.sensitive = edit.sensitive or bool(post.content_warning)
    post.language = edit.language
    post.opt_out = opt_out
    post.updated_at = max(now, (post.updated_at or post.published_at) + SMALLEST_STEP)
    post.mentions = write_mentions(written.mentions)
    await records.posts.replace_hashtags(post, [tag.name for tag in written.rendered.hashtags])


async def _arrange(records: Records, rows: PostRows, pictures: tuple[_Kept | Picture, ...]) -> tuple[Picture, ...]:
    """Make the post's pictures those of the edit, in its order; what is left out goes."""
    known = {picture.attachment.pk: picture for picture in rows.pictures}
    kept = {picture.wanted.attachment_pk for picture in pictures if isinstance(picture, _Kept)}
    await records.attachments.remove(known.keys() - kept)
    shown = []
    for position, picture in enumerate(pictures):
        if isinstance(picture, _Kept):
            # Gone meanwhile only where another edit of the same post was faster.
            if picture.wanted.attachment_pk not in known:
                continue
            arranged = await _change(records, known[picture.wanted.attachment_pk], picture)
        else:
            arranged = picture
            arranged.attachment.post_pk = rows.post.pk
            await records.attachments.add(arranged.attachment, tuple(arranged.renditions.values()))
        arranged.attachment.position = position
        shown.append(arranged)
    return tuple(shown)


async def _change(records: Records, picture: Picture, kept: _Kept) -> Picture:
    attachment, wanted = picture.attachment, kept.wanted
    attachment.alt = wanted.alt.strip()
    attachment.focal_x, attachment.focal_y = wanted.focal_point
    attachment.sensitive = wanted.sensitive
    attachment.opt_out = wanted.opt_out
    if kept.files is None:
        return picture
    attachment.report = build_report(kept.files.picture)
    renditions: dict[str, Rendition] = build_rendition_rows(attachment.pk, kept.files.picture)
    await records.attachments.replace_renditions(attachment.pk, tuple(renditions.values()))
    return Picture(attachment, renditions)


async def _send_update(records: Records, services: Services, rows: PostRows) -> None:
    post, site = rows.post, services.site
    note = build_note(read_local_post(rows, site, services.config.opt_out.default))
    activity_id = site.activity(rows.artist.name, services.clock.new_pk())
    update = build_update(note, activity_id=activity_id, updated=post.updated_at or post.published_at)
    await send_out(
        records,
        services,
        update,
        recipients_of(post),
        artist_pk=post.artist_pk,
        object_id=post.object_id,
        audience=post.visibility,
    )
