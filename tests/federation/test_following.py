"""Stories of following: asked, answered, approved, refused, ended."""

import pytest

from cara_fed.blocklist.doors import Door
from cara_fed.publishing.answer_follower import accept_follower, reject_follower
from cara_fed.publishing.unfollow_actor import unfollow_actor
from tests.support.fediverse import Fediverse, Instance, handle_of
from tests.support.strangers import Json, Stranger


async def test_a_follow_is_accepted_at_once(fediverse: Fediverse) -> None:
    studio, gallery = await fediverse.start("studio.example", "gallery.example")
    mara, theo = await studio.add_artist("mara"), await gallery.add_artist("theo")

    await gallery.follow("theo", handle_of(mara))
    assert await gallery.following_of("theo", "pending") == {mara}
    await fediverse.settle()

    assert await studio.followers_of("mara") == {theo}
    assert await gallery.following_of("theo") == {mara}


async def test_an_artist_who_approves_is_asked_first(fediverse: Fediverse) -> None:
    studio, gallery = await fediverse.start("studio.example", "gallery.example")
    mara, theo = await studio.add_artist("mara", manually_approves=True), await gallery.add_artist("theo")

    await gallery.follow("theo", mara)
    await fediverse.settle()
    assert await studio.followers_of("mara", "pending") == {theo}
    assert await gallery.following_of("theo") == set()

    await accept_follower(studio.services, await studio.artist("mara"), theo)
    await fediverse.settle()
    assert await gallery.following_of("theo") == {mara}


async def test_a_refused_follow_ends(fediverse: Fediverse) -> None:
    studio, gallery = await fediverse.start("studio.example", "gallery.example")
    mara, theo = await studio.add_artist("mara", manually_approves=True), await gallery.add_artist("theo")

    await gallery.follow("theo", mara)
    await fediverse.settle()
    await reject_follower(studio.services, await studio.artist("mara"), theo)
    await fediverse.settle()

    assert await studio.followers_of("mara", "pending") == set()
    assert await gallery.following_of("theo", "rejected") == {mara}


async def test_an_unfollow_arrives(fediverse: Fediverse) -> None:
    studio, gallery = await fediverse.start("studio.example", "gallery.example")
    mara, theo = await studio.add_artist("mara"), await gallery.add_artist("theo")
    await gallery.follow("theo", mara)
    await fediverse.settle()
    assert await studio.followers_of("mara") == {theo}

    await unfollow_actor(gallery.services, await gallery.artist("theo"), mara)
    await fediverse.settle()
    assert await studio.followers_of("mara") == set()


