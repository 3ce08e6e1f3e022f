"""Reject: somebody does not let one of our artists follow them, or quote a post of theirs, or no longer."""

from activitypub.activities import Activity
from cara_fed.inbox.context import InboxContext
from cara_fed.inbox.follows import find_answered_follow
from cara_fed.inbox.quotes import find_answered_quote
from cara_fed.inbox.registry import inbox
from cara_fed.translate.quotes import end_quote
from storage.follows import REJECTED
from storage.quotes import REFUSED


@inbox.on("Reject", "Follow")
async def receive_reject_follow(context: InboxContext, reject: Activity) -> None:
    """Our Follow is refused, or ended."""
    following = await find_answered_follow(context, reject)
    await context.records.following.set_state(following.artist_pk, following.actor_id, REJECTED)


@inbox.on("Reject", "QuoteRequest")
async def receive_reject_quote(context: InboxContext, reject: Activity) -> None:
    """Our quote is refused: the post keeps a link, and whoever has it is told."""
    post = await find_answered_quote(context, reject)
    end_quote(post, REFUSED, context.now)
    post.quote_authorization = None
    await context.records.post_updates.ask(post.pk, context.now)


@inbox.on("Reject")
async def receive_reject(context: InboxContext, reject: Activity) -> None:
    """A Reject that only names what it answers."""
    is_quote = await context.records.quotes.find_by_request(reject.object_id or "") is not None
    await (receive_reject_quote if is_quote else receive_reject_follow)(context, reject)
