"""Following somebody no more, or taking a request back that was not answered."""

from activitypub.activities import build_follow, build_undo
from activitypub.audience import Visibility
from cara_fed.delivery.fan_out import Recipients
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.services import Services
from storage.artists import Artist


async def unfollow_actor(services: Services, artist: Artist, actor_id: str) -> bool:
    """Stop following an actor; False where the artist did not."""
    async with services.database.unit_of_work() as records:
        known = await records.following.find(artist.pk, actor_id)
        if known is None:
            return False
        follow = build_follow(
            activity_id=known.follow_id, actor_id=services.site.actor(artist.name), target_id=actor_id
        )
        undo = build_undo(follow, activity_id=services.site.activity(artist.name, services.clock.new_pk()))
        await records.following.remove(artist.pk, actor_id)
        await send_out(
            records,
            services,
            undo,
            Recipients(actor_ids=(actor_id,), personal=True),
            artist_pk=artist.pk,
            object_id=known.follow_id,
            audience=Visibility.DIRECT,
        )
    wake_workers(services)
    return True
