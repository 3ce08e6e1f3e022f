"""Which of our Follows an Accept or Reject answers."""

from activitypub.activities import Activity, read_inner_activity
from cara_fed.inbox.context import InboxContext, NoEffect
from storage.follows import Following


async def find_answered_follow(context: InboxContext, answer: Activity) -> Following:
    """The Follow of ours that this actor answers, by its id or by who asked.

    Raises NoEffect where there is none, ActorMismatch where it was asked of somebody else.
    """
    found = await _find_by_id(context, answer) or await _find_by_people(context, answer)
    if found is None:
        raise NoEffect("it answers no Follow of ours")
    return found


async def _find_by_id(context: InboxContext, answer: Activity) -> Following | None:
    if answer.object_id is None:
        return None
    found = await context.records.following.find_by_follow_id(answer.object_id)
    return found if found is not None and found.actor_id == answer.actor_id else None


async def _find_by_people(context: InboxContext, answer: Activity) -> Following | None:
    """Some servers name a Follow by an id of their own, but embed who asked whom."""
    if answer.object_document is None:
        return None
    artist = await context.find_artist(read_inner_activity(answer).actor_id)
    return await context.records.following.find(artist.pk, answer.actor_id) if artist else None
