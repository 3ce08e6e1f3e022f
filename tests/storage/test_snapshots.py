"""Snapshots: a database as it was at one moment, whole, put back where there is none."""

from pathlib import Path

import pytest

from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.snapshots import holds_something, kind_of, put_snapshot_back, take_snapshot
from tests.support.postgres import PostgresServer
from tests.support.rows import NOW, make_artist, make_attachment, make_post


@pytest.fixture
def other_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the same kind."""
    if kind_of(database_url) == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/other folder/it's #1?.sqlite3".replace("?", "%3F").replace("#", "%23")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.make_database()


async def fill(database: Database) -> None:
    async with database.unit_of_work() as records:
        mara = make_artist("mara", summary='two\nlines, "quoted" \\N and ü', fields=[["a", "b"]])
        await records.artists.add(mara)
        parent = make_post("https://studio.example/users/mara", artist_pk=mara.pk)
        await records.posts.add(parent)
        await records.attachments.add(make_attachment(artist_pk=mara.pk, post_pk=parent.pk), ())
        for netloc in ("a.example", "b.example"):
            await records.hosts.number_for(netloc, NOW)
        await records.secrets.replace("base", "https://studio.example")


async def test_a_snapshot_is_whole_while_others_write(
    database: Database, database_url: str, other_url: str, tmp_path: Path
) -> None:
    await fill(database)
    folder = tmp_path / "snapshot"
    folder.mkdir()
    async with database.unit_of_work() as records:
        await records.artists.add(make_artist("theo"))
        await take_snapshot(database_url, folder)
    assert not await holds_something(other_url)
    await put_snapshot_back(other_url, folder)
    assert await holds_something(other_url)
    restored = Database(other_url)
    async with restored.unit_of_work() as records:
        assert [artist.name for artist in await records.artists.find_all()] == ["mara"]
        mara = await records.artists.get("mara")
        assert (mara.summary, mara.created_at) == ('two\nlines, "quoted" \\N and ü', NOW)
        assert mara.fields == [["a", "b"]]
        assert await records.hosts.number_for("c.example", NOW) > await records.hosts.number_for("b.example", NOW)
    await restored.dispose()


async def test_a_snapshot_overwrites_nothing(migrated_sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "cara.sqlite3").rename(tmp_path / "live.sqlite3")
    (tmp_path / "cara.sqlite3").write_text("precious")
    with pytest.raises(DatabaseUnavailable):
        await take_snapshot(f"sqlite+aiosqlite:///{tmp_path}/live.sqlite3", tmp_path)
    assert (tmp_path / "cara.sqlite3").read_text() == "precious"


async def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable):
        await holds_something("postgresql+asyncpg://nobody@127.0.0.1:9/x")
