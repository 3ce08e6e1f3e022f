"""Statements that both databases know and SQLAlchemy spells apart, and a few that every noun needs."""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar, cast

import sqlalchemy
from sqlalchemy import ColumnElement, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, make_transient_to_detached
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table

# SQLite takes 32,766 values in one statement, PostgreSQL 32,767; half of that leaves room for the rest of it.
VALUES_PER_STATEMENT = 16_000

Item = TypeVar("Item")


def table_of(model: type[Table]) -> sqlalchemy.Table:
    """The SQL table behind a model."""
    return cast(sqlalchemy.Table, sqlalchemy.inspect(model).local_table)


def insert_into(session: AsyncSession, model: type[Table]) -> postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the dialect of the session's database (both spell it alike)."""
    return _insert(session.get_bind().dialect.name, model)


def values_of(row: Table) -> dict[str, Any]:
    """A row as column values, for a statement that does not go through the session's own bookkeeping."""
    return {column.name: getattr(row, column.name) for column in table_of(type(row)).columns}


async def insert_unless_known(session: AsyncSession, row: Table) -> bool:
    """Insert a row; False where any unique key of it is taken, with the transaction still usable.

    As after `add_row`, later changes of the inserted row are written with the transaction.
    """
    statement = _insert_unless_known(session.get_bind().dialect.name, type(row))
    if (await (await session.connection()).execute(statement, values_of(row))).rowcount == 0:
        return False
    make_transient_to_detached(row)
    session.add(row)
    return True


async def insert_all_unless_known(session: AsyncSession, rows: Sequence[Table], column: str) -> Sequence[Any]:
    """Insert many rows of a table in one go; the `column` of each that is new."""
    if not rows:
        return []
    statement = _insert_unless_known(session.get_bind().dialect.name, type(rows[0]))
    returning = statement.returning(table_of(type(rows[0])).columns[column])
    return (await session.exec(returning, params=[values_of(row) for row in rows])).scalars().all()


async def insert_or_replace(session: AsyncSession, row: Table, key: Sequence[str], keep: Sequence[str] = ()) -> None:
    """Insert a row, or bring the one with the same `key` up to it in every column but `key` and `keep`."""
    await insert_or_replace_all(session, [row], key, keep)


async def insert_or_replace_all(
    session: AsyncSession, rows: Sequence[Table], key: Sequence[str], keep: Sequence[str] = ()
) -> None:
    """Like `insert_or_replace`, for many rows of a table in one go."""
    if rows:
        await insert_or_replace_values(session, type(rows[0]), [values_of(row) for row in rows], key, keep)


async def insert_or_replace_values(
    session: AsyncSession, model: type[Table], values: Sequence[dict[str, Any]], key: Sequence[str], keep: Sequence[str]
) -> None:
    """Like `insert_or_replace_all`, for rows that are given as values: many thousands at a time."""
    if values:
        statement = _insert_or_replace(session.get_bind().dialect.name, model, tuple(key), tuple(keep))
        await (await session.connection()).execute(statement, values)


async def is_any(session: AsyncSession, statement: sqlalchemy.Select[Any], **values: Any) -> bool:
    """Whether a statement over columns, made once, finds a row with these values.

    It goes past the session, whose bookkeeping costs more than such a query. So what it asks about has to be written at
    once by everybody, never by changing a row in place.
    """
    return (await (await session.connection()).execute(statement, values)).first() is not None


async def add_row(session: AsyncSession, row: Table) -> None:
    """Insert at once, so that rows reach the database in the order of the calls (foreign keys need it)."""
    session.add(row)
    await session.flush()


async def count_changed(session: AsyncSession, statement: sqlalchemy.sql.dml.UpdateBase) -> int:
    """Run an INSERT, UPDATE or DELETE; the number of rows it changed."""
    return (await session.exec(statement)).rowcount


def in_chunks(items: Collection[Item], size: int = VALUES_PER_STATEMENT) -> Iterator[list[Item]]:
    """Lists of at most `size` items, for IN conditions of any length."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def covered_by(netloc: Mapped[str], domain: str) -> ColumnElement[bool]:
    """Whether a netloc column lies in `domain`: the domain or below it, whatever the port."""
    below = f".{domain}"
    return or_(
        netloc == domain,
        netloc.startswith(f"{domain}:", autoescape=True),
        netloc.endswith(below, autoescape=True),
        netloc.contains(f"{below}:", autoescape=True),
    )


@cache
def _insert(dialect: str, model: type[Table]) -> postgresql.Insert:
    if dialect == "sqlite":
        return cast(postgresql.Insert, sqlite.insert(table_of(model)))
    return postgresql.insert(table_of(model))


# A statement built anew costs more than its execution, so those of the hot paths are kept.
@cache
def _insert_unless_known(dialect: str, model: type[Table]) -> postgresql.Insert:
    return _insert(dialect, model).on_conflict_do_nothing()


@cache
def _insert_or_replace(
    dialect: str, model: type[Table], key: tuple[str, ...], keep: tuple[str, ...]
) -> postgresql.Insert:
    insert = _insert(dialect, model)
    names = [column.name for column in table_of(model).columns if column.name not in (*key, *keep)]
    return insert.on_conflict_do_update(index_elements=key, set_={name: insert.excluded[name] for name in names})
