"""Deliveries: claimed once, bounded by host, due again after a killed worker, and told in numbers."""

import asyncio
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage.database import Database
from storage.deliveries import DeliveryCounts, Target
from storage.whom import AtNetlocs, InDomain, OneOf
from tests.support.rows import NOW, make_outbox_activity, make_target

ROOT = Path(__file__).parents[2]
LATER = NOW + timedelta(minutes=5)


async def enqueue(database: Database, *targets: Target) -> int:
    activity = make_outbox_activity()
    async with database.unit_of_work() as records:
        await records.outbox_log.add(activity)
        await records.deliveries.enqueue_many(activity.pk, targets, NOW)
    return activity.pk


async def claim(database: Database, now: datetime = NOW, limit: int = 100, per_host: int = 100) -> list[str]:
    async with database.unit_of_work() as records:
        return [row.inbox_host for row in await records.deliveries.claim(now, 60, limit, per_host)]


async def test_enqueueing_nothing_is_nothing(database: Database) -> None:
    await enqueue(database)
    assert await claim(database) == []


async def test_what_is_enqueued_is_claimed_once_the_longest_waiting_first(database: Database) -> None:
    waits = {"c.example": 1, "a.example": 3, "b.example": 2}
    await enqueue(
        database, *(make_target(netloc, due_at=NOW - timedelta(seconds=wait)) for netloc, wait in waits.items())
    )
    assert await claim(database, limit=2) == ["a.example", "b.example"]
    assert await claim(database) == ["c.example"]
    assert await claim(database) == []


async def test_what_is_not_due_yet_waits(database: Database) -> None:
    await enqueue(database, make_target("a.example", due_at=LATER))
    assert await claim(database) == []
    async with database.reading() as records:
        assert await records.deliveries.find_next_due() == LATER
    assert await claim(database, now=LATER) == ["a.example"]


async def test_no_host_gets_more_than_its_bound_in_one_claim_or_several(database: Database) -> None:
    await enqueue(database, *(make_target("busy.example") for _ in range(10)), make_target("calm.example"))
    assert Counter(await claim(database, per_host=3)) == {"busy.example": 3, "calm.example": 1}
    assert await claim(database, per_host=3) == []
    assert Counter(await claim(database, per_host=5)) == {"busy.example": 2}


async def test_a_busy_host_hides_no_other(database: Database) -> None:
    earlier = NOW - timedelta(seconds=1)
    await enqueue(
        database, *(make_target("busy.example", due_at=earlier) for _ in range(200)), make_target("calm.example")
    )
    assert await claim(database, limit=4, per_host=2) == ["busy.example"] * 2
    assert await claim(database, limit=4, per_host=2) == ["calm.example"]


async def test_a_lease_that_ran_out_is_claimed_again(database: Database) -> None:
    await enqueue(database, make_target("a.example"))
    assert await claim(database) == ["a.example"]
    assert await claim(database, now=NOW + timedelta(seconds=59)) == []
    async with database.unit_of_work() as records:
        (row,) = await records.deliveries.claim(NOW + timedelta(seconds=60), 60, 10, 10)
    assert row.attempts == 2


async def test_a_released_lease_counts_no_attempt(database: Database) -> None:
    await enqueue(database, make_target("a.example"))
    async with database.unit_of_work() as records:
        (row,) = await records.deliveries.claim(NOW, 60, 10, 10)
        await records.deliveries.release([row.pk])
    async with database.unit_of_work() as records:
        (row,) = await records.deliveries.claim(NOW, 60, 10, 10)
    assert row.attempts == 1


async def test_nothing_is_claimed_for_a_host_while_its_circuit_is_open(database: Database) -> None:
    await enqueue(database, make_target("dead.example"), make_target("calm.example"))
    async with database.unit_of_work() as records:
        await records.hosts.record_failure("dead.example", NOW, open_until=LATER)
    assert await claim(database) == ["calm.example"]
    assert await claim(database, now=LATER) == ["dead.example", "calm.example"]


async def test_outcomes_end_or_postpone_a_delivery(database: Database) -> None:
    targets = [make_target(f"{name}.example") for name in ("sent", "retry", "failed", "cancelled", "waiting")]
    outbox_pk = await enqueue(database, *targets)
    async with database.unit_of_work() as records:
        sent, retry, failed, cancelled, _ = await records.deliveries.claim(NOW, 60, 10, 10)
        await records.deliveries.record_sent(sent.pk, NOW, 202)
        await records.deliveries.record_retry(retry.pk, LATER, "connection refused")
        await records.deliveries.record_failed(failed.pk, NOW, "404 Not Found", 404)
        await records.deliveries.record_cancelled(cancelled.pk, NOW, "listed: training harvest")
        await records.deliveries.record_sent(cancelled.pk, NOW, 202)
    async with database.reading() as records:
        counts = await records.deliveries.count(NOW)
        rows = {row.inbox_host: row for row in await records.deliveries.find_for_outbox(outbox_pk)}
        failures = await records.deliveries.find_page("failed")
    assert counts == DeliveryCounts(queued=2, due=1, leased=1, failing=1, sent=1, failed=1, cancelled=1)
    assert [(row.last_status, row.last_error) for row in failures] == [(404, "404 Not Found")]
    assert (rows["sent.example"].state, rows["sent.example"].finished_at) == ("sent", NOW)
    assert (rows["retry.example"].due_at, rows["retry.example"].lease_until) == (LATER, None)
    # A cancellation stands, even against the answer of a send that was already on its way.
    assert (rows["cancelled.example"].state, rows["cancelled.example"].last_error) == (
        "cancelled",
        "listed: training harvest",
    )


