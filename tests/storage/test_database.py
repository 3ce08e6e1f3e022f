"""The database: transactions that wait their turn, lose nothing, and give moments back as they were."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from storage.database import Database
from storage.sqlite import RollingBack
from tests.support.rows import NOW, make_artist, make_inbox_activity

ROOT = Path(__file__).parents[2]


async def bump_slowly(database: Database) -> int:
    async with database.unit_of_work() as records:
        seen = await records.revisions.current("shared")
        await asyncio.sleep(0.02)
        await records.secrets.replace("seen", str(seen))
        return await records.revisions.bump("shared")


async def test_five_transactions_that_read_then_write_at_once_all_succeed(database: Database) -> None:
    values = await asyncio.gather(*(bump_slowly(database) for _ in range(5)))
    assert sorted(values) == [1, 2, 3, 4, 5]


async def test_so_do_five_of_different_processes(database_url: str) -> None:
    async with AsyncExitStack() as stack:
        databases = [Database(database_url) for _ in range(5)]
        for database in databases:
            stack.push_async_callback(database.dispose)
        assert sorted(await asyncio.gather(*map(bump_slowly, databases))) == [1, 2, 3, 4, 5]


async def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.unit_of_work() as records:
            await records.artists.add(make_artist("mara"))
            raise RuntimeError
    async with database.reading() as records:
        assert await records.artists.count() == 0


async def test_a_cancelled_transaction_is_undone_and_blocks_nobody(database: Database) -> None:
    begun = asyncio.Event()

    async def never_end() -> None:
        async with database.unit_of_work() as records:
            await records.revisions.bump("shared")
            begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(never_end())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await bump_slowly(database) == 1


async def test_who_is_cancelled_while_waiting_for_a_turn_holds_no_turn_later(database_url: str) -> None:
    async with AsyncExitStack() as stack:
        holder, waiter, third = (Database(database_url) for _ in range(3))
        for database in (holder, waiter, third):
            stack.push_async_callback(database.dispose)
        async with holder.unit_of_work() as records:
            await records.revisions.bump("shared")
            waiting = asyncio.create_task(bump_slowly(waiter))
            await asyncio.sleep(0.2)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        for database in (third, waiter, third):
            async with asyncio.timeout(8):
                await bump_slowly(database)


async def test_cancelling_at_any_moment_harms_nobody_else(database: Database) -> None:
    # Kept on purpose: their tracebacks hold on to whatever a cancelled transaction was doing.
    outcomes: list[object] = []
    for number in range(60):
        task = asyncio.create_task(bump_slowly(database))
        await asyncio.sleep(number / 2000)
        task.cancel()
        outcomes += await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(8):
        before = await bump_slowly(database)
        assert await bump_slowly(database) == before + 1


def test_closing_ends_a_transaction_even_while_a_cursor_lives(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "cara.sqlite3", factory=RollingBack, isolation_level=None)
    connection.executescript("CREATE TABLE numbers (number); INSERT INTO numbers VALUES (1), (2); BEGIN IMMEDIATE")
    cursor = connection.execute("SELECT number FROM numbers")
    connection.close()
    with closing(sqlite3.connect(tmp_path / "cara.sqlite3", timeout=0)) as another:
        another.execute("BEGIN IMMEDIATE")
    del cursor


async def test_reading_sees_one_moment_while_others_write(database: Database) -> None:
    async with database.reading() as reader:
        before = await reader.revisions.current("shared")
        await bump_slowly(database)
        assert await reader.revisions.current("shared") == before
    async with database.reading() as reader:
        assert await reader.revisions.current("shared") == before + 1


async def test_reading_refuses_to_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        async with database.reading() as records:
            await records.revisions.bump("shared")


async def test_changing_a_found_row_in_place_is_written(database: Database) -> None:
    async with database.unit_of_work() as records:
        added = make_artist("mara")
        await records.artists.add(added)
        added.display_name = "Mara"
    async with database.unit_of_work() as records:
        (await records.artists.get("mara")).summary = "Ink and rain."
    async with database.reading() as records:
        mara = await records.artists.get("mara")
    assert (mara.display_name, mara.summary) == ("Mara", "Ink and rain.")


@pytest.mark.parametrize(
    "moment",
    [
        NOW,
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
        datetime(2026, 7, 1, 2, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    ],
)
async def test_moments_come_back_aware_and_in_utc(database: Database, moment: datetime) -> None:
    async with database.unit_of_work() as records:
        await records.artists.add(make_artist("mara", created_at=moment))
    async with database.reading() as records:
        read = (await records.artists.get("mara")).created_at
    assert read == moment
    assert read.utcoffset() == timedelta(0)


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises((ValueError, StatementError), match="without a time zone"):
        async with database.unit_of_work() as records:
            await records.artists.add(make_artist("mara", created_at=datetime(2026, 1, 1)))


async def test_text_of_every_script_and_bytes_come_back_as_they_were(database: Database) -> None:
    text = "墨 e\u0301 🖌️ \u202eמשה\u202c 'quoted' \\ % _ \x7f"
    body = bytes(range(256))
    async with database.unit_of_work() as records:
        await records.artists.add(make_artist("mara", summary=text, fields=[{"name": text}]))
        await records.inbox_log.add(make_inbox_activity("https://b.example/1", "https://b.example/theo", body=body))
    async with database.reading() as records:
        mara = await records.artists.get("mara")
        activity = await records.inbox_log.find("https://b.example/1")
    assert (mara.summary, mara.fields) == (text, [{"name": text}])
    assert activity is not None
    assert activity.body == body


async def test_a_row_without_its_parent_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.unit_of_work() as records:
            await records.blocks.add(404, "https://b.example/theo", "out", NOW)


async def test_secrets_do_not_show_in_a_rows_text() -> None:
    assert "hunter2" not in repr(make_artist("mara", password_hash="hunter2"))


KILLED = """
import asyncio, sys
from storage.database import Database

