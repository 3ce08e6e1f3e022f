"""Update: somebody changed their profile or a post."""

from activitypub.activities import Activity
from activitypub.vocabulary import ACTOR_TYPES
from cara_fed.inbox.alt_texts import propose_anew, propose_from_answer
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.forwarding import forward_change
from cara_fed.inbox.gathering import NOTHING, Gathered, Gatherer
from cara_fed.inbox.notices import notify_of_edit, notify_of_new_post
from cara_fed.inbox.posts import change_post, delete_post, gather_object, keep_post, require_concerned
from cara_fed.inbox.quotes import gather_quote
from cara_fed.inbox.registry import gathering, inbox


@gathering.on("Update")
async def gather_updated(gatherer: Gatherer, update: Activity) -> Gathered:
    """A profile is kept here and now, with its keys; a post as its author sent it or its server tells it."""
    if update.object_id != update.actor_id:
        return await gather_quote(gatherer, await gather_object(gatherer, update))
    document = update.object_document
    if document is not None and ACTOR_TYPES.intersection(update.object_types) and "inbox" in document:
        await gatherer.keep_actor(document)
    else:
        await gatherer.actor(update.actor_id, refresh=True)
    return NOTHING


@inbox.on("Update")
async def receive_update(context: InboxContext, update: Activity) -> None:
    """The post is changed; one that is not here yet is taken like a new one, if it concerns anybody."""
    if update.object_id == update.actor_id:
        return
    known = await context.records.posts.find(update.object_id or "")
    if known is not None and (known.actor_id != update.actor_id or known.deleted_at is not None):
        raise NoEffect("the post is not the actor's, or was deleted")
    if context.gathered.is_gone:
        if known is None or not await delete_post(context, known):
            raise NoEffect("there is no such post any more")
        await forward_change(context, update, known)
        return
    post, document = context.read_gathered_post(update.actor_id)
    if post.is_vote:
        raise NoEffect("a vote is not changed")
    edited_at = known.updated_at if known is not None else None
    if known is None:
        await require_concerned(context, post)
        kept = await keep_post(context, post, document)
        if kept is None:
            raise NoEffect("there is nothing to keep of it")
        await notify_of_new_post(context, kept)
        await propose_from_answer(context, kept)
    elif not await change_post(context, known, post, document):
        raise NoEffect("a newer version is here already")
    elif known.updated_at != edited_at:
        await forward_change(context, update, known)
        await notify_of_edit(context, known)
        await propose_anew(context, known)
