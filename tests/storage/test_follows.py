"""Followers and following: inboxes for sending, and listings that can be taken back."""

import pytest

from storage.artists import Artist
from storage.database import Database
from storage.remote_actors import Inbox
from storage.whom import AtNetlocs, InDomain, OneOf, Whom
from tests.support.rows import NOW, make_artist, make_follower, make_following, make_remote_actor

THEO = "https://b.example/users/theo"
LENA = "https://c.example:8443/users/lena"
REMI = "https://art.c.example/users/remi"
GONE = "https://d.example/users/gone"
LOCAL = "https://studio.example/users/jun"


async def begin(database: Database, **states: str) -> Artist:
    mara = make_artist("mara")
    async with database.unit_of_work() as records:
        await records.artists.add(mara)
        for actor_id in (THEO, LENA, REMI, GONE):
            await records.remote_actors.record(make_remote_actor(actor_id))
        await records.remote_actors.mark_gone(GONE, NOW)
        for actor_id in (THEO, LENA, REMI, GONE, LOCAL):
            state = states.get(actor_id.rsplit("/", 1)[-1], "accepted")
            await records.followers.record(make_follower(mara.pk, actor_id, state=state))
    return mara


async def test_inboxes_are_those_of_accepted_living_remote_followers(database: Database) -> None:
    mara = await begin(database, lena="pending", remi="suspended")
    async with database.reading() as records:
        assert await records.followers.find_inboxes(mara.pk) == [
            Inbox(THEO, f"{THEO}/inbox", "https://b.example/inbox", "b.example")
        ]


async def test_a_page_follows_the_last_even_while_new_followers_come(database: Database) -> None:
    mara = await begin(database)
    async with database.unit_of_work() as records:
        first = await records.followers.find_page(mara.pk, limit=2)
        await records.followers.record(make_follower(mara.pk, "https://new.example/users/new"))
        second = await records.followers.find_page(mara.pk, before=first[-1].pk, limit=10)
        assert [row.actor_id for row in (*first, *second)] == [LOCAL, GONE, REMI, LENA, THEO]
        assert await records.followers.count(mara.pk) == 6


async def test_following_again_keeps_one_row_with_the_newest_activity(database: Database) -> None:
    mara = await begin(database)
    async with database.unit_of_work() as records:
        before = await records.followers.find(mara.pk, THEO)
        await records.followers.record(make_follower(mara.pk, THEO, state="pending", follow_id="second"))
        after = await records.followers.find_by_follow_id("second")
    assert before is not None
    assert after is not None
    assert (after.pk, after.state) == (before.pk, "pending")


async def test_a_follow_ends_once(database: Database) -> None:
    mara = await begin(database)
    async with database.unit_of_work() as records:
        assert await records.followers.remove(mara.pk, THEO)
        assert not await records.followers.remove(mara.pk, THEO)
        assert not await records.followers.set_state(mara.pk, THEO, "accepted")
        assert await records.followers.remove_actor(LENA) == 1


@pytest.mark.parametrize(
    ("whom", "listed"),
    [
        (InDomain("c.example"), {LENA, REMI}),
        (InDomain("art.c.example"), {REMI}),
        (InDomain("example"), {THEO, LENA, REMI, GONE}),
        (InDomain("other.example"), set()),
        (AtNetlocs(("c.example:8443", "b.example")), {LENA, THEO}),
        (OneOf((THEO, LOCAL)), {THEO, LOCAL}),
    ],
)
async def test_a_listing_suspends_and_its_retraction_brings_back(
    database: Database, whom: Whom, listed: set[str]
) -> None:
    mara = await begin(database)
    async with database.unit_of_work() as records:
        assert {row.actor_id for row in await records.followers.find_among(whom)} == listed
        assert {row.actor_id for row in await records.followers.suspend(whom)} == listed
        assert await records.followers.count(mara.pk) == 5 - len(listed)
        assert await records.followers.suspend(whom) == []
    async with database.unit_of_work() as records:
        assert {row.actor_id for row in await records.followers.resume(whom)} == listed
        assert await records.followers.count(mara.pk) == 5


async def test_a_listing_rejects_what_waits_and_a_retraction_leaves_that(database: Database) -> None:
    await begin(database, theo="pending")
    theo = OneOf((THEO,))
    async with database.unit_of_work() as records:
        assert [row.state for row in await records.followers.reject_pending(theo)] == ["rejected"]
        assert await records.followers.suspend(theo) == []
        assert await records.followers.resume(theo) == []


async def test_both_directions_are_apart(database: Database) -> None:
    mara = await begin(database)
    async with database.unit_of_work() as records:
        await records.following.record(make_following(mara.pk, THEO))
        await records.following.suspend(OneOf((THEO,)))
        assert await records.followers.find_by_actor(THEO) != []
        assert await records.following.find_by_actor(THEO) == []
        assert len(await records.following.find_by_actor(THEO, "suspended")) == 1


async def test_follows_are_counted_by_server(database: Database) -> None:
    await begin(database)
    async with database.reading() as records:
        assert await records.followers.count_by_netloc() == {
            "art.c.example": 1, "b.example": 1, "c.example:8443": 1, "d.example": 1,
        }  # fmt: skip


async def test_a_server_is_known_by_its_accepted_followers(database: Database) -> None:
    mara = await begin(database, theo="pending")
    async with database.reading() as records:
        at = {netloc: await records.followers.has_any_at(mara.pk, netloc) for netloc in ("b.example", "c.example:8443")}
        assert at == {"b.example": False, "c.example:8443": True}
        assert not await records.followers.has_any_at(mara.pk + 1, "c.example:8443")
