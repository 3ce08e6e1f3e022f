"""Custom emoji of the house: in posts and profiles, on other servers, copied from there, taken out of use."""

from dataclasses import replace
from typing import Any

import pytest

from activitypub.html import find_shortcodes
from cara_fed.errors import InvalidInput, NotFound
from cara_fed.moderation.custom_emoji import add_emoji, copy_emoji, use_emoji
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.publishing.update_profile import read_profile, update_profile
from tests.activitypub.jsonld import dropped_or_blank
from tests.support.fediverse import Fediverse, Instance
from tests.support.instances import jpeg

PICTURE = jpeg(16, 16)


def emoji_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [tag for tag in document["tag"] if tag["type"] == "Emoji"]


async def add_gull(studio: Instance) -> None:
    await add_emoji(studio.services, await studio.artist("mara"), ":Gull:", "birds", jpeg(300, 200))


async def test_emoji_are_federated_shown_and_copied(fediverse: Fediverse) -> None:
    studio, gallery = await fediverse.start("studio.example", "gallery.example")
    eve = fediverse.stranger("far.example")
    mara, theo = await studio.add_artist("mara"), await gallery.add_artist("theo")
    await add_gull(studio)
    await gallery.follow("theo", mara)
    await fediverse.settle()
    post = await studio.publish("mara", "A gull :gull: by :gull:, not :wave:")
    await update_profile(
        studio.services,
        await studio.artist("mara"),
        replace(
            read_profile(await studio.artist("mara")), display_name="Mara :gull:", summary=":gull: over the harbour"
        ),
    )
    await fediverse.settle()

    for url in (post.object_id, mara):
        document = (await eve.get(url)).json()
        (emoji,) = emoji_of(document)
        assert (emoji["name"], emoji["icon"]["mediaType"]) == (":gull:", "image/png")
        assert dropped_or_blank(document) == []
        picture = await eve.get(emoji["icon"]["url"])
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
        assert b"Exif" not in picture.content and len(picture.content) < 40_000

    here = (await studio.get(post.url, accept="text/html")).text
    assert here.count('class="emoji"') == 3  # twice in the text, once in her name
    there = await gallery.find_post(post.object_id)
    assert there and there.emoji[0]["shortcode"] == "gull"
    await copy_emoji(gallery.services, await gallery.artist("theo"), there.emoji[0]["url"], "gull", "")
    answer = await gallery.publish("theo", ":gull:")
    assert answer.emoji[0]["file"].endswith(".png") and theo

    await use_emoji(studio.services, await studio.artist("mara"), "gull", is_used=False)
    assert (await studio.publish("mara", ":gull:")).emoji == []
    assert emoji_of((await eve.get(post.object_id)).json())
    rows = await find_own_post(studio.services, await studio.artist("mara"), post.pk)
    await edit_post(studio.services, rows.artist, post.pk, replace(read_edit(rows), text=":gull:"))
    assert not emoji_of((await eve.get(post.object_id)).json())


async def test_what_cannot_be_an_emoji_is_refused(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    await add_gull(studio)
    for shortcode, data, told in (
        ("g", PICTURE, "2 to 30"),
        ("gull-s", PICTURE, "2 to 30"),
        ("مرحبا", PICTURE, "2 to 30"),
        ("gull", PICTURE, "already"),
        ("wave", b"<svg onload='alert(1)'/>", "no picture"),
        ("wave", b"\xff" * (1024 * 1024 + 1), "at most 1 MB"),
    ):
        with pytest.raises(InvalidInput, match=told):
            await add_emoji(studio.services, await studio.artist("mara"), shortcode, "", data)
    with pytest.raises(NotFound):  # the address of no emoji that was seen here: nobody makes us fetch what they like
        await copy_emoji(studio.services, await studio.artist("mara"), "https://far.example/a.png", "wave", "")


def test_shortcodes_stand_apart_from_words() -> None:
    assert find_shortcodes("10:30:45 a:gull:b :gull:") == ("gull",)
    assert find_shortcodes(":gull::wave: :Gull: (:wave:)") == ("wave",)
