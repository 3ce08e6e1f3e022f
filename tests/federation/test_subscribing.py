"""Stories of two instances, one of which subscribes to the other's dataset: listed, changed, retracted, buried."""

from collections.abc import Sequence
from typing import Any

import pytest

from cara_fed.blocklist.bury import bury_entry
from cara_fed.blocklist.holding import apply_held, dismiss_held, find_held
from cara_fed.blocklist.list_entry import EntryDraft, list_entry, retract_entry
from cara_fed.blocklist.previews import Cut
from cara_fed.blocklist.subscribe import preview_list, refresh_all, refresh_due
from cara_fed.blocklist.subscriptions import Refreshed
from cara_fed.errors import InvalidInput, NotFound
from storage.blocklist import BlocklistEntry
from storage.blocklist_changes import BlocklistChange
from tests.support.fediverse import Fediverse, Instance
from tests.support.rows import make_entry

PUBLISHER = "https://lists.example"


async def start(fediverse: Fediverse, **choices: Any) -> tuple[Instance, Instance]:
    """A publisher, and a reader who subscribes to it by the address of its server alone."""
    (publisher,) = await fediverse.start("lists.example")
    subscription = {"url": PUBLISHER, "format": "fires", **choices}
    (reader,) = await fediverse.start("studio.example", blocklist={"subscriptions": [subscription]})
    return publisher, reader


async def refresh(reader: Instance, *, may_shrink: bool = False) -> Refreshed:
    (refreshed,) = await refresh_all(reader.services, may_shrink=may_shrink)
    return refreshed


async def entries_of(reader: Instance) -> Sequence[BlocklistEntry]:
    async with reader.services.database.reading() as records:
        return await records.blocklist.find_active(reader.time.now)


async def keys_of(reader: Instance) -> set[str]:
    return {entry.key for entry in await entries_of(reader)}


async def test_an_entry_arrives_with_all_that_is_said_of_it(fediverse: Fediverse) -> None:
    publisher, reader = await start(fediverse)
    await list_entry(
        publisher.services,
        EntryDraft("far.example", "sells posts", "answer-engine", "drop", ("https://x.example/log",)),
    )
    refreshed = await refresh(reader)
    assert (refreshed.error, refreshed.applied, refreshed.problem_count) == ("", True, 0)
    (entry,) = await entries_of(reader)
    assert (entry.key, entry.policy, entry.label, entry.reason, entry.evidence, entry.source, entry.author) == (
        "far.example",
        "drop",
        "answer-engine",
        "sells posts",
        ["https://x.example/log"],
        PUBLISHER,
        f"{PUBLISHER}/actor",
    )
    assert entry.change_id is not None
    assert reader.services.blocklist.find("far.example") is not None


async def test_changes_and_retractions_follow_from_the_cursor(fediverse: Fediverse) -> None:
    publisher, reader = await start(fediverse)
    await list_entry(publisher.services, EntryDraft("far.example", "sells posts"))
    await list_entry(publisher.services, EntryDraft("near.example", "trains a model"))
    await refresh(reader)
    fediverse.network.exchanges.clear()
    assert (await refresh(reader)).diff is None
    assert len(fediverse.network.exchanges) == 1

    await retract_entry(publisher.services, "far.example", "it ended")
    await list_entry(publisher.services, EntryDraft("near.example", "trains two models", policy="filter"))
    refreshed = await refresh(reader)
    assert refreshed.diff is not None
    assert refreshed.diff.retracted == (("domain", "far.example"),)
    assert [entry.reason for entry in refreshed.diff.changed] == ["trains two models"]
    assert {(entry.key, entry.policy) for entry in await entries_of(reader)} == {("near.example", "filter")}

    await retract_entry(publisher.services, "near.example")
    assert (await refresh(reader)).error == ""
    assert await keys_of(reader) == set()


async def test_a_retraction_undoes_only_what_this_dataset_added(fediverse: Fediverse) -> None:
    publisher, reader = await start(fediverse)
    await list_entry(publisher.services, EntryDraft("far.example", "sells posts"))
    await list_entry(reader.services, EntryDraft("far.example", "we saw it too"))
    async with reader.services.database.unit_of_work() as records:
        await records.blocklist.add(make_entry("domain", "far.example", source="https://other.example/a.csv"))
    await refresh(reader)
    await retract_entry(publisher.services, "far.example")
    await refresh(reader)
    assert {entry.source for entry in await entries_of(reader)} == {"local", "https://other.example/a.csv"}


