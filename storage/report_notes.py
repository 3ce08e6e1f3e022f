"""Notes on reports: what moderators thought and did about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key, reference
from storage.statements import add_row


class ReportNote(Table, table=True):
    """A note, or an action with what was said about it; `author` is an artist's name, kept when they leave."""

    __tablename__ = "report_notes"

    pk: int = primary_key()
    report_pk: int = reference("reports.pk", index=True)
    author: str
    action: str
    content: str = long_text()
    created_at: datetime = moment()


@dataclass(frozen=True, slots=True)
class ReportNotes:
    """Queries about notes."""

    session: AsyncSession

    async def add(self, note: ReportNote) -> None:
        """Write a note down."""
        await add_row(self.session, note)

    async def find_all(self, report_pk: int) -> Sequence[ReportNote]:
        """The notes on a report, oldest first."""
        statement = select(ReportNote).where(ReportNote.report_pk == report_pk).order_by(col(ReportNote.pk))
        return (await self.session.exec(statement)).all()
