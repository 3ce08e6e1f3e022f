"""Forwarding (ActivityPub 7.1.2): an answer to an artist goes on to the artist's followers, who would not get it else.

Without a signature inside the document nobody need believe a forwarded copy. So ours are sent as they came, and those
of others are taken as a hint: the post is fetched from where it is at home.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from activitypub.activities import Activity
from activitypub.documents import Json, dump_document, id_of
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

HINTS_PER_MINUTE: Final = 30
FOR_EVERYONE: Final = ("public", "unlisted")
_HINT: Final = "#forwarded"


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
    row = OutboxActivity(
        pk=context.new_pk(),
        activity_id=create.activity_id,
        artist_pk=parent.artist_pk,
        activity_type="Forward",  # not the artist's own, so it stands in no outbox
        object_id=post.object_id,
        body=dump_document(create.document),
        audience="direct",
        created_at=context.now,
    )
    return await context.fan_out.enqueue(context.records, row, Recipients(inboxes=lacking))


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
        """A Create that only names the post, for the inbox log; None for what is no answer that this sender may bring.

        Taken only from an actor whom an artist here follows, about an answer to that actor's post which is known here.
        Raises BudgetSpent where its server brings too many.
        """
        answered = usable_id((activity.object_document or {}).get("inReplyTo"))
        if activity.activity_type != "Create" or activity.object_id is None or answered is None:
            return None
        async with self.services.database.reading() as records:
            parent = await records.posts.find(answered)
            if parent is None or parent.actor_id != sender_id or not await records.following.find_by_actor(sender_id):
                return None
        self.rates.spend(netloc_of(sender_id), now)
        # The real Create, should it come, must not find its id taken.
        hint_id = f"{activity.activity_id}{_HINT}"
        return {
            "@context": AS2,
            "id": hint_id,
            "type": "Create",
            "actor": activity.actor_id,
            "object": activity.object_id,
        }


def _may_travel(parent: Post, answer: Post) -> bool:
    return parent.visibility in FOR_EVERYONE and answer.visibility in FOR_EVERYONE


def _people(post: RemotePost) -> tuple[str, ...]:
    named = (id_of(id) for id in post.audience.everyone)
    return tuple(id for id in named if id is not None and id.startswith(("https://", "http://")))
