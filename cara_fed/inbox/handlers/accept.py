"""Accept: somebody lets one of our artists follow them, or quote a post of theirs."""

from activitypub.activities import Activity
from activitypub.documents import first
from activitypub.origins import same_origin
from activitypub.reading import usable_id
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.follows import find_answered_follow
from cara_fed.inbox.quotes import find_answered_quote
from cara_fed.inbox.registry import inbox
from storage.follows import ACCEPTED, SUSPENDED
from storage.quotes import ACCEPTED as QUOTE_ACCEPTED


@inbox.on("Accept", "Follow")
async def receive_accept_follow(context: InboxContext, accept: Activity) -> None:
    """Our Follow is accepted, also where it had been refused before."""
    following = await find_answered_follow(context, accept)
    if following.state == SUSPENDED:
        raise NoEffect("the actor is on the blocklist")
    await context.records.following.set_state(following.artist_pk, following.actor_id, ACCEPTED)


@inbox.on("Accept", "QuoteRequest")
async def receive_accept_quote(context: InboxContext, accept: Activity) -> None:
    """Our quote is authorized; whoever has the post is told."""
    post = await find_answered_quote(context, accept)
    authorization_id = usable_id(first(accept.document.get("result")))
    if authorization_id is None or not same_origin(authorization_id, accept.actor_id):
        raise NoEffect("it does not say what authorizes the quote")
    post.quote_state, post.quote_authorization = QUOTE_ACCEPTED, authorization_id
    await context.records.post_updates.ask(post.pk, context.now)


@inbox.on("Accept")
async def receive_accept(context: InboxContext, accept: Activity) -> None:
    """An Accept that only names what it answers."""
    is_quote = await context.records.quotes.find_by_request(accept.object_id or "") is not None
    await (receive_accept_quote if is_quote else receive_accept_follow)(context, accept)
