"""Like: somebody is fond of a post."""

from activitypub.activities import Activity
from activitypub.reactions import find_reaction
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.notices import Kind, notify_of_post
from cara_fed.inbox.posts import record_interaction, require_own_post
from cara_fed.inbox.reactions import receive_reaction
from cara_fed.inbox.registry import inbox


@inbox.on("Like")
async def receive_like(context: InboxContext, like: Activity) -> None:
    """The post of an artist here is liked; Misskey's Like says with which emoji."""
    reaction = find_reaction(like)
    if reaction is not None:
        await receive_reaction(context, like, reaction)
        return
    post = await require_own_post(context, like)
    is_new = await record_interaction(context, post, like, "like")
    # A like between artists of this instance is written down before it gets here.
    if not await notify_of_post(context, post, Kind.LIKE, like.actor_id) and not is_new:
        raise NoEffect("the actor likes it already")
