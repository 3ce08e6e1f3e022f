"""Refusals: how often which entry of the blocklist shut which door before whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment
from storage.statements import count_changed, insert_into


class Refusal(Table, table=True):
    """A door (inbox, fetch, media, delivery …), the entry that shut it, and the actor or host outside."""

    __tablename__ = "refusals"

    door: str = Field(primary_key=True)
    entry_key: str = Field(primary_key=True, index=True)
    subject: str = Field(primary_key=True)
    count: int = 1
    first_at: datetime = moment()
    last_at: datetime = moment(index=True)


@dataclass(frozen=True, slots=True)
class Refusals:
    """Queries about refusals."""

    session: AsyncSession

    async def count(self, door: str, entry_key: str, subject: str, now: datetime, times: int = 1) -> None:
        """Count a refusal, or several that were gathered before writing."""
        insert = insert_into(self.session, Refusal).values(
            door=door, entry_key=entry_key, subject=subject, count=times, first_at=now, last_at=now
        )
        changed = {"count": col(Refusal.count) + times, "last_at": now}
        await self.session.exec(
            insert.on_conflict_do_update(index_elements=["door", "entry_key", "subject"], set_=changed)
        )

    async def find_for_entry(self, entry_key: str) -> Sequence[Refusal]:
        """What an entry refused, the last first."""
        statement = select(Refusal).where(Refusal.entry_key == entry_key).order_by(col(Refusal.last_at).desc())
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).all()

    async def find_recent(self, limit: int = 50) -> Sequence[Refusal]:
        """The last refusals."""
        statement = select(Refusal).order_by(col(Refusal.last_at).desc()).limit(limit)
        return (await self.session.exec(statement, execution_options={"populate_existing": True})).all()

    async def remove_old(self, before: datetime) -> int:
        """Forget what was not refused again since then; how many."""
        return await count_changed(self.session, delete(Refusal).where(col(Refusal.last_at) < before))
