"""Stories of followers that two servers remember differently, and of how they come to agree (FEP-8fcf)."""

import pytest

from activitypub.audience import Visibility
from activitypub.synchronization import HEADER, digest_followers, read_synchronization
from tests.support.fediverse import Fediverse, Instance


@pytest.fixture
async def gallery(fediverse: Fediverse, studio: Instance) -> Instance:
    """An instance on which theo and ida follow mara."""
    (gallery,) = await fediverse.start("gallery.example")
    for name in ("theo", "ida"):
        await gallery.add_artist(name)
        await gallery.follow(name, studio.actor("mara"))
    await fediverse.settle()
    return gallery


async def forget_follower(studio: Instance, follower_id: str) -> None:
    """Lose a follower without telling anybody, as a restored backup does."""
    mara = await studio.artist("mara")
    async with studio.services.database.unit_of_work() as records:
        await records.followers.remove(mara.pk, follower_id)


def asked_of_studio(fediverse: Fediverse) -> int:
    return fediverse.network.seen("GET", "studio.example").count("/users/mara/followers_synchronization")


async def test_a_followers_only_post_says_who_is_known_to_follow_there(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    await studio.publish("mara", "for you alone", visibility=Visibility.FOLLOWERS)
    await fediverse.settle()
    stated = read_synchronization(fediverse.network.exchanges[-1].request.headers[HEADER])
    assert stated is not None
    assert stated.collection_id == f"{studio.actor('mara')}/followers"
    assert stated.digest == digest_followers([gallery.actor("theo"), gallery.actor("ida")])
    assert len(await gallery.home_of("theo")) == 1
    assert asked_of_studio(fediverse) == 0


async def test_a_public_post_says_nothing_of_followers(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    await studio.publish("mara", "for everybody")
    await fediverse.settle()
    assert not any(HEADER in exchange.request.headers for exchange in fediverse.network.exchanges)


async def test_a_follow_that_the_other_side_lost_ends_here_too(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    await forget_follower(studio, gallery.actor("ida"))
    await studio.publish("mara", "for you alone", visibility=Visibility.FOLLOWERS)
    await fediverse.settle()
    assert await gallery.following_of("ida") == set()
    assert await gallery.following_of("theo") == {studio.actor("mara")}
    assert asked_of_studio(fediverse) == 1


async def test_each_server_is_told_of_its_own_followers_alone(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    (atelier,) = await fediverse.start("atelier.example")
    kai = await atelier.add_artist("kai")
    await atelier.follow("kai", studio.actor("mara"))
    await fediverse.settle()
    url = f"{studio.actor('mara')}/followers_synchronization"
    assert (await atelier.get(url, as_=kai)).json()["orderedItems"] == [kai]
    asked_by_gallery = await gallery.get(url, as_=gallery.actor("theo"))
    assert set(asked_by_gallery.json()["orderedItems"]) == {gallery.actor("theo"), gallery.actor("ida")}
    assert (await atelier.get(url)).status_code == 401


async def test_a_list_that_is_not_what_the_digest_says_ends_nothing(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    eve = fediverse.stranger("eve.example")
    url = f"{eve.actor}/followers_synchronization"
    await gallery.follow("theo", eve.actor)
    await fediverse.settle()
    async with gallery.services.database.reading() as records:
        [following] = await records.following.find_by_actor(eve.actor, "pending")
    accept = eve.activity("Accept", following.follow_id)
    assert (await eve.post(gallery.shared_inbox, accept)).status_code == 202
    await fediverse.settle()
    eve.serve("/users/eve/followers_synchronization", {"id": url, "type": "OrderedCollection", "orderedItems": []})
    stated = f'collectionId="{eve.actor}/followers", url="{url}", digest="{"1" * 64}"'
    note = eve.activity("Create", eve.note(1))
    await eve.post(gallery.shared_inbox, note, headers={HEADER: stated})
    await fediverse.settle()
    assert "/users/eve/followers_synchronization" in fediverse.network.seen("GET", "eve.example")
    assert eve.actor in await gallery.following_of("theo")


@pytest.mark.parametrize("host", ["elsewhere.example", "studio.example"])
async def test_only_the_senders_own_server_is_asked(
    fediverse: Fediverse, studio: Instance, gallery: Instance, host: str
) -> None:
    eve = fediverse.stranger("eve.example")
    url = f"https://{host}/users/mara/followers_synchronization"
    stated = f'collectionId="{eve.actor}/followers", url="{url}", digest="{"0" * 64}"'
    await gallery.follow("theo", eve.actor)
    await eve.post(gallery.shared_inbox, eve.activity("Create", eve.note(1)), headers={HEADER: stated})
    await fediverse.settle()
    assert asked_of_studio(fediverse) == 0


async def lose_follow(gallery: Instance, name: str, studio: Instance) -> None:
    """Lose a follow without telling anybody."""
    artist = await gallery.artist(name)
    async with gallery.services.database.unit_of_work() as records:
        await records.following.remove(artist.pk, studio.actor("mara"))


async def test_a_follow_that_was_lost_here_ends_there_too(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    await lose_follow(gallery, "ida", studio)
    await studio.publish("mara", "for you alone", visibility=Visibility.FOLLOWERS)
    await fediverse.settle()
    assert await studio.followers_of("mara") == {gallery.actor("theo")}
    assert await gallery.following_of("theo") == {studio.actor("mara")}


async def test_a_request_whose_answer_was_lost_is_accepted(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    ida = await gallery.artist("ida")
    async with gallery.services.database.unit_of_work() as records:
        await records.following.set_state(ida.pk, studio.actor("mara"), "pending")
    await studio.publish("mara", "for you alone", visibility=Visibility.FOLLOWERS)
    await fediverse.settle()
    assert await gallery.following_of("ida") == {studio.actor("mara")}
    assert await studio.followers_of("mara") == {gallery.actor("theo"), gallery.actor("ida")}
