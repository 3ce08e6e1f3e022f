import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from activitypub.opt_out import OptOut
from cara_fed.accounts.create_artist import NewArtist, create_artist
from cara_fed.delivery.worker import DELETED_MEANWHILE
from cara_fed.errors import InvalidInput, NotFound
from cara_fed.publishing.delete_post import delete_post
from cara_fed.publishing.drafts import KeptPicture, PictureDraft, PostDraft
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.publishing.publish_post import publish_post
from cara_fed.services import Services
from storage.artists import Artist
from storage.deliveries import CANCELLED, QUEUED
from storage.posts import Post
from tests.support.clocks import StoryTime
from tests.support.instances import add_follower, jpeg

THEO = "https://gallery.example/users/theo"
TWO = (PictureDraft(jpeg(64, 48), alt="one"), PictureDraft(jpeg(72, 48), alt="two"))


@pytest.fixture
async def post(services: Services, mara: Artist, time: StoryTime) -> Post:
    await add_follower(services, mara, THEO)
    published = await publish_post(services, mara, PostDraft("First words #one", TWO))
    time.pass_by(minutes=5)
    return published


async def last_sent(services: Services, post: Post) -> dict[str, Any]:
    async with services.database.reading() as records:
        activity = (await records.outbox_log.find_for_object(post.object_id))[-1]
    document: dict[str, Any] = json.loads(services.capabilities.substitute(activity.body, 0))
    return document


async def files_of(services: Services) -> set[str]:
    names = {name async for name in services.media.names("public")}
    return names | {name async for name in services.media.names("private")}


async def test_an_edited_text_is_told_to_followers_later_than_before(
    services: Services, mara: Artist, post: Post, time: StoryTime
) -> None:
    before = await find_own_post(services, mara, post.pk)
    edited = await edit_post(services, mara, post.pk, replace(read_edit(before), text="Other words #two"))
    update = await last_sent(services, post)
    note = update["object"]
    assert (update["type"], note["id"]) == ("Update", post.object_id)
    assert "Other words" in note["content"]
    assert [tag["name"] for tag in note["tag"]] == ["#two"]
    assert edited.updated_at == time.now
    assert note["updated"] > note["published"]
    async with services.database.reading() as records:
        assert [found.pk for found in await records.posts.find_by_tag("two")] == [post.pk]
        assert await records.posts.find_by_tag("one") == []


async def test_two_edits_in_one_instant_still_differ(services: Services, mara: Artist, post: Post) -> None:
    edit = read_edit(await find_own_post(services, mara, post.pk))
    first = await edit_post(services, mara, post.pk, replace(edit, text="one"))
    second = await edit_post(services, mara, post.pk, replace(edit, text="two"))
    assert first.updated_at is not None and second.updated_at is not None
    assert second.updated_at - first.updated_at == timedelta(milliseconds=1)


async def test_a_changed_description_keeps_a_pictures_address(services: Services, mara: Artist, post: Post) -> None:
    rows = await find_own_post(services, mara, post.pk)
    edit = read_edit(rows)
    before = await files_of(services)
    (one, two) = edit.pictures
    assert isinstance(one, KeptPicture)
    described = replace(one, alt="a red door", focal_point=(0.5, 0.5), sensitive=True)
    await edit_post(services, mara, post.pk, replace(edit, pictures=(described, two)))
    (sent, _) = (await last_sent(services, post))["object"]["attachment"]
    federated = rows.pictures[0].renditions["federated"]
    assert sent["url"].endswith(f"/{federated.hash}.{federated.extension}")
    assert (sent["name"], sent["focalPoint"], sent["sensitive"]) == ("a red door", [0.5, 0.5], True)
    assert await files_of(services) == before


async def test_pictures_are_put_in_another_order_added_and_left_out(
    services: Services, mara: Artist, post: Post
) -> None:
    edit = read_edit(await find_own_post(services, mara, post.pk))
    before = await files_of(services)
    _, two = edit.pictures
    three = PictureDraft(jpeg(80, 48), alt="three")
    await edit_post(services, mara, post.pk, replace(edit, pictures=(three, two)))
    note = (await last_sent(services, post))["object"]
    assert [picture["name"] for picture in note["attachment"]] == ["three", "two"]
    rows = await find_own_post(services, mara, post.pk)
    assert [picture.attachment.position for picture in rows.pictures] == [0, 1]
    assert before - await files_of(services), "the files of the picture left out are gone"


