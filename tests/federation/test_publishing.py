"""Stories of an artist's posts on their way: with pictures, edited, deleted, and never to the listed."""

from dataclasses import replace

import httpx
import pytest

from cara_fed.publishing.delete_artist import delete_artist
from cara_fed.publishing.delete_post import delete_post
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.publishing.update_profile import read_profile, update_profile
from storage.attachments import Attachment
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.strangers import Stranger


async def pictures_at(instance: Instance, object_id: str) -> list[Attachment]:
    post = await instance.find_post(object_id)
    assert post is not None
    async with instance.services.database.reading() as records:
        return [picture.attachment for picture in (await records.attachments.find_for_posts([post.pk]))[post.pk]]


async def test_a_picture_arrives_and_can_be_looked_at(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    post = await studio.publish("mara", "a hill in #ink", picture("a hill"), picture("the same hill"))
    await fediverse.settle()

    (arrived,) = await gallery.home_of("theo")
    assert (arrived.object_id, arrived.hashtags, arrived.opt_out) == (post.object_id, ["ink"], "no-ai-training")
    pictures = await pictures_at(gallery, post.object_id)
    assert [shown.alt for shown in pictures] == ["a hill", "the same hill"]
    assert [shown.opt_out for shown in pictures] == ["no-ai-training"] * 2

    response = await gallery.get(str(pictures[0].remote_url), accept="image/*")
    assert response.status_code == 200
    assert response.headers["content-type"] in ("image/jpeg", "image/png")
    assert response.headers["x-robots-tag"] == "noai, noimageai"


async def test_every_server_gets_addresses_of_its_own(
    fediverse: Fediverse, studio: Instance, gallery: Instance, eve: Stranger
) -> None:
    post = await studio.publish("mara", "a hill", picture())
    await fediverse.settle()

    to_gallery = (await pictures_at(gallery, post.object_id))[0].remote_url
    to_eve = eve.documents_received()[0]["object"]["attachment"][0]["url"]
    assert to_gallery != to_eve
    for_theo = (await gallery.get(post.object_id, as_=gallery.actor("theo"))).json()
    for_eve = (await eve.get(post.object_id)).json()
    assert [note["attachment"][0]["url"] for note in (for_theo, for_eve)] == [to_gallery, to_eve]


async def test_an_edit_keeps_the_pictures_address(fediverse: Fediverse, studio: Instance, gallery: Instance) -> None:
    post = await studio.publish("mara", "a hill", picture("a hil"))
    await fediverse.settle()
    (before,) = await pictures_at(gallery, post.object_id)

    fediverse.time.pass_by(minutes=5)
    mara = await studio.artist("mara")
    edit = read_edit(await find_own_post(studio.services, mara, post.pk))
    kept = replace(edit.pictures[0], alt="a hill")  # type: ignore[type-var]
    await edit_post(studio.services, mara, post.pk, replace(edit, text="a hill, at dusk", pictures=(kept,)))
    await fediverse.settle()

    (arrived,) = await gallery.home_of("theo")
    assert arrived.content == "<p>a hill, at dusk</p>"
    (after,) = await pictures_at(gallery, post.object_id)
    assert (after.alt, after.remote_url) == ("a hill", before.remote_url)


async def test_a_deletion_arrives(fediverse: Fediverse, studio: Instance, gallery: Instance) -> None:
    post = await studio.publish("mara", "a hill", picture())
    await fediverse.settle()
    await delete_post(studio.services, await studio.artist("mara"), post.pk)
    await fediverse.settle()

    assert await gallery.home_of("theo") == []
    kept = await gallery.find_post(post.object_id)
    assert kept is not None
    assert kept.deleted_at is not None


async def test_a_changed_profile_arrives(fediverse: Fediverse, studio: Instance, gallery: Instance) -> None:
    mara = await studio.artist("mara")
    await update_profile(studio.services, mara, replace(read_profile(mara), display_name="Mara Lind"))
    await fediverse.settle()
    async with gallery.services.database.reading() as records:
        assert (await records.remote_actors.get(studio.actor("mara"))).display_name == "Mara Lind"


async def test_an_artist_leaves(fediverse: Fediverse, studio: Instance, gallery: Instance) -> None:
    await studio.publish("mara", "a hill")
    await fediverse.settle()
    await delete_artist(studio.services, await studio.artist("mara"))
    await fediverse.settle()

    assert await gallery.home_of("theo") == []
    assert await gallery.following_of("theo") == set()


async def test_an_answer_finds_its_way_back(fediverse: Fediverse, studio: Instance, gallery: Instance) -> None:
    post = await studio.publish("mara", "a hill")
    await fediverse.settle()
    answer = await gallery.publish("theo", "lovely", in_reply_to=post.object_id)
    await fediverse.settle()

    assert await studio.find_post(answer.object_id) is not None
    note = (await gallery.get(post.object_id, as_=gallery.actor("theo"))).json()
    assert note["replies"]["totalItems"] == 1


async def test_a_direct_post_is_seen_by_its_parties_alone(
    fediverse: Fediverse, studio: Instance, gallery: Instance, eve: Stranger
) -> None:
    post = await studio.publish("mara", "for you, @theo@gallery.example", visibility="direct")
    await fediverse.settle()

    kept = await gallery.find_post(post.object_id)
    assert kept is not None
    assert kept.visibility == "direct"
    assert eve.received == []
    assert await gallery.home_of("theo") == []


async def test_who_is_listed_between_two_posts_gets_the_first_alone(
    fediverse: Fediverse, studio: Instance, gallery: Instance, eve: Stranger
) -> None:
    first = await studio.publish("mara", "a hill", picture())
    await fediverse.settle()
    address = eve.documents_received()[0]["object"]["attachment"][0]["url"]

    await studio.list_entry("far.example")
    await studio.publish("mara", "another hill", picture())
    await fediverse.settle()

    assert [document["object"]["id"] for document in eve.documents_received()] == [first.object_id]
    assert len(await gallery.home_of("theo")) == 2
    assert (await studio.get(address, accept="image/*")).status_code == 410
    assert {door for door, _ in await studio.refusals()} >= {"deliver", "media"}


class TestPictures:
    @pytest.fixture
    async def address(self, fediverse: Fediverse, studio: Instance, eve: Stranger) -> str:
        await studio.publish("mara", "a hill", picture())
        await fediverse.settle()
        return str(eve.documents_received()[0]["object"]["attachment"][0]["url"])

    async def ask(self, studio: Instance, url: str, method: str = "GET", **headers: str) -> httpx.Response:
        request = httpx.Request(method, url, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = await studio.network.handle_async_request(request)
        await response.aread()
        return response

    async def test_it_is_kept_for_a_year_and_runs_nothing(self, studio: Instance, address: str) -> None:
        headers = (await self.ask(studio, address)).headers
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]
        assert headers["tdm-reservation"] == "1"

    async def test_in_part(self, studio: Instance, address: str) -> None:
        whole = (await self.ask(studio, address)).content
        for asked, start, end in (("0-9", 0, 10), ("10-", 10, len(whole)), ("-5", len(whole) - 5, len(whole))):
            part = await self.ask(studio, address, range=f"bytes={asked}")
            assert (part.status_code, part.content) == (206, whole[start:end])
            assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(whole)}"
            assert part.headers["content-length"] == str(end - start)
        assert (await self.ask(studio, address, range=f"bytes={len(whole)}-")).status_code == 416
        assert (await self.ask(studio, address, range="bytes=-0")).status_code == 416
        assert (await self.ask(studio, address, range="bytes=0-1,4-5")).content == whole
        assert (await self.ask(studio, address, range="bytes=0-1", if_range='"other"')).content == whole

    async def test_unchanged(self, studio: Instance, address: str) -> None:
        etag = (await self.ask(studio, address)).headers["etag"]
        response = await self.ask(studio, address, if_none_match=etag)
        assert (response.status_code, response.content) == (304, b"")

    async def test_head(self, studio: Instance, address: str) -> None:
        whole, head = await self.ask(studio, address), await self.ask(studio, address, "HEAD")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.content))

    async def test_addresses_that_were_given_to_nobody(self, studio: Instance, address: str) -> None:
        base, capability, name = address.rsplit("/", 2)
        other = f"{'0' * 64}.{name.rpartition('.')[2]}"
        for url in (
            f"{base}/{capability[:-1]}{'a' if capability[-1] != 'a' else 'b'}/{name}",
            f"{base}/{capability}/{other}",
            f"{base}/{capability}/{name}.html",
            f"{base}/{capability}/../{name}",
            f"{base}/{name}",
        ):
            assert (await self.ask(studio, url)).status_code == 404, url
        assert (await self.ask(studio, address, "POST")).status_code == 405