HOSTS = {
    "https://bad.example/inbox": "bad.example",
    "https://deep.er.bad.example/inbox": "deep.er.bad.example",
    "https://bad.example:8443/inbox": "bad.example:8443",
    "https://a.bad.example:8443/inbox": "a.bad.example:8443",
    "https://notbad.example/inbox": "notbad.example",
    "https://bad.example.org/inbox": "bad.example.org",
}


async def test_a_listed_domain_cancels_its_deliveries_with_subdomains_and_ports(database: Database) -> None:
    await enqueue(database, *(make_target(netloc) for netloc in HOSTS.values()))
    async with database.unit_of_work() as records:
        assert await records.deliveries.cancel_for(InDomain("bad.example"), NOW, "listed") == 4
    assert sorted(await claim(database)) == ["bad.example.org", "notbad.example"]


async def test_a_listed_domain_cancels_by_the_inbox_and_by_the_receiver(database: Database) -> None:
    await enqueue(
        database,
        make_target("front.example", receiver_netloc="bad.example"),
        make_target("bad.example", receiver_netloc="good.example"),
        make_target("good.example"),
    )
    async with database.unit_of_work() as records:
        await records.deliveries.cancel_for(AtNetlocs(("bad.example",)), NOW, "listed")
    assert await claim(database) == ["good.example"]


async def test_a_listed_actor_cancels_what_goes_to_its_own_inbox(database: Database) -> None:
    scraper = "https://b.example/users/scraper"
    await enqueue(database, make_target("b.example", receiver_actor_id=scraper), make_target("b.example"))
    async with database.unit_of_work() as records:
        assert await records.deliveries.cancel_for(OneOf((scraper,)), NOW, "listed") == 1


async def test_a_wildcard_in_a_domain_is_just_a_character(database: Database) -> None:
    await enqueue(database, make_target("a.bxd.example"), make_target("a.b_d.example"))
    async with database.unit_of_work() as records:
        assert await records.deliveries.cancel_for(InDomain("b_d.example"), NOW, "listed") == 1
        assert await records.deliveries.cancel_for(InDomain("%"), NOW, "listed") == 0


async def test_a_hosts_deliveries_can_be_postponed_and_hurried(database: Database) -> None:
    await enqueue(database, make_target("slow.example"), make_target("calm.example"))
    async with database.unit_of_work() as records:
        assert await records.deliveries.postpone_host("slow.example", LATER) == 1
    assert await claim(database) == ["calm.example"]
    async with database.unit_of_work() as records:
        assert await records.deliveries.retry_now(NOW, "slow.example") == 1
    assert await claim(database) == ["slow.example"]


async def test_what_ended_long_ago_is_forgotten_with_the_activity_last(database: Database) -> None:
    outbox_pk = await enqueue(database, make_target("a.example"), make_target("b.example"))
    async with database.unit_of_work() as records:
        first, second = await records.deliveries.claim(NOW, 60, 10, 10)
        await records.deliveries.record_sent(first.pk, NOW, 202)
        assert await records.outbox_log.remove_delivered(LATER) == 0
        assert await records.deliveries.remove_finished(LATER) == 1
        await records.deliveries.record_failed(second.pk, NOW, "gone", 410)
        assert await records.outbox_log.remove_delivered(LATER) == 1
        assert await records.deliveries.find_for_outbox(outbox_pk) == []


async def claim_all(url: str) -> list[int]:
    database, mine = Database(url), []
    try:
        while True:
            async with database.unit_of_work() as records:
                rows = await records.deliveries.claim(NOW, 600, 7, 2)
                for row in rows:
                    await records.deliveries.record_sent(row.pk, NOW, 202)
            mine += [row.pk for row in rows]
            if not rows:
                return mine
    finally:
        await database.dispose()


async def test_claimers_never_share_a_row_and_leave_none(database: Database, database_url: str) -> None:
    targets = [make_target(f"h{number % 11}.example") for number in range(150)]
    await enqueue(database, *targets)
    claims = await asyncio.gather(*(claim_all(database_url) for _ in range(4)))
    assert sorted(pk for claimed in claims for pk in claimed) == [target.pk for target in targets]


CLAIMER = """
import asyncio, os, sys
from datetime import datetime
from storage.database import Database

async def main(url, now):
    database, mine = Database(url), []
    for _ in range(20):
        async with database.unit_of_work() as records:
            mine += [row.pk for row in await records.deliveries.claim(now, 600, 5, 2)]
    os.write(1, "".join(f"{pk} " for pk in mine).encode())
    await database.dispose()

is_parent = os.fork() and os.fork()  # three processes, of which one has read the program
asyncio.run(main(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
sys.exit(is_parent and any(os.wait()[1] for _ in range(2)))
"""


async def test_the_bound_of_a_host_holds_over_processes(database: Database, database_url: str) -> None:
    targets = [make_target(f"h{number % 5}.example") for number in range(100)]
    await enqueue(database, *targets)
    command = [sys.executable, "-c", CLAIMER, database_url, NOW.isoformat()]
    said = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, timeout=60)
    pks = [int(word) for word in said.stdout.split()]
    assert said.returncode == 0, said
    assert len(pks) == len(set(pks)) == 10, said
    hosts = {target.pk: target.inbox_host for target in targets}
    assert set(Counter(hosts[pk] for pk in pks).values()) == {2}


@pytest.mark.parametrize("count", [1, 5_000])
async def test_any_number_is_enqueued_at_once(database: Database, count: int) -> None:
    await enqueue(database, *(make_target(f"h{number}.example") for number in range(count)))
    async with database.reading() as records:
        assert (await records.deliveries.count(NOW)).due == count
