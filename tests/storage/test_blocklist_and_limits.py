"""What keeps an instance in order: the blocklist and its refusals, blocks, reports, limits, revisions."""

import asyncio
from datetime import timedelta

from storage.blocklist import BlocklistAllow, EntryRow
from storage.database import Database
from storage.reports import Report
from storage.subscriptions import Subscription
from tests.support.rows import NOW, PKS, make_artist, make_entry

LIST = "https://lists.example/scrapers.csv"
LATER = NOW + timedelta(days=1)
THEO = "https://b.example/users/theo"


async def keys(database: Database, source: str | None = None, at: object = NOW) -> list[str]:
    async with database.reading() as records:
        return [entry.key for entry in await records.blocklist.find_active(at, source)]  # type: ignore[arg-type]


async def test_an_entry_is_active_until_retracted_and_again_when_listed_anew(database: Database) -> None:
    first = make_entry("domain", "bad.example", reason="harvests", evidence=["https://x.example/log"])
    async with database.unit_of_work() as records:
        await records.blocklist.add(first)
        assert await records.blocklist.retract("domain", "bad.example", "local", NOW)
        assert not await records.blocklist.retract("domain", "bad.example", "local", NOW)
    assert await keys(database) == []
    async with database.unit_of_work() as records:
        await records.blocklist.add(make_entry("domain", "bad.example", reason="harvests again"))
        found = await records.blocklist.find("domain", "bad.example")
    assert found is not None
    assert (found.pk, found.reason, found.retracted_at) == (first.pk, "harvests again", None)
    assert await keys(database) == ["bad.example"]