async def test_a_changed_opt_out_gives_the_pictures_new_files(services: Services, mara: Artist, post: Post) -> None:
    edit = read_edit(await find_own_post(services, mara, post.pk))
    old = (await last_sent(services, post))["object"]["attachment"]
    await edit_post(services, mara, post.pk, replace(edit, opt_out=OptOut.NO_AUTOMATED_USE))
    note = (await last_sent(services, post))["object"]
    assert note["plus:DataMining"].endswith("DMI-PROHIBITED")
    for before, after in zip(old, note["attachment"], strict=True):
        assert before["url"] != after["url"] and "/media/u" in after["url"]
        name = after["url"].rpartition("/")[2]
        assert b"DMI-PROHIBITED<" in await services.media.read("public", name)
        assert not await services.media.exists("public", before["url"].rpartition("/")[2])


async def test_only_ones_own_living_posts_can_be_changed(services: Services, mara: Artist, post: Post) -> None:
    theo = await create_artist(services, NewArtist("theo"))
    edit = read_edit(await find_own_post(services, mara, post.pk))
    with pytest.raises(NotFound):
        await edit_post(services, theo, post.pk, edit)
    with pytest.raises(NotFound):
        await delete_post(services, theo, post.pk)
    with pytest.raises(InvalidInput, match="not in this post"):
        await edit_post(services, mara, post.pk, replace(edit, pictures=(KeptPicture(404),)))
    with pytest.raises(InvalidInput, match="needs a picture or some text"):
        await edit_post(services, mara, post.pk, replace(edit, text="", pictures=()))


async def test_a_deleted_post_leaves_a_tombstone_and_no_file(services: Services, mara: Artist, post: Post) -> None:
    await delete_post(services, mara, post.pk)
    delete = await last_sent(services, post)
    assert (delete["type"], delete["object"]["type"], delete["object"]["id"]) == ("Delete", "Tombstone", post.object_id)
    assert await files_of(services) == set()
    async with services.database.reading() as records:
        kept = await records.posts.get(post.object_id)
    assert kept.deleted_at is not None
    assert (kept.text, kept.content) == ("", "")
    with pytest.raises(NotFound):
        await delete_post(services, mara, post.pk)


async def test_what_still_waits_of_a_deleted_post_is_never_sent(services: Services, mara: Artist, post: Post) -> None:
    await delete_post(services, mara, post.pk)
    async with services.database.reading() as records:
        create, delete = await records.outbox_log.find_for_object(post.object_id)
        (of_create,) = await records.deliveries.find_for_outbox(create.pk)
        (of_delete,) = await records.deliveries.find_for_outbox(delete.pk)
    assert (of_create.state, of_create.last_error) == (CANCELLED, DELETED_MEANWHILE)
    assert of_delete.state == QUEUED


async def test_who_follows_no_more_is_told_of_a_deletion_too(services: Services, mara: Artist, post: Post) -> None:
    async with services.database.unit_of_work() as records:
        (claimed,) = await records.deliveries.claim(services.clock.now(), 60, 10, 4)
        await records.deliveries.record_sent(claimed.pk, services.clock.now(), 202)
        await records.followers.remove(mara.pk, THEO)
    await delete_post(services, mara, post.pk)
    async with services.database.reading() as records:
        delete = (await records.outbox_log.find_for_object(post.object_id))[-1]
        (delivery,) = await records.deliveries.find_for_outbox(delete.pk)
    assert (delivery.inbox, delivery.receiver_netloc) == ("https://gallery.example/inbox", "gallery.example")


async def test_a_file_that_two_posts_share_stays_until_both_are_gone(services: Services, mara: Artist) -> None:
    one, two = [await publish_post(services, mara, PostDraft(pictures=TWO[:1])) for _ in range(2)]
    shared = await files_of(services)
    await delete_post(services, mara, one.pk)
    assert await files_of(services) == shared
    await delete_post(services, mara, two.pk)
    assert await files_of(services) == set()


async def test_edits_at_the_same_time_leave_one_whole_post(services: Services, mara: Artist, post: Post) -> None:
    edit = read_edit(await find_own_post(services, mara, post.pk))
    texts = [f"version {number}" for number in range(4)]
    await asyncio.gather(*(edit_post(services, mara, post.pk, replace(edit, text=text)) for text in texts))
    rows = await find_own_post(services, mara, post.pk)
    assert rows.post.text in texts
    assert len(rows.pictures) == 2
    assert rows.post.text in (await last_sent(services, post))["object"]["content"]
