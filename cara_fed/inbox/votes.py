"""Votes that arrive: counted once for each voter until the poll is over, and never shown as posts."""

from datetime import timedelta
from typing import Final

from activitypub.notes import RemotePost
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.translate.posts import read_mentions
from storage.artists import Artist
from storage.follows import ACCEPTED
from storage.posts import Post

TOLD_AFTER: Final = timedelta(minutes=2)
"""How long votes are gathered before followers are told of them: an Update for each would be thousands."""
FOR_EVERYONE: Final = ("public", "unlisted")


async def receive_vote(context: InboxContext, vote: RemotePost) -> None:
    """Count a vote. Raises NoEffect for one that does not count, which says why."""
    question = await context.records.posts.find(vote.in_reply_to or "")
    if question is None or question.artist_pk is None or question.deleted_at is not None:
        raise NoEffect("it is a vote in no poll of ours")
    artist = await context.records.artists.get_by_pk(question.artist_pk)
    if vote.actor_id == question.actor_id or not await _may_vote(context, artist, question, vote.actor_id):
        raise NoEffect("the actor may not vote here")
    choice = await _find_choice(context, question, vote.title)
    if not await context.records.polls.vote(question.pk, vote.actor_id, choice, context.now):
        raise NoEffect("the actor has voted already")
    await context.records.post_updates.ask(question.pk, context.now + TOLD_AFTER)


async def _find_choice(context: InboxContext, question: Post, name: str) -> int:
    poll = await context.records.polls.find(question.pk)
    if poll is None:
        raise NoEffect("the post asks nothing")
    if poll.closed_at is not None or (poll.ends_at is not None and poll.ends_at <= context.now):
        raise NoEffect("the poll is over")
    names = [" ".join(option["name"].split()) for option in poll.options]
    if name not in names:
        raise NoEffect("the poll has no such answer")
    return names.index(name)


async def _may_vote(context: InboxContext, artist: Artist, question: Post, actor_id: str) -> bool:
    """Whoever may see the question, and is not blocked."""
    if await context.is_blocked(artist, actor_id):
        return False
    if question.visibility in FOR_EVERYONE or any(one.actor_id == actor_id for one in read_mentions(question)):
        return True
    follower = await context.records.followers.find(artist.pk, actor_id)
    return question.visibility == "followers" and follower is not None and follower.state == ACCEPTED