async def test_an_entry_expires(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.blocklist.add(make_entry("domain", "bad.example", expires_at=LATER))
    assert await keys(database) == ["bad.example"]
    assert await keys(database, at=LATER) == []


async def test_sources_are_apart_and_a_source_retracts_only_its_own(database: Database) -> None:
    theirs = [
        EntryRow(next(PKS), "domain", f"{name}.example", "", "reject", "", [], LIST, "", None, NOW, None)
        for name in ("bad", "worse")
    ]
    async with database.unit_of_work() as records:
        await records.blocklist.add(make_entry("domain", "bad.example"))
        await records.blocklist.add_many(theirs)
        assert len(await records.blocklist.find_sources("domain", "bad.example", NOW)) == 2
        assert await records.blocklist.retract_many("domain", ["bad.example", "worse.example", "x"], LIST, NOW) == 2
    assert await keys(database) == ["bad.example"]
    assert await keys(database, LIST) == []
    async with database.reading() as records:
        page = await records.blocklist.find_page(LIST, limit=1)
        assert [entry.key for entry in page] == ["worse.example"]
        assert [entry.key for entry in await records.blocklist.find_page(LIST, before=page[0].pk)] == ["bad.example"]
        assert await records.blocklist.find_by_pk(page[0].pk) is not None


async def test_what_is_allowed_is_kept_apart_from_entries(database: Database) -> None:
    async with database.unit_of_work() as records:
        for reason in ("a friend", "a museum"):
            await records.blocklist.allow(
                BlocklistAllow(key="good.example", kind="domain", reason=reason, created_at=NOW)
            )
        assert [allow.reason for allow in await records.blocklist.find_allows()] == ["a museum"]
        assert await records.blocklist.disallow("good.example")
        assert not await records.blocklist.disallow("good.example")


async def test_refusals_add_up_by_door_entry_and_subject(database: Database) -> None:
    async def refuse(door: str, times: int) -> None:
        async with database.unit_of_work() as records:
            await records.refusals.count(door, "bad.example", THEO, NOW + timedelta(seconds=times), times)

    async with database.unit_of_work() as records:
        await records.blocklist.add(make_entry("domain", "quiet.example"))
        await records.blocklist.add(make_entry("domain", "bad.example"))
    await asyncio.gather(refuse("inbox", 1), refuse("inbox", 4), refuse("fetch", 2))
    async with database.unit_of_work() as records:
        assert {row.door: row.count for row in await records.refusals.find_for_entry("bad.example")} == {
            "inbox": 5, "fetch": 2,
        }  # fmt: skip
        hits = [(found.entry.key, found.hits) for found in await records.blocklist.find_with_hits(NOW)]
        assert hits == [("bad.example", 7), ("quiet.example", 0)]
        assert len(await records.refusals.find_recent()) == 2
        assert await records.refusals.remove_old(LATER) == 2


async def test_the_moment_of_the_last_hit_is_aware(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.blocklist.add(make_entry("domain", "bad.example"))
        await records.refusals.count("inbox", "bad.example", THEO, NOW)
        (found,) = await records.blocklist.find_with_hits(NOW)
    assert found.last_hit_at == NOW


async def test_how_far_a_subscription_got_is_kept(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.subscriptions.record(Subscription(url=LIST, format="text", action="enforce", etag='"1"'))
        await records.subscriptions.record(Subscription(url=LIST, format="text", action="review", error="empty list"))
        found = await records.subscriptions.find(LIST)
        assert found is not None
        assert (found.action, found.etag, found.error) == ("review", None, "empty list")
        assert len(await records.subscriptions.find_all()) == 1
        assert await records.subscriptions.remove(LIST)
        assert not await records.subscriptions.remove(LIST)


async def test_a_block_counts_in_both_directions(database: Database) -> None:
    mara = make_artist("mara")
    async with database.unit_of_work() as records:
        await records.artists.add(mara)
        assert await records.blocks.add(mara.pk, THEO, "in", NOW)
        assert not await records.blocks.add(mara.pk, THEO, "in", NOW)
        assert await records.blocks.exists_between(mara.pk, THEO)
        assert await records.blocks.find_actors(mara.pk) == {THEO}
        assert await records.blocks.find_actors(mara.pk, "out") == set()
        assert await records.blocks.find_page(mara.pk) == []
        assert not await records.blocks.remove(mara.pk, THEO, "out")
        assert await records.blocks.remove(mara.pk, THEO, "in")
        assert not await records.blocks.exists_between(mara.pk, THEO)


async def test_reports_wait_until_somebody_decides(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.reports.add(Report(pk=1, reporter_actor_id=THEO, target_ids=["https://x/1"], created_at=NOW))
        await records.reports.add(Report(pk=2, reporter_actor_id=THEO, created_at=NOW))
        assert [report.pk for report in await records.reports.find_page()] == [2, 1]
        assert [report.pk for report in await records.reports.find_page(before=2)] == [1]
        assert await records.reports.set_state(1, "resolved")
        assert not await records.reports.set_state(404, "resolved")
        assert (await records.reports.count(), await records.reports.count("resolved")) == (1, 1)
        assert await records.reports.find(404) is None


async def test_a_limit_lets_so_many_through_in_each_window(database: Database) -> None:
    async def sign_in(seconds: int = 0, key: str = "sign-in:mara") -> bool:
        async with database.unit_of_work() as records:
            return await records.rate_limits.hit(key, 60, 3, NOW.replace(second=0) + timedelta(seconds=seconds))

    assert sorted(await asyncio.gather(*(sign_in() for _ in range(5)))) == [False, False, True, True, True]
    assert not await sign_in(59)
    assert await sign_in(60)
    assert await sign_in(59, "sign-in:theo")
    async with database.unit_of_work() as records:
        await records.rate_limits.clear("sign-in:mara")
    assert await sign_in(59)


async def test_windows_of_old_leave_no_rows(database: Database) -> None:
    async with database.unit_of_work() as records:
        for number in range(5):
            await records.rate_limits.hit(f"key {number}", 60, 1, NOW)
        await records.rate_limits.hit("key", 60, 1, NOW + timedelta(days=2))
        assert await records.rate_limits.remove_old(NOW + timedelta(days=2)) == 0
        assert await records.rate_limits.remove_old(NOW + timedelta(days=4)) == 1


async def test_revisions_grow_with_each_change(database: Database) -> None:
    async with database.unit_of_work() as records:
        assert await records.revisions.current("blocklist") == 0
        assert [await records.revisions.bump("blocklist") for _ in range(3)] == [1, 2, 3]
        await records.revisions.bump("artists")
        assert await records.revisions.find_all() == {"artists": 1, "blocklist": 3}
