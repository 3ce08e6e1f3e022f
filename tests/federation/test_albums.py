"""Stories of albums: collections that other servers can read, under an address that stays."""

import pytest

from cara_fed.errors import InvalidInput, NotFound
from cara_fed.publishing.arrange_albums import (
    AlbumText,
    create_album,
    delete_album,
    edit_album,
    make_slug,
    move_in_album,
    put_into_albums,
)
from cara_fed.publishing.ordering import Move, Step
from storage.posts import Post
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.strangers import Stranger


@pytest.fixture
def eve(fediverse: Fediverse) -> Stranger:
    return fediverse.stranger("far.example")


async def fill(studio: Instance, slug: str, *posts: Post) -> None:
    for post in posts:
        await put_into_albums(studio.services, await studio.artist("mara"), post.pk, [slug])


async def ids_in(eve: Stranger, album_id: str) -> list[str]:
    collection = (await eve.get(album_id)).json()
    ids: list[str] = []
    following: str | None = collection["first"]
    while following:
        page = (await eve.get(following)).json()
        assert (page["partOf"], page["type"]) == (album_id, "OrderedCollectionPage")
        ids += page["orderedItems"]
        following = page.get("next")
    assert collection["totalItems"] == len(ids)
    return ids


async def test_an_album_is_a_collection_in_the_artists_order(studio: Instance, eve: Stranger) -> None:
    mara = await studio.artist("mara")
    album = await create_album(studio.services, mara, AlbumText("Sea pieces", "All of #salt"))
    works = [await studio.publish("mara", f"wave {n}", picture()) for n in range(3)]
    secret = await studio.publish("mara", "for few", picture(), visibility="followers")
    await fill(studio, album.slug, works[0], secret, works[1], works[2])
    await move_in_album(studio.services, mara, album.slug, Move(works[2].pk, Step.EARLIER))

    album_id = f"{studio.actor('mara')}/albums/sea-pieces"
    answer = await eve.get(album_id)
    document = answer.json()
    assert (document["id"], document["type"], document["name"]) == (album_id, "OrderedCollection", "Sea pieces")
    assert document["attributedTo"] == studio.actor("mara")
    assert document["url"] == f"{studio.base}/@mara/albums/sea-pieces"
    assert document["xRobotsTag"] == answer.headers["x-robots-tag"] == "noai, noimageai"
    assert await ids_in(eve, album_id) == [works[n].object_id for n in (0, 2, 1)]

    await edit_album(studio.services, mara, album.slug, AlbumText("Sea"))
    assert (await eve.get(album_id)).json()["name"] == "Sea"
    await put_into_albums(studio.services, mara, works[0].pk, [])
    assert await ids_in(eve, album_id) == [works[n].object_id for n in (2, 1)]


async def test_a_long_album_comes_in_pages(studio: Instance, eve: Stranger) -> None:
    mara = await studio.artist("mara")
    album = await create_album(studio.services, mara, AlbumText("Days"))
    posts = [await studio.publish("mara", f"day {n}") for n in range(41)]
    async with studio.services.database.unit_of_work() as records:
        await records.albums.replace_posts(album.pk, [post.pk for post in posts])
    album_id = f"{studio.actor('mara')}/albums/days"
    assert await ids_in(eve, album_id) == [post.object_id for post in posts]
    for page in ("3", "0", "x", "-1"):
        assert (await eve.get(f"{album_id}?page={page}")).status_code == 404


async def test_a_deleted_album_is_gone_and_its_address_is_never_anothers(studio: Instance, eve: Stranger) -> None:
    mara = await studio.artist("mara")
    work = await studio.publish("mara", "a wave", picture())
    album = await create_album(studio.services, mara, AlbumText("Sea"))
    await fill(studio, album.slug, work)
    await delete_album(studio.services, mara, album.slug)

    assert (await eve.get(f"{studio.actor('mara')}/albums/sea")).status_code == 410
    assert (await studio.get(f"{studio.base}/@mara/albums/sea", accept="text/html")).status_code == 410
    assert (await eve.get(work.object_id)).status_code == 200
    assert (await create_album(studio.services, mara, AlbumText("Sea"))).slug == "sea-2"
    with pytest.raises(NotFound):
        await edit_album(studio.services, mara, "sea", AlbumText("Sea"))


async def test_albums_ask_for_a_signature_and_for_pictures(studio: Instance, eve: Stranger) -> None:
    mara = await studio.artist("mara")
    album = await create_album(studio.services, mara, AlbumText("Sea"))
    album_id = f"{studio.actor('mara')}/albums/sea"
    assert (await studio.get(album_id)).status_code == 401
    assert (await eve.get(f"{album_id}-none")).status_code == 404
    page = await studio.get(album_id, accept="text/html")
    assert f'<{album_id}>; rel="alternate"' in page.headers["link"]
    assert "<h1" in page.text
    with pytest.raises(InvalidInput, match="pictures"):
        await fill(studio, album.slug, await studio.publish("mara", "only words"))


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Sea pieces!", "sea-pieces"), ("Über Öl", "uber-ol"), ("海", "album"), ("-", "album"), ("Salt", "salt-2")],
)
def test_an_address_is_made_of_the_title(title: str, slug: str) -> None:
    assert make_slug(title, {"salt"}) == slug


def test_an_address_fits_whatever_the_title() -> None:
    assert len(make_slug("salt and water " * 20, set())) <= 48
