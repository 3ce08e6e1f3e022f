"""Stories of company: who is told of what, and what artists do with others' posts."""

import json
from typing import Any

import pytest

from cara_fed.errors import NotAllowed, NotFound
from cara_fed.publishing.keep_away import block_actor, mute_actor, unblock_actor
from cara_fed.publishing.react_to_post import announce_post, like_post, unannounce_post, unlike_post
from cara_fed.publishing.report_actor import ReportDraft, report_actor
from tests.support.fediverse import Fediverse, Instance, handle_of, picture


async def told(instance: Instance, name: str) -> list[tuple[str, str]]:
    """(kind, actor) of what an artist was told, oldest first."""
    artist = await instance.artist(name)
    async with instance.services.database.reading() as records:
        return [(row.kind, row.actor_id) for row in reversed(await records.notifications.find_page(artist.pk))]


async def home(instance: Instance, name: str) -> list[tuple[str, str | None]]:
    """(post, who passed it on) on an artist's home page, newest first."""
    artist = await instance.artist(name)
    async with instance.services.database.reading() as records:
        found = await records.timelines.find_home(artist.pk, instance.actor(name))
        return [(entry.post.object_id, entry.announced_by) for entry in found]


async def interactions(instance: Instance, object_id: str) -> dict[str, int]:
    async with instance.services.database.reading() as records:
        return {kind: n for (_, kind), n in (await records.interactions.count([object_id])).items()}


async def two_friends(fediverse: Fediverse) -> tuple[Instance, Instance]:
    """Theo of gallery.example follows Mara of studio.example."""
    studio, gallery = await fediverse.start("studio.example", "gallery.example")
    mara = await studio.add_artist("mara")
    await gallery.add_artist("theo")
    await gallery.follow("theo", handle_of(mara))
    await fediverse.settle()
    return studio, gallery


async def received(instance: Instance, object_id: str) -> int:
    """The key of a post where it arrived."""
    post = await instance.find_post(object_id)
    assert post is not None
    return post.pk