async def test_a_tombstone_undoes_its_own_change_alone(fediverse: Fediverse) -> None:
    publisher, reader = await start(fediverse)
    for name in ("far", "near"):
        await list_entry(publisher.services, EntryDraft(f"{name}.example", "first"))
    await list_entry(publisher.services, EntryDraft("near.example", "second"))
    await refresh(reader)
    base = publisher.services.site.base
    feed = [entry.change_id for entry in sorted(await entries_of(reader), key=lambda entry: entry.key)]
    async with publisher.services.database.unit_of_work() as records:
        changes = await records.blocklist_changes.find_after(0, 10)
    assert len(changes) == 3
    # The feed tells of tombstones by the changes' own ids, later in the order.
    tombstones = [{"id": change_id, "type": "Tombstone"} for change_id in (feed[0], f"{base}/unheard-of")]
    page = {"type": "OrderedCollectionPage", "next": f"{base}/feed/end", "orderedItems": tombstones}
    stranger = fediverse.stranger("lists.example")
    async with reader.services.database.unit_of_work() as records:
        state = await records.subscriptions.find(PUBLISHER)
        assert state is not None
        state.cursor = f"{base}/feed"
        await records.subscriptions.record(state)
    stranger.serve("/feed", page, type_="application/json")
    stranger.serve("/feed/end", {**page, "orderedItems": []}, type_="application/json")
    await refresh(reader)
    assert await keys_of(reader) == {"near.example"}


async def test_many_retractions_at_once_are_held_until_somebody_believes_them(fediverse: Fediverse) -> None:
    publisher, reader = await start(fediverse)
    names = [f"h{number}.example" for number in range(12)]
    for name in names:
        await list_entry(publisher.services, EntryDraft(name, "sells posts"))
    await refresh(reader)
    for name in names[:10]:
        await retract_entry(publisher.services, name)
    assert "shrank from 12 to 2" in (await refresh(reader)).error
    assert await keys_of(reader) == set(names)
    assert (await refresh(reader, may_shrink=True)).error == ""
    assert await keys_of(reader) == set(names[10:])


async def test_a_long_feed_is_read_page_by_page(fediverse: Fediverse) -> None:
    publisher, reader = await start(fediverse)
    now, pk = fediverse.time.now, publisher.services.clock.new_pk()
    rows = [
        BlocklistChange(pk=pk, kind="domain", key=f"h{n}.example", policy="reject", published_at=now)
        for n in range(250)
    ]
    async with publisher.services.database.unit_of_work() as records:
        await records.blocklist_changes.append(*rows)
    await refresh(reader)
    assert len(await keys_of(reader)) == 250


async def test_what_is_excluded_is_never_taken(fediverse: Fediverse) -> None:
    publisher, reader = await start(fediverse, excludes=["friends.example"])
    for entry in ("friends.example", "a.friends.example", "https://friends.example/users/x", "far.example"):
        await list_entry(publisher.services, EntryDraft(entry, "sells posts"))
    await refresh(reader)
    assert await keys_of(reader) == {"far.example"}


async def test_a_feed_that_fails_halfway_changes_nothing(fediverse: Fediverse) -> None:
    publisher, reader = await start(fediverse)
    await list_entry(publisher.services, EntryDraft("far.example", "sells posts"))
    await refresh(reader)
    fediverse.network.unplugged.add("lists.example")
    assert (await refresh(reader)).error
    assert await keys_of(reader) == {"far.example"}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"type": "Collection", "items": [{"id": "a"}, {"id": "b"}]}, "2 datasets, and one has to be named: a, b"),
        ({"type": "Dataset", "endpoints": {"changes": "https://elsewhere.example/changes"}}, "names another server"),
        ({"type": "OrderedCollection", "first": "https://elsewhere.example/changes"}, "names another server"),
        ({"type": "Dataset", "endpoints": {}}, "names another server"),
    ],
)
async def test_what_is_no_dataset_is_refused(fediverse: Fediverse, document: dict[str, Any], said: str) -> None:
    (reader,) = await fediverse.start(
        "studio.example", blocklist={"subscriptions": [{"url": f"{PUBLISHER}/data", "format": "fires"}]}
    )
    fediverse.stranger("lists.example").serve("/data", document, type_="application/ld+json")
    assert said in (await refresh(reader)).error


async def test_an_instance_that_had_read_on_hears_of_a_burial(fediverse: Fediverse) -> None:
    publisher, reader = await start(fediverse)
    await list_entry(publisher.services, EntryDraft("far.example", "names a person by mistake"))
    await list_entry(publisher.services, EntryDraft("near.example", "sells posts"))
    await refresh(reader)
    assert await keys_of(reader) == {"far.example", "near.example"}
    await retract_entry(publisher.services, "far.example")
    await bury_entry(publisher.services, "far.example")
    await refresh(reader)
    assert await keys_of(reader) == {"near.example"}


