"""What the blocklist exchanges and does: changes in order, follows and deliveries as a whole, lists held, appeals."""

import asyncio
from datetime import timedelta

from storage.appeals import Appeal
from storage.blocklist import EntryRow
from storage.blocklist_changes import BlocklistChange
from storage.database import Database
from storage.enforcement import FAREWELL, Address, KnownAs
from storage.follows import Follower
from storage.held_lists import HeldList
from storage.severances import Severance
from storage.subscribed_changes import ChangeOf
from tests.support.rows import (
    NOW,
    PKS,
    make_artist,
    make_entry,
    make_follower,
    make_outbox_activity,
    make_remote_actor,
    make_target,
)

LIST = "https://lists.example/scrapers.csv"
BOT, THEO = "https://bad.example/users/bot", "https://b.example/users/theo"


def change(key: str, change_type: str = "recommendation", pk: int = 5) -> BlocklistChange:
    return BlocklistChange(pk=pk, change_type=change_type, kind="domain", key=key, published_at=NOW)


async def test_changes_are_numbered_one_after_another_whoever_writes(database: Database) -> None:
    async def publish(key: str) -> None:
        async with database.unit_of_work() as records:
            await records.blocklist_changes.append(change(key), change(key, "retraction"))

    await asyncio.gather(*(publish(f"{number}.example") for number in range(4)))
    async with database.reading() as records:
        found = await records.blocklist_changes.find_after(0, 100)
        assert [row.pk for row in found] == list(range(5, 13))
        assert [row.pk for row in await records.blocklist_changes.find_after(10, 1)] == [11]
        assert await records.blocklist_changes.count() == 8


async def test_the_last_change_about_each_stands_and_a_buried_one_is_empty(database: Database) -> None:
    async with database.unit_of_work() as records:
        first, second = change("a.example"), change("b.example")
        await records.blocklist_changes.append(first, second, change("a.example", "retraction"))
        standing = await records.blocklist_changes.find_standing()
        assert [(row.key, row.change_type) for row in standing] == [
            ("b.example", "recommendation"),
            ("a.example", "retraction"),
        ]
        assert await records.blocklist_changes.bury([second.pk])
        assert not await records.blocklist_changes.bury([404])
    async with database.reading() as records:
        buried = await records.blocklist_changes.find(second.pk)
        assert buried is not None
        assert (buried.change_type, buried.key, buried.comment) == ("tombstone", "", "")
        assert [row.key for row in await records.blocklist_changes.find_standing()] == ["a.example"]


async def test_thousands_of_entries_are_added_changed_and_read_as_values(database: Database) -> None:
    rows = [
        EntryRow(next(PKS), "domain", f"h{n}.example", "alias", "reject", "x", ["y"], LIST, "", None, NOW, None)
        for n in range(3000)
    ]
    changed = [row._replace(reason="z", pk=next(PKS)) for row in rows]
    for batch in (rows, changed):
        async with database.unit_of_work() as records:
            await records.blocklist.add_many(batch)
    async with database.reading() as records:
        found = sorted(await records.blocklist.find_rows(NOW, LIST), key=lambda row: row.pk)
        assert found == [row._replace(reason="z") for row in rows]
        assert len(await records.blocklist.find_listed(NOW)) == 3000


