"""SQLite's driver with one trip to its thread for a statement, where it makes four (cursor, execute, fetch, close)."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import aiosqlite


class Connection(aiosqlite.Connection):
    """aiosqlite's connection, whose cursors read all their rows at once.

    Waking the thread and being woken by it costs more than most statements do.
    """

    def cursor(self) -> "Cursor":  # type: ignore[override]
        """A cursor, which costs nothing until it executes."""
        return Cursor(self)


class Cursor:
    """As much of a cursor as SQLAlchemy needs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> "Cursor":
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> "Cursor":
        """Run a statement and read its rows."""
        return await self._run(sqlite3.Cursor.execute, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> "Cursor":
        """Run a statement once for each set of parameters."""
        return await self._run(sqlite3.Cursor.executemany, sql, parameters)

    async def fetchall(self) -> Sequence[Any]:
        """The rows, once."""
        rows, self._rows = self._rows, ()
        return rows

    async def close(self) -> None:
        """Nothing is held."""

    async def _run(self, run: Callable[..., Any], sql: str, parameters: Iterable[Any]) -> "Cursor":
        connection = self._connection
        read = await connection._execute(_run_and_read, connection._conn, run, sql, parameters)  # type: ignore[no-untyped-call]
        self.description, self.rowcount, self.lastrowid, self._rows = read
        return self


def open_connection(database: str, **options: Any) -> Connection:
    """A connection that opens when it is awaited; options as of `sqlite3.connect`."""
    connection = Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy has it: a forgotten connection keeps no process alive
    return connection


def _run_and_read(
    connection: sqlite3.Connection, run: Callable[..., Any], sql: str, parameters: Iterable[Any]
) -> tuple[Any, int, int | None, Sequence[Any]]:
    cursor = connection.cursor()
    try:
        run(cursor, sql, parameters)
        rows = cursor.fetchall() if cursor.description else ()
        return cursor.description, cursor.rowcount, cursor.lastrowid, rows
    finally:
        cursor.close()
