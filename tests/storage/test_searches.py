"""Searching by words, in both databases alike: every script, every usual case, and only who wants to be found."""

import pytest

from activitypub.opt_out import OptOut
from storage.database import Database
from storage.searches import Shunned
from tests.support.rows import make_artist, make_attachment, make_post

QUIET = Shunned(OptOut.NO_AUTOMATED_USE, OptOut.NO_AI_TRAINING)
PEOPLE = {
    "mara": {"display_name": "Mara Ōkubo"},
    "hidden": {"display_name": "Mara the Hidden", "discoverable": False, "indexable": False},
    "sealed": {"display_name": "Mara the Sealed", "opt_out": OptOut.NO_AUTOMATED_USE},
}
POSTS = (
    ("mara", "Salt on the Grüne Heide 100%", {}),
    ("mara", "Эскиз МОСКВЫ весной", {}),
    ("mara", "水墨画の海", {}),
    ("mara", "salt for followers", {"visibility": "followers"}),
    ("mara", "salt by link", {"visibility": "unlisted"}),
    ("mara", "salt for no machine", {"opt_out": OptOut.NO_AUTOMATED_USE}),
    ("hidden", "salt of the hidden", {}),
    ("sealed", "salt of the sealed", {}),
)


@pytest.fixture
async def filled(database: Database) -> Database:
    async with database.unit_of_work() as records:
        for name, columns in PEOPLE.items():
            await records.artists.add(make_artist(name, **columns))
        for name, text, columns in POSTS:
            artist = await records.artists.get(name)
            post = make_post(f"https://studio.example/users/{name}", artist_pk=artist.pk, text=text, **columns)
            await records.posts.add(post)
            await records.attachments.add(make_attachment(post_pk=post.pk, artist_pk=artist.pk, alt="Ein Öltank"))
        await records.posts.add(make_post("https://far.example/users/eve", text="salt from afar"))
    return database


async def test_posts_are_found_by_all_their_words(filled: Database) -> None:
    for words, expected in (
        (["salt"], ["Salt on"]),
        (["SALT", "grüne"], ["Salt on"]),
        (["GRÜNE"], ["Salt on"]),
        (["salt", "moon"], []),
        (["москвы"], ["Эскиз"]),
        (["墨"], ["水墨画"]),
        (["100%"], ["Salt on"]),
        (["1%"], []),
        (["s_lt"], []),
        (["öltank", "heide"], ["Salt on"]),
        (["ÖLTANK"], ["水墨画", "Эскиз", "Salt on"]),
        (["'; drop table posts; --"], []),
    ):
        async with filled.reading() as records:
            found = await records.searches.find_posts(words, QUIET)
        assert [post.text[: len(start)] for post, start in zip(found, expected, strict=True)] == expected, words


async def test_they_are_found_page_by_page(filled: Database) -> None:
    async with filled.reading() as records:
        first = await records.searches.find_posts(["öltank"], QUIET, limit=2)
        rest = await records.searches.find_posts(["öltank"], QUIET, before=first[-1].pk, limit=2)
    assert (len(first), len(rest)) == (2, 1)


async def test_artists_are_found_by_name_where_they_want_to_be(filled: Database) -> None:
    for words, expected in ((["MAR"], ["mara"]), (["ōkubo"], ["mara"]), (["mara", "seal"], []), (["nobody"], [])):
        async with filled.reading() as records:
            assert [artist.name for artist in await records.searches.find_artists(words, QUIET)] == expected
            everybody = Shunned(OptOut.NO_AUTOMATED_USE, OptOut.NO_AUTOMATED_USE)
            assert await records.searches.find_artists(words, everybody) == []
