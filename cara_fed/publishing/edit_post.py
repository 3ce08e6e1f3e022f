"""Editing a post: its text, its pictures and what is said about them; everybody who has it gets an Update."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from activitypub.audience import Visibility
from activitypub.opt_out import OptOut
from cara_fed.errors import InvalidInput
from cara_fed.opt_out.history import Level, note_change, picture_subject
from cara_fed.publishing.drafts import KeptPicture, PictureDraft, PostEdit, require_described, require_publishable
from cara_fed.publishing.find_emoji import find_emoji
from cara_fed.publishing.forget_files import forget_files
from cara_fed.publishing.hold_post import HeldForReview, require_not_held
from cara_fed.publishing.name_together import find_named, name_together
from cara_fed.publishing.outgoing import wake_workers
from cara_fed.publishing.own_posts import find_own_post, get_own_post
from cara_fed.publishing.publish_post import Written, name_hashtags, write_text
from cara_fed.publishing.restate_post import apply_restated, restate_picture, send_update, state_terms
from cara_fed.publishing.rewrite_picture import Restated
from cara_fed.publishing.rights import Terms, choose_terms
from cara_fed.publishing.store_picture import store_pictures
from cara_fed.services import Services
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import PostRows, read_quote_policy, write_mentions
from cara_fed.translate.versions import says_otherwise, version_row
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.attachments import Attachment, Picture
from storage.posts import Post
from storage.records import Records


@dataclass(frozen=True, slots=True)
class _Kept:
    """A picture that stays, as it is to be, with new files where its rights changed."""

    wanted: KeptPicture
    restated: Restated | None


def read_edit(rows: PostRows) -> PostEdit:
    """A post as it stands, to be changed with dataclasses.replace."""
    return PostEdit(
        text=rows.post.text,
        pictures=tuple(_read_kept(picture.attachment) for picture in rows.pictures),
        content_warning=rows.post.content_warning,
        sensitive=rows.post.sensitive,
        opt_out=OptOut(rows.post.opt_out) if rows.post.opt_out else None,
        language=rows.post.language,
        license=rows.post.license or "",
        digital_source_type=rows.post.digital_source_type or "",
        quote_policy=read_quote_policy(rows.post),
    )


async def edit_post(services: Services, artist: Artist, post_pk: int, edit: PostEdit) -> Post:
    """Bring a post to what the edit says, and tell everybody who has it. Raises InvalidInput or NotFound.

    A changed description keeps a picture's address; a changed opt-out or licence rewrites its files, which gives it a
    new one.
    """
    require_publishable(edit)
    require_described(services.config.posts, edit.pictures)
    before = await find_own_post(services, artist, post_pk)
    written = await write_text(services, edit.text, Visibility(before.post.visibility), before.post.in_reply_to)
    named = await find_named(services, artist, edit.credits or (), before.post.visibility)
    opt_out = edit.opt_out or effective_opt_out(services.config.opt_out.default, artist)
    terms = choose_terms(artist, opt_out, edit.license, edit.digital_source_type)
    pictures = await _prepare_pictures(services, before, edit, terms)
    async with services.database.unit_of_work() as records:
        rows = await get_own_post(records, artist, post_pk)
        await _note_choices(records, services, rows, edit)
        said = version_row(rows.post, _attachments(rows.pictures), services.clock.new_pk())
        await _apply(records, services, rows, edit, written, terms)
        if edit.credits is not None:
            await name_together(records, services, rows, named)
        shown = await _arrange(records, rows, pictures)
        if says_otherwise(said, rows.post, _attachments(shown)):
            await records.post_versions.add(said)
        await send_update(records, services, replace(rows, pictures=shown))
    await forget_files(services, before.pictures)
    wake_workers(services)
    return rows.post


def _attachments(pictures: Sequence[Picture]) -> list[Attachment]:
    return [picture.attachment for picture in pictures]


def _read_kept(attachment: Attachment) -> KeptPicture:
    return KeptPicture(
        attachment_pk=attachment.pk,
        alt=attachment.alt,
        focal_point=(attachment.focal_x, attachment.focal_y),
        sensitive=attachment.sensitive,
        opt_out=OptOut(attachment.opt_out) if attachment.opt_out else None,
    )


async def _prepare_pictures(
    services: Services, before: PostRows, edit: PostEdit, terms: Terms
) -> tuple[_Kept | Picture, ...]:
    """Everything that takes time: new pictures, and new files for those whose rights changed. In the edit's order."""
    drafts = tuple(picture for picture in edit.pictures if isinstance(picture, PictureDraft))
    stored = await store_pictures(services, before.artist, drafts, terms)
    _require_not_held(services, stored)
    added = iter(stored)
    known = {picture.attachment.pk: picture for picture in before.pictures}
    return tuple(
        [
            next(added)
            if isinstance(picture, PictureDraft)
            else await _prepare_kept(services, before, known, picture, terms)
            for picture in edit.pictures
        ]
    )


