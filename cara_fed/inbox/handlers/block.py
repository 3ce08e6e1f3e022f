"""Block: somebody wants nothing to do with an artist."""

from activitypub.activities import Activity
from cara_fed.inbox.context import InboxContext
from cara_fed.inbox.registry import inbox
from cara_fed.publishing.show_credits import end_credits_between
from storage.blocks import IN


@inbox.on("Block")
async def receive_block(context: InboxContext, block: Activity) -> None:
    """Both follows between the two end, and the artist's posts go to the actor no more."""
    artist = await context.get_artist(block.object_id)
    records = context.records
    await records.blocks.add(artist.pk, block.actor_id, IN, context.now)
    await records.followers.remove(artist.pk, block.actor_id)
    await records.following.remove(artist.pk, block.actor_id)
    await records.notifications.remove_actor(block.actor_id, artist.pk)
    await end_credits_between(records, context.clock, context.site, artist, block.actor_id)
