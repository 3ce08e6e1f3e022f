"""Stories of documents that are asked for again and again: told in full only where they changed."""

from dataclasses import replace

import pytest

from activitypub.documents import Json
from cara_fed.endpoints.document_cache import DocumentCache
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.sending import with_header


@pytest.fixture
async def gallery(fediverse: Fediverse) -> Instance:
    (gallery,) = await fediverse.start("gallery.example")
    await gallery.add_artist("theo")
    return gallery


async def test_an_unchanged_post_is_answered_304_and_stays_private(studio: Instance, gallery: Instance) -> None:
    post, theo = await studio.publish("mara", "a hill", picture()), gallery.actor("theo")
    first = await gallery.get(post.object_id, as_=theo)
    again = await gallery.get(post.object_id, as_=theo, change=with_header("if-none-match", first.headers["etag"]))
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "private" in again.headers["cache-control"]
    assert "Signature" in again.headers["vary"]


async def test_an_edited_post_is_told_anew(studio: Instance, gallery: Instance) -> None:
    post, theo = await studio.publish("mara", "a hill"), gallery.actor("theo")
    first = await gallery.get(post.object_id, as_=theo)
    artist = await studio.artist("mara")
    draft = read_edit(await find_own_post(studio.services, artist, post.pk))
    await edit_post(studio.services, artist, post.pk, replace(draft, text="a mountain"))
    again = await gallery.get(post.object_id, as_=theo, change=with_header("if-none-match", first.headers["etag"]))
    assert again.status_code == 200
    assert "a mountain" in again.json()["content"]


async def test_what_one_server_holds_is_not_what_another_is_given(
    fediverse: Fediverse, studio: Instance, gallery: Instance
) -> None:
    (atelier,) = await fediverse.start("atelier.example")
    kai = await atelier.add_artist("kai")
    post = await studio.publish("mara", "a hill", picture())
    first = await gallery.get(post.object_id, as_=gallery.actor("theo"))
    other = await atelier.get(post.object_id, as_=kai, change=with_header("if-none-match", first.headers["etag"]))
    assert other.status_code == 200
    assert other.json()["attachment"][0]["url"] != first.json()["attachment"][0]["url"]


async def test_an_unsigned_stub_is_cached_by_everybody(studio: Instance, gallery: Instance) -> None:
    first = await gallery.get(studio.actor("mara"))
    again = await gallery.get(studio.actor("mara"), change=with_header("if-none-match", first.headers["etag"]))
    assert again.status_code == 304
    whole = await gallery.get(studio.actor("mara"), as_=gallery.actor("theo"))
    assert whole.headers["etag"] != first.headers["etag"]


def test_a_document_is_built_once_for_each_version() -> None:
    cache, built = DocumentCache(most=2), list[str]()

    def ask(pk: int, version: str) -> None:
        def build() -> Json:
            built.append(f"{pk}{version}")
            return {}

        cache.get(("note", pk), (version,), build)

    for pk, version in ((1, "a"), (1, "a"), (1, "b"), (2, "a"), (1, "b"), (3, "a"), (2, "a")):
        ask(pk, version)
    assert built == ["1a", "1b", "2a", "3a", "2a"]