async def main(url):
    database = Database(url)
    async with database.unit_of_work() as records:
        await records.secrets.replace("committed", "yes")
    async with database.unit_of_work() as records:
        await records.secrets.replace("committed", "never")
        print("writing", flush=True)
        await asyncio.sleep(60)

asyncio.run(main(sys.argv[1]))
"""


async def test_a_process_killed_in_a_transaction_loses_nothing_committed(database_url: str, database: Database) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, database_url], env=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
    async with database.unit_of_work() as records:
        assert await records.secrets.find("committed") == "yes"
        await records.secrets.replace("committed", "again")


async def test_only_the_owner_can_read_the_file_and_its_companions(tmp_path: Path, migrated_sqlite_url: str) -> None:
    (tmp_path / "cara.sqlite3").unlink()
    database = Database(migrated_sqlite_url.replace("cara.sqlite3", "new/folder/cara.sqlite3"))
    with pytest.raises(DBAPIError):
        async with database.unit_of_work() as records:
            await records.artists.count()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new" / "folder").iterdir()}
    await database.dispose()
    assert modes == dict.fromkeys(["cara.sqlite3", "cara.sqlite3-wal", "cara.sqlite3-shm"], 0o600)


async def test_a_nul_in_text_from_elsewhere_stops_nothing(database: Database) -> None:
    async with database.unit_of_work() as records:
        await records.artists.add(make_artist("mara", summary="a\x00b", fields=["a\x00b"], also_known_as=["a\x00b"]))
        for number in range(2):
            await records.secrets.replace(f"{number}\x00", "a\x00b")
    async with database.reading() as records:
        assert (await records.artists.get("mara")).summary in ("a\x00b", "a\ufffdb")
        assert await records.secrets.find("1\x00") in ("a\x00b", "a\ufffdb")
