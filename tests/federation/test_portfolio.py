"""Stories of what stands first on a profile elsewhere, and of the collections beside a post."""

import pytest

from cara_fed.errors import InvalidInput, NotFound
from cara_fed.publishing.arrange_portfolio import MAX_PORTFOLIO, add_to_portfolio, move_in_portfolio
from cara_fed.publishing.delete_post import delete_post
from cara_fed.publishing.ordering import Move, Step, move
from storage.posts import Post
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.strangers import Stranger


async def choose(studio: Instance, *posts: Post) -> None:
    for post in posts:
        await add_to_portfolio(studio.services, await studio.artist("mara"), post.pk)


async def featured(studio: Instance, eve: Stranger) -> list[str]:
    collection = (await eve.get(f"{studio.actor('mara')}/featured")).json()
    assert collection["totalItems"] == len(collection["orderedItems"])
    return list(collection["orderedItems"])


async def test_the_portfolio_stands_in_the_artists_order(studio: Instance, eve: Stranger) -> None:
    works = [await studio.publish("mara", f"hill {n}", picture()) for n in range(3)]
    assert await featured(studio, eve) == [post.object_id for post in reversed(works)]

    await choose(studio, works[0], works[2])
    assert await featured(studio, eve) == [works[0].object_id, works[2].object_id]
    await move_in_portfolio(studio.services, await studio.artist("mara"), Move(works[2].pk, Step.EARLIER))
    assert await featured(studio, eve) == [works[2].object_id, works[0].object_id]
    await delete_post(studio.services, await studio.artist("mara"), works[2].pk)
    assert await featured(studio, eve) == [works[0].object_id]


async def test_who_shows_last_what_comes_first_reads_the_portfolio_backwards(studio: Instance, eve: Stranger) -> None:
    """Mastodon reads `first` where there is one, and pins one after the other: the last stands on top."""
    works = [await studio.publish("mara", f"hill {n}") for n in range(3)]
    await choose(studio, *works)
    collection = (await eve.get(f"{studio.actor('mara')}/featured")).json()
    ids = [post.object_id for post in works]
    assert collection["orderedItems"] == ids
    assert collection["first"]["type"] == "OrderedCollectionPage"
    assert collection["first"]["orderedItems"] == ids[::-1]
    page = (await eve.get(collection["first"]["id"])).json()
    assert page["orderedItems"] == ids[::-1]


async def test_followers_are_told_what_comes_and_goes(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    post, other = await studio.publish("mara", "a hill"), await studio.publish("mara", "a lake")
    await fediverse.settle()
    eve.received.clear()
    await choose(studio, post, post)
    await choose(studio, other)
    await move_in_portfolio(studio.services, await studio.artist("mara"), Move(post.pk, Step.OUT))
    await fediverse.settle()

    told = [activity for activity in eve.documents_received() if activity["type"] in ("Add", "Remove")]
    about_post = [activity["type"] for activity in told if activity["object"] == post.object_id]
    about_other = [activity["type"] for activity in told if activity["object"] == other.object_id]
    assert (about_post, about_other) == (["Add", "Remove"], ["Add"])
    assert {activity["target"] for activity in told} == {f"{studio.actor('mara')}/featured"}
    # What stood there unchosen is to be fetched anew.
    assert [activity["type"] for activity in eve.documents_received()].count("Update") == 1


async def test_a_portfolio_is_for_everyone_and_has_an_end(studio: Instance) -> None:
    await studio.add_artist("theo")
    secret = await studio.publish("mara", "a secret", visibility="followers")
    with pytest.raises(InvalidInput, match="everyone"):
        await choose(studio, secret)
    with pytest.raises(NotFound):
        await choose(studio, await studio.publish("theo", "not hers"))
    posts = [await studio.publish("mara", f"number {n}") for n in range(MAX_PORTFOLIO + 1)]
    await choose(studio, *posts[:-1])
    with pytest.raises(InvalidInput, match="at most 12"):
        await choose(studio, posts[-1])


async def test_what_others_feature_is_noted_and_changes_nothing(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    for kind in ("Add", "Remove"):
        activity = eve.activity(kind, f"{eve.actor}/notes/1", target=f"{eve.actor}/featured")
        assert (await eve.post(studio.shared_inbox, activity)).status_code == 202
    await fediverse.settle()
    assert (await studio.inbox_states()).get("ignored") == 2


async def test_what_others_did_with_a_post_is_counted(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    post = await studio.publish("mara", "a hill")
    await eve.post(studio.shared_inbox, eve.activity("Like", post.object_id))
    answers = [await studio.publish("mara", f"and {n}", in_reply_to=post.object_id) for n in range(42)]
    await fediverse.settle()

    note = (await eve.get(post.object_id)).json()
    for kind, total in (("likes", 1), ("shares", 0), ("replies", 42)):
        collection = (await eve.get(note[kind]["id"])).json()
        assert (collection["id"], collection["totalItems"]) == (note[kind]["id"], total)
        assert note[kind]["totalItems"] == total
    first = (await eve.get(note["replies"]["first"])).json()
    second = (await eve.get(first["next"])).json()
    assert first["partOf"] == note["replies"]["id"]
    ids = [answer.object_id for answer in reversed(answers)]
    assert [*first["orderedItems"], *second["orderedItems"]] == ids
    assert "next" not in second


async def test_the_collections_of_a_post_are_for_those_who_may_see_it(studio: Instance, eve: Stranger) -> None:
    post = await studio.publish("mara", "for you", visibility="direct")
    assert (await studio.get(f"{post.object_id}/replies")).status_code == 401
    assert (await eve.get(f"{post.object_id}/replies")).status_code == 404
    hill = await studio.publish("mara", "a hill")
    await delete_post(studio.services, await studio.artist("mara"), hill.pk)
    assert (await eve.get(f"{hill.object_id}/likes")).status_code == 410


@pytest.mark.parametrize(
    ("pk", "step", "order"),
    [
        (2, Step.EARLIER, [2, 1, 3]),
        (1, Step.EARLIER, [1, 2, 3]),
        (2, Step.LATER, [1, 3, 2]),
        (3, Step.LATER, [1, 2, 3]),
        (1, Step.OUT, [2, 3]),
        (9, Step.LATER, [1, 2, 3]),
    ],
)
def test_a_step_moves_one_post(pk: int, step: Step, order: list[int]) -> None:
    assert move([1, 2, 3], Move(pk, step)) == order


@pytest.mark.parametrize(("place", "order"), [(1, [3, 1, 2]), (2, [1, 3, 2]), (3, [1, 2, 3]), (9, [1, 2, 3])])
def test_what_is_dragged_stands_where_it_was_let_go(place: int, order: list[int]) -> None:
    assert move([1, 2, 3], Move(3, Step.TO, place)) == order
