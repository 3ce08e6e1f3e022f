"""Stories of listing: what becomes of follows and of what waits to be sent, and how it all comes back."""

from datetime import timedelta
from typing import Any

import pytest

from cara_fed.background import keep_house_once
from cara_fed.blocklist.allow import allow, disallow
from cara_fed.blocklist.diffs import ListDiff
from cara_fed.blocklist.enact import Enacted, enact
from cara_fed.blocklist.entries import EntryKind
from cara_fed.blocklist.formats import ParsedEntry
from cara_fed.blocklist.import_file import apply_import, plan_import
from cara_fed.blocklist.list_entry import EntryDraft, list_entry, retract_entry
from cara_fed.blocklist.previews import Cut, preview
from cara_fed.blocklist.reminding import ENTRY_ENDS
from cara_fed.errors import InvalidInput, NotFound
from storage.deliveries import Delivery
from storage.severances import Severance
from tests.support.fediverse import Fediverse, Instance
from tests.support.rows import make_entry

DOMAIN = EntryDraft("gallery.example", "feeds a model")
LIST = "https://lists.example/a.csv"


def adding(*keys: tuple[str, str]) -> ListDiff:
    return ListDiff(added=tuple(ParsedEntry(EntryKind(kind), key, reason="feeds a model") for kind, key in keys))


async def neighbours(fediverse: Fediverse, *names: str, **sections: Any) -> tuple[Instance, Instance]:
    """A studio where mara draws, and a gallery whose people all follow her, as she follows them."""
    (studio,) = await fediverse.start("studio.example", **sections)
    (gallery,) = await fediverse.start("gallery.example")
    mara = await studio.add_artist("mara")
    for name in names:
        actor = await gallery.add_artist(name)
        await gallery.follow(name, mara)
        await studio.follow("mara", actor)
    await fediverse.settle()
    assert await studio.followers_of("mara") == {gallery.actor(name) for name in names}
    return studio, gallery


async def deliveries_of(instance: Instance, state: str) -> list[Delivery]:
    async with instance.services.database.reading() as records:
        return list(await records.deliveries.find_page(state))


async def severances_of(instance: Instance) -> list[Severance]:
    artist = await instance.artist("mara")
    async with instance.services.database.reading() as records:
        return list(await records.severances.find_page(artist.pk))


async def test_listing_a_domain_suspends_and_retraction_brings_everything_back(fediverse: Fediverse) -> None:
    studio, gallery = await neighbours(fediverse, "theo")
    theo = gallery.actor("theo")

    listed = await list_entry(studio.services, DOMAIN)
    assert listed.enacted == Enacted(suspended=2)
    assert await studio.followers_of("mara", "suspended") == {theo}
    assert await studio.following_of("mara", "suspended") == {theo}
    await studio.publish("mara", "not for the gallery")
    await fediverse.settle()
    assert await gallery.home_of("theo") == []

    retracted = await retract_entry(studio.services, "gallery.example")
    assert retracted.enacted == Enacted(resumed=2)
    assert await studio.followers_of("mara") == {theo}
    assert await studio.following_of("mara") == {theo}
    await studio.publish("mara", "for everybody")
    await fediverse.settle()
    assert [post.content for post in await gallery.home_of("theo")] == ["<p>for everybody</p>"]


async def test_artists_are_told_what_happened_to_their_follows(fediverse: Fediverse) -> None:
    studio, gallery = await neighbours(fediverse, "theo")
    await list_entry(studio.services, DOMAIN)
    await retract_entry(studio.services, "gallery.example")

    told = [(each.side, each.state, each.actor_id, each.entry_key, each.reason) for each in await severances_of(studio)]
    theo = gallery.actor("theo")
    assert sorted(told) == [
        ("follower", "accepted", theo, "", ""),
        ("follower", "suspended", theo, "gallery.example", "feeds a model"),
        ("following", "accepted", theo, "", ""),
        ("following", "suspended", theo, "gallery.example", "feeds a model"),
    ]


