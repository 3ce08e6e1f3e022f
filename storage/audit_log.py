"""The audit log: who changed whom this instance refuses, when, and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key
from storage.statements import add_row, count_changed


class AuditRecord(Table, table=True):
    """One deed; `author` is empty where the instance did it by itself."""

    __tablename__ = "audit_log"

    pk: int = primary_key()
    author: str = ""
    action: str
    subject: str = long_text()
    detail: str = long_text()
    done_at: datetime = moment(index=True)


@dataclass(frozen=True, slots=True)
class AuditLog:
    """Queries about deeds."""

    session: AsyncSession

    async def add(self, record: AuditRecord) -> None:
        """Write a deed down, in the transaction that does it."""
        await add_row(self.session, record)

    async def find_page(self, *, before: int | None = None, limit: int = 50) -> Sequence[AuditRecord]:
        """What was done, newest first."""
        statement = select(AuditRecord)
        if before is not None:
            statement = statement.where(col(AuditRecord.pk) < before)
        return (await self.session.exec(statement.order_by(col(AuditRecord.pk).desc()).limit(limit))).all()

    async def remove_old(self, before: datetime) -> int:
        """Forget what was done before then; how many deeds."""
        return await count_changed(self.session, delete(AuditRecord).where(col(AuditRecord.done_at) < before))
