"""Deleting a post: a tombstone stays, its files go, and whoever got it is told."""

from dataclasses import replace

from activitypub.activities import build_delete
from activitypub.audience import Visibility, build_audience
from activitypub.notes import build_tombstone
from cara_fed.delivery.worker import DELETED_MEANWHILE
from cara_fed.publishing.forget_files import forget_files
from cara_fed.publishing.keep_making import forget_rows
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.own_posts import get_own_post
from cara_fed.publishing.publish_post import recipients_of
from cara_fed.services import Services
from cara_fed.translate.posts import PostRows, read_named
from storage.artists import Artist
from storage.records import Records


async def delete_post(services: Services, artist: Artist, post_pk: int) -> None:
    """Delete a post and its pictures; raises NotFound.

    What still waits of it is never sent. The Delete goes wherever anything about the post arrived, ex-followers
    included.
    """
    async with services.database.unit_of_work() as records:
        rows = await get_own_post(records, artist, post_pk)
        await _send_delete(records, services, rows)
        await records.attachments.remove({picture.attachment.pk for picture in rows.pictures})
        beside = list(await records.making.find_for_post(post_pk))
        shown = await forget_rows(records, beside)
        await records.notifications.remove_about(rows.post.object_id)
        await records.alt_proposals.remove_answer(rows.post.object_id)
        await records.posts.tombstone(rows.post.object_id, services.clock.now())
    await forget_files(services, [*rows.pictures, *shown], [file.hash for file in beside])
    wake_workers(services)


async def _send_delete(records: Records, services: Services, rows: PostRows) -> None:
    post, site, now = rows.post, services.site, services.clock.now()
    earlier = {activity.pk for activity in await records.outbox_log.find_for_object(post.object_id)}
    await records.deliveries.cancel_for_outbox(earlier, now, DELETED_MEANWHILE)
    reached = tuple(await records.deliveries.find_inboxes_reached(earlier))
    people = [mention.actor_id for mention in read_named(post)]
    delete = build_delete(
        build_tombstone(post.object_id, now),
        activity_id=site.activity(rows.artist.name, services.clock.new_pk()),
        actor_id=post.actor_id,
        audience=build_audience(Visibility(post.visibility), site, rows.artist.name, people),
    )
    await send_out(
        records,
        services,
        delete,
        replace(recipients_of(post), inboxes=reached),
        artist_pk=post.artist_pk,
        object_id=post.object_id,
        audience=post.visibility,
    )
