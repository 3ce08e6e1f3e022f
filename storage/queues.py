"""What the two queues share: claims that never give one row to two workers."""

from typing import Any
from zlib import crc32

from sqlalchemy import Select, func, select
from sqlmodel.ext.asyncio.session import AsyncSession


async def serialize_claims(session: AsyncSession, queue: str) -> None:
    """Let one claim of a queue run at a time, so that its bounds hold across processes.

    SQLite's writing transactions do so by themselves; PostgreSQL takes a lock that ends with the transaction.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.exec(select(func.pg_advisory_xact_lock(crc32(queue.encode()))))  # type: ignore[call-overload]


def unlocked(due: Select[Any]) -> Select[Any]:
    """Pass over rows that another transaction is just finishing (SQLite has no such rows, and ignores this)."""
    return due.with_for_update(skip_locked=True)
