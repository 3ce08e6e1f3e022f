"""Accept: somebody lets one of our artists follow them."""

from activitypub.activities import Activity
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.follows import find_answered_follow
from cara_fed.inbox.registry import inbox
from storage.follows import ACCEPTED, SUSPENDED


@inbox.on("Accept", "Follow")
@inbox.on("Accept")
async def receive_accept(context: InboxContext, accept: Activity) -> None:
    """Our Follow is accepted, also where it had been refused before."""
    following = await find_answered_follow(context, accept)
    if following.state == SUSPENDED:
        raise NoEffect("the actor is on the blocklist")
    await context.records.following.set_state(following.artist_pk, following.actor_id, ACCEPTED)