async def test_what_expired_is_found_until_it_is_retracted(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.blocklist.add(make_entry("domain", "old.example", expires_at=NOW))
        await records.blocklist.add(make_entry("domain", "theirs.example", expires_at=NOW, source=LIST))
        await records.blocklist.add(make_entry("domain", "new.example", expires_at=NOW + timedelta(days=1)))
        assert [row.key for row in await records.blocklist.find_expired(NOW)] == ["old.example"]
        await records.blocklist.retract("domain", "old.example", "local", NOW)
        assert list(await records.blocklist.find_expired(NOW)) == []


async def test_follows_come_with_what_their_actors_can_be_listed_by(database: Database) -> None:
    mara = make_artist("mara")
    bot, unknown = make_follower(mara.pk, BOT), make_follower(mara.pk, THEO, state="pending")
    async with database.unit_of_work() as records:
        await records.artists.add(mara)
        await records.remote_actors.record(make_remote_actor(BOT, shared_inbox="https://bad.example/inbox"))
        for row in (bot, unknown):
            await records.followers.record(row)
        found = {row.actor_id: row for row in await records.enforcement.find_follows(Follower, ("accepted", "pending"))}
        assert (found[BOT].netloc, found[BOT].shared_inbox) == ("bad.example", "https://bad.example/inbox")
        assert (found[THEO].netloc, found[THEO].inbox, found[THEO].state) == (None, None, "pending")
        changed = await records.enforcement.set_states(Follower, [bot.pk, unknown.pk], ("accepted",), "suspended")
        assert changed == {bot.pk}
        await records.severances.add_many(
            [Severance(pk=1, artist_pk=mara.pk, side="follower", actor_id=BOT, state="suspended", made_at=NOW)]
        )
        assert [row.actor_id for row in await records.severances.find_page(mara.pk)] == [BOT]
        assert await records.severances.find_page(mara.pk, before=1) == []


async def test_deliveries_are_cancelled_by_address_but_for_farewells_and_leases(database: Database) -> None:
    mara = make_artist("mara")
    create, farewell = make_outbox_activity(mara.pk), make_outbox_activity(mara.pk, audience=FAREWELL)
    target = make_target("bad.example", receiver_actor_id=BOT)
    address = Address(target.inbox, "bad.example", BOT)
    async with database.unit_of_work() as records:
        await records.artists.add(mara)
        for activity in (create, farewell):
            await records.outbox_log.add(activity)
        await records.deliveries.enqueue_many(create.pk, [target, make_target("bad.example")], NOW)
        await records.deliveries.enqueue_many(farewell.pk, [make_target("bad.example", receiver_actor_id=BOT)], NOW)
        assert set(await records.enforcement.find_addresses()) == {address, Address(target.inbox, "bad.example", None)}
        assert {row.pk for row in await records.enforcement.find_waiting(address, mara.pk)} == {create.pk, farewell.pk}
        assert await records.enforcement.cancel(address, NOW, "listed", outbox_pks=[farewell.pk + 1]) == 0
        assert await records.enforcement.cancel(address, NOW, "listed", but_audience=FAREWELL) == 1
        claimed = await records.deliveries.claim(NOW, 60, 10, 10)
        assert len(claimed) == 2
        assert await records.enforcement.cancel(address, NOW, "listed") == 0
        assert await records.enforcement.cancel(address, NOW + timedelta(seconds=61), "listed") == 1
        cancelled = await records.deliveries.find_page("cancelled")
        assert {row.last_error for row in cancelled} == {"listed"}


async def test_other_names_are_found_where_there_are_any(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.remote_actors.record(make_remote_actor(THEO))
        await records.remote_actors.record(make_remote_actor(BOT, also_known_as=[THEO], moved_to="https://c.example/c"))
        moved = make_remote_actor("https://d.example/d", moved_to=BOT)
        await records.remote_actors.record(moved)
        names = set(await records.enforcement.find_other_names())
    assert names == {KnownAs(BOT, (THEO, "https://c.example/c")), KnownAs(moved.actor_id, (BOT,))}


async def test_changes_of_feeds_are_remembered_by_source(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.subscribed_changes.add_many(LIST, [ChangeOf("c1", "domain", "a.example")])
        await records.subscribed_changes.add_many(LIST, [ChangeOf("c1", "domain", "b.example")])
        await records.subscribed_changes.add_many("https://other.example", [ChangeOf("c2", "domain", "c.example")])
        found = await records.subscribed_changes.find_many(LIST, ["c1", "c2"])
        assert {id: row.key for id, row in found.items()} == {"c1": "b.example"}
        assert await records.subscribed_changes.remove_source(LIST) == 1


async def test_a_held_list_waits_until_it_is_dismissed_or_removed(database: Database) -> None:
    held = HeldList(url=LIST, digest="d", body=b"x", added=1, held_at=NOW)
    async with database.unit_of_work() as records:
        await records.held_lists.hold(held)
        assert [row.url for row in await records.held_lists.find_waiting()] == [LIST]
        await records.held_lists.hold(HeldList(url=LIST, digest="e", body=b"y", held_at=NOW, dismissed_at=NOW))
        assert await records.held_lists.find_waiting() == []
        found = await records.held_lists.find(LIST)
        assert found is not None
        assert (found.digest, found.body) == ("e", b"y")
        assert await records.held_lists.remove(LIST)
        assert not await records.held_lists.remove(LIST)


async def test_an_appeal_is_answered_once(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.appeals.add(
            Appeal(
                pk=1,
                entry_kind="domain",
                entry_key="a.example",
                content="no",
                activity_id="https://x/1",
                created_at=NOW,
            )
        )
        assert await records.appeals.count_open() == 1
        assert (await records.appeals.find_by_activity("https://x/1")) is not None
        assert await records.appeals.answer(1, "refused", "it is so", NOW)
        assert not await records.appeals.answer(1, "granted", "or not", NOW)
        assert await records.appeals.find_page() == []
        assert [row.pk for row in await records.appeals.find_page("refused")] == [1]
        assert [row.pk for row in await records.appeals.find_for_entry("domain", "a.example")] == [1]
