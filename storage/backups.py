"""Backups: when a whole copy of the instance was last made, by the folder it went to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, moment
from storage.statements import insert_or_replace


class Backup(Table, table=True):
    """The last backup in a folder: picture files and their bytes."""

    __tablename__ = "backups"

    destination: str = Field(primary_key=True)
    made_at: datetime = moment()
    files: int
    bytes: int = Field(sa_type=BigInteger)


@dataclass(frozen=True, slots=True)
class Backups:
    """Queries about backups."""

    session: AsyncSession

    async def record(self, backup: Backup) -> None:
        """Write down that a backup is whole; the one before it in the same folder is no more."""
        await insert_or_replace(self.session, backup, key=["destination"])

    async def find_all(self) -> Sequence[Backup]:
        """Every folder's backup, the newest first."""
        return (await self.session.exec(select(Backup).order_by(col(Backup.made_at).desc()))).all()
