"""Fan-out: one activity becomes a delivery for each distinct inbox, in the transaction that causes it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from activitypub.documents import first, parse_document, types_of
from activitypub.identifiers import ArtistRef, Site
from activitypub.origins import netloc_of
from cara_fed.blocklist.doors import Door
from cara_fed.blocklist.guard import BlocklistGuard
from cara_fed.blocklist.policy import Listing
from cara_fed.capabilities import WEB_HOST_NUMBER, CapabilityKeys, shows_pictures
from cara_fed.clock import Clock
from cara_fed.services import Services
from storage.deliveries import Target
from storage.follows import SUSPENDED
from storage.inbox_log import InboxActivity
from storage.outbox_log import OutboxActivity
from storage.records import Records
from storage.remote_actors import Inbox

CARRYING_TYPES: Final = frozenset({"Create", "Update"})
"""What carries a post."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who receives an activity: all accepted followers of its artist, and these actors besides.

    What concerns one person alone goes to their ``personal`` inbox; a post goes to the shared one of their server.
    """

    followers: bool = False
    actor_ids: tuple[str, ...] = ()
    personal: bool = False
    inboxes: tuple[Inbox, ...] = ()
    """Where else it must arrive, such as wherever an earlier version went."""


_Kept: TypeAlias = tuple[Inbox, Listing]
"""Somebody to whom nothing goes, and why."""


@dataclass(frozen=True, slots=True)
class FanOut:
    """Writes activities down, with their deliveries. It never asks the network."""

    site: Site
    clock: Clock
    blocklist: BlocklistGuard
    capabilities: CapabilityKeys
    per_second: int = 20
    """How many servers get one activity that shows pictures in the same second."""

    @classmethod
    def of(cls, services: Services) -> "FanOut":
        """The fan-out over an opened instance."""
        per_second = services.config.federation.deliveries_per_second
        return cls(services.site, services.clock, services.blocklist, services.capabilities, per_second)

    async def enqueue(self, records: Records, activity: OutboxActivity, recipients: Recipients) -> int:
        """Record the activity and queue it for each inbox; how many deliveries that makes.

        Who is listed gets none, which is counted. Artists of this instance get it in the inbox log instead.
        Remote actors must be known already; a follower who is suspended is not among the accepted ones.
        """
        await records.outbox_log.add(activity)
        await self._hand_over(records, activity, recipients.actor_ids)
        inboxes = await self._find_inboxes(records, activity, recipients)
        targets, kept_from = self._choose_targets(inboxes, personal=recipients.personal)
        if activity.activity_type in CARRYING_TYPES:
            await self._note_kept_from(records, activity, recipients, kept_from)
        if shows_pictures(activity.body):
            targets = self._spread(targets)
        await records.deliveries.enqueue_many(activity.pk, targets, self.clock.now())
        return len(targets)

    async def enqueue_personal(self, records: Records, outbox_pk: int, inboxes: Iterable[Inbox]) -> int:
        """Queue an activity that is recorded already for these people's own inboxes; how many deliveries."""
        targets, _ = self._choose_targets(inboxes, personal=True)
        await records.deliveries.enqueue_many(outbox_pk, targets, self.clock.now())
        return len(targets)

    async def _find_inboxes(self, records: Records, activity: OutboxActivity, recipients: Recipients) -> list[Inbox]:
        found = list(await records.remote_actors.find_inboxes(recipients.actor_ids))
        if recipients.followers and activity.artist_pk is not None:
            found.extend(await records.followers.find_inboxes(activity.artist_pk))
        return [*found, *recipients.inboxes]

    def _choose_targets(self, inboxes: Iterable[Inbox], *, personal: bool) -> tuple[list[Target], list[_Kept]]:
        """One for each inbox and receiving server: a picture's address belongs to the server of the actor's id.

        And who gets none, being listed, with the listing.
        """
        targets: dict[tuple[str, str], Target] = {}
        kept_from: list[_Kept] = []
        now = self.clock.now()
        for receiver in inboxes:
            address = receiver.inbox if personal else receiver.shared_inbox or receiver.inbox
            key = (address, receiver.netloc)
            if key in targets:
                continue
            listing = self.blocklist.refuse(Door.DELIVER, receiver.actor_id or receiver.netloc, address)
            if listing is None:
                targets[key] = self._target(receiver, address, now)
            else:
                kept_from.append((receiver, listing))
        return list(targets.values()), kept_from

    def _spread(self, targets: Iterable[Target]) -> list[Target]:
        """So many a second: whoever hears of pictures fetches them at once."""
        spread = list(targets)
        for place in range(self.per_second, len(spread)):
            delay = timedelta(seconds=place // self.per_second)
            spread[place] = replace(spread[place], due_at=spread[place].due_at + delay)
        return spread

    async def _note_kept_from(
        self, records: Records, activity: OutboxActivity, recipients: Recipients, kept_from: Iterable[_Kept]
    ) -> None:
        """Count, for the post's evidence, the servers that would have got it were they not listed."""
        suspended: Sequence[Inbox] = ()
        if recipients.followers and activity.artist_pk is not None:
            suspended = await records.followers.find_inboxes(activity.artist_pk, SUSPENDED)
        kept: Counter[tuple[str, str, str, str, str]] = Counter()
        for receiver, listing in (*kept_from, *self._find_listed(suspended)):
            if activity.object_id:
                kept[(activity.object_id, receiver.netloc, str(Door.DELIVER), listing.key, listing.reason)] += 1
        await records.evidence.count_visits(kept, self.clock.now())

    def _find_listed(self, receivers: Iterable[Inbox]) -> Iterator[_Kept]:
        for receiver in receivers:
            address = receiver.shared_inbox or receiver.inbox
            listing = self.blocklist.find_refusing(receiver.actor_id or receiver.netloc, address)
            if listing is not None:
                yield receiver, listing

    def _target(self, receiver: Inbox, address: str, now: datetime) -> Target:
        return Target(
            pk=self.clock.new_pk(),
            inbox=address,
            inbox_host=netloc_of(address),
            receiver_netloc=receiver.netloc,
            due_at=now,
            receiver_actor_id=(receiver.actor_id or None) if address == receiver.inbox else None,
        )

    async def _hand_over(self, records: Records, activity: OutboxActivity, actor_ids: Iterable[str]) -> None:
        """Give an activity to artists of this instance as if it had arrived: one row, for whomever it concerns."""
        names = list(self._local_names(actor_ids))
        if not names:
            return
        now = self.clock.now()
        # A received document holds no NUL, and so no placeholder.
        body = self.capabilities.substitute(activity.body, WEB_HOST_NUMBER)
        object_types = types_of(first(parse_document(body).get("object")))
        await records.inbox_log.add(
            InboxActivity(
                pk=self.clock.new_pk(),
                activity_id=activity.activity_id,
                activity_type=activity.activity_type,
                object_type=next(iter(object_types), ""),
                actor_id=await self._sender(records, activity),
                body=body,
                recipient=names[0] if len(names) == 1 else None,
                received_at=now,
                due_at=now,
            )
        )

    async def _sender(self, records: Records, activity: OutboxActivity) -> str:
        if activity.artist_pk is None:
            return self.site.instance_actor
        return self.site.actor((await records.artists.get_by_pk(activity.artist_pk)).name)

    def _local_names(self, actor_ids: Iterable[str]) -> Iterator[str]:
        for actor_id in dict.fromkeys(actor_ids):
            located = self.site.locate(actor_id)
            if isinstance(located, ArtistRef):
                yield located.name