async def test_enacting_again_changes_nothing(fediverse: Fediverse) -> None:
    studio, _ = await neighbours(fediverse, "theo", "nina")
    await list_entry(studio.services, DOMAIN)
    assert not await enact(studio.services)
    await list_entry(studio.services, EntryDraft("gallery.example", "feeds two models", policy="drop"))
    assert not await enact(studio.services)
    assert len(await severances_of(studio)) == 4


async def test_what_is_queued_is_cancelled_and_the_reason_kept(fediverse: Fediverse) -> None:
    studio, _ = await neighbours(fediverse, "theo")
    fediverse.network.unplugged.add("gallery.example")
    await studio.publish("mara", "on its way")
    await fediverse.settle()

    listed = await list_entry(studio.services, DOMAIN)
    (cancelled,) = await deliveries_of(studio, "cancelled")
    assert listed.enacted.cancelled == 1
    assert cancelled.last_error == "gallery.example is listed: feeds a model"


async def test_requests_that_wait_are_refused(fediverse: Fediverse) -> None:
    studio, gallery = await fediverse.start("studio.example", "gallery.example")
    mara = await studio.add_artist("mara", manually_approves=True)
    theo = await gallery.add_artist("theo")
    await gallery.follow("theo", mara)
    await fediverse.settle()

    listed = await list_entry(studio.services, EntryDraft(theo, "a bot"))
    assert listed.enacted == Enacted(refused=1)
    assert await studio.followers_of("mara", "rejected") == {theo}


class TestAnActor:
    async def test_alone_on_its_server_is_suspended_and_told_nothing(self, fediverse: Fediverse) -> None:
        studio, gallery = await neighbours(fediverse, "theo")
        theo = gallery.actor("theo")

        listed = await list_entry(studio.services, EntryDraft(theo, "a bot"))
        await studio.publish("mara", "not for a bot")
        await fediverse.settle()

        assert listed.enacted == Enacted(suspended=2)
        assert await studio.followers_of("mara", "suspended") == {theo}
        assert await gallery.home_of("theo") == []
        assert await gallery.following_of("theo") == {studio.actor("mara")}
        assert (await retract_entry(studio.services, theo)).enacted == Enacted(resumed=2)

    async def test_is_rejected_once_where_its_server_receives_for_others(self, fediverse: Fediverse) -> None:
        studio, gallery = await neighbours(fediverse, "theo", "nina")
        theo, nina = gallery.actor("theo"), gallery.actor("nina")

        listed = await list_entry(studio.services, EntryDraft(theo, "a bot"))
        assert listed.enacted.final == (theo,)
        await fediverse.settle()
        assert await gallery.following_of("theo", "rejected") == {studio.actor("mara")}
        assert await studio.followers_of("mara") == {nina}

        await studio.publish("mara", "for nina")
        await fediverse.settle()
        assert len(await gallery.home_of("nina")) == 1
        assert await gallery.home_of("theo") == []

        retracted = await retract_entry(studio.services, theo)
        assert retracted.enacted == Enacted(resumed=1)
        assert await studio.followers_of("mara") == {nina}
        sent = [path for path in fediverse.network.seen("POST", "gallery.example") if path == "/users/theo/inbox"]
        await fediverse.settle()
        assert [p for p in fediverse.network.seen("POST", "gallery.example") if p == "/users/theo/inbox"] == sent

    async def test_what_waits_at_a_shared_inbox_for_it_alone_is_cancelled(self, fediverse: Fediverse) -> None:
        studio, gallery = await neighbours(fediverse, "theo")
        fediverse.network.unplugged.add("gallery.example")
        await studio.publish("mara", "on its way")
        await fediverse.settle()

        listed = await list_entry(studio.services, EntryDraft(gallery.actor("theo"), "a bot"))
        assert listed.enacted.cancelled == 1
        (cancelled,) = await deliveries_of(studio, "cancelled")
        assert cancelled.last_error == f"{gallery.actor('theo')} is listed: a bot"

    async def test_what_waits_there_for_others_too_is_sent(self, fediverse: Fediverse) -> None:
        studio, gallery = await neighbours(fediverse, "theo")
        await gallery.add_artist("nina")
        await studio.publish("mara", "hello @nina@gallery.example", visibility="unlisted")
        listed = await list_entry(studio.services, EntryDraft(gallery.actor("theo"), "a bot"))
        assert listed.enacted.cancelled == 0
        assert len(await deliveries_of(studio, "queued")) == 1


