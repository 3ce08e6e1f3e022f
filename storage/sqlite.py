"""SQLite: how its connections are opened, its file made and copied."""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from storage.errors import DatabaseUnavailable, DatabaseUnsupported
from storage.sqlite_dialect import COMPILED, DRIVER
from storage.sqlite_trips import open_connection

BUSY_SECONDS = 10

# WAL with synchronous=NORMAL loses nothing to `kill -9`: a commit is in the system's hands before it returns. Only a
# power cut can take the last commits, and it never harms the file; FULL would pay one disk flush a commit for that.
PRAGMAS = (
    f"busy_timeout = {BUSY_SECONDS * 1000}",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "cache_size = -16000",
)


class RollingBack(sqlite3.Connection):
    """A connection whose closing ends its transaction.

    SQLite's own closing is put off as long as a cursor lives, and the traceback of a cancelled task keeps one alive:
    nobody else could write until somebody drops it.
    """

    def close(self) -> None:
        """Undo what was not committed, then close."""
        if self.in_transaction:
            self.rollback()
        super().close()


def file_of(url: URL) -> Path:
    """The file that a SQLite URL names; raises DatabaseUnsupported for one in memory."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise DatabaseUnsupported("a SQLite database needs a file: sqlite+aiosqlite:///PATH")
    return Path(url.database)


def make_file(path: Path) -> None:
    """Make the folder, and an empty file only its owner can read; SQLite gives -wal and -shm the same mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise DatabaseUnavailable(f"cannot open {path}: {error.strerror}") from error


def open_writer(url: URL) -> AsyncEngine:
    """The engine for writing: one connection, since SQLite has one writer; tasks queue for it in fair order."""
    return _open(url, PRAGMAS, "BEGIN IMMEDIATE", pool_size=1, max_overflow=0, pool_timeout=30)


def open_readers(url: URL) -> AsyncEngine:
    """The engine for reading; a write through it is refused."""
    return _open(url, (*PRAGMAS, "query_only = ON"), "BEGIN", pool_size=4, max_overflow=4, pool_timeout=30)


def open_migrator(url: URL) -> AsyncEngine:
    """The engine for migrations: no foreign keys, since copying a table in a batch would delete what hangs on it."""
    return _open(url, (*PRAGMAS, "foreign_keys = OFF"), "BEGIN IMMEDIATE", poolclass=NullPool)


def _open(url: URL, pragmas: tuple[str, ...], begin: str, **pool: Any) -> AsyncEngine:
    engine = create_async_engine(
        url.set(drivername=DRIVER),
        connect_args={"factory": RollingBack, "async_creator_fn": open_connection},
        execution_options={"compiled_cache": COMPILED},
        pool_reset_on_return=None,
        **pool,
    )
    _prepare(engine, pragmas, begin)
    return engine


def _prepare(engine: AsyncEngine, pragmas: tuple[str, ...], begin: str) -> None:
    """Set every new connection up, and say BEGIN ourselves (the driver would say a plain one, and too late).

    A writer says BEGIN IMMEDIATE: it then waits its turn, where a plain BEGIN that reads first and writes
    later fails at once, whatever the timeout, when another writer was quicker.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    @event.listens_for(engine.sync_engine, "reset")
    def end_transaction(connection: Any, _record: Any, _state: Any) -> None:
        # Each call of the driver wakes its thread, so the pool's own ROLLBACK after every transaction is off.
        if connection.driver_connection.in_transaction:
            connection.rollback()
