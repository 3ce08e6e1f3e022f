"""The blocklist: entries from here and from subscriptions, and what is allowed in spite of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy
from sqlalchemy import UniqueConstraint, func, or_
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, json_list, long_text, moment, primary_key
from storage.refusals import Refusal
from storage.statements import count_changed, in_chunks, insert_or_replace, insert_or_replace_values

LOCAL = "local"


class BlocklistEntry(Table, table=True):
    """A domain or an actor as one source lists it.

    `source` is "local", the subscription's url, or "file:" and a name; `change_id` is the change of its feed.
    """

    __tablename__ = "blocklist_entries"
    __table_args__ = (UniqueConstraint("kind", "key", "source"),)

    pk: int = primary_key()
    kind: str
    key: str = Field(index=True)
    label: str = ""
    policy: str = "reject"
    reason: str = long_text()
    evidence: list[str] = json_list()
    source: str = Field(default=LOCAL, index=True)
    author: str = ""
    change_id: str | None = None
    created_at: datetime = moment()
    expires_at: datetime | None = moment(default=None)
    retracted_at: datetime | None = moment(default=None)


class BlocklistAllow(Table, table=True):
    """A domain or an actor that no entry of any source may refuse."""

    __tablename__ = "blocklist_allows"

    key: str = Field(primary_key=True)
    kind: str
    reason: str = long_text()
    created_at: datetime = moment()


class ListedRow(NamedTuple):
    """What a policy needs of an entry."""

    kind: str
    key: str
    label: str
    policy: str
    reason: str
    source: str
    expires_at: datetime | None


class EntryRow(NamedTuple):
    """An entry as a plain value, for lists of many thousands; the columns in their order."""

    pk: int
    kind: str
    key: str
    label: str
    policy: str
    reason: str
    evidence: list[str]
    source: str
    author: str
    change_id: str | None
    created_at: datetime
    expires_at: datetime | None
    retracted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryWithHits:
    """An entry and how often it refused something."""

    entry: BlocklistEntry
    hits: int
    last_hit_at: datetime | None


@dataclass(frozen=True, slots=True)
class Blocklist:
    """Queries about entries and allows; an entry is active until it is retracted or has expired."""

    session: AsyncSession

    async def add(self, entry: BlocklistEntry) -> None:
        """List something; what its source listed before, retracted or not, becomes this (its pk stays)."""
        await insert_or_replace(self.session, entry, key=["kind", "key", "source"], keep=["pk"])

    async def add_many(self, entries: Sequence[EntryRow]) -> None:
        """Like `add`, for a subscription's list."""
        values = [entry._asdict() for entry in entries]
        await insert_or_replace_values(self.session, BlocklistEntry, values, ["kind", "key", "source"], ["pk"])

    async def retract(self, kind: str, key: str, source: str, now: datetime) -> bool:
        """Take an entry of a source back; False where it has none that is active."""
        return await self.retract_many(kind, [key], source, now) == 1

    async def retract_many(self, kind: str, keys: Sequence[str], source: str, now: datetime) -> int:
        """Take entries of a source back; how many there were."""
        changed = 0
        for chunk in in_chunks(keys):
            statement = update(BlocklistEntry).where(
                col(BlocklistEntry.kind) == kind,
                col(BlocklistEntry.key).in_(chunk),
                col(BlocklistEntry.source) == source,
                col(BlocklistEntry.retracted_at).is_(None),
            )
            changed += await count_changed(self.session, statement.values(retracted_at=now))
        return changed

    async def remove(self, kind: str, key: str, source: str = LOCAL) -> bool:
        """Forget an entry altogether, as if it had never been; False where there is none."""
        statement = delete(BlocklistEntry).where(
            col(BlocklistEntry.kind) == kind, col(BlocklistEntry.key) == key, col(BlocklistEntry.source) == source
        )
        return await count_changed(self.session, statement) == 1

    async def find(self, kind: str, key: str, source: str = LOCAL) -> BlocklistEntry | None:
        """The entry of a source, retracted or not."""
        statement = select(BlocklistEntry).where(
            BlocklistEntry.kind == kind, BlocklistEntry.key == key, BlocklistEntry.source == source
        )
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).first()

    async def find_expired(self, now: datetime, source: str = LOCAL) -> Sequence[BlocklistEntry]:
        """The entries of a source that have expired and were not retracted since."""
        expired = col(BlocklistEntry.expires_at) <= now
        statement = select(BlocklistEntry).where(
            expired, col(BlocklistEntry.retracted_at).is_(None), BlocklistEntry.source == source
        )
        return (await self.session.exec(statement)).all()

    async def find_ending(self, now: datetime, before: datetime, source: str = LOCAL) -> Sequence[BlocklistEntry]:
        """The active entries of a source that expire before then."""
        ends = col(BlocklistEntry.expires_at) <= before
        statement = select(BlocklistEntry).where(*_is_active(now), ends, BlocklistEntry.source == source)
        return (await self.session.exec(statement.order_by(col(BlocklistEntry.expires_at)))).all()

    async def find_by_pk(self, pk: int) -> BlocklistEntry | None:
        """The entry with that key."""
        return await self.session.get(BlocklistEntry, pk)

    async def find_sources(self, kind: str, key: str, now: datetime) -> Sequence[BlocklistEntry]:
        """Every active entry for the same thing, whoever lists it."""
        statement = select(BlocklistEntry).where(
            BlocklistEntry.kind == kind, BlocklistEntry.key == key, *_is_active(now)
        )
        return (await self.session.exec(statement.order_by(col(BlocklistEntry.pk)))).all()

    async def find_active(self, now: datetime, source: str | None = None) -> Sequence[BlocklistEntry]:
        """Every active entry, of one source or all, in the order of their making."""
        statement = select(BlocklistEntry).where(*_is_active(now))
        if source is not None:
            statement = statement.where(BlocklistEntry.source == source)
        return (await self.session.exec(statement.order_by(col(BlocklistEntry.pk)))).all()

    async def find_rows(self, now: datetime, source: str) -> list[EntryRow]:
        """The active entries of one source, as plain values in no order."""
        statement = _select_fields(EntryRow).where(*_is_active(now), col(BlocklistEntry.source) == source)
        return [EntryRow._make(row) for row in await (await self.session.connection()).execute(statement)]

    async def find_listed(self, now: datetime, kind: str | None = None) -> list[ListedRow]:
        """Every active entry, of one kind or all, as far as a policy needs it, in no order."""
        statement = _select_fields(ListedRow).where(*_is_active(now))
        if kind is not None:
            statement = statement.where(col(BlocklistEntry.kind) == kind)
        return [ListedRow._make(row) for row in await (await self.session.connection()).execute(statement)]

    async def find_page(
        self, source: str | None = None, *, before: int | None = None, limit: int = 50
    ) -> Sequence[BlocklistEntry]:
        """Entries of one source or all, retracted ones included, newest first."""
        statement = select(BlocklistEntry)
        if source is not None:
            statement = statement.where(BlocklistEntry.source == source)
        if before is not None:
            statement = statement.where(col(BlocklistEntry.pk) < before)
        return (await self.session.exec(statement.order_by(col(BlocklistEntry.pk).desc()).limit(limit))).all()

    async def find_with_hits(
        self, now: datetime, *, kinds: Sequence[str] = (), limit: int | None = None, offset: int = 0
    ) -> Sequence[EntryWithHits]:
        """Active entries, of these kinds or all, and what they refused, the busiest first."""
        hits = (
            select(Refusal.entry_key, func.sum(Refusal.count).label("hits"), func.max(Refusal.last_at).label("last_at"))
            .group_by(col(Refusal.entry_key))
            .subquery()
        )
        total = func.coalesce(hits.c.hits, 0)
        statement = (
            select(BlocklistEntry, total, hits.c.last_at)
            .outerjoin(hits, hits.c.entry_key == col(BlocklistEntry.key))
            .where(*_is_active(now))
            .order_by(total.desc(), col(BlocklistEntry.pk))
            .limit(limit)
            .offset(offset)
        )
        if kinds:
            statement = statement.where(col(BlocklistEntry.kind).in_(kinds))
        return [EntryWithHits(entry, int(n), last) for entry, n, last in await self.session.exec(statement)]

    async def count_active(self, now: datetime, kinds: Sequence[str]) -> int:
        """How many entries of these kinds are active."""
        statement = select(func.count()).select_from(BlocklistEntry)
        return (await self.session.exec(statement.where(*_is_active(now), col(BlocklistEntry.kind).in_(kinds)))).one()

    async def allow(self, allow: BlocklistAllow) -> None:
        """Let a domain or an actor in, whatever lists it."""
        await insert_or_replace(self.session, allow, key=["key"])

    async def disallow(self, key: str) -> bool:
        """Take an allow back; False where there was none."""
        return await count_changed(self.session, delete(BlocklistAllow).where(col(BlocklistAllow.key) == key)) == 1

    async def find_allows(self) -> Sequence[BlocklistAllow]:
        """Everything allowed."""
        return (await self.session.exec(select(BlocklistAllow).order_by(col(BlocklistAllow.key)))).all()


def _select_fields(row: type[EntryRow] | type[ListedRow]) -> sqlalchemy.Select[Any]:
    return sqlalchemy.select(*(col(getattr(BlocklistEntry, name)) for name in row._fields))


def _is_active(now: datetime) -> tuple[Any, Any]:
    unexpired = or_(col(BlocklistEntry.expires_at).is_(None), col(BlocklistEntry.expires_at) > now)
    return col(BlocklistEntry.retracted_at).is_(None), unexpired