def _require_not_held(services: Services, pictures: tuple[Picture, ...]) -> None:
    """What would be held in a new post does not get into one that is out. Raises InvalidInput."""
    try:
        require_not_held(services.config.posts, pictures)
    except HeldForReview as held:
        said = _("Somebody of the house has to look at this first: publish it as a post of its own. %(why)s", why=held)
        raise InvalidInput(said) from held


async def _prepare_kept(
    services: Services, before: PostRows, known: Mapping[int, Picture], wanted: KeptPicture, terms: Terms
) -> _Kept:
    picture = known.get(wanted.attachment_pk)
    if picture is None:
        raise InvalidInput(_("A picture that was to stay is not in this post."))
    own = replace(terms, policy=wanted.opt_out or terms.policy)
    return _Kept(wanted, await restate_picture(services, before, picture, own))


async def _note_choices(records: Records, services: Services, rows: PostRows, edit: PostEdit) -> None:
    """What is said of the post and of its pictures otherwise than before, with who says so."""
    clock, post = services.clock, rows.post
    await note_change(records, clock, Level.POST, post.object_id, post.actor_id, old=post.opt_out, new=edit.opt_out)
    before = {picture.attachment.pk: picture.attachment.opt_out for picture in rows.pictures}
    for picture in edit.pictures:
        if isinstance(picture, KeptPicture) and picture.attachment_pk in before:
            subject, old = picture_subject(post.object_id, picture.attachment_pk), before[picture.attachment_pk]
            await note_change(records, clock, Level.PICTURE, subject, post.actor_id, old=old, new=picture.opt_out)


async def _apply(
    records: Records, services: Services, rows: PostRows, edit: PostEdit, written: Written, terms: Terms
) -> None:
    post = rows.post
    post.text = edit.text.strip()
    post.content = written.rendered.html
    post.content_warning = edit.content_warning.strip()
    post.sensitive = edit.sensitive or bool(post.content_warning)
    post.language = edit.language
    post.quote_policy = edit.quote_policy
    state_terms(post, terms, services.clock.now())
    post.mentions = write_mentions(written.mentions)
    post.emoji = await find_emoji(records, post.text, post.content_warning)
    await records.posts.replace_hashtags(post, name_hashtags(written, rows.artist, terms.policy))


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
            await records.attachments.add_picture(arranged)
        arranged.attachment.position = position
        shown.append(arranged)
    return tuple(shown)


async def _change(records: Records, picture: Picture, kept: _Kept) -> Picture:
    attachment, wanted = picture.attachment, kept.wanted
    attachment.alt = wanted.alt.strip()
    attachment.focal_x, attachment.focal_y = wanted.focal_point
    attachment.sensitive = wanted.sensitive
    attachment.opt_out = wanted.opt_out
    return await apply_restated(records, picture, kept.restated) if kept.restated else picture
