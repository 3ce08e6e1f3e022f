"""Everything that two servers say to each other, with another implementation on the other side, over real sockets.

The same story is told with each way in which the peer may begin: by draft-cavage, by RFC 9421, and asking for a nonce.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cara_fed.config import load_config
from cara_fed.demo.instances import DemoInstance, make_instance, until
from cara_fed.publishing.delete_post import delete_post
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.follow_actor import follow_actor
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.publishing.publish_post import publish_post
from cara_fed.publishing.unfollow_actor import unfollow_actor
from cara_fed.services import Services, open_services
from storage.artists import Artist
from storage.attachments import Attachment
from storage.posts import Post
from tests.interop.peers import Peer, peer_serving, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

CAVAGE, RFC9421 = "draft-cavage", "rfc9421"
FIRST_KNOCKS = {CAVAGE: "draft-cavage-http-signatures-12", RFC9421: "rfc9421"}
ALTS = ["A heron in the reeds", "The same heron, “gone” <in> a moment & a half"]


@dataclass(frozen=True)
class Cast:
    """mara of the studio and fay of the peer. The studio is a process; `services` act on its data beside it."""

    studio: DemoInstance
    services: Services
    artist: Artist
    peer: Peer
    generation: str
    asks_for_nonce: bool

    @property
    def mara(self) -> str:
        return self.studio.actor("mara")

    async def publish(self, text: str, *pictures: PictureDraft) -> Post:
        return await publish_post(self.services, self.artist, PostDraft(text=text, pictures=pictures))

    async def edit(self, post: Post, text: str) -> None:
        rows = await find_own_post(self.services, self.artist, post.pk)
        await edit_post(self.services, self.artist, post.pk, replace(read_edit(rows), text=text))

    async def followers(self) -> set[str]:
        async with self.services.database.reading() as records:
            return {row.actor_id for row in await records.followers.find_page(self.artist.pk)}

    async def follows(self) -> set[str]:
        """Whom mara follows, where they accepted."""
        async with self.services.database.reading() as records:
            return {row.actor_id for row in await records.following.find_page(self.artist.pk)}

    async def home(self) -> dict[str, tuple[Post, list[Attachment]]]:
        """What mara sees at home, by id."""
        async with self.services.database.reading() as records:
            posts = await records.posts.find_home(self.artist.pk)
            pictures = await records.attachments.find_for_posts([post.pk for post in posts])
        return {post.object_id: (post, [picture.attachment for picture in pictures[post.pk]]) for post in posts}

    async def interactions(self, post: Post) -> set[str]:
        async with self.services.database.reading() as records:
            return {kind for _, kind in await records.interactions.count([post.object_id])}


@pytest.fixture(params=[CAVAGE, RFC9421, "nonce"])
async def cast(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Cast]:
    generation = CAVAGE if request.param == CAVAGE else RFC9421
    asks_for_nonce = request.param == "nonce"
    environment = {"FIRST_KNOCK": FIRST_KNOCKS[generation]} | ({"NONCE": "1"} if asks_for_nonce else {})
    studio = make_instance(tmp_path / "studio", "The studio", "localhost")
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(open_services(load_config(studio.config)))
        await studio.run("artist", "add", "mara")
        async with services.database.reading() as records:
            artist = await records.artists.get("mara")
        await stack.enter_async_context(studio.serving())
        peer = await stack.enter_async_context(peer_serving(tmp_path / "peer", **environment))
        yield Cast(studio, services, artist, peer, generation, asks_for_nonce)


async def test_everything_that_two_servers_say_to_each_other(cast: Cast) -> None:
    await they_follow_each_other(cast)
    await fay_sees_what_mara_does(cast)
    await mara_sees_what_fay_does(cast)
    await fay_likes_and_announces_and_takes_it_back(cast)
    await they_part(cast)
    await fay_blocks_mara(cast)
    await mara_lists_fay(cast)
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

    _, pictures = await until("the note is at home", lambda: find("<p>A kiln</p>"))
    assert [(picture.alt, picture.remote_url) for picture in pictures] == [("A kiln", f"{cast.peer.base}/kiln.png")]
    await cast.peer.do("edit", id=note_id, content="<p>A kiln, cold</p>")
    await until("the edit is at home", lambda: find("<p>A kiln, cold</p>"))
    await cast.peer.do("remove", id=note_id)

    async def gone() -> bool:
        return note_id not in await cast.home()

    await until("the note is gone", gone)


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
    undo = await cast.peer.received("Undo")
    assert undo["object"]["type"] == "Follow"
    assert (await cast.peer.state())["followers"] == []
    await cast.peer.do("unfollow", whom=cast.mara)

    async def gone() -> bool:
        return not await cast.followers()

    await until("fay is no follower", gone)


async def fay_blocks_mara(cast: Cast) -> None:
    await cast.peer.do("follow", whom=cast.mara)

    async def follows() -> bool:
        return bool(await cast.followers())

    await until("fay follows again", follows)
    await cast.peer.do("block", whom=cast.mara)

    async def blocked() -> bool:
        async with cast.services.database.reading() as records:
            return await records.blocks.exists_between(cast.artist.pk, cast.peer.fay)

    await until("the block is known", blocked)
    assert await cast.followers() == set()
    await cast.peer.do("take_back", whom=cast.mara, what="block")

    async def unblocked() -> bool:
        return not await blocked()

    await until("the block is taken back", unblocked)


async def mara_lists_fay(cast: Cast) -> None:
    await cast.peer.do("follow", whom=cast.mara)

    async def follows() -> bool:
        return bool(await cast.followers())

    await until("fay follows once more", follows)
    before = await last_accept(cast)
    await cast.studio.run("blocklist", "add", cast.peer.fay, "--reason", "feeds posts to a model without asking")

    async def refused() -> bool:
        response = await cast.peer.client.post(f"{cast.peer.base}/control/follow", json={"whom": cast.mara}, timeout=30)
        return response.status_code == 500 and "403" in response.text

    await until("fay is refused", refused)
    assert await cast.followers() == set()
    post = await cast.publish("Not for fay")
    assert await cast.peer.do("look", id=post.object_id) is None
    assert await last_accept(cast) == before


async def last_accept(cast: Cast) -> int:
    return sum(activity["type"] in ("Accept", "Create") for activity in (await cast.peer.state())["received"])


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
