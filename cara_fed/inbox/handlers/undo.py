"""Undo: somebody takes back what they did."""

from collections.abc import Awaitable, Callable
from typing import Final

from activitypub.activities import Activity, read_activity, read_inner_activity
from activitypub.documents import parse_document
from activitypub.reactions import find_reaction
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.reactions import end_reaction
from cara_fed.inbox.registry import inbox
from storage.blocks import IN


@inbox.on("Undo", "Follow")
async def receive_undo_follow(context: InboxContext, undo: Activity) -> None:
    """A remote actor stops following."""
    await _end_follow(context, read_inner_activity(undo))


@inbox.on("Undo", "Like")
async def receive_undo_like(context: InboxContext, undo: Activity) -> None:
    """A like is taken back."""
    await _end_like(context, read_inner_activity(undo))


@inbox.on("Undo", "EmojiReact")
async def receive_undo_emoji_react(context: InboxContext, undo: Activity) -> None:
    """An emoji is taken back."""
    await _end_react(context, read_inner_activity(undo))


@inbox.on("Undo", "Announce")
async def receive_undo_announce(context: InboxContext, undo: Activity) -> None:
    """An announce is taken back."""
    await _end_announce(context, read_inner_activity(undo))


@inbox.on("Undo", "Block")
async def receive_undo_block(context: InboxContext, undo: Activity) -> None:
    """An artist is blocked no longer."""
    await _end_block(context, read_inner_activity(undo))


@inbox.on("Undo")
async def receive_undo(context: InboxContext, undo: Activity) -> None:
    """An Undo that only names what it takes back: it is looked up among what the same actor sent before."""
    if undo.object_id is None or undo.object_document is not None:
        raise NoEffect("it takes back something that has no effect here")
    known = await context.records.inbox_log.find(undo.object_id)
    if known is not None and known.actor_id == undo.actor_id and known.activity_type in _ENDINGS:
        await _ENDINGS[known.activity_type](context, read_activity(parse_document(known.body)))
    else:
        await _end_forgotten(context, undo.object_id, undo.actor_id)


async def _end_follow(context: InboxContext, follow: Activity) -> None:
    artist = await context.find_artist(follow.object_id)
    if artist is None:  # Pixelfed has named the Follow without its object
        await _end_forgotten(context, follow.activity_id, follow.actor_id)
    elif not await context.records.followers.remove(artist.pk, follow.actor_id):
        raise NoEffect("the actor does not follow the artist")


async def _end_like(context: InboxContext, like: Activity) -> None:
    if (reaction := find_reaction(like)) is not None and await end_reaction(context, like, reaction):
        return
    await _end_interaction(context, like, "like")


async def _end_react(context: InboxContext, react: Activity) -> None:
    if not await end_reaction(context, react, find_reaction(react)):
        raise NoEffect("there is no such reaction")


async def _end_announce(context: InboxContext, announce: Activity) -> None:
    await _end_interaction(context, announce, "announce")


async def _end_interaction(context: InboxContext, activity: Activity, kind: str) -> None:
    interactions = context.records.interactions
    if activity.object_id is not None:
        await context.records.notifications.take_back(kind, activity.actor_id, activity.object_id)
    if await interactions.remove_by_activity(activity.activity_id, activity.actor_id):
        return
    # Mastodon sends the Undo of a Like with another id than the Like had.
    if activity.object_id is None or not await interactions.remove(kind, activity.actor_id, activity.object_id):
        raise NoEffect(f"there is no such {kind}")


async def _end_block(context: InboxContext, block: Activity) -> None:
    artist = await context.get_artist(block.object_id)
    if not await context.records.blocks.remove(artist.pk, block.actor_id, IN):
        raise NoEffect("the artist was not blocked")


async def _end_forgotten(context: InboxContext, activity_id: str, actor_id: str) -> None:
    """What the log no longer has may still show in what it left behind."""
    follower = await context.records.followers.find_by_follow_id(activity_id)
    if follower is not None and follower.actor_id == actor_id:
        await context.records.followers.remove(follower.artist_pk, actor_id)
    elif not await context.records.interactions.remove_by_activity(activity_id, actor_id):
        raise NoEffect("it takes back something that is not known here")


_ENDINGS: Final[dict[str, Callable[[InboxContext, Activity], Awaitable[None]]]] = {
    "Follow": _end_follow,
    "Like": _end_like,
    "EmojiReact": _end_react,
    "Announce": _end_announce,
    "Block": _end_block,
}
