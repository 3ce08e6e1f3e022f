"""Keeping somebody away: blocking, which they may notice, and muting, which nobody does."""

from activitypub.activities import build_block, build_follow, build_reject, build_undo
from activitypub.audience import Visibility
from activitypub.documents import Json, parse_document
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import InvalidInput
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.show_credits import end_credits_between
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.blocks import OUT
from storage.records import Records


async def block_actor(services: Services, artist: Artist, actor_id: str) -> None:
    """End every tie between the two and let none begin again. Raises InvalidInput for the artist themselves."""
    _require_somebody_else(services, artist, actor_id)
    async with services.database.unit_of_work() as records:
        if not await records.blocks.add(artist.pk, actor_id, OUT, services.clock.now()):
            return
        await records.notifications.remove_actor(actor_id, artist.pk)
        await end_credits_between(records, services.clock, services.site, artist, actor_id)
        await _end_following(records, services, artist, actor_id)
        await _end_follower(records, services, artist, actor_id)
        block = build_block(
            activity_id=_new_id(services, artist), actor_id=services.site.actor(artist.name), target_id=actor_id
        )
        await _send(records, services, artist, block, actor_id)
    wake_workers(services)


async def unblock_actor(services: Services, artist: Artist, actor_id: str) -> None:
    """Let somebody be met again; the follows that ended do not come back."""
    async with services.database.unit_of_work() as records:
        if not await records.blocks.remove(artist.pk, actor_id, OUT):
            return
        block = await _find_sent_block(records, services, artist, actor_id)
        undo = build_undo(block, activity_id=_new_id(services, artist))
        await _send(records, services, artist, undo, actor_id)
    wake_workers(services)


async def mute_actor(services: Services, artist: Artist, actor_id: str) -> None:
    """See and hear nothing more of somebody. Raises InvalidInput for the artist themselves."""
    _require_somebody_else(services, artist, actor_id)
    async with services.database.unit_of_work() as records:
        await records.mutes.add(artist.pk, actor_id, services.clock.now())
        await records.notifications.remove_actor(actor_id, artist.pk)


async def unmute_actor(services: Services, artist: Artist, actor_id: str) -> None:
    """See and hear them again."""
    async with services.database.unit_of_work() as records:
        await records.mutes.remove(artist.pk, actor_id)


def _require_somebody_else(services: Services, artist: Artist, actor_id: str) -> None:
    if actor_id == services.site.actor(artist.name):
        raise InvalidInput(_("Nobody can keep away from themselves."))


async def _end_following(records: Records, services: Services, artist: Artist, actor_id: str) -> None:
    known = await records.following.find(artist.pk, actor_id)
    if known is None:
        return
    follow = build_follow(activity_id=known.follow_id, actor_id=services.site.actor(artist.name), target_id=actor_id)
    await records.following.remove(artist.pk, actor_id)
    undo = build_undo(follow, activity_id=_new_id(services, artist))
    await _send(records, services, artist, undo, known.follow_id, to=actor_id)


async def _end_follower(records: Records, services: Services, artist: Artist, actor_id: str) -> None:
    """Some servers do nothing about a Block, but all of them end what is rejected."""
    known = await records.followers.find(artist.pk, actor_id)
    if known is None:
        return
    await records.followers.remove(artist.pk, actor_id)
    reject = build_reject(
        activity_id=_new_id(services, artist),
        actor_id=services.site.actor(artist.name),
        follow_id=known.follow_id,
        follower_id=actor_id,
    )
    await _send(records, services, artist, reject, known.follow_id, to=actor_id)


async def _find_sent_block(records: Records, services: Services, artist: Artist, actor_id: str) -> Json:
    """The Block as it was sent; one like it where that was forgotten: servers find it by who and whom."""
    sent = [row for row in await records.outbox_log.find_for_object(actor_id) if row.artist_pk == artist.pk]
    blocks = [row for row in sent if row.activity_type == "Block"]
    if blocks:
        return parse_document(blocks[-1].body)
    own_id = services.site.actor(artist.name)
    return build_block(activity_id=_new_id(services, artist), actor_id=own_id, target_id=actor_id)


async def _send(
    records: Records, services: Services, artist: Artist, activity: Json, object_id: str, *, to: str | None = None
) -> None:
    await send_out(
        records,
        services,
        activity,
        Recipients(actor_ids=(to or object_id,), personal=True),
        artist_pk=artist.pk,
        object_id=object_id,
        audience=Visibility.DIRECT,
    )


def _new_id(services: Services, artist: Artist) -> str:
    return services.site.activity(artist.name, services.clock.new_pk())
