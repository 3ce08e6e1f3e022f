"""Polls of other servers, as they say that these stand."""

from datetime import datetime

from activitypub.notes import Poll as StatedPoll
from activitypub.notes import RemotePost
from cara_fed.inbox.context import InboxContext
from storage.polls import Poll
from storage.posts import Post


async def settle_poll(context: InboxContext, row: Post, post: RemotePost) -> None:
    """Bring a kept post's poll to what its server says of it now. One with other options has no voters yet.

    Whoever closes what is over tells voters of it, so a poll that its server calls closed ends now, if not before.
    """
    stated = post.poll
    if stated is None:
        return
    known = await context.records.polls.find(row.pk)
    poll = known or Poll(post_pk=row.pk)
    if [option["name"] for option in poll.options] != [option.name for option in stated.options]:
        await context.records.polls.forget_votes(row.pk)
    poll.options = [{"name": option.name, "votes": option.votes or 0} for option in stated.options]
    poll.multiple, poll.voters = stated.multiple, stated.voters
    poll.ends_at = _end(context, stated)
    if known is None:
        await context.records.polls.add(poll)


def _end(context: InboxContext, stated: StatedPoll) -> datetime | None:
    if stated.is_closed and (stated.ends_at is None or stated.ends_at > context.now):
        return context.now
    return stated.ends_at
