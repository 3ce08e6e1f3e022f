"""The inbox worker: in order, side by side, and nothing lost when it stops."""

import asyncio

import pytest

from cara_fed.asgi import Receive, Scope, Send
from cara_fed.inbox.applying import MAX_ATTEMPTS
from cara_fed.inbox.worker import LEASE_SECONDS, InboxWorker
from tests.support.fediverse import Fediverse, Instance
from tests.support.strangers import Stranger


@pytest.fixture
async def studio(fediverse: Fediverse) -> Instance:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    return studio


@pytest.fixture
def eve(fediverse: Fediverse) -> Stranger:
    return fediverse.stranger("far.example")


async def attempts_at(studio: Instance, activity_id: str) -> int:
    async with studio.services.database.reading() as records:
        row = await records.inbox_log.find(activity_id)
    assert row is not None
    return row.attempts


async def test_an_undo_never_overtakes_its_follow(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    for number in range(5):
        follow = eve.activity("Follow", studio.actor("mara"), number)
        await eve.post(studio.shared_inbox, follow)
        await eve.post(studio.shared_inbox, eve.activity("Undo", follow, number))
    others = (InboxWorker(studio.services), studio.inbox_worker)
    await asyncio.gather(*(worker.work_once() for worker in others))
    await fediverse.settle()
    assert await studio.followers_of("mara") == set()
    assert await studio.inbox_states() == {"handled": 10}


class Hanging:
    """A server that takes the question and never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.set()
        await asyncio.Event().wait()


async def test_a_slow_server_holds_up_nobody_else(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    slow, hanging = fediverse.stranger("slow.example", "sam"), Hanging()
    create = slow.activity("Create", slow.note(1)["id"])
    await slow.post(studio.shared_inbox, create)
    await eve.post(studio.shared_inbox, eve.activity("Follow", studio.actor("mara")))
    fediverse.network.servers["slow.example"] = hanging

    task = asyncio.create_task(studio.inbox_worker.work_once())
    await hanging.asked.wait()
    while await studio.followers_of("mara") == set():
        await asyncio.sleep(0.01)

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await attempts_at(studio, create["id"]) == 0
    fediverse.network.servers["slow.example"] = slow
    slow.serve("/users/sam/notes/1", slow.note(1))
    await fediverse.settle()
    assert await studio.inbox_states() == {"handled": 1, "ignored": 1}


async def test_what_a_killed_worker_held_is_taken_up_again(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    await eve.post(studio.shared_inbox, eve.activity("Follow", studio.actor("mara")))
    async with studio.services.database.unit_of_work() as records:
        assert len(await records.inbox_log.claim(fediverse.time.now, LEASE_SECONDS, 10)) == 1
    await fediverse.settle()
    assert await studio.followers_of("mara") == set()

    fediverse.time.pass_by(seconds=LEASE_SECONDS + 1)
    await fediverse.settle()
    assert await studio.followers_of("mara") == {eve.actor}


async def test_what_kills_every_worker_is_given_up(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    await eve.post(studio.shared_inbox, eve.activity("Follow", studio.actor("mara")))
    for _ in range(MAX_ATTEMPTS):
        async with studio.services.database.unit_of_work() as records:
            await records.inbox_log.claim(fediverse.time.now, LEASE_SECONDS, 10)
        fediverse.time.pass_by(seconds=LEASE_SECONDS + 1)
    await fediverse.settle()
    assert await studio.inbox_states() == {"ignored": 1}


async def test_a_server_that_is_away_is_asked_less_and_less(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    await eve.post(studio.shared_inbox, eve.activity("Create", eve.note(1)["id"]))
    fediverse.network.unplugged.add("far.example")
    for hours in range(24):
        await fediverse.settle()
        fediverse.time.pass_by(hours=hours)
    assert await attempts_at(studio, eve.activity("Create", None)["id"]) == MAX_ATTEMPTS
    assert await studio.inbox_states() == {"failed": 1}