async def test_a_follow_a_like_a_share_a_reply_and_a_mention_are_told(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    theo = gallery.actor("theo")
    post = await studio.publish("mara", "a hill", picture())
    await fediverse.settle()

    there = await received(gallery, post.object_id)
    await like_post(gallery.services, await gallery.artist("theo"), there)
    await announce_post(gallery.services, await gallery.artist("theo"), there)
    await gallery.publish("theo", "lovely", in_reply_to=post.object_id)
    await gallery.publish("theo", "look, @mara@studio.example")
    await fediverse.settle()

    expected = [(kind, theo) for kind in ("follow", "like", "announce", "reply", "mention")]
    assert sorted(await told(studio, "mara")) == sorted(expected)
    assert await interactions(studio, post.object_id) == {"like": 1, "announce": 1}


async def test_what_is_taken_back_is_told_no_more(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    post = await studio.publish("mara", "a hill")
    await fediverse.settle()
    there, theo = await received(gallery, post.object_id), await gallery.artist("theo")
    await like_post(gallery.services, theo, there)
    await announce_post(gallery.services, theo, there)
    await fediverse.settle()

    await unlike_post(gallery.services, theo, there)
    await unannounce_post(gallery.services, theo, there)
    await fediverse.settle()

    assert await told(studio, "mara") == [("follow", gallery.actor("theo"))]
    assert await interactions(studio, post.object_id) == {}


async def test_artists_of_one_instance_hear_of_each_other(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    theo = await studio.add_artist("theo")
    post = await studio.publish("mara", "a hill")
    await like_post(studio.services, await studio.artist("theo"), post.pk)
    await announce_post(studio.services, await studio.artist("theo"), post.pk)
    await studio.publish("theo", "lovely", in_reply_to=post.object_id)
    await studio.publish("theo", "look, @mara")
    await fediverse.settle()

    assert sorted(await told(studio, "mara")) == sorted((k, theo) for k in ("like", "announce", "reply", "mention"))
    assert await told(studio, "theo") == []


async def test_a_share_carries_the_id_alone_and_reaches_the_sharers_followers(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    watcher = fediverse.stranger("watcher.example")
    await watcher.post(f"{gallery.actor('theo')}/inbox", watcher.activity("Follow", gallery.actor("theo")))
    (tower,) = await fediverse.start("tower.example")
    await tower.add_artist("kei")
    await tower.follow("kei", gallery.actor("theo"))
    post = await studio.publish("mara", "a hill")
    await fediverse.settle()

    await announce_post(gallery.services, await gallery.artist("theo"), await received(gallery, post.object_id))
    await fediverse.settle()

    announce = next(one for one in watcher.documents_received() if one["type"] == "Announce")
    assert announce["object"] == post.object_id
    assert await home(tower, "kei") == [(post.object_id, gallery.actor("theo"))]


async def test_what_is_for_followers_is_not_shared_and_not_seen_by_others(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    await gallery.add_artist("noor")
    post = await studio.publish("mara", "for you", visibility="followers")
    await fediverse.settle()
    there = await received(gallery, post.object_id)

    with pytest.raises(NotAllowed):
        await announce_post(gallery.services, await gallery.artist("theo"), there)
    with pytest.raises(NotFound):
        await like_post(gallery.services, await gallery.artist("noor"), there)
    await like_post(gallery.services, await gallery.artist("theo"), there)
    await fediverse.settle()
    assert await interactions(studio, post.object_id) == {"like": 1}


async def test_a_block_ends_everything_between_two_and_can_be_taken_back(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    mara, theo = studio.actor("mara"), gallery.actor("theo")
    await studio.follow("mara", theo)
    await fediverse.settle()

    await block_actor(studio.services, await studio.artist("mara"), theo)
    await fediverse.settle()
    assert await studio.followers_of("mara") == await studio.following_of("mara") == set()
    assert await gallery.followers_of("theo") == await gallery.following_of("theo") == set()
    assert await told(studio, "mara") == []
    await gallery.publish("theo", "look, @mara@studio.example")
    await fediverse.settle()
    assert await told(studio, "mara") == []

    await unblock_actor(studio.services, await studio.artist("mara"), theo)
    await fediverse.settle()
    await gallery.follow("theo", mara)
    await fediverse.settle()
    assert await gallery.following_of("theo") == {mara}


async def test_who_is_muted_is_not_heard_and_does_not_learn_of_it(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    await mute_actor(gallery.services, await gallery.artist("theo"), studio.actor("mara"))
    await studio.publish("mara", "look, @theo@gallery.example")
    await fediverse.settle()

    assert await home(gallery, "theo") == []
    assert await told(gallery, "theo") == []
    assert await gallery.following_of("theo") == {studio.actor("mara")}


async def test_home_shows_own_followed_and_passed_on_and_no_talk_with_strangers(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    eve = fediverse.stranger("far.example")
    first = await studio.publish("mara", "a hill")
    own = await gallery.publish("theo", "a tree")
    await fediverse.settle()
    answer = eve.note(2, inReplyTo=first.object_id, tag=[{"type": "Mention", "href": studio.actor("mara")}])
    await eve.post(studio.shared_inbox, eve.activity("Create", answer))
    await fediverse.settle()
    back = await studio.publish("mara", "thank you", in_reply_to=answer["id"])
    await fediverse.settle()

    shown = {object_id for object_id, _ in await home(gallery, "theo")}
    assert shown == {own.object_id, first.object_id}
    assert await gallery.find_post(back.object_id) is not None


async def test_an_old_post_that_is_passed_on_stands_once_and_in_its_sharers_place(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    eve = fediverse.stranger("far.example")
    note = eve.note(1, published="2020-01-01T00:00:00Z")
    eve.serve("/users/eve/notes/1", note)
    announce: dict[str, Any] = {"id": f"{studio.actor('mara')}/activities/7", "type": "Announce"}
    announce |= {"actor": studio.actor("mara"), "object": note["id"], "to": ["as:Public"]}
    await studio.post(f"{gallery.actor('theo')}/inbox", announce, as_=studio.actor("mara"))
    newer = await studio.publish("mara", "a hill")
    await fediverse.settle()

    assert set(await home(gallery, "theo")) == {(newer.object_id, None), (note["id"], studio.actor("mara"))}
    kept = await gallery.find_post(note["id"])
    assert kept is not None and kept.pk < newer.pk


async def test_who_shared_a_post_hears_that_it_was_changed(fediverse: Fediverse) -> None:
    _, gallery = await two_friends(fediverse)
    eve = fediverse.stranger("far.example")
    await gallery.follow("theo", eve.actor)
    await fediverse.settle()
    follow = next(one for one in eve.documents_received() if one["type"] == "Follow")
    await eve.post(gallery.shared_inbox, eve.activity("Accept", follow))
    await eve.post(gallery.shared_inbox, eve.activity("Create", eve.note(1)))
    await fediverse.settle()
    await announce_post(gallery.services, await gallery.artist("theo"), await received(gallery, eve.note(1)["id"]))

    changed = eve.note(1, content="<p>something else</p>", updated="2026-11-22T12:30:00Z")
    await eve.post(gallery.shared_inbox, eve.activity("Update", changed))
    await fediverse.settle()
    assert ("edit", eve.actor) in await told(gallery, "theo")


async def test_a_report_is_told_to_moderators_here_and_there_without_a_name(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    await studio.add_artist("ada", role="admin")
    await gallery.add_artist("ivo", role="moderator")
    post = await studio.publish("mara", "a hill")
    await fediverse.settle()

    draft = ReportDraft(studio.actor("mara"), "stolen", await received(gallery, post.object_id), forward=True)
    await report_actor(gallery.services, await gallery.artist("theo"), draft)
    await fediverse.settle()

    assert await told(gallery, "ivo") == [("report", gallery.actor("theo"))]
    assert await told(studio, "ada") == [("report", gallery.services.site.instance_actor)]
    async with studio.services.database.reading() as records:
        (report,) = await records.reports.find_page()
    assert report.target_ids == [studio.actor("mara"), post.object_id]
    assert "theo" not in json.dumps([report.content, report.reporter_actor_id])


async def test_a_listing_is_told_to_those_whose_follows_it_cuts(fediverse: Fediverse) -> None:
    studio, _ = await two_friends(fediverse)
    await studio.list_entry("gallery.example")
    await fediverse.settle()
    assert ("follow_lost", "https://gallery.example/users/theo") in await told(studio, "mara")


async def test_a_deleted_post_takes_what_was_told_of_it_along(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    eve = fediverse.stranger("far.example")
    note = eve.note(1, tag=[{"type": "Mention", "href": studio.actor("mara")}])
    await eve.post(studio.shared_inbox, eve.activity("Create", note))
    await fediverse.settle()
    assert ("mention", eve.actor) in await told(studio, "mara")
    await eve.post(studio.shared_inbox, eve.activity("Delete", note["id"]))
    await fediverse.settle()
    assert ("mention", eve.actor) not in await told(studio, "mara")
    assert gallery.domain == "gallery.example"
