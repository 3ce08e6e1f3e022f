"""Evidence: which servers took which pictures and posts, and which were refused; hosts only, never visitors."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment
from storage.statements import count_changed, in_chunks, insert_into, insert_or_replace


class PictureFetch(Table, table=True):
    """How often a file was asked for at the address that a host was given (0: the public web), and how it ended.

    `agent` is the AI crawler that asked, by its own name; else empty. `answer` is served, revoked or refused.
    """

    __tablename__ = "picture_fetches"

    file_hash: str = Field(primary_key=True)
    host_number: int = Field(primary_key=True, sa_type=BigInteger)
    agent: str = Field(primary_key=True)
    answer: str = Field(primary_key=True)
    count: int = 1
    first_at: datetime = moment()
    last_at: datetime = moment(index=True)


class PostVisit(Table, table=True):
    """How often a host asked for a post itself, or was kept from it; `entry_key` is what listed it, else empty."""

    __tablename__ = "post_visits"

    object_id: str = Field(primary_key=True)
    netloc: str = Field(primary_key=True)
    door: str = Field(primary_key=True)
    entry_key: str = Field(primary_key=True)
    reason: str = long_text()
    count: int = 1
    first_at: datetime = moment()
    last_at: datetime = moment(index=True)


class AccessLog(Table, table=True):
    """How far a web server's access log was read: in which file, by its inode, and up to which byte."""

    __tablename__ = "access_logs"

    path: str = Field(primary_key=True)
    inode: int = Field(sa_type=BigInteger)
    offset: int = Field(sa_type=BigInteger)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Queries about where pictures and posts went."""

    session: AsyncSession

    async def count_fetches(self, counted: Mapping[tuple[str, int, str, str], int], now: datetime) -> None:
        """Add to the counts of (file hash, host number, agent, answer)."""
        names = ("file_hash", "host_number", "agent", "answer")
        await self._count(
            PictureFetch, names, [(dict(zip(names, key, strict=True)), n) for key, n in counted.items()], now
        )

    async def count_visits(self, counted: Mapping[tuple[str, str, str, str, str], int], now: datetime) -> None:
        """Add to the counts of (object id, netloc, door, entry key, reason)."""
        names = ("object_id", "netloc", "door", "entry_key")
        rows = [(dict(zip((*names, "reason"), key, strict=True)), n) for key, n in counted.items()]
        await self._count(PostVisit, names, rows, now)

    async def find_fetches(self, file_hashes: Collection[str]) -> Sequence[PictureFetch]:
        """Every count about these files, the first fetch first."""
        found: list[PictureFetch] = []
        for chunk in in_chunks(file_hashes):
            statement = select(PictureFetch).where(col(PictureFetch.file_hash).in_(chunk))
            found.extend(await self.session.exec(statement, execution_options={"populate_existing": True}))
        return sorted(found, key=lambda row: (row.first_at, row.host_number, row.agent))

    async def find_visits(self, object_id: str) -> Sequence[PostVisit]:
        """Every count about a post, the first visit first."""
        statement = select(PostVisit).where(PostVisit.object_id == object_id)
        ordered = statement.order_by(col(PostVisit.first_at), col(PostVisit.netloc))
        return (await self.session.exec(ordered, execution_options={"populate_existing": True})).all()

    async def remove_old(self, before: datetime) -> int:
        """Forget what did not happen again since then; how many counts."""
        fetches = await count_changed(self.session, delete(PictureFetch).where(col(PictureFetch.last_at) < before))
        return fetches + await count_changed(self.session, delete(PostVisit).where(col(PostVisit.last_at) < before))

    async def find_log(self, path: str) -> AccessLog | None:
        """How far the log at that path was read."""
        return await self.session.get(AccessLog, path)

    async def note_log(self, log: AccessLog) -> None:
        """Remember how far a log was read."""
        await insert_or_replace(self.session, log, key=["path"])

    async def _count(
        self, model: type[Table], key: Sequence[str], rows: Iterable[tuple[dict[str, Any], int]], now: datetime
    ) -> None:
        values = [{**row, "count": times, "first_at": now, "last_at": now} for row, times in rows]
        if not values:
            return
        insert = insert_into(self.session, model)
        table = insert.table
        added = {"count": table.c.count + insert.excluded["count"], "last_at": insert.excluded["last_at"]}
        statement = insert.on_conflict_do_update(index_elements=key, set_=added)
        await (await self.session.connection()).execute(statement, values)
