"""Stories of what lies between two servers: hosts that are down, keys that change, posts that change on the way."""

from dataclasses import replace

from cara_fed.accounts.rotate_keys import rotate_artist_keys, rotate_instance_keys
from cara_fed.background import keep_house_once
from cara_fed.publishing.delete_post import delete_post
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from storage.hosts import Host
from storage.posts import Post
from tests.support.fediverse import Fediverse, Instance, picture


async def edit(instance: Instance, post: Post, text: str) -> None:
    mara = await instance.artist("mara")
    rows = await find_own_post(instance.services, mara, post.pk)
    await edit_post(instance.services, mara, post.pk, replace(read_edit(rows), text=text))


async def host_of(instance: Instance, netloc: str) -> Host:
    async with instance.services.database.reading() as records:
        return await records.hosts.get(netloc)


async def texts_at_home(gallery: Instance) -> list[str]:
    return [post.content for post in await gallery.home_of("theo")]


async def test_a_server_that_was_down_for_two_days_gets_everything_in_order(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    fediverse.network.unplugged.add("gallery.example")
    first = await studio.publish("mara", "first")
    for hour in range(48):
        await fediverse.settle()
        fediverse.time.pass_by(hours=1)
        if hour == 5:
            await edit(studio, first, "first, mended")
        if hour == 20:
            await studio.publish("mara", "second", picture())
    assert await texts_at_home(gallery) == []

    fediverse.network.unplugged.clear()
    for _ in range(24):
        await fediverse.settle()
        fediverse.time.pass_by(hours=1)
    assert sorted(await texts_at_home(gallery)) == ["<p>first, mended</p>", "<p>second</p>"]
    async with studio.services.database.reading() as records:
        counts = await records.deliveries.count(fediverse.time.now)
    assert (counts.queued, counts.failed) == (0, 0)


async def test_what_was_deleted_while_the_other_side_was_down_never_arrives(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    fediverse.network.unplugged.add("gallery.example")
    post = await studio.publish("mara", "a mistake")
    await fediverse.settle()
    await delete_post(studio.services, await studio.artist("mara"), post.pk)
    fediverse.network.unplugged.clear()
    for _ in range(24):
        await fediverse.settle()
        fediverse.time.pass_by(hours=1)
    assert await gallery.find_post(post.object_id) is None
    assert "a mistake" not in str(fediverse.network.exchanges)


async def test_edits_in_one_breath_arrive_as_the_last(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    post = await studio.publish("mara", "one")
    for text in ("two", "three", "four"):
        await edit(studio, post, text)
    await fediverse.settle()
    assert await texts_at_home(gallery) == ["<p>four</p>"]


async def test_a_rotated_key_is_believed_at_once(fediverse: Fediverse, studio: Instance, gallery: Instance) -> None:
    await studio.publish("mara", "before")
    await fediverse.settle()
    await rotate_artist_keys(studio.services, await studio.artist("mara"))
    await fediverse.settle()
    await studio.publish("mara", "after")
    await fediverse.settle()
    assert await texts_at_home(gallery) == ["<p>after</p>", "<p>before</p>"]
    new = await studio.services.keyring.signing_key((await studio.artist("mara")).pk)
    async with gallery.services.database.reading() as records:
        held = [key.key_id for key in await records.remote_keys.find_for_actor(studio.actor("mara"))]
    assert new.key_id in held


async def test_who_did_not_hear_of_a_rotation_asks(fediverse: Fediverse, studio: Instance, gallery: Instance) -> None:
    fediverse.network.unplugged.add("gallery.example")
    await rotate_artist_keys(studio.services, await studio.artist("mara"))
    await fediverse.settle()
    async with studio.services.database.unit_of_work() as records:
        for delivery in await records.deliveries.find_page("queued"):
            await records.deliveries.record_cancelled(delivery.pk, fediverse.time.now, "lost in this story")
    fediverse.network.unplugged.clear()
    await studio.publish("mara", "after")
    await fediverse.settle()
    assert await texts_at_home(gallery) == ["<p>after</p>"]


async def test_the_instances_rotated_key_is_believed_too(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    await rotate_instance_keys(gallery.services)
    await gallery.add_artist("ida")
    await gallery.follow("ida", "@mara@studio.example")
    await fediverse.settle()
    assert await studio.followers_of("mara") == {gallery.actor("theo"), gallery.actor("ida")}


async def test_a_post_reaches_each_server_once_however_many_follow_there(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    for name in ("ida", "lou", "kai"):
        await gallery.add_artist(name)
        await gallery.follow(name, studio.actor("mara"))
    await fediverse.settle()
    sent_before = len(fediverse.network.seen("POST", "gallery.example"))
    await studio.publish("mara", "for all of you")
    await fediverse.settle()
    assert fediverse.network.seen("POST", "gallery.example")[sent_before:] == ["/inbox"]
    for name in ("theo", "ida", "lou", "kai"):
        assert len(await gallery.home_of(name)) == 1


async def test_a_dead_server_is_left_in_peace_looked_after_and_given_everything_when_it_returns(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    fediverse.network.unplugged.add("gallery.example")
    for number in range(8):
        await studio.publish("mara", f"number {number}")
    await fediverse.settle()
    opened = await host_of(studio, "gallery.example")
    assert opened.open_until is not None and opened.open_until > fediverse.time.now

    # All of it is due again, and none of it is tried while the circuit is open.
    async with studio.services.database.unit_of_work() as records:
        await records.deliveries.retry_now(fediverse.time.now)
    await fediverse.settle()
    assert (await host_of(studio, "gallery.example")).failures == opened.failures

    fediverse.time.pass_by(hours=30)
    await fediverse.settle()
    still = await host_of(studio, "gallery.example")
    assert still.failures > opened.failures
    assert still.open_until is not None and still.open_until > fediverse.time.now

    fediverse.network.unplugged.clear()
    fediverse.time.pass_by(hours=12)
    await fediverse.settle()
    revived = await host_of(studio, "gallery.example")
    assert (revived.failures, revived.failing_since, revived.open_until) == (0, None, None)
    assert sorted(await texts_at_home(gallery)) == [f"<p>number {number}</p>" for number in range(8)]


async def test_finished_deliveries_are_kept_as_long_as_evidence_is(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    await studio.publish("mara", "old")
    await fediverse.settle()
    for days, left in ((studio.services.config.evidence.keep_days - 1, 1), (2, 0)):
        fediverse.time.pass_by(days=days)
        await keep_house_once(studio.services)
        async with studio.services.database.reading() as records:
            sent = await records.deliveries.find_page("sent")
            kept = await records.outbox_log.find_many({delivery.outbox_pk for delivery in sent})
        assert len([each for each in kept.values() if each.activity_type == "Create"]) == left
