"""Reject: somebody does not let one of our artists follow them, or no longer."""

from activitypub.activities import Activity
from cara_fed.inbox.context import InboxContext
from cara_fed.inbox.follows import find_answered_follow
from cara_fed.inbox.registry import inbox
from storage.follows import REJECTED


@inbox.on("Reject", "Follow")
@inbox.on("Reject")
async def receive_reject(context: InboxContext, reject: Activity) -> None:
    """Our Follow is refused, or ended."""
    following = await find_answered_follow(context, reject)
    await context.records.following.set_state(following.artist_pk, following.actor_id, REJECTED)
