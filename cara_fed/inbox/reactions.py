"""Emoji in answer to an artist's post: kept beside the likes, a few from each actor."""

from typing import Final

from activitypub.activities import Activity
from activitypub.reactions import Reaction
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.notices import Kind, notify_of_post
from cara_fed.inbox.posts import require_own_post
from storage.interactions import Interaction

EMOJI: Final = "emoji"
MOST_OF_ONE: Final = 10


async def receive_reaction(context: InboxContext, activity: Activity, reaction: Reaction) -> None:
    """The artist's post is answered with an emoji. Raises NoEffect where it is known, or one more than enough."""
    post = await require_own_post(context, activity)
    interactions = context.records.interactions
    if await interactions.count_of_actor(EMOJI, activity.actor_id, post.object_id) >= MOST_OF_ONE:
        raise NoEffect("the actor has reacted often enough")
    row = Interaction(
        pk=context.new_pk(),
        kind=EMOJI,
        actor_id=activity.actor_id,
        object_id=post.object_id,
        activity_id=activity.activity_id,
        content=reaction.text,
        picture_url=reaction.picture_url,
        created_at=context.now,
    )
    if not await interactions.add(row):
        raise NoEffect("the actor has reacted so already")
    await notify_of_post(context, post, Kind.EMOJI, activity.actor_id)


async def end_reaction(context: InboxContext, activity: Activity, reaction: Reaction | None) -> bool:
    """Take an emoji back, by the activity that brought it or by what it is; False where there is none."""
    interactions, object_id = context.records.interactions, activity.object_id or ""
    found = await interactions.remove_by_activity(activity.activity_id, activity.actor_id)
    if not found and reaction is not None:
        found = await interactions.remove(EMOJI, activity.actor_id, object_id, content=reaction.text)
    if found and not await interactions.count_of_actor(EMOJI, activity.actor_id, object_id):
        await context.records.notifications.take_back(EMOJI, activity.actor_id, object_id)
    return found
