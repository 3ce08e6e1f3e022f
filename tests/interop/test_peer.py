"""Everything that two servers say to each other, with another implementation on the other side, over real sockets.

The same story is told with each way in which the peer may begin: by draft-cavage, by RFC 9421, and asking for a nonce.
"""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from cara_fed.blocklist.list_entry import EntryDraft, list_entry
from cara_fed.demo.instances import until
from cara_fed.publishing.delete_post import delete_post
from cara_fed.publishing.drafts import PictureDraft
from cara_fed.publishing.follow_actor import follow_actor
from cara_fed.publishing.keep_away import block_actor, unblock_actor
from cara_fed.publishing.react_to_post import announce_post, like_post, unannounce_post, unlike_post
from cara_fed.publishing.unfollow_actor import unfollow_actor
from storage.attachments import Attachment
from storage.posts import Post
from tests.interop.conftest import Cast
from tests.interop.peers import why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

ALTS = ["A heron in the reeds", "The same heron, “gone” <in> a moment & a half"]


async def test_everything_that_two_servers_say_to_each_other(cast: Cast) -> None:
    await they_follow_each_other(cast)
    await fay_sees_what_mara_does(cast)
    await mara_sees_what_fay_does(cast)
    await fay_likes_and_announces_and_takes_it_back(cast)
    await they_part(cast)
    await fay_blocks_mara(cast)
    await mara_blocks_fay(cast)
    await the_studio_lists_fay(cast)
    await every_signature_was_of_the_generation_that_the_other_side_takes(cast)


async def they_follow_each_other(cast: Cast) -> None:
    follow_id = await cast.peer.do("follow", whom=cast.mara)
    accept = await cast.peer.received("Accept")
    assert id_of(accept["object"]) == follow_id
    assert accept["actor"] == cast.mara
    assert await cast.followers() == {cast.peer.fay}

    await follow_actor(cast.services, cast.artist, cast.peer.handle)

    async def accepted() -> bool:
        return await cast.follows() == {cast.peer.fay}

    await until("fay accepted", accepted)
    assert (await cast.peer.state())["followers"] == [cast.mara]


