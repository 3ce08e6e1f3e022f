"""Reports: what people, here or elsewhere, bring to the moderators' attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Field, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, json_list, long_text, moment, primary_key
from storage.statements import add_row, count_changed

OPEN, RESOLVED, DISMISSED = "open", "resolved", "dismissed"


class Report(Table, table=True):
    """A report about the actors and objects with these ids."""

    __tablename__ = "reports"

    pk: int = primary_key()
    reporter_actor_id: str
    target_ids: list[str] = json_list()
    content: str = long_text()
    state: str = Field(default=OPEN, index=True)
    created_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class Reports:
    """Queries about reports."""

    session: AsyncSession

    async def add(self, report: Report) -> None:
        """File a report."""
        await add_row(self.session, report)

    async def find(self, pk: int) -> Report | None:
        """The report with that key."""
        return await self.session.get(Report, pk)

    async def find_page(self, state: str = OPEN, *, before: int | None = None, limit: int = 50) -> Sequence[Report]:
        """Reports in a state, newest first."""
        statement = select(Report).where(Report.state == state)
        if before is not None:
            statement = statement.where(col(Report.pk) < before)
        return (await self.session.exec(statement.order_by(col(Report.pk).desc()).limit(limit))).all()

    async def find_about(self, actor_id: str, limit: int = 20) -> Sequence[Report]:
        """Reports of late that name this actor, newest first; targets are JSON, which both databases search apart."""
        statement = select(Report).order_by(col(Report.pk).desc()).limit(500)
        rows = (await self.session.exec(statement)).all()
        return [row for row in rows if actor_id in row.target_ids][:limit]

    async def set_state(self, pk: int, state: str) -> bool:
        """Resolve, dismiss or open a report again; False where there is none."""
        return await count_changed(self.session, update(Report).where(col(Report.pk) == pk).values(state=state)) == 1

    async def count(self, state: str = OPEN) -> int:
        """How many reports are in a state."""
        statement = select(func.count()).select_from(Report).where(col(Report.state) == state)
        return (await self.session.exec(statement)).one()
