"""Bring a database's tables to what this version of the program needs.

A new migration is drafted from the difference between the models and a database at the newest revision:
`python -m storage.migrate DATABASE_URL NUMBER "what it adds"`.
"""

import asyncio
import fcntl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import migrations, postgresql, sqlite
from storage.database import SQLITE, read_url
from storage.errors import DatabaseTooNew, DatabaseUnavailable, MigrationFailed

# Any number will do, as long as nobody else on the same PostgreSQL database takes it.
ADVISORY_LOCK = 0x63617261


def migrate(url: str) -> None:
    """Run every migration that the database has not seen, in one transaction; quick when there is none.

    Safe when several processes start at once: one migrates, the others wait. Blocks: in a running loop, hand it to
    `asyncio.to_thread`. Raises DatabaseUnavailable, DatabaseUnsupported, DatabaseTooNew, MigrationFailed.
    """
    run_alembic(url, _upgrade)


def newest_revision() -> str:
    """The number of the last migration, told from the names of their files."""
    names = [path.stem for path in (_folder() / "versions").glob("v[0-9]*_*.py")]
    return max(names).removeprefix("v").partition("_")[0]


def run_alembic(url: str, action: Callable[[Config], object]) -> None:
    """Run an Alembic command on a database, alone and in one transaction; raises as `migrate` does."""
    try:
        asyncio.run(_run(read_url(url), action))
    except CommandError as error:
        raise DatabaseTooNew(f"the database was made by a newer version of this program ({error})") from error
    except (OSError, DBAPIError) as error:
        raise DatabaseUnavailable(f"cannot use the database: {_reason(error)}") from error


async def _run(url: URL, action: Callable[[Config], object]) -> None:
    with _alone(url):
        engine = _open_engine(url)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(_act, action)
        finally:
            await engine.dispose()


def _act(connection: Connection, action: Callable[[Config], object]) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    action(_alembic_config(connection))
    if connection.dialect.name == "sqlite":
        _require_whole(connection)


def _upgrade(config: Config) -> None:
    """Alembic reads every migration to find that there is none to run, which is what most starts find."""
    context = MigrationContext.configure(config.attributes["connection"])
    if context.get_current_heads() != (newest_revision(),):
        command.upgrade(config, "head")


def _alembic_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _folder() -> Path:
    return Path(next(iter(migrations.__path__)))


def _require_whole(connection: Connection) -> None:
    """What PostgreSQL checks by itself: every foreign key still leads somewhere."""
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise MigrationFailed(f"a migration left {len(broken)} rows without the row they belong to, in {tables}")


def _open_engine(url: URL) -> AsyncEngine:
    if url.drivername == SQLITE:
        return sqlite.open_migrator(url)
    return postgresql.open_engine(url)


@contextmanager
def _alone(url: URL) -> Iterator[None]:
    """Wait until no other process migrates the same SQLite file (PostgreSQL has its own lock for this)."""
    if url.drivername != SQLITE:
        yield
        return
    path = sqlite.file_of(url)
    sqlite.make_file(path)
    lock_path = path.with_name(f"{path.name}.migrating")
    sqlite.make_file(lock_path)
    with lock_path.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _reason(error: OSError | DBAPIError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return next(iter(str(cause).splitlines()), type(cause).__name__)


def main(url: str, number: str, message: str) -> None:
    """Draft a migration from the difference between the models and a database."""
    migrate(url)
    run_alembic(url, partial(command.revision, message=message, rev_id=number, autogenerate=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
