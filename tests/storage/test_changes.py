"""What this process wrote is counted by table, once it is committed; reading counts nothing."""

import pytest

from storage.database import Database
from tests.support.rows import NOW, make_artist, make_post


async def test_commits_are_counted_however_they_are_written(database: Database) -> None:
    async def count(without: str = "") -> int:
        return database.changes.count(without=frozenset({without}))

    before = await count()
    async with database.unit_of_work() as records:
        await records.artists.add(make_artist("mara"))
        await records.artists.add(make_artist("theo"))
    assert await count() == before + 1 and await count("artists") == before
    async with database.unit_of_work() as records:
        (await records.artists.get("mara")).display_name = "Mara"
    assert await count() == before + 2
    async with database.unit_of_work() as records:
        await records.rate_limits.hit("key", 60, 5, NOW)
        await records.posts.add(make_post("https://far.example/users/eve", hashtags=["ink"]))
    async with database.unit_of_work() as records:
        await records.rate_limits.clear("key")
    assert await count() > await count("rate_limits") > before + 2


async def test_what_is_read_or_undone_counts_nothing(database: Database) -> None:
    before = database.changes.count()
    async with database.reading() as records:
        await records.artists.find_all()
    async with database.unit_of_work() as records:
        await records.artists.find_all()
    with pytest.raises(KeyError):
        async with database.unit_of_work() as records:
            await records.artists.add(make_artist("mara"))
            raise KeyError
    assert database.changes.count() == before
