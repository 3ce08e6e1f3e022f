"""The one thing sent to a listed actor: that it follows no longer, where its server receives the artist for others."""

from collections.abc import Iterable

from activitypub.activities import build_reject
from activitypub.documents import dump_document
from activitypub.origins import netloc_of
from cara_fed.blocklist.coverage import Listed
from cara_fed.services import Services
from storage.deliveries import Target
from storage.enforcement import FAREWELL, Follow
from storage.follows import ACCEPTED, REJECTED, SUSPENDED, Follower
from storage.outbox_log import OutboxActivity
from storage.records import Records


async def say_farewell(records: Records, services: Services, listed: Iterable[Listed]) -> list[str]:
    """End these follows here, and queue one Reject(Follow) for each; the actors' ids. A follow ends only once."""
    follows = {each.follow.pk: each.follow for each in listed if each.follow.inbox}
    ended = await records.enforcement.set_states(Follower, follows, (ACCEPTED, SUSPENDED), REJECTED)
    for pk in ended:
        await _reject(records, services, follows[pk])
    return [follows[pk].actor_id for pk in ended]


async def _reject(records: Records, services: Services, follow: Follow) -> None:
    artist = await records.artists.get_by_pk(follow.artist_pk)
    site, now, pk = services.site, services.clock.now(), services.clock.new_pk()
    reject = build_reject(
        activity_id=site.activity(artist.name, pk),
        actor_id=site.actor(artist.name),
        follow_id=follow.follow_id,
        follower_id=follow.actor_id,
    )
    row = OutboxActivity(
        pk=pk,
        activity_id=reject["id"],
        artist_pk=artist.pk,
        activity_type="Reject",
        object_id=follow.follow_id,
        body=dump_document(reject),
        audience=FAREWELL,
        created_at=now,
    )
    inbox = follow.inbox or ""
    target = Target(services.clock.new_pk(), inbox, netloc_of(inbox), netloc_of(follow.actor_id), now, follow.actor_id)
    await records.outbox_log.add(row)
    await records.deliveries.enqueue_many(row.pk, [target], now)
