"""A snapshot of PostgreSQL: one CSV file a table, as COPY writes it, which any later PostgreSQL reads.

Not pg_dump: its major version must fit the server's, and many who run this have a server elsewhere and no client.
"""

import asyncio
import csv
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from alembic import command
from sqlalchemy import URL, Connection, MetaData, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import postgresql
from storage.errors import DatabaseUnavailable
from storage.migrate import migrate, run_alembic

STATE: Final = "state.json"
VERSIONS: Final = "alembic_version"


async def take(url: URL, folder: Path) -> None:
    """Copy every table as it is at one moment; a reading transaction keeps nobody from writing."""
    async with _connected(url, "REPEATABLE READ") as connection:
        tables = await connection.run_sync(_tables_in_order)
        revision = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
        for table in tables:
            await (await _driver(connection)).copy_from_table(
                table, output=str(folder / f"{table}.csv"), format="csv", header=True
            )
        state = {"revision": revision, "tables": tables, "sequences": await _read_sequences(connection)}
    (folder / STATE).write_text(json.dumps(state), encoding="utf-8")


async def put_back(url: URL, folder: Path) -> None:
    """Make the tables as they were, fill them in one transaction, then migrate."""
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    whole = url.render_as_string(hide_password=False)
    await asyncio.to_thread(run_alembic, whole, partial(command.upgrade, revision=state["revision"]))
    async with _connected(url) as connection:
        driver = await _driver(connection)
        for table in state["tables"]:
            file = folder / f"{table}.csv"
            columns = await asyncio.to_thread(_read_header, file)
            await driver.copy_to_table(table, source=str(file), columns=columns, format="csv", header=True)
        for sequence, value in state["sequences"].items():
            await connection.execute(text("SELECT setval(:sequence, :value)"), {"sequence": sequence, "value": value})
    await asyncio.to_thread(migrate, whole)


async def holds_something(url: URL) -> bool:
    """Whether there is a row that an instance's first start makes."""
    async with _connected(url) as connection:
        if not (await connection.execute(text("SELECT to_regclass('secrets') IS NOT NULL"))).scalar_one():
            return False
        return bool((await connection.execute(text("SELECT EXISTS (SELECT 1 FROM secrets)"))).scalar_one())


@asynccontextmanager
async def _connected(url: URL, isolation: str = "READ COMMITTED") -> AsyncIterator[AsyncConnection]:
    engine = postgresql.open_engine(url)
    try:
        async with engine.execution_options(isolation_level=isolation).begin() as connection:
            yield connection
    except (OSError, DBAPIError) as error:
        raise DatabaseUnavailable(f"cannot use the database: {str(error).splitlines()[0]}") from error
    finally:
        await engine.dispose()


async def _driver(connection: AsyncConnection) -> Any:
    """The connection of asyncpg, which knows COPY."""
    return (await connection.get_raw_connection()).driver_connection


def _tables_in_order(connection: Connection) -> list[str]:
    """Every table of ours, each after those that its rows belong to."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table.name for table in metadata.sorted_tables if table.name != VERSIONS]


async def _read_sequences(connection: AsyncConnection) -> dict[str, int]:
    """How far numbers were given that may never come back."""
    statement = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
    return {name: value for name, value in await connection.execute(text(statement)) if value is not None}


def _read_header(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as opened:
        return next(csv.reader(opened))
