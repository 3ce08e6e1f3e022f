"""Appeals: what the listed, or others for them, say against an entry, and what was answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, func
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key
from storage.statements import add_row, count_changed

OPEN, GRANTED, REFUSED = "open", "granted", "refused"


class Appeal(Table, table=True):
    """An appeal against the entry of that kind and key. `contact` is for the admin alone, the answer is public."""

    __tablename__ = "appeals"
    __table_args__ = (Index("ix_appeals_entry_kind_entry_key", "entry_kind", "entry_key"),)

    pk: int = primary_key()
    entry_kind: str
    entry_key: str
    contact: str = ""
    content: str = long_text()
    state: str = Field(default=OPEN, index=True)
    answer: str = long_text()
    activity_id: str | None = Field(default=None, unique=True)
    created_at: datetime = moment()
    answered_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class Appeals:
    """Queries about appeals."""

    session: AsyncSession

    async def add(self, appeal: Appeal) -> None:
        """File an appeal."""
        await add_row(self.session, appeal)

    async def find(self, pk: int) -> Appeal | None:
        """The appeal with that key."""
        return await self.session.get(Appeal, pk)

    async def find_by_activity(self, activity_id: str) -> Appeal | None:
        """The appeal that came as this activity."""
        return (await self.session.exec(select(Appeal).where(Appeal.activity_id == activity_id))).first()

    async def find_for_entry(self, kind: str, key: str) -> Sequence[Appeal]:
        """Every appeal against an entry, oldest first."""
        statement = select(Appeal).where(Appeal.entry_kind == kind, Appeal.entry_key == key)
        return (await self.session.exec(statement.order_by(col(Appeal.pk)))).all()

    async def remove_for_entry(self, kind: str, key: str) -> int:
        """Forget every appeal against an entry; how many."""
        statement = delete(Appeal).where(col(Appeal.entry_kind) == kind, col(Appeal.entry_key) == key)
        return await count_changed(self.session, statement)

    async def find_page(self, state: str = OPEN, *, before: int | None = None, limit: int = 50) -> Sequence[Appeal]:
        """Appeals in a state, newest first."""
        statement = select(Appeal).where(Appeal.state == state)
        if before is not None:
            statement = statement.where(col(Appeal.pk) < before)
        return (await self.session.exec(statement.order_by(col(Appeal.pk).desc()).limit(limit))).all()

    async def answer(self, pk: int, state: str, answer: str, now: datetime) -> bool:
        """Grant or refuse an open appeal; False where there is none."""
        waiting = update(Appeal).where(col(Appeal.pk) == pk, col(Appeal.state) == OPEN)
        return await count_changed(self.session, waiting.values(state=state, answer=answer, answered_at=now)) == 1

    async def count_open(self) -> int:
        """How many wait for an answer."""
        statement = select(func.count()).select_from(Appeal).where(col(Appeal.state) == OPEN)
        return (await self.session.exec(statement)).one()