class TestReview:
    async def test_a_list_is_held_until_it_is_applied(self, fediverse: Fediverse) -> None:
        publisher, reader = await start(fediverse, action="review")
        mara, theo = await reader.add_artist("mara"), await publisher.add_artist("theo")
        await publisher.follow("theo", mara)
        await fediverse.settle()
        far = fediverse.stranger("far.example")
        await far.post(reader.shared_inbox, far.activity("Follow", mara))
        await fediverse.settle()
        await list_entry(publisher.services, EntryDraft("far.example", "sells posts", "answer-engine"))

        refreshed = await refresh(reader)
        assert (refreshed.applied, refreshed.diff is not None and len(refreshed.diff.added)) == (False, 1)
        assert await keys_of(reader) == set()
        (held,) = await find_held(reader.services)
        assert (held.url, [entry.key for entry in held.diff.added]) == (PUBLISHER, ["far.example"])
        assert held.preview.cuts == (Cut("mara", followers=1),)

        enacted = await apply_held(reader.services, PUBLISHER)
        assert enacted.suspended == 1
        (entry,) = await entries_of(reader)
        assert (entry.label, entry.source) == ("answer-engine", PUBLISHER)
        assert await reader.followers_of("mara") == {theo}
        assert await find_held(reader.services) == []
        assert (await refresh(reader)).diff is None

    async def test_what_was_dismissed_is_not_shown_again_until_it_changes(self, fediverse: Fediverse) -> None:
        publisher, reader = await start(fediverse, action="review")
        await list_entry(publisher.services, EntryDraft("far.example", "sells posts"))
        await refresh(reader)
        await dismiss_held(reader.services, PUBLISHER)
        await refresh(reader)
        assert await find_held(reader.services) == []
        with pytest.raises(NotFound, match="waits to be reviewed"):
            await apply_held(reader.services, PUBLISHER)
        await list_entry(publisher.services, EntryDraft("near.example", "sells posts"))
        await refresh(reader)
        (held,) = await find_held(reader.services)
        assert len(held.diff.added) == 2


async def test_a_threshold_adopts_what_enough_lists_have(fediverse: Fediverse) -> None:
    one, other = await fediverse.start("one.example", "other.example")
    subscriptions = [{"url": f"{publisher.base}/datasets", "format": "fires"} for publisher in (one, other)]
    (reader,) = await fediverse.start("studio.example", blocklist={"threshold": 2, "subscriptions": subscriptions})
    for publisher in (one, other):
        await list_entry(publisher.services, EntryDraft("both.example", "sells posts"))
    await list_entry(one.services, EntryDraft("single.example", "sells posts"))
    await list_entry(reader.services, EntryDraft("ours.example", "sells posts"))
    assert [refreshed.error for refreshed in await refresh_due(reader.services)] == ["", ""]
    listed = {
        name: reader.services.blocklist.find(f"{name}.example") is not None for name in ("both", "single", "ours")
    }
    assert listed == {"both": True, "single": False, "ours": True}


async def test_the_higher_priority_holds_where_lists_differ(fediverse: Fediverse) -> None:
    mild, strict = await fediverse.start("mild.example", "strict.example")
    subscriptions = [
        {"url": mild.base, "format": "fires", "priority": 10},
        {"url": strict.base, "format": "fires"},
    ]
    (reader,) = await fediverse.start("studio.example", blocklist={"subscriptions": subscriptions})
    await list_entry(mild.services, EntryDraft("far.example", "crawls", policy="filter"))
    await list_entry(strict.services, EntryDraft("far.example", "crawls", policy="reject"))
    await refresh_due(reader.services)
    assert reader.services.blocklist.find_refusing("far.example") is None
    await list_entry(reader.services, EntryDraft("far.example", "enough of it"))
    assert reader.services.blocklist.find_refusing("far.example") is not None


async def test_a_preview_of_any_list_needs_its_format(fediverse: Fediverse) -> None:
    (reader,) = await fediverse.start("studio.example")
    lists = fediverse.stranger("lists.example")
    lists.serve("/a.txt", b"far.example # sells posts\n", type_="text/plain")
    refreshed, preview = await preview_list(reader.services, f"{PUBLISHER}/a.txt", "text")
    assert refreshed.diff is not None
    assert [entry.key for entry in refreshed.diff.added] == ["far.example"]
    assert preview.cuts == ()
    with pytest.raises(InvalidInput, match="--format"):
        await preview_list(reader.services, f"{PUBLISHER}/a.txt")
    assert await keys_of(reader) == set()
