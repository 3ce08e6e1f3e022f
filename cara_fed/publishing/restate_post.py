"""Saying something else of a post that is out: its files are written anew, and everybody who has it gets an Update."""

from dataclasses import replace
from datetime import datetime, timedelta

from activitypub.activities import build_update
from activitypub.notes import build_note
from activitypub.opt_out import OptOut
from cara_fed.delivery.fan_out import Recipients
from cara_fed.opt_out.history import Level, note_change
from cara_fed.publishing.forget_files import forget_files
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.own_posts import find_own_post, get_own_post
from cara_fed.publishing.publish_post import recipients_of
from cara_fed.publishing.rewrite_picture import Restated, rewrite_picture
from cara_fed.publishing.rights import Terms, rights_under
from cara_fed.services import Services
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import PostRows, read_local_post
from storage.artists import Artist
from storage.attachments import Picture
from storage.posts import Post
from storage.records import Records

# Receivers ignore an Update that is not later than what they have.
SMALLEST_STEP = timedelta(milliseconds=1)


async def restate_post(services: Services, artist: Artist, post_pk: int, opt_out: OptOut | None) -> bool:
    """Let a post say this about AI, or with None what its artist says; whether that was a change. Raises NotFound."""
    before = await find_own_post(services, artist, post_pk)
    policy = opt_out or effective_opt_out(services.config.opt_out.default, artist)
    if before.post.opt_out == policy:
        return False
    terms = Terms.of(policy, before.post)
    restated = await _restate_pictures(services, before, terms)
    async with services.database.unit_of_work() as records:
        rows = await get_own_post(records, artist, post_pk)
        post, old = rows.post, rows.post.opt_out
        await note_change(records, services.clock, Level.POST, post.object_id, post.actor_id, old=old, new=opt_out)
        state_terms(post, terms, services.clock.now())
        shown = [await _apply_known(records, picture, restated) for picture in rows.pictures]
        await send_update(records, services, replace(rows, pictures=shown))
    await forget_files(services, before.pictures)
    wake_workers(services)
    return True


async def restate_picture(services: Services, rows: PostRows, picture: Picture, terms: Terms) -> Restated | None:
    """New files of one picture of a post where these terms are not what its files say; None where they are."""
    default = services.config.opt_out.default
    policy = effective_opt_out(default, rows.artist, rows.post, picture.attachment)
    if terms == Terms.of(policy, rows.post) or not picture.renditions:
        return None
    rights = rights_under(terms, rows.artist, services.site, default)
    return await rewrite_picture(services, picture, rights, terms)


async def apply_restated(records: Records, picture: Picture, restated: Restated) -> Picture:
    """Give a picture its new files; within the transaction that changes what is said."""
    attachment = picture.attachment
    attachment.report = restated.report
    await records.attachments.replace_renditions(attachment.pk, tuple(restated.renditions.values()))
    return Picture(attachment, restated.renditions)


def state_terms(post: Post, terms: Terms, now: datetime) -> None:
    """Bring a post's row to these terms, later than whatever was said of it before."""
    post.opt_out = terms.policy
    post.license = terms.license or None
    post.digital_source_type = terms.digital_source_type or None
    post.updated_at = max(now, (post.updated_at or post.published_at) + SMALLEST_STEP)


async def send_update(records: Records, services: Services, rows: PostRows) -> None:
    """Tell everybody who has the post what it is now, whoever voted in its poll or was named in it among them."""
    post, site = rows.post, services.site
    note = build_note(read_local_post(rows, site, services.config.opt_out.default))
    activity_id = site.activity(rows.artist.name, services.clock.new_pk())
    update = build_update(note, activity_id=activity_id, updated=post.updated_at or post.published_at)
    await send_out(
        records,
        services,
        update,
        await _find_recipients(records, services, rows),
        artist_pk=post.artist_pk,
        object_id=post.object_id,
        audience=post.visibility,
    )


async def _find_recipients(records: Records, services: Services, rows: PostRows) -> Recipients:
    recipients = recipients_of(rows.post)
    named = [row.actor_id for row in await records.credits.find_for_post(rows.post.pk) if row.agreed_at is not None]
    voters = await records.polls.find_voters(rows.post.pk) if rows.poll else ()
    elsewhere = tuple(one for one in (*voters, *named) if not services.site.is_local(one))
    return replace(recipients, actor_ids=tuple(dict.fromkeys((*recipients.actor_ids, *elsewhere))))


async def _restate_pictures(services: Services, before: PostRows, terms: Terms) -> dict[int, Restated]:
    """New files by the picture's key; a picture with an answer of its own keeps it."""
    found = {}
    for picture in before.pictures:
        own = picture.attachment.opt_out
        wanted = replace(terms, policy=OptOut(own)) if own else terms
        if restated := await restate_picture(services, before, picture, wanted):
            found[picture.attachment.pk] = restated
    return found


async def _apply_known(records: Records, picture: Picture, restated: dict[int, Restated]) -> Picture:
    new = restated.get(picture.attachment.pk)
    return await apply_restated(records, picture, new) if new else picture
