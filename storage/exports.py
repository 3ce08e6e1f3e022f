"""Exports: archives of everything that an artist made here, each for a few days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key, reference
from storage.statements import add_row, count_changed

ASKED, READY, FAILED = "asked", "ready", "failed"


class Export(Table, table=True):
    """An archive: asked for, then ready under its file's name in the private namespace, then gone."""

    __tablename__ = "exports"

    pk: int = primary_key()
    artist_pk: int = reference("artists.pk", index=True)
    state: str = Field(default=ASKED, index=True)
    file_name: str = ""
    bytes: int = Field(default=0, sa_type=BigInteger)
    error: str = long_text()
    created_at: datetime = moment()
    due_at: datetime = moment()
    expires_at: datetime | None = moment(default=None, index=True)


@dataclass(frozen=True, slots=True)
class Exports:
    """Queries about archives."""

    session: AsyncSession

    async def add(self, export: Export) -> None:
        """Ask for an archive."""
        await add_row(self.session, export)

    async def find_all(self, artist_pk: int) -> Sequence[Export]:
        """An artist's archives, the newest first."""
        statement = select(Export).where(Export.artist_pk == artist_pk).order_by(col(Export.pk).desc())
        return (await self.session.exec(statement)).all()

    async def is_anything_due(self, now: datetime) -> bool:
        """Whether a claim may find something: a look that writes nothing."""
        asked = select(Export.pk).where(Export.state == ASKED, col(Export.due_at) <= now).limit(1)
        return (await self.session.exec(asked)).first() is not None

    async def claim(self, now: datetime, until: datetime) -> Export | None:
        """An archive that is to be made, kept from other workers until then."""
        due = (
            select(Export.pk).where(Export.state == ASKED, col(Export.due_at) <= now).order_by(col(Export.pk)).limit(1)
        )
        pk = (await self.session.exec(due)).first()
        if pk is None:
            return None
        is_due = col(Export.pk) == pk, col(Export.due_at) <= now
        claimed = update(Export).where(*is_due).values(due_at=until).returning(Export)
        return (await self.session.exec(claimed)).scalars().first()

    async def record_ready(self, pk: int, file_name: str, size: int, expires_at: datetime) -> None:
        """The archive is made."""
        values = {"state": READY, "file_name": file_name, "bytes": size, "expires_at": expires_at}
        await count_changed(self.session, update(Export).where(col(Export.pk) == pk).values(values))

    async def record_failed(self, pk: int, error: str) -> None:
        """The archive could not be made."""
        values = {"state": FAILED, "error": error}
        await count_changed(self.session, update(Export).where(col(Export.pk) == pk).values(values))

    async def take_expired(self, now: datetime) -> Sequence[Export]:
        """Forget archives whose time is over; their rows, for their files."""
        statement = delete(Export).where(col(Export.expires_at) <= now).returning(Export)
        return (await self.session.exec(statement)).scalars().all()

    async def take_all(self, artist_pk: int) -> Sequence[Export]:
        """Forget all of an artist's archives; their rows, for their files."""
        statement = delete(Export).where(col(Export.artist_pk) == artist_pk).returning(Export)
        return (await self.session.exec(statement)).scalars().all()