async def test_neighbours_follow_each_other(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    mara, nilo = await studio.add_artist("mara"), await studio.add_artist("nilo")

    await studio.follow("nilo", handle_of(mara))
    await fediverse.settle()

    assert await studio.followers_of("mara") == {nilo}
    assert await studio.following_of("nilo") == {mara}
    assert fediverse.network.exchanges == []


@pytest.fixture
def eve(fediverse: Fediverse) -> Stranger:
    return fediverse.stranger("far.example")


def follow_of(eve: Stranger, studio: Instance, number: int = 1) -> Json:
    return eve.activity("Follow", studio.actor("mara"), number)


async def deliver(fediverse: Fediverse, studio: Instance, eve: Stranger, *activities: Json) -> None:
    """Send each and let it take effect."""
    for activity in activities:
        response = await eve.post(studio.shared_inbox, activity)
        assert response.status_code == 202, response.text
        await fediverse.settle()


async def test_a_follow_that_comes_again_is_answered_again(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    await deliver(fediverse, studio, eve, follow_of(eve, studio, 1), follow_of(eve, studio, 2))

    answers = eve.documents_received()
    assert [answer["type"] for answer in answers] == ["Accept", "Accept"]
    assert answers[1]["object"]["id"] == follow_of(eve, studio, 2)["id"]
    assert await studio.followers_of("mara") == {eve.actor}


@pytest.mark.parametrize("form", ["embedded", "named", "of an old follow"])
async def test_an_undo_in_any_form(fediverse: Fediverse, studio: Instance, eve: Stranger, form: str) -> None:
    follow = follow_of(eve, studio)
    undone = {"embedded": follow, "named": follow["id"], "of an old follow": {**follow, "id": f"{eve.actor}#old"}}
    await deliver(fediverse, studio, eve, follow)
    assert await studio.followers_of("mara") == {eve.actor}

    await deliver(fediverse, studio, eve, eve.activity("Undo", undone[form]))
    assert await studio.followers_of("mara") == set()


async def test_nobody_undoes_for_another(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    bob = fediverse.stranger("near.example", "bob")
    await deliver(fediverse, studio, eve, follow_of(eve, studio))

    for undone in (follow_of(eve, studio), follow_of(eve, studio)["id"]):
        await bob.post(studio.shared_inbox, bob.activity("Undo", undone, number=len(str(undone))))
        await fediverse.settle()
    assert await studio.followers_of("mara") == {eve.actor}


@pytest.mark.parametrize("form", ["embedded", "named", "with an id of their own"])
@pytest.mark.parametrize(("answer", "state"), [("Accept", "accepted"), ("Reject", "rejected")])
async def test_an_answer_in_any_form(
    fediverse: Fediverse, studio: Instance, eve: Stranger, form: str, answer: str, state: str
) -> None:
    await studio.follow("mara", eve.actor)
    await fediverse.settle()
    (follow,) = eve.documents_received()
    answered = {
        "embedded": follow,
        "named": follow["id"],
        "with an id of their own": {**follow, "id": f"{eve.base}/f/1"},
    }

    await deliver(fediverse, studio, eve, eve.activity(answer, answered[form]))
    assert await studio.following_of("mara", state) == {eve.actor}


async def test_nobody_accepts_for_another(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    bob = fediverse.stranger("near.example", "bob")
    await studio.follow("mara", eve.actor)
    await fediverse.settle()
    (follow,) = eve.documents_received()

    await deliver(fediverse, studio, bob, bob.activity("Accept", follow), bob.activity("Accept", follow["id"], 2))
    assert await studio.following_of("mara") == set()
    assert await studio.following_of("mara", "pending") == {eve.actor}


async def test_a_block_ends_both_follows_and_keeps_new_ones_out(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    await deliver(fediverse, studio, eve, follow_of(eve, studio))
    await studio.follow("mara", eve.actor)
    await fediverse.settle()

    block = eve.activity("Block", studio.actor("mara"))
    await deliver(fediverse, studio, eve, block)
    assert await studio.followers_of("mara") == set()
    assert await studio.following_of("mara", "pending") == set()

    await deliver(fediverse, studio, eve, eve.activity("Undo", block))
    mara = await studio.artist("mara")
    async with studio.services.database.reading() as records:
        assert not await records.blocks.exists_between(mara.pk, eve.actor)


async def test_whom_the_artist_blocks_is_rejected(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    mara = await studio.artist("mara")
    async with studio.services.database.unit_of_work() as records:
        await records.blocks.add(mara.pk, eve.actor, "out", fediverse.time.now)

    await deliver(fediverse, studio, eve, follow_of(eve, studio))
    assert [answer["type"] for answer in eve.documents_received()] == ["Reject"]
    assert await studio.followers_of("mara") == set()


async def test_who_is_listed_before_the_follow_is_handled_gets_nothing(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    assert (await eve.post(studio.shared_inbox, follow_of(eve, studio))).status_code == 202
    await studio.list_entry("far.example")
    await fediverse.settle()

    assert await studio.followers_of("mara") == set()
    assert eve.received == []
    assert (Door.FOLLOW, eve.actor) in await studio.refusals()


@pytest.mark.parametrize("target", ["nobody", "mara/followers"])
async def test_a_follow_of_nobody_has_no_effect(
    fediverse: Fediverse, studio: Instance, eve: Stranger, target: str
) -> None:
    await deliver(fediverse, studio, eve, eve.activity("Follow", f"{studio.base}/users/{target}"))
    assert await studio.inbox_states() == {"ignored": 1}
    assert eve.received == []


async def test_a_move_is_followed_where_the_new_home_names_the_old(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    new = fediverse.stranger("new.example", "eve")
    await studio.follow("mara", eve.actor)
    await fediverse.settle()
    await deliver(fediverse, studio, eve, eve.activity("Accept", eve.documents_received()[0]))

    move = eve.activity("Move", eve.actor, target=new.actor)
    await deliver(fediverse, studio, eve, move)
    assert await studio.following_of("mara") == {eve.actor}

    new.serve("/users/eve", new.actor_document(alsoKnownAs=[eve.actor]))
    await deliver(fediverse, studio, eve, {**move, "id": f"{eve.actor}/moves/2"})
    assert await studio.following_of("mara") == set()
    assert await studio.following_of("mara", "pending") == {new.actor}
    assert [document["type"] for document in new.documents_received()] == ["Follow"]
    assert eve.documents_received()[-1]["type"] == "Undo"
