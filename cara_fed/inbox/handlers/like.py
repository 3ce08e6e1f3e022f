"""Like: somebody is fond of a post."""

from activitypub.activities import Activity
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.posts import require_own_post
from cara_fed.inbox.registry import inbox
from storage.interactions import Interaction


@inbox.on("Like")
async def receive_like(context: InboxContext, like: Activity) -> None:
    """The post of an artist here is liked."""
    post = await require_own_post(context, like)
    row = Interaction(
        pk=context.new_pk(),
        kind="like",
        actor_id=like.actor_id,
        object_id=post.object_id,
        activity_id=like.activity_id,
        created_at=context.now,
    )
    if not await context.records.interactions.add(row):
        raise NoEffect("the actor likes it already")
