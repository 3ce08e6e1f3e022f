"""The delivery worker: claims what is due, sends it to many hosts at a time, and writes down what became of it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from cara_fed.delivery.fan_out import CARRYING_TYPES, FanOut
from cara_fed.delivery.recording import Recorder
from cara_fed.delivery.sending import Failed, HeldBack, Job, Outcome, Sent, Withheld, send
from cara_fed.delivery.synchronizing import state_followers
from cara_fed.services import Services
from storage.deliveries import Leased
from storage.outbox_log import OutboxActivity
from storage.records import Records

log = logging.getLogger(__name__)

# For each that is being sent, others wait in memory, so that one transaction serves many.
CLAIMS_PER_SLOT = 4
# A lease outlives its waiting and any send: the client gives up in time, and the result is written soon after.
LEASE_MARGIN_SECONDS = 60
# While some are under way, others may become due: how often to look, and how long to gather results for one write.
LOOK_SECONDS = 0.5
GATHER_SECONDS = 0.1
STOP_SECONDS = 5.0
# What must not overtake an earlier activity about the same object.
DEPENDENT_TYPES = frozenset({"Update", "Delete", "Undo", "Reject"})
DELETED_MEANWHILE = "deleted before it was sent"

Chain: TypeAlias = Sequence[Job]


class DeliveryWorker:
    """One for each process. Bounded by `delivery_workers` in all, and per host over all processes by the claims."""

    def __init__(self, services: Services) -> None:
        federation = services.config.federation
        self._services = services
        self._recorder = Recorder(services.clock, FanOut.of(services), services.capabilities)
        self._slots = asyncio.Semaphore(federation.delivery_workers)
        self._most = federation.delivery_workers * CLAIMS_PER_SLOT
        self._per_host = federation.deliveries_per_host
        self._lease_seconds = federation.timeout_seconds * CLAIMS_PER_SLOT + LEASE_MARGIN_SECONDS
        self._under_way: dict[asyncio.Task[None], Chain] = {}
        self._finished: list[tuple[Job, Outcome]] = []
        self._numbers: dict[str, int] = {}

    async def work_once(self) -> bool:
        """Write down what ended, begin what is due, wait for some of it to end; False when there was nothing.

        When cancelled, what is under way gets a few seconds to end; the rest goes back to the queue, uncounted.
        """
        try:
            return await self._turn()
        except asyncio.CancelledError:
            await self._stop()
            raise

    async def _turn(self) -> bool:
        chains = await self._exchange()
        for chain in chains:
            self._under_way[asyncio.create_task(self._work_off(chain))] = chain
        if not self._under_way:
            return False
        await self._wait()
        return True

    async def _exchange(self) -> list[Chain]:
        """One transaction both ways: results in, claimed deliveries out."""
        services, finished = self._services, tuple(self._finished)
        free = self._most - sum(len(chain) for chain in self._under_way.values())
        if not finished and not (free and await self._is_anything_due()):
            return []
        async with services.database.unit_of_work() as records:
            await self._recorder.record_all(records, finished)
            jobs = await self._claim(records, free) if free else []
        self._log(finished)
        del self._finished[: len(finished)]
        return _chain(jobs)

    async def _is_anything_due(self) -> bool:
        # An idle instance should not begin a writing transaction every second.
        async with self._services.database.reading() as records:
            due_at = await records.deliveries.find_next_due()
        return due_at is not None and due_at <= self._services.clock.now()

    async def _claim(self, records: Records, limit: int) -> list[Job]:
        now = self._services.clock.now()
        claimed = await records.deliveries.claim(now, self._lease_seconds, limit, self._per_host)
        activities = await records.outbox_log.find_many({delivery.outbox_pk for delivery in claimed})
        await self._number(records, {delivery.receiver_netloc for delivery in claimed})
        deleted = await _find_deleted(records, activities.values())
        pairs = [(delivery, activities[delivery.outbox_pk]) for delivery in claimed]
        stated = await state_followers(records, self._services.site, pairs)
        ready = []
        for delivery, activity in pairs:
            job = Job(delivery, activity, self._numbers[delivery.receiver_netloc], stated.get(delivery.pk, ()))
            if job.activity.pk in deleted:
                await self._recorder.record(records, job, Withheld(DELETED_MEANWHILE))
            elif await self._must_wait(records, job, claimed):
                await self._recorder.record(records, job, HeldBack())
            else:
                ready.append(job)
        return ready

    async def _number(self, records: Records, netlocs: set[str]) -> None:
        new = netlocs - self._numbers.keys()
        if new:
            self._numbers |= await records.hosts.numbers_for(new, self._services.clock.now())

    async def _must_wait(self, records: Records, job: Job, claimed: Sequence[Leased]) -> bool:
        """Whether an earlier activity about the same object waits for the same inbox, and is not in this claim."""
        object_id = job.activity.object_id
        if object_id is None or job.activity.activity_type not in DEPENDENT_TYPES:
            return False
        waiting = await records.outbox_log.find_waiting_before(job.delivery, object_id)
        return not waiting <= {delivery.pk for delivery in claimed}

    async def _work_off(self, chain: Chain) -> None:
        """Send one after another; where one has to be tried again, those after it wait for it."""
        blocked = False
        for job in chain:
            outcome = HeldBack() if blocked else await self._send(job)
            blocked = blocked or isinstance(outcome, Failed)
            self._finished.append((job, outcome))

    async def _send(self, job: Job) -> Outcome:
        async with self._slots:
            return await send(self._services, job)

    async def _wait(self) -> None:
        await asyncio.wait(self._under_way, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait(self._under_way, timeout=GATHER_SECONDS)
        for task in [task for task in self._under_way if task.done()]:
            self._gather(task, self._under_way.pop(task))

    def _gather(self, task: asyncio.Task[None], chain: Chain) -> None:
        """What a task that broke did not finish counts as an attempt, so that no row can break the queue for ever."""
        error = task.exception()
        if error is None:
            return
        log.error("a delivery broke", exc_info=error)
        ended = {job.delivery.pk for job, _ in self._finished}
        broken = (job for job in chain if job.delivery.pk not in ended)
        self._finished.extend((job, Failed(f"{type(error).__name__}: {error}")) for job in broken)

    async def _stop(self) -> None:
        """End what is under way, and give back what did not end."""
        if self._under_way:
            _, pending = await asyncio.wait(self._under_way, timeout=STOP_SECONDS)
            for task in pending:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)
        ended = {job.delivery.pk for job, _ in self._finished}
        left = {job.delivery.pk for chain in self._under_way.values() for job in chain} - ended
        async with self._services.database.unit_of_work() as records:
            await self._recorder.record_all(records, self._finished)
            await records.deliveries.release(left)
        self._under_way.clear()
        self._finished.clear()

    def _log(self, finished: Iterable[tuple[Job, Outcome]]) -> None:
        for job, outcome in finished:
            level = logging.DEBUG if isinstance(outcome, Sent) else logging.INFO
            log.log(level, "delivery of %s to %s: %s", job.activity.activity_id, job.delivery.inbox, outcome)


def _chain(jobs: Iterable[Job]) -> list[Chain]:
    """Jobs for one inbox about one object, in the order in which they were queued."""
    chains: defaultdict[tuple[str, str], list[Job]] = defaultdict(list)
    for job in jobs:
        about = job.activity.object_id or job.activity.activity_id
        chains[(job.delivery.inbox, about)].append(job)
    return [sorted(chain, key=lambda job: job.delivery.pk) for chain in chains.values()]


async def _find_deleted(records: Records, activities: Iterable[OutboxActivity]) -> set[int]:
    """The keys of those activities that carry a post which is no more, and are not to bring it anywhere."""
    carrying = [activity for activity in activities if activity.activity_type in CARRYING_TYPES]
    posts = await records.posts.find_many({activity.object_id for activity in carrying if activity.object_id})
    gone = {object_id for object_id, post in posts.items() if post.deleted_at is not None}
    return {activity.pk for activity in carrying if activity.object_id in gone}
