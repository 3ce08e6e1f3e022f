"""Forwarding (ActivityPub 7.1.2): an answer to an artist goes on to the artist's followers, who would not get it else.

Without a signature inside the document nobody need believe a forwarded copy. So ours are sent as they came, and those
of others are taken as a hint: the post is fetched from where it is at home.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from activitypub.activities import Activity
from activitypub.audience import read_visibility
from activitypub.documents import Json, dump_document, id_of, types_of
from activitypub.notes import RemotePost
from activitypub.origins import netloc_of
from activitypub.reading import usable_id
from activitypub.vocabulary import AS2
from cara_fed.delivery.fan_out import Recipients
from cara_fed.federation.budgets import HostRates
from cara_fed.inbox.context import InboxContext
from cara_fed.services import Services
from storage.outbox_log import OutboxActivity
from storage.posts import Post
from storage.records import Records

HINTS_PER_MINUTE: Final = 30
FOR_EVERYONE: Final = ("public", "unlisted")
FORWARD: Final = "Forward"
"""What the outbox log calls these: they are not the artist's own, so they stand in no outbox."""
_HINT: Final = "#forwarded"
# A Delete is a reason to look whether the post is still there, and so is an Update.
_HINTED: Final = {"Create": "Create", "Update": "Update", "Delete": "Update"}


async def forward_answer(context: InboxContext, create: Activity, post: RemotePost, kept: Post) -> int:
    """Send somebody's public answer to an artist on to the artist's followers elsewhere; how many deliveries.

    Left out are the author's own server and those that the author sent it to.
    """
    parent = await context.records.posts.find(post.in_reply_to) if post.in_reply_to else None
    if parent is None or parent.artist_pk is None or not _may_travel(parent, kept):
        return 0
    inboxes = await context.records.followers.find_inboxes(parent.artist_pk)
    served = {netloc_of(id) for id in (post.actor_id, *_people(post))}
    lacking = tuple(inbox for inbox in inboxes if inbox.netloc not in served)
    if not lacking or await context.records.outbox_log.find(create.activity_id) is not None:
        return 0
    row = _write(context, create, post.object_id, parent.artist_pk)
    return await context.fan_out.enqueue(context.records, row, Recipients(inboxes=lacking))


async def forward_change(context: InboxContext, change: Activity, answer: Post) -> int:
    """Send an Update or Delete of an answer on to wherever the answer was; how many deliveries.

    What waits of the answer itself is not sent any more after a Delete. What is not for everyone any more stays here.
    """
    forwarded = [
        row
        for row in await context.records.outbox_log.find_for_object(answer.object_id)
        if row.activity_type == FORWARD and row.artist_pk is not None
    ]
    if not forwarded or not _is_open(change) or await context.records.outbox_log.find(change.activity_id) is not None:
        return 0
    inboxes = await context.records.deliveries.find_inboxes_reached([row.pk for row in forwarded])
    if change.activity_type == "Delete":
        pks = [row.pk for row in forwarded]
        await context.records.deliveries.cancel_for_outbox(pks, context.now, "deleted before it was forwarded")
    row = _write(context, change, answer.object_id, forwarded[0].artist_pk)
    return await context.fan_out.enqueue(context.records, row, Recipients(inboxes=tuple(inboxes)))


@dataclass(frozen=True, slots=True)
class Hints:
    """Reads forwarded activities as what they are worth: a post's id. One for each process."""

    services: Services
    rates: HostRates

    @classmethod
    def of(cls, services: Services) -> "Hints":
        """The reader over an opened instance."""
        return cls(services, HostRates(HINTS_PER_MINUTE))

    async def read(self, activity: Activity, sender_id: str, now: datetime) -> Json | None:
        """A Create or Update that only names the post, for the inbox log; None for what this sender may not bring.

        Taken only from an actor whom an artist here follows, about an answer to that actor's post which is known here.
        Raises BudgetSpent where its server brings too many.
        """
        hinted = _HINTED.get(activity.activity_type)
        if hinted is None or activity.object_id is None:
            return None
        async with self.services.database.reading() as records:
            if not await _is_answer_to(records, activity, sender_id):
                return None
        self.rates.spend(netloc_of(sender_id), now)
        # The real activity, should it come, must not find its id taken.
        hint_id = f"{activity.activity_id}{_HINT}"
        return {
            "@context": AS2,
            "id": hint_id,
            "type": hinted,
            "actor": activity.actor_id,
            "object": activity.object_id,
        }


async def _is_answer_to(records: Records, activity: Activity, sender_id: str) -> bool:
    """Whether the activity is about an answer to a post of the sender's, who is followed here."""
    if activity.activity_type == "Create":
        answered = usable_id((activity.object_document or {}).get("inReplyTo"))
    else:
        known = await records.posts.find(activity.object_id or "")
        answered = known.in_reply_to if known is not None and known.actor_id == activity.actor_id else None
    parent = await records.posts.find(answered) if answered else None
    if parent is None or parent.actor_id != sender_id:
        return False
    return bool(await records.following.find_by_actor(sender_id))


def _write(context: InboxContext, activity: Activity, object_id: str, artist_pk: int | None) -> OutboxActivity:
    return OutboxActivity(
        pk=context.new_pk(),
        activity_id=activity.activity_id,
        artist_pk=artist_pk,
        activity_type=FORWARD,
        object_id=object_id,
        body=dump_document(activity.document),
        audience="direct",
        created_at=context.now,
    )


def _is_open(change: Activity) -> bool:
    """Whether the activity says nothing that is not for everyone: what it carries is, or it only names something."""
    carried = change.object_document
    if carried is None or types_of(carried) == ("Tombstone",):
        return True
    return change.activity_type == "Update" and read_visibility(carried, None) in FOR_EVERYONE


def _may_travel(parent: Post, answer: Post) -> bool:
    return parent.visibility in FOR_EVERYONE and answer.visibility in FOR_EVERYONE


def _people(post: RemotePost) -> tuple[str, ...]:
    named = (id_of(id) for id in post.audience.everyone)
    return tuple(id for id in named if id is not None and id.startswith(("https://", "http://")))