async def fay_sees_what_mara_does(cast: Cast) -> None:
    post = await cast.publish("Two herons #birds", *(PictureDraft(png(), alt=alt) for alt in ALTS))
    note = (await cast.peer.received("Create"))["object"]
    assert note["id"] == post.object_id
    assert "Two herons" in note["content"]
    assert [picture["name"] for picture in note["attachment"]] == ALTS
    for picture in note["attachment"]:
        answer = await cast.peer.client.get(picture["url"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, picture["mediaType"])
    # Fetched by fay's key, the same post has the same pictures: their addresses are those of fay's server.
    assert (await cast.peer.do("look", id=post.object_id))["attachment"] == note["attachment"]

    await cast.edit(post, "Two herons, and a third")
    changed = (await cast.peer.received("Update"))["object"]
    assert "a third" in changed["content"]
    assert changed["attachment"] == note["attachment"]

    await delete_post(cast.services, cast.artist, post.pk)
    assert id_of((await cast.peer.received("Delete"))["object"]) == post.object_id


async def mara_sees_what_fay_does(cast: Cast) -> None:
    note_id = await cast.peer.do("publish", content="<p>A kiln</p>", image=f"{cast.peer.base}/kiln.png", alt="A kiln")

    async def find(text: str) -> tuple[Post, list[Attachment]] | None:
        found = (await cast.home()).get(note_id)
        return found if found and found[0].content == text else None

    post, pictures = await until("the note is at home", lambda: find("<p>A kiln</p>"))
    assert [(picture.alt, picture.remote_url) for picture in pictures] == [("A kiln", f"{cast.peer.base}/kiln.png")]
    await mara_likes_and_announces_and_takes_it_back(cast, post)
    await cast.peer.do("edit", id=note_id, content="<p>A kiln, cold</p>")
    await until("the edit is at home", lambda: find("<p>A kiln, cold</p>"))
    await cast.peer.do("remove", id=note_id)

    async def gone() -> bool:
        return note_id not in await cast.home()

    await until("the note is gone", gone)


async def mara_likes_and_announces_and_takes_it_back(cast: Cast, post: Post) -> None:
    for do, undo, type_ in ((like_post, unlike_post, "Like"), (announce_post, unannounce_post, "Announce")):
        await do(cast.services, cast.artist, post.pk)
        activity = await cast.peer.received(type_)
        assert (activity["actor"], id_of(activity["object"])) == (cast.mara, post.object_id)
        await undo(cast.services, cast.artist, post.pk)
        await cast.peer.received_undo_of(activity["id"])


async def fay_likes_and_announces_and_takes_it_back(cast: Cast) -> None:
    post = await cast.publish("A heron")
    await cast.peer.received("Create", lambda create: bool(id_of(create["object"]) == post.object_id))
    await cast.peer.do("like", whom=cast.mara, id=post.object_id)
    await cast.peer.do("announce", whom=cast.mara, id=post.object_id)
    reply_id = await cast.peer.do("publish", content="<p>Where?</p>", replyTo=post.object_id)

    async def seen(*kinds: str) -> bool:
        return await cast.interactions(post) == set(kinds)

    await until("both are seen", lambda: seen("like", "announce"))
    await until("the reply is at home", lambda: find_reply(cast, reply_id, post))
    await cast.peer.do("take_back", whom=cast.mara, what="like")
    await until("the like is taken back", lambda: seen("announce"))
    await cast.peer.do("take_back", whom=cast.mara, what="announce")
    await until("nothing is left", seen)


async def find_reply(cast: Cast, reply_id: str, post: Post) -> bool:
    async with cast.services.database.reading() as records:
        reply = await records.posts.find(reply_id)
    return reply is not None and reply.in_reply_to == post.object_id


async def they_part(cast: Cast) -> None:
    await unfollow_actor(cast.services, cast.artist, cast.peer.fay)
    await cast.peer.received("Undo", lambda undo: bool(undo["object"]["type"] == "Follow"))
    assert (await cast.peer.state())["followers"] == []
    await cast.peer.do("unfollow", whom=cast.mara)

    async def gone() -> bool:
        return not await cast.followers()

    await until("fay is no follower", gone)


async def fay_blocks_mara(cast: Cast) -> None:
    await follow_again(cast)
    await cast.peer.do("block", whom=cast.mara)

    async def blocked() -> bool:
        async with cast.services.database.reading() as records:
            return await records.blocks.exists_between(cast.artist.pk, cast.peer.fay)

    async def unblocked() -> bool:
        return not await blocked()

    await until("the block is known", blocked)
    assert await cast.followers() == set()
    await cast.peer.do("take_back", whom=cast.mara, what="block")
    await until("the block is taken back", unblocked)


async def mara_blocks_fay(cast: Cast) -> None:
    follow_id = await follow_again(cast)
    await block_actor(cast.services, cast.artist, cast.peer.fay)
    block = await cast.peer.received("Block")
    assert (block["actor"], id_of(block["object"])) == (cast.mara, cast.peer.fay)
    await cast.peer.received("Reject", lambda reject: id_of(reject["object"]) == follow_id)
    assert await cast.followers() == set()
    again = await cast.peer.do("follow", whom=cast.mara)
    await cast.peer.received("Reject", lambda reject: id_of(reject["object"]) == again)
    await unblock_actor(cast.services, cast.artist, cast.peer.fay)
    await cast.peer.received_undo_of(block["id"])
    assert await cast.followers() == set()


async def the_studio_lists_fay(cast: Cast) -> None:
    await follow_again(cast)
    await list_entry(cast.services, EntryDraft(cast.peer.fay, "feeds posts to a model without asking"))

    async def refused() -> bool:
        await cast.peer.try_to("follow", whom=cast.mara)
        last = (await cast.peer.state())["outgoing"][-1]
        return bool(last["method"] == "POST" and last["status"] == 403)

    await until("fay is refused", refused)
    assert await cast.followers() == set()
    post = await cast.publish("Not for fay")
    assert await cast.peer.do("look", id=post.object_id) is None
    async with cast.services.database.reading() as records:
        (activity,) = await records.outbox_log.find_for_object(post.object_id)
        assert await records.deliveries.find_for_outbox(activity.pk) == []


async def follow_again(cast: Cast) -> str:
    follow_id: str = await cast.peer.do("follow", whom=cast.mara)

    async def follows() -> bool:
        return await cast.followers() == {cast.peer.fay}

    await until("fay follows again", follows)
    return follow_id


async def every_signature_was_of_the_generation_that_the_other_side_takes(cast: Cast) -> None:
    state = await cast.peer.state()
    delivered = [knock for knock in state["incoming"] if knock["method"] == "POST" and knock["status"] < 300]
    assert {knock["generation"] for knock in delivered} == {cast.generation}
    first = next(knock for knock in state["outgoing"] if knock["method"] == "POST")
    assert (first["generation"], first["status"]) == (cast.generation, 202)
    refused = [knock for knock in state["incoming"] if knock["status"] == 401]
    assert len(refused) == (len(delivered) if cast.asks_for_nonce else 0)


def id_of(value: Any) -> str:
    """An object's id, however it was compacted."""
    return str(value["id"] if isinstance(value, dict) else value)


def png() -> bytes:
    file = BytesIO()
    Image.radial_gradient("L").resize((64, 48)).convert("RGB").save(file, "PNG")
    return file.getvalue()
