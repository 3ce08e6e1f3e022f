"""Snapshots: a whole database as files, taken while others write, and put back where there is none yet."""

from pathlib import Path

from storage.database import SQLITE, read_url
from storage.snapshots import postgresql_tables, sqlite_file


async def take_snapshot(url: str, folder: Path) -> None:
    """Write all that the database holds at one moment into an empty folder. Raises DatabaseUnavailable."""
    parsed = read_url(url)
    take = sqlite_file.take if parsed.drivername == SQLITE else postgresql_tables.take
    await take(parsed, folder)


async def put_snapshot_back(url: str, folder: Path) -> None:
    """Fill a database that holds nothing with a snapshot, whole or not at all, and migrate it to this version.

    Raises DatabaseUnavailable, and DatabaseTooNew where a newer version of the program took it.
    """
    parsed = read_url(url)
    put_back = sqlite_file.put_back if parsed.drivername == SQLITE else postgresql_tables.put_back
    await put_back(parsed, folder)


async def holds_something(url: str) -> bool:
    """Whether an instance ever started with this database. Makes nothing. Raises DatabaseUnavailable."""
    parsed = read_url(url)
    holds = sqlite_file.holds_something if parsed.drivername == SQLITE else postgresql_tables.holds_something
    return await holds(parsed)


def kind_of(url: str) -> str:
    """``sqlite`` or ``postgresql``: a snapshot of one kind goes back into the same kind."""
    return read_url(url).get_backend_name()
