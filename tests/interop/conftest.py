"""Who plays: an artist of a real instance, and the actor of the peer, begun in each way of signing that it knows."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cara_fed.accounts.create_artist import NewArtist, create_artist
from cara_fed.config import load_config
from cara_fed.demo.instances import DemoInstance, make_instance
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.publishing.publish_post import publish_post
from cara_fed.services import Services, open_services
from storage.artists import Artist
from storage.attachments import Attachment
from storage.posts import Post
from tests.interop.peers import Peer, peer_serving
from tests.support.pictures import PicturesHere

CAVAGE, RFC9421 = "draft-cavage", "rfc9421"
FIRST_KNOCKS = {CAVAGE: "draft-cavage-http-signatures-12", RFC9421: "rfc9421"}


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
        return self.studio.actor(self.artist.name)

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


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoInstance]:
    """The instance of every story; each has an artist of its own, and a peer of its own to talk to."""
    instance = make_instance(tmp_path_factory.mktemp("interop") / "studio", "The studio", "localhost")
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        runner.run(stack.enter_async_context(instance.serving()))
        try:
            yield instance
        finally:
            runner.run(stack.aclose())


@pytest.fixture(params=[CAVAGE, RFC9421, "nonce"])
async def cast(request: pytest.FixtureRequest, studio: DemoInstance, tmp_path: Path) -> AsyncIterator[Cast]:
    generation = CAVAGE if request.param == CAVAGE else RFC9421
    asks_for_nonce = request.param == "nonce"
    environment = {"FIRST_KNOCK": FIRST_KNOCKS[generation]} | ({"NONCE": "1"} if asks_for_nonce else {})
    async with AsyncExitStack() as stack:
        opening = open_services(load_config(studio.config), pictures=PicturesHere())
        services = await stack.enter_async_context(opening)
        artist = await create_artist(services, NewArtist(f"mara_{request.param.replace('-', '_')}"))
        peer = await stack.enter_async_context(peer_serving(tmp_path / "peer", **environment))
        yield Cast(studio, services, artist, peer, generation, asks_for_nonce)
