"""Columns that mean the same on SQLite and on PostgreSQL, and the base of every table."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, LargeBinary, MetaData, Text, TypeDecorator
from sqlmodel import Field, SQLModel

# Named constraints, because SQLite's batch migrations can only drop what has a name.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Only INTEGER PRIMARY KEY is SQLite's own row number; BIGINT would cost a second index.
PrimaryKeyType = BigInteger().with_variant(Integer(), "sqlite")


class Table(SQLModel):
    """The base of every table; its metadata is what migrations are compared with."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC, on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Bring an aware moment to UTC; SQLite then keeps its text, which sorts by time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back that SQLite does not keep."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def primary_key() -> Any:
    """A 64-bit key that the caller gives: time-ordered, from the clock."""
    return Field(primary_key=True, sa_type=PrimaryKeyType, sa_column_kwargs={"autoincrement": False})


def reference(target: str, *, primary: bool = False, index: bool = False, **options: Any) -> Any:
    """A 64-bit foreign key, `"table.column"`; the row goes when the one it names goes."""
    return Field(
        foreign_key=target, sa_type=BigInteger, ondelete="CASCADE", primary_key=primary, index=index, **options
    )


def moment(**options: Any) -> Any:
    """An aware moment in UTC."""
    return Field(sa_type=UtcDateTime, **options)


def long_text(**options: Any) -> Any:
    """Text without a length; empty unless given."""
    return Field(**{"default": "", "sa_type": Text, **options})


def binary(**options: Any) -> Any:
    """Bytes as they are."""
    return Field(sa_type=LargeBinary, **options)


def json_list() -> Any:
    """A list kept as JSON; assign a new one to change it, a change in place is not seen."""
    return Field(default_factory=list, sa_type=JSON)


def json_object() -> Any:
    """An object kept as JSON; assign a new one to change it, a change in place is not seen."""
    return Field(default_factory=dict, sa_type=JSON)
