"""What artists arrange: portfolio and albums, in the order given, of living posts alone; and the links they name."""

from datetime import timedelta

import pytest

from storage.albums import Album
from storage.database import Database
from storage.errors import AlreadyExists
from tests.support.rows import NOW, make_artist, make_post

MARA, THEO = 1, 2
PUBLIC, ALL = ("public",), ("public", "followers")
PAGES = ("https://a.example/", "https://b.example/")


async def fill(database: Database) -> None:
    """Mara with three public posts, one for followers and a deleted one; Theo with nothing."""
    async with database.unit_of_work() as records:
        for name, pk in (("mara", MARA), ("theo", THEO)):
            await records.artists.add(make_artist(name, pk=pk))
        changes: dict[int, dict[str, object]] = {13: {"visibility": "followers"}, 14: {"deleted_at": NOW}}
        for pk in (10, 11, 12, 13, 14):
            post = make_post("https://studio.example/users/mara", pk=pk, artist_pk=MARA, **changes.get(pk, {}))
            await records.posts.add(post)


def album(slug: str, pk: int, **columns: object) -> Album:
    given = {"pk": pk, "artist_pk": MARA, "slug": slug, "title": slug.title(), "created_at": NOW, "updated_at": NOW}
    return Album(**given | columns)


async def test_a_portfolio_keeps_its_order(database: Database) -> None:
    await fill(database)
    async with database.unit_of_work() as records:
        await records.portfolio.replace(MARA, [12, 14, 10])
    async with database.reading() as records:
        assert [post.pk for post in await records.portfolio.find(MARA)] == [12, 10]
        assert await records.portfolio.holds(MARA, 12)
        assert not await records.portfolio.holds(MARA, 11)
        assert await records.portfolio.find(THEO) == []
    async with database.unit_of_work() as records:
        await records.portfolio.replace(MARA, [11])
    async with database.reading() as records:
        assert [post.pk for post in await records.portfolio.find(MARA)] == [11]


async def test_an_album_holds_living_posts_in_its_order(database: Database) -> None:
    await fill(database)
    async with database.unit_of_work() as records:
        await records.albums.add(album("sea", 100))
        await records.albums.add(album("hills", 101))
        await records.albums.replace_posts(100, [13, 12, 14, 10])
        await records.albums.replace_posts(101, [10])
    async with database.reading() as records:
        assert [post.pk for post in await records.albums.find_posts(100, PUBLIC)] == [12, 10]
        assert [post.pk for post in await records.albums.find_posts(100, ALL, skip=1, limit=1)] == [12]
        assert await records.albums.count_posts(100, PUBLIC) == 2
        assert await records.albums.count_posts(100, ALL) == 3
        assert await records.albums.find_with(10) == {100, 101}
        covers = await records.albums.find_covers([100, 101], PUBLIC)
        assert {pk: post.pk for pk, post in covers.items()} == {100: 12, 101: 10}


async def test_an_albums_name_is_never_given_twice(database: Database) -> None:
    await fill(database)
    async with database.unit_of_work() as records:
        await records.albums.add(album("sea", 100, deleted_at=NOW))
        with pytest.raises(AlreadyExists):
            await records.albums.add(album("sea", 101))
        await records.albums.add(album("hills", 102))
        await records.albums.add(album("sea", 103, artist_pk=THEO))
    async with database.reading() as records:
        assert [found.slug for found in await records.albums.find_all(MARA)] == ["hills"]
        assert await records.albums.find_slugs(MARA) == {"sea", "hills"}
        assert (found := await records.albums.find(MARA, "sea")) is not None
        assert found.deleted_at == NOW


async def test_links_are_claimed_once_and_remembered(database: Database) -> None:
    await fill(database)
    later = NOW + timedelta(minutes=5)
    async with database.unit_of_work() as records:
        await records.profile_links.replace(MARA, PAGES, NOW)
        assert {link.url for link in await records.profile_links.claim(NOW, later)} == set(PAGES)
        assert await records.profile_links.claim(NOW, later) == []
    async with database.unit_of_work() as records:
        tomorrow = NOW + timedelta(days=1)
        await records.profile_links.record(MARA, PAGES[0], verified_at=NOW, failures=0, due_at=tomorrow)
        await records.profile_links.replace(MARA, [PAGES[0], "https://c.example/"], later)
    async with database.unit_of_work() as records:
        assert await records.profile_links.find_verified(MARA) == {PAGES[0]}
        assert [link.url for link in await records.profile_links.claim(later, tomorrow)] == ["https://c.example/"]
        await records.profile_links.replace(MARA, [], later)
    async with database.reading() as records:
        assert await records.profile_links.find_verified(MARA) == set()
