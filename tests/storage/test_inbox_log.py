"""The inbox log: each activity once, handled in the order of its actor, never lost."""

import asyncio
from datetime import datetime, timedelta

from storage.database import Database
from tests.support.rows import NOW, make_inbox_activity

THEO, LENA = "https://b.example/users/theo", "https://c.example/users/lena"
LATER = NOW + timedelta(minutes=5)


async def receive(database: Database, *activities: tuple[str, str]) -> list[bool]:
    async with database.unit_of_work() as records:
        return [await records.inbox_log.add(make_inbox_activity(id_, actor)) for id_, actor in activities]


async def claim(database: Database, now: datetime = NOW, limit: int = 10) -> list[str]:
    async with database.unit_of_work() as records:
        return [activity.activity_id for activity in await records.inbox_log.claim(now, 60, limit)]


async def test_a_duplicate_is_told_and_changes_nothing(database: Database) -> None:
    assert await receive(database, ("f1", THEO), ("f1", THEO), ("f1", LENA)) == [True, False, False]
    assert await receive(database, ("f1", THEO)) == [False]
    assert await claim(database) == ["f1"]


async def test_many_at_once_are_recorded_but_for_those_known(database: Database) -> None:
    await receive(database, ("f1", THEO))
    many = [make_inbox_activity(name, LENA) for name in ("f1", "f2", "f3", "f2")]
    async with database.unit_of_work() as records:
        assert await records.inbox_log.add_many(many) == {"f2", "f3"}
        assert await records.inbox_log.add_many([]) == set()
    assert await claim(database) == ["f1", "f2", "f3"]


async def test_the_same_activity_received_at_once_is_recorded_once(database: Database) -> None:
    results = await asyncio.gather(*(receive(database, ("f1", THEO)) for _ in range(5)))
    assert sorted(results) == [[False]] * 4 + [[True]]


async def test_activities_are_claimed_once_in_the_order_of_arrival(database: Database) -> None:
    await receive(database, ("f1", THEO), ("f2", LENA), ("f3", THEO))
    assert await claim(database, limit=2) == ["f1", "f2"]
    assert await claim(database) == []


async def test_an_actor_whose_activity_is_in_hand_waits_and_others_do_not(database: Database) -> None:
    await receive(database, ("follow", THEO), ("undo", THEO), ("like", LENA))
    assert await claim(database, limit=1) == ["follow"]
    assert await claim(database) == ["like"]
    async with database.unit_of_work() as records:
        follow = await records.inbox_log.find("follow")
        assert follow is not None
        await records.inbox_log.record_handled([follow.pk])
    assert await claim(database) == ["undo"]


async def test_a_lease_that_ran_out_is_claimed_again_and_counted(database: Database) -> None:
    await receive(database, ("f1", THEO))
    assert await claim(database) == ["f1"]
    async with database.unit_of_work() as records:
        (activity,) = await records.inbox_log.claim(NOW + timedelta(seconds=60), 60, 10)
    assert activity.attempts == 2


async def test_a_failure_is_tried_again_when_it_is_due_and_blocks_nothing_of_its_actor(database: Database) -> None:
    await receive(database, ("f1", THEO))
    async with database.unit_of_work() as records:
        (activity,) = await records.inbox_log.claim(NOW, 60, 10)
        await records.inbox_log.record_failed(activity.pk, "actor unreachable", LATER)
    await receive(database, ("f2", THEO))
    assert await claim(database) == ["f2"]
    async with database.unit_of_work() as records:
        (activity,) = [row for row in await records.inbox_log.claim(LATER, 60, 10) if row.activity_id == "f1"]
        assert (activity.attempts, activity.error) == (2, "actor unreachable")
        await records.inbox_log.record_failed(activity.pk, "actor unreachable still")
        await records.inbox_log.record_ignored([(await records.inbox_log.find("f2")).pk])  # type: ignore[union-attr]
        assert await records.inbox_log.count_by_state() == {"failed": 1, "ignored": 1}
    assert await claim(database, now=LATER + timedelta(days=9)) == []


async def test_what_is_done_is_forgotten_after_its_time(database: Database) -> None:
    await receive(database, ("f1", THEO), ("f2", LENA))
    async with database.unit_of_work() as records:
        (first, _) = await records.inbox_log.claim(NOW, 60, 10)
        await records.inbox_log.record_handled([first.pk])
        assert await records.inbox_log.remove_finished(NOW) == 0
        assert await records.inbox_log.remove_finished(LATER) == 1
        assert await records.inbox_log.count_by_state() == {"received": 1}


async def test_a_worker_that_stops_gives_back_what_it_did_not_finish(database: Database) -> None:
    await receive(database, ("f1", THEO), ("f2", LENA))
    async with database.unit_of_work() as records:
        held = await records.inbox_log.claim(NOW, 60, 10)
        await records.inbox_log.record_handled([held[0].pk])
        await records.inbox_log.release([row.pk for row in held])
    async with database.reading() as records:
        assert await records.inbox_log.is_anything_due(NOW)
        given_back = await records.inbox_log.find("f2")
    assert given_back is not None
    assert given_back.attempts == 0
    assert await claim(database) == ["f2"]


async def test_a_look_tells_whether_anything_is_due(database: Database) -> None:
    async with database.reading() as records:
        assert not await records.inbox_log.is_anything_due(NOW)
    await receive(database, ("f1", THEO))
    async with database.reading() as records:
        assert await records.inbox_log.is_anything_due(NOW)
        assert not await records.inbox_log.is_anything_due(NOW - timedelta(seconds=1))
