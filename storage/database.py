"""The database: transactions over SQLite or PostgreSQL, by URL alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import postgresql, sqlite
from storage.changes import Changes, watch
from storage.errors import DatabaseUnsupported
from storage.records import Records

SQLITE, POSTGRESQL = "sqlite+aiosqlite", "postgresql+asyncpg"


class Database:
    """One database: `sqlite+aiosqlite:///PATH` or `postgresql+asyncpg://…`; no connection before the first use."""

    def __init__(self, url: str) -> None:
        """Make the SQLite file where it is missing. Raises DatabaseUnsupported, DatabaseUnavailable."""
        self.url = read_url(url)
        self._writer, self._readers = _open_engines(self.url)
        self.changes = Changes()
        watch(self._writer)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[Records]:
        """One writing transaction: committed when the block ends, undone when it raises.

        Keep network and slow work out of the block: on SQLite every other writer waits for its end.
        """
        with self.changes.noting():
            async with AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
                yield Records(session)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Records]:
        """One reading transaction: every query in it sees the same moment, and a write is refused."""
        async with AsyncSession(self._readers, expire_on_commit=False, autoflush=False) as session:
            yield Records(session)

    async def dispose(self) -> None:
        """Close every connection."""
        await self._readers.dispose()
        await self._writer.dispose()


def read_url(url: str) -> URL:
    """A database URL that this program can use; raises DatabaseUnsupported."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnsupported("the database is not given as a URL") from error
    if parsed.drivername not in (SQLITE, POSTGRESQL):
        raise DatabaseUnsupported(f"the database must be {SQLITE}:// or {POSTGRESQL}://, not {parsed.drivername}://")
    return parsed


def _open_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """An engine for writing and one for reading."""
    if url.drivername == SQLITE:
        sqlite.make_file(sqlite.file_of(url))
        return sqlite.open_writer(url), sqlite.open_readers(url)
    engine = postgresql.open_engine(url)
    return engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
