"""Writing down what became of a delivery: when to try again, whom to forget, which host to leave in peace."""

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from activitypub.documents import Json, ids_of, parse_document
from activitypub.retry import MAX_RETRY_AFTER, next_attempt
from cara_fed.capabilities import WEB_HOST_NUMBER, CapabilityKeys
from cara_fed.clock import Clock
from cara_fed.delivery.fan_out import FanOut
from cara_fed.delivery.sending import Failed, HeldBack, InboxGone, Job, Outcome, Refused, Sent, Withheld
from storage.deliveries import Leased
from storage.records import Records
from storage.remote_actors import Inbox
from storage.whom import OneOf

HELD_BACK_FOR = timedelta(seconds=2)
# After this long nothing is tried again, however seldom an open circuit let it be tried.
MAX_AGE = timedelta(days=8)
FAILURES_THAT_OPEN = 5
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Turns outcomes into rows."""

    clock: Clock
    fan_out: FanOut
    capabilities: CapabilityKeys
    fraction: Callable[[], float] = random.random
    """0 to 1, for spreading what is tried again."""

    async def record_all(self, records: Records, outcomes: Iterable[tuple[Job, Outcome]]) -> None:
        """Write down what became of deliveries. One that was cancelled meanwhile stays so."""
        sent: defaultdict[int, list[Leased]] = defaultdict(list)
        for job, outcome in outcomes:
            if isinstance(outcome, Sent):
                sent[outcome.status].append(job.delivery)
            else:
                await self.record(records, job, outcome)
        for status, deliveries in sent.items():
            await records.deliveries.record_all_sent([each.pk for each in deliveries], self.clock.now(), status)
        await self._note_alive(records, {each.inbox_host for deliveries in sent.values() for each in deliveries})

    async def record(self, records: Records, job: Job, outcome: Outcome) -> None:
        """Write down one that did not arrive."""
        now, delivery = self.clock.now(), job.delivery
        match outcome:
            case Failed():
                await self._record_failure(records, delivery, outcome)
            case Refused(error, status):
                await records.deliveries.record_failed(delivery.pk, now, error, status)
                if status is not None:
                    await self._note_alive(records, {delivery.inbox_host})
            case InboxGone(status):
                await self._record_gone(records, job, status)
            case Withheld(reason):
                await records.deliveries.record_cancelled(delivery.pk, now, reason)
            case HeldBack():
                await records.deliveries.postpone(delivery.pk, now + HELD_BACK_FOR)

    async def _record_failure(self, records: Records, delivery: Leased, failure: Failed) -> None:
        now = self.clock.now()
        due_at = next_attempt(delivery.attempts, now, self.fraction(), failure.retry_after)
        if due_at is None or now - delivery.created_at > MAX_AGE:
            error = f"gave up after {delivery.attempts} attempts: {failure.error}"
            await records.deliveries.record_failed(delivery.pk, now, error, failure.status)
        else:
            await records.deliveries.record_retry(delivery.pk, due_at, failure.error, failure.status)
        if failure.retry_after:
            until = now + min(failure.retry_after, MAX_RETRY_AFTER)
            await records.deliveries.postpone_host(delivery.inbox_host, until)
        if failure.host_is_down:
            await self._note_down(records, delivery.inbox_host)

    async def _note_alive(self, records: Records, netlocs: Collection[str]) -> None:
        """A host that answers again gets at once what waited for it."""
        for netloc in await records.hosts.record_successes(netlocs):
            await records.deliveries.retry_now(self.clock.now(), netloc)

    async def _note_down(self, records: Records, netloc: str) -> None:
        """Open the host's circuit after a few failures in a row, for the longer the longer it has been failing."""
        now = self.clock.now()
        known = await records.hosts.find(netloc)
        if known is None or known.failing_since is None or known.failures + 1 < FAILURES_THAT_OPEN:
            await records.hosts.record_failure(netloc, now)
            return
        await records.hosts.record_failure(netloc, now, now + self._pause(now - known.failing_since))

    def _pause(self, failing_for: timedelta) -> timedelta:
        pause = min(max(failing_for / 4, SHORTEST_PAUSE), LONGEST_PAUSE)
        return pause * (0.8 + 0.4 * self.fraction())

    async def _record_gone(self, records: Records, job: Job, status: int) -> None:
        delivery, now = job.delivery, self.clock.now()
        await records.deliveries.record_failed(delivery.pk, now, f"the inbox is gone ({status})", status)
        await self._note_alive(records, {delivery.inbox_host})
        if delivery.receiver_actor_id is None:
            await self._fall_back(records, job)
        else:
            await _forget_actor(records, delivery.receiver_actor_id, now)

    async def _fall_back(self, records: Records, job: Job) -> None:
        """Deliver to the people behind a shared inbox one by one, now and from now on."""
        delivery = job.delivery
        receivers = await self._find_receivers(records, job)
        behind = [
            Inbox(receiver.actor_id, receiver.inbox, None, receiver.netloc)
            for receiver in receivers
            if receiver.shared_inbox == delivery.inbox and receiver.netloc == delivery.receiver_netloc
        ]
        await self.fan_out.enqueue_personal(records, delivery.outbox_pk, behind)
        await records.remote_actors.forget_shared_inbox(delivery.inbox)

    async def _find_receivers(self, records: Records, job: Job) -> list[Inbox]:
        """Everybody whom the activity is for: those it names, and its artist's followers if it names these."""
        artist_pk = job.activity.artist_pk
        addressed = self._read_addressed(job.activity.body)
        receivers = list(await records.remote_actors.find_inboxes(addressed))
        artist = None if artist_pk is None else await records.artists.find_by_pk(artist_pk)
        if artist is not None and self.fan_out.site.followers(artist.name) in addressed:
            receivers.extend(await records.followers.find_inboxes(artist.pk))
        return receivers

    def _read_addressed(self, body: bytes) -> tuple[str, ...]:
        # Documents hold no NUL, so the placeholders have to be filled in before it can be read.
        activity: Json = parse_document(self.capabilities.substitute(body, WEB_HOST_NUMBER))
        return tuple(dict.fromkeys((*ids_of(activity.get("to")), *ids_of(activity.get("cc")))))


async def _forget_actor(records: Records, actor_id: str, now: datetime) -> None:
    """Nobody is there any more: no follower, and nothing more to send."""
    await records.followers.remove_actor(actor_id)
    await records.remote_actors.mark_gone(actor_id, now)
    await records.deliveries.cancel_for(OneOf((actor_id,)), now, "the receiver is gone")
