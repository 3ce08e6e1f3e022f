"""Many deliveries at once are written down together, each before its answer."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from cara_fed.inbox.recording import InboxRecorder
from storage.inbox_log import InboxActivity
from tests.support.fediverse import Fediverse, Instance


@pytest.fixture
async def studio(fediverse: Fediverse) -> Instance:
    (studio,) = await fediverse.start("studio.example")
    return studio


def row(studio: Instance, number: int) -> InboxActivity:
    return InboxActivity(
        pk=studio.services.clock.new_pk(),
        activity_id=f"https://far.example/{number}",
        activity_type="Like",
        actor_id="https://far.example/users/eve",
        body=b"{}",
        received_at=studio.time.now,
        due_at=studio.time.now,
    )


async def test_each_is_there_when_its_turn_is_over(studio: Instance) -> None:
    recorder = InboxRecorder(studio.services)

    async def record(number: int) -> None:
        await recorder.record(row(studio, number))
        async with studio.services.database.reading() as records:
            assert await records.inbox_log.find(f"https://far.example/{number}") is not None

    await asyncio.gather(*(record(number) for number in range(300)))
    assert await studio.inbox_states() == {"received": 300}


async def test_the_same_twice_in_one_turn_is_one(studio: Instance) -> None:
    recorder = InboxRecorder(studio.services)
    await asyncio.gather(*(recorder.record(row(studio, number % 3)) for number in range(9)))
    assert await studio.inbox_states() == {"received": 3}


async def test_who_hangs_up_takes_nobody_along(studio: Instance) -> None:
    recorder = InboxRecorder(studio.services)
    tasks = [asyncio.create_task(recorder.record(row(studio, number))) for number in range(20)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert done[1:] == [None] * 19
    assert (await studio.inbox_states())["received"] >= 19


async def test_a_database_that_fails_is_told_to_everyone_who_waits(studio: Instance) -> None:
    recorder = InboxRecorder(studio.services)
    async with studio.services.database.unit_of_work() as records:
        await (await records.inbox_log.session.connection()).exec_driver_sql(
            "ALTER TABLE inbox_log RENAME TO elsewhere"
        )
    tasks = [recorder.record(row(studio, number)) for number in range(3)]
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [OperationalError] * 3

    async with studio.services.database.unit_of_work() as records:
        await (await records.inbox_log.session.connection()).exec_driver_sql(
            "ALTER TABLE elsewhere RENAME TO inbox_log"
        )
    await recorder.record(row(studio, 9))
    assert (await studio.inbox_states())["received"] >= 1
