"""Delete: somebody takes a post back, or leaves altogether."""

from activitypub.activities import Activity
from cara_fed.inbox.alt_texts import forget_proposals
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.forwarding import forward_change
from cara_fed.inbox.posts import delete_post
from cara_fed.inbox.registry import inbox
from cara_fed.publishing.show_credits import end_credits_of
from cara_fed.translate.quotes import end_quote
from storage.quotes import REVOKED
from storage.records import Records

POSTS_AT_A_TIME = 200
ALL = ("public", "unlisted", "followers", "direct")


@inbox.on("Delete")
async def receive_delete(context: InboxContext, delete: Activity) -> None:
    """The actor's post, or everything of the actor, is removed; the object may be a Tombstone or only named.

    What is deleted may be the authorization of a quote, too.
    """
    if delete.object_id == delete.actor_id:
        await _remove_actor(context, delete.actor_id)
    elif not await _remove_post(context, delete) and not await _revoke_quotes(context, delete):
        raise NoEffect("there is no such post of the actor's")


async def _remove_post(context: InboxContext, delete: Activity) -> bool:
    post = await context.records.posts.find(delete.object_id or "")
    if post is None or post.actor_id != delete.actor_id:
        return False
    await forward_change(context, delete, post)
    await forget_proposals(context, post)
    return await delete_post(context, post)


async def _revoke_quotes(context: InboxContext, delete: Activity) -> bool:
    """Show no quote any more that this authorized; only the quoted post's author takes that back."""
    found = False
    for post in await context.records.quotes.find_by_authorization(delete.object_id or ""):
        quoted = await context.records.posts.find(post.quote_id or "")
        if quoted is None or quoted.actor_id != delete.actor_id:
            continue
        end_quote(post, REVOKED, context.now)
        found = True
        if post.artist_pk is not None:
            await context.records.post_updates.ask(post.pk, context.now)
    return found


async def _remove_actor(context: InboxContext, actor_id: str) -> None:
    records = context.records
    if not await records.remote_actors.mark_gone(actor_id, context.now):
        raise NoEffect("the actor was never seen here")
    await records.remote_keys.remove_for_actor(actor_id)
    await records.followers.remove_actor(actor_id)
    await records.following.remove_actor(actor_id)
    await records.interactions.remove_actor(actor_id)
    await records.polls.remove_actor(actor_id)
    await records.notifications.remove_actor(actor_id)
    await records.alt_proposals.remove_actor(actor_id)
    await end_credits_of(records, context.clock, actor_id)
    await _remove_posts(context, records, actor_id)


async def _remove_posts(context: InboxContext, records: Records, actor_id: str) -> None:
    while posts := await records.posts.find_by_actor(actor_id, ALL, limit=POSTS_AT_A_TIME):
        for post in posts:
            await delete_post(context, post)