class TestAllow:
    async def test_wins_before_and_after(self, fediverse: Fediverse) -> None:
        studio, gallery = await neighbours(fediverse, "theo")
        await list_entry(studio.services, DOMAIN)
        assert await allow(studio.services, "gallery.example", "a friend") == Enacted(resumed=2)
        listed = await list_entry(studio.services, EntryDraft(gallery.actor("theo"), "a bot"))
        assert (listed.enacted, listed.is_allowed) == (Enacted(), True)
        assert await disallow(studio.services, "gallery.example") == Enacted(suspended=2)

    async def test_nobody_unknown_is_allowed_no_longer(self, fediverse: Fediverse) -> None:
        (studio,) = await fediverse.start("studio.example")
        with pytest.raises(NotFound, match=r"far\.example was not allowed"):
            await disallow(studio.services, "far.example")


async def test_an_entry_that_expires_lets_follows_back_in(fediverse: Fediverse) -> None:
    studio, gallery = await neighbours(fediverse, "theo")
    until = fediverse.time.now + timedelta(days=1)
    await list_entry(studio.services, EntryDraft("gallery.example", "feeds a model", expires_at=until))
    assert await studio.followers_of("mara") == set()

    fediverse.time.pass_by(days=1)
    await fediverse.settle()
    assert await studio.followers_of("mara") == {gallery.actor("theo")}
    async with studio.services.database.reading() as records:
        changes = await records.blocklist_changes.find_after(0, 10)
        assert [(change.change_type, change.comment) for change in changes] == [
            ("recommendation", "feeds a model"),
            ("retraction", "expired"),
        ]
        entry = await records.blocklist.find("domain", "gallery.example")
        assert entry is not None
        assert entry.retracted_at == fediverse.time.now


async def test_a_listing_by_another_process_takes_effect_at_the_next_look(fediverse: Fediverse) -> None:
    studio, gallery = await neighbours(fediverse, "theo")
    async with studio.services.database.unit_of_work() as records:
        await records.blocklist.add(make_entry("domain", "gallery.example", reason="feeds a model"))
        await records.revisions.bump("blocklist")
    await fediverse.settle()
    assert await studio.followers_of("mara", "suspended") == {gallery.actor("theo")}


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (EntryDraft("far.example", " \n"), "Say why"),
        (EntryDraft("far.example", "x", label="rude"), "rude is no label"),
        (EntryDraft("far.example", "x", policy="advisory"), "advisory is no policy"),
        (EntryDraft("far.example", "x", evidence=("javascript:x",)), "no link|not a link"),
        (EntryDraft("far.example", "x", evidence=tuple(f"https://x/{n}" for n in range(21))), "room for 20"),
        (EntryDraft("studio.example", "x"), "this instance itself"),
        (EntryDraft("com", "x"), "single word"),
    ],
)
async def test_what_cannot_be_an_entry_is_refused_in_one_sentence(
    fediverse: Fediverse, draft: EntryDraft, said: str
) -> None:
    (studio,) = await fediverse.start("studio.example")
    with pytest.raises(InvalidInput, match=said):
        await list_entry(studio.services, draft)
    with pytest.raises(InvalidInput, match="expired already"):
        await list_entry(studio.services, EntryDraft("far.example", "x", expires_at=fediverse.time.now))


