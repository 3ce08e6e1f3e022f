"""Stories of activities that somebody asks for by their id, and of posts that are no more."""

from dataclasses import replace
from typing import Any

import pytest

from activitypub.audience import Visibility
from cara_fed.publishing.delete_post import delete_post
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.publishing.unfollow_actor import unfollow_actor
from storage.posts import Post
from tests.support.fediverse import Fediverse, Instance
from tests.support.strangers import Stranger


@pytest.fixture
async def eve(fediverse: Fediverse, studio: Instance) -> Stranger:
    """A stranger who follows mara, and whom mara follows."""
    eve = fediverse.stranger("far.example")
    await eve.post(studio.shared_inbox, eve.activity("Follow", studio.actor("mara")))
    await studio.follow("mara", eve.actor)
    await fediverse.settle()
    return eve


def sent_to(eve: Stranger, activity_type: str) -> dict[str, Any]:
    """The last activity of a type that reached her."""
    return [each for each in eve.documents_received() if each["type"] == activity_type][-1]


async def edit(studio: Instance, text: str, **choices: Any) -> Post:
    post, mara = await studio.publish("mara", "a hill", **choices), await studio.artist("mara")
    known = read_edit(await find_own_post(studio.services, mara, post.pk))
    return await edit_post(studio.services, mara, post.pk, replace(known, text=text))


async def test_what_everybody_was_sent_is_served_to_everybody_who_signs(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    await edit(studio, "two hills")
    await fediverse.settle()
    update = sent_to(eve, "Update")
    assert update["id"].startswith(f"{studio.actor('mara')}/activities/")
    other = fediverse.stranger("other.example")
    assert (await other.get(update["id"])).json() == update
    assert (await studio.get(update["id"])).status_code == 401
    assert (await other.get(f"{studio.actor('mara')}/activities/1")).status_code == 404


async def test_what_one_person_was_sent_is_for_their_server_alone(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    follow = sent_to(eve, "Follow")
    assert (await eve.get(follow["id"])).json() == follow
    assert (await fediverse.stranger("other.example").get(follow["id"])).status_code == 404


async def test_what_followers_were_sent_is_for_followers_servers(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    await edit(studio, "two hills", visibility=Visibility.FOLLOWERS)
    await fediverse.settle()
    update = sent_to(eve, "Update")
    assert (await eve.get(update["id"])).json() == update
    assert (await fediverse.stranger("other.example").get(update["id"])).status_code == 404


async def test_what_was_taken_back_is_gone(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    follow = sent_to(eve, "Follow")
    await unfollow_actor(studio.services, await studio.artist("mara"), eve.actor)
    post = await edit(studio, "two hills")
    await fediverse.settle()
    update, undo = sent_to(eve, "Update"), sent_to(eve, "Undo")
    await delete_post(studio.services, await studio.artist("mara"), post.pk)
    await fediverse.settle()
    assert (await eve.get(follow["id"])).status_code == 410
    assert (await eve.get(update["id"])).status_code == 410
    assert (await eve.get(undo["id"])).json() == undo


async def test_the_listed_are_told_nothing(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    follow = sent_to(eve, "Follow")
    await studio.list_entry("far.example")
    assert (await eve.get(follow["id"])).status_code == 403


async def test_that_a_public_post_is_no_more_everybody_may_know(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    """Whoever checks a Delete need not sign; of what was not for everyone, and of what never was, nothing is told."""
    mara = await studio.artist("mara")
    public, private = await studio.publish("mara", "a"), await studio.publish("mara", "b", visibility="followers")
    assert (await studio.get(public.object_id)).status_code == 401
    for post in (public, private):
        await delete_post(studio.services, mara, post.pk)
    gone = await studio.get(public.object_id)
    assert (gone.status_code, gone.json()["type"]) == (410, "Tombstone")
    assert "content" not in gone.json()
    assert (await studio.get(private.object_id)).status_code == 401
    assert (await studio.get(f"{studio.actor('mara')}/posts/1")).status_code == 401
    assert (await eve.get(private.object_id)).status_code == 410
