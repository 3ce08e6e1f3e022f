"""What other programs really send, posted one after another: all of it is taken, and what is published is shown."""

import logging
from datetime import UTC, datetime

import pytest

from storage.posts import Post
from tests.support.fediverse import Fediverse, Instance
from tests.support.rows import make_following, make_post
from tests.support.software import SOFTWARE, Peer

POST_PK = 117329384023461888

PUBLISHERS = [name for name in SOFTWARE if name not in ("relay", "kmyblue", "mobilizon")]


@pytest.fixture
async def studio(fediverse: Fediverse) -> Instance:
    """An instance with the post and the artist that the documents are about."""
    (studio,) = await fediverse.start("studio.example")
    fediverse.time.now = datetime(2026, 12, 1, tzinfo=UTC)
    mara = await studio.add_artist("mara")
    artist = await studio.artist("mara")
    row = make_post(mara, pk=POST_PK, artist_pk=artist.pk, url=f"{studio.base}/@mara/{POST_PK}")
    async with studio.services.database.unit_of_work() as records:
        await records.posts.add(row)
    return studio


def peer_of(fediverse: Fediverse, software: str) -> Peer:
    return Peer(software, fediverse.network, fediverse.time, fediverse.keys.next_rsa())


async def let_mara_follow(studio: Instance, actor_id: str) -> None:
    artist = await studio.artist("mara")
    async with studio.services.database.unit_of_work() as records:
        await records.following.record(make_following(artist.pk, actor_id))


@pytest.mark.parametrize("software", SOFTWARE)
async def test_everything_is_taken_and_nothing_breaks(
    fediverse: Fediverse, studio: Instance, caplog: pytest.LogCaptureFixture, software: str
) -> None:
    peer = peer_of(fediverse, software)
    for activity in peer.activities().values():
        await let_mara_follow(studio, str(activity["actor"]))
    for name, activity in peer.activities().items():
        response = await peer.post(studio.shared_inbox, activity)
        assert response.status_code == 202, (name, response.text)
        await fediverse.settle()

    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []
    waiting = {"received"} if "move" in peer.activities() else set()  # the new home is on a server of no story
    assert set(await studio.inbox_states()) <= {"handled", "ignored"} | waiting


@pytest.mark.parametrize("software", PUBLISHERS)
async def test_what_is_published_is_shown(fediverse: Fediverse, studio: Instance, software: str) -> None:
    peer, shown = peer_of(fediverse, software), list[Post]()
    for actor_id, note in peer.posts():
        await let_mara_follow(studio, actor_id)
        activity = next(each for each in peer.activities().values() if each.get("object") == note)
        await peer.post(studio.shared_inbox, activity)
        await fediverse.settle()
        post = await studio.find_post(note["id"])
        assert post is not None, note["id"]
        shown.append(post)
    assert shown
    async with studio.services.database.reading() as records:
        pictures = await records.attachments.find_for_posts([post.pk for post in shown])
    assert all(post.content or pictures[post.pk] for post in shown)
    assert all(post.visibility in ("public", "unlisted", "followers") for post in shown)