async def test_only_what_is_listed_here_is_taken_back_here(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    theirs = make_entry("domain", "far.example", source="https://lists.example/a.csv", created_at=fediverse.time.now)
    async with studio.services.database.unit_of_work() as records:
        await records.blocklist.add(theirs)
    with pytest.raises(NotFound, match=r"by https://lists\.example/a\.csv: allow it"):
        await retract_entry(studio.services, "far.example")
    with pytest.raises(NotFound, match="is not listed"):
        await retract_entry(studio.services, "near.example")
    await list_entry(studio.services, EntryDraft("far.example", "ours now"))
    assert (await retract_entry(studio.services, "far.example")).still_listed_by == ("https://lists.example/a.csv",)


async def test_a_preview_counts_whose_follows_would_be_cut(fediverse: Fediverse) -> None:
    studio, gallery = await neighbours(fediverse, "theo", "nina")
    both = adding(("domain", "gallery.example"), ("actor", gallery.actor("theo")))
    assert (await preview(studio.services, LIST, both)).cuts == (Cut("mara", followers=2, following=2),)
    assert (await preview(studio.services, LIST, adding(("domain", "far.example")))).cuts == ()
    await list_entry(studio.services, DOMAIN)
    assert (await preview(studio.services, LIST, both)).cuts == ()


async def test_a_preview_weighs_as_the_list_itself_is_weighed(fediverse: Fediverse) -> None:
    studio, gallery = await neighbours(fediverse, "theo", blocklist={"threshold": 2})
    both = adding(("domain", "gallery.example"), ("actor", gallery.actor("theo")))
    waiting = await preview(studio.services, LIST, both)
    assert (waiting.cuts, len(waiting.waiting), waiting.threshold) == ((), 2, 2)

    other = make_entry("domain", "gallery.example", source="https://other.example/a.csv")
    async with studio.services.database.unit_of_work() as records:
        await records.blocklist.add(other)
    told = await preview(studio.services, LIST, both)
    assert told.cuts == (Cut("mara", followers=1, following=1),)
    assert told.waiting == {("actor", gallery.actor("theo"))}
    await allow(studio.services, "gallery.example")
    assert (await preview(studio.services, LIST, both)).cuts == ()


class TestImport:
    async def test_a_file_is_previewed_then_applied_then_taken_back(self, fediverse: Fediverse) -> None:
        studio, _ = await neighbours(fediverse, "theo")
        body = b"gallery.example # answer-engine: reads everything\nfar.example\nap.invalid\n"
        plan = await plan_import(studio.services, "mine.txt", body, "text")
        assert [entry.key for entry in plan.diff.added] == ["gallery.example", "far.example"]
        assert (plan.source, plan.problem_count, plan.cuts) == ("file:mine.txt", 1, (Cut("mara", 1, 1),))
        assert await studio.followers_of("mara", "suspended") == set()

        assert await apply_import(studio.services, plan) == Enacted(suspended=2)
        again = await plan_import(studio.services, "mine.txt", b"far.example\n", "text")
        assert again.diff.retracted == (("domain", "gallery.example"),)
        assert await apply_import(studio.services, again) == Enacted(resumed=2)
        await retract_entry(studio.services, "far.example")
        assert studio.services.blocklist.find("far.example") is None

    async def test_what_is_imported_as_ours_is_published(self, fediverse: Fediverse) -> None:
        (studio,) = await fediverse.start("studio.example")
        plan = await plan_import(studio.services, "mine.txt", b"far.example\nnear.example\n", "text", ours=True)
        await apply_import(studio.services, plan)
        async with studio.services.database.reading() as records:
            published = await records.blocklist_changes.find_after(0, 10)
            assert [change.key for change in published] == ["far.example", "near.example"]
            assert {entry.source for entry in await records.blocklist.find_active(fediverse.time.now)} == {"local"}


async def test_those_who_run_the_site_are_reminded_once_before_an_entry_ends(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("ada", role="admin")
    await studio.add_artist("mara")
    until = fediverse.time.now + timedelta(days=30)
    await list_entry(studio.services, EntryDraft("far.example", "feeds a model", expires_at=until))

    async def reminded(name: str) -> list[str]:
        await keep_house_once(studio.services)
        artist = await studio.artist(name)
        async with studio.services.database.reading() as records:
            return [row.object_id for row in await records.notifications.find_page(artist.pk) if row.kind == ENTRY_ENDS]

    assert await reminded("ada") == []
    fediverse.time.now += timedelta(days=17)
    for _ in range(2):
        assert await reminded("ada") == [f"far.example · {until:%Y-%m-%d}"]
    assert await reminded("mara") == []
    later = until + timedelta(hours=20)
    await list_entry(studio.services, EntryDraft("far.example", "still does", expires_at=later))
    assert len(await reminded("ada")) == 2
