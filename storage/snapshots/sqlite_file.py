"""A snapshot of SQLite: one file, a database itself."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from storage.errors import DatabaseUnavailable
from storage.migrate import migrate
from storage.sqlite import file_of

NAME = "cara.sqlite3"
SIDE_FILES = ("-wal", "-shm", ".migrating", ".migrating-wal", ".migrating-shm")


async def take(url: URL, folder: Path) -> None:
    """Copy the file by SQLite's own means, which let others write meanwhile."""
    await asyncio.to_thread(_copy, file_of(url), folder / NAME)


async def put_back(url: URL, folder: Path) -> None:
    """Migrate a copy aside, and give it its name when it is whole."""
    path = file_of(url)
    aside = path.with_name(f"{path.name}.restoring")
    await asyncio.to_thread(_copy_aside, folder / NAME, aside)
    await asyncio.to_thread(migrate, url.set(database=str(aside)).render_as_string(hide_password=False))
    await asyncio.to_thread(_put_in_place, aside, path)


async def holds_something(url: URL) -> bool:
    """Whether the file is there with anything in it: an instance that began to start has tables in it."""
    path = file_of(url)
    return path.is_file() and path.stat().st_size > 0


def _copy(source: Path, destination: Path) -> None:
    try:
        os.close(os.open(destination, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(destination)) as copy:
            live.backup(copy)
        with destination.open("rb") as written:
            os.fsync(written.fileno())
    except (OSError, sqlite3.Error) as error:
        raise DatabaseUnavailable(f"cannot copy {source} to {destination}: {error}") from error


def _copy_aside(source: Path, aside: Path) -> None:
    try:
        aside.parent.mkdir(parents=True, exist_ok=True)
        _remove(aside)
        os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        shutil.copyfile(source, aside)
    except OSError as error:
        raise DatabaseUnavailable(f"cannot write {aside}: {error.strerror}") from error


def _put_in_place(aside: Path, path: Path) -> None:
    """Only the file itself goes on: everything of its log is in it."""
    with closing(sqlite3.connect(aside)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with aside.open("rb") as written:
        os.fsync(written.fileno())
    for name in SIDE_FILES:
        path.with_name(f"{path.name}{name}").unlink(missing_ok=True)
    aside.rename(path)
    _remove(aside)


def _remove(aside: Path) -> None:
    for name in ("", *SIDE_FILES):
        aside.with_name(f"{aside.name}{name}").unlink(missing_ok=True)
