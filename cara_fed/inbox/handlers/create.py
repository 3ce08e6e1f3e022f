"""Create: somebody published a post."""

from activitypub.activities import Activity
from cara_fed.inbox.alt_texts import propose_from_answer
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.forwarding import forward_answer
from cara_fed.inbox.gathering import Gathered, Gatherer
from cara_fed.inbox.notices import notify_of_new_post, notify_of_own_post
from cara_fed.inbox.posts import gather_object, keep_post, require_concerned
from cara_fed.inbox.quotes import gather_quote
from cara_fed.inbox.registry import gathering, inbox
from cara_fed.inbox.votes import receive_vote


@gathering.on("Create")
async def gather_created(gatherer: Gatherer, create: Activity) -> Gathered:
    """The post as its author sent it, or, where it is only named, as the author's server tells it."""
    return await gather_quote(gatherer, await gather_object(gatherer, create))


@inbox.on("Create")
async def receive_create(context: InboxContext, create: Activity) -> None:
    """The post is kept where it concerns somebody here: its author's followers, whom it answers, whom it names.

    One that is a vote is counted instead.
    """
    if context.site.is_local(create.actor_id):
        await propose_from_answer(context, await notify_of_own_post(context, create))
        return
    post, document = context.read_gathered_post(create.actor_id)
    if post.is_vote:
        await receive_vote(context, post)
        return
    await require_concerned(context, post)
    kept = await keep_post(context, post, document)
    if kept is None:
        raise NoEffect("the post is here already")
    await notify_of_new_post(context, kept)
    await propose_from_answer(context, kept)
    await forward_answer(context, create, post, kept)
