"""Applications: people who want to join, with their own words; and appeals of artists who were suspended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text, moment, primary_key, reference
from storage.statements import add_row, count_changed

OPEN, GRANTED, REFUSED = "open", "granted", "refused"


class Application(Table, table=True):
    """Somebody who wants to join: the name they would like, and where to write to, empty where nobody can."""

    __tablename__ = "applications"

    pk: int = primary_key()
    name: str
    address: str = Field(default="", repr=False)
    content: str = long_text()
    state: str = Field(default=OPEN, index=True)
    decided_by: str = ""
    created_at: datetime = moment()
    decided_at: datetime | None = moment(default=None)


class SuspensionAppeal(Table, table=True):
    """What an artist says against their suspension, and what was answered."""

    __tablename__ = "suspension_appeals"

    pk: int = primary_key()
    artist_pk: int = reference("artists.pk", index=True)
    content: str = long_text()
    answer: str = long_text()
    state: str = OPEN
    decided_by: str = ""
    created_at: datetime = moment()
    decided_at: datetime | None = moment(default=None)


@dataclass(frozen=True, slots=True)
class Applications:
    """Queries about applications."""

    session: AsyncSession

    async def add(self, application: Application) -> None:
        """Let somebody ask."""
        await add_row(self.session, application)

    async def find_open(self, limit: int = 100) -> Sequence[Application]:
        """Who waits for an answer, the longest first."""
        statement = select(Application).where(Application.state == OPEN).order_by(col(Application.pk)).limit(limit)
        return (await self.session.exec(statement)).all()

    async def count_open(self) -> int:
        """How many wait."""
        statement = select(func.count()).select_from(Application).where(Application.state == OPEN)
        return (await self.session.exec(statement)).one()

    async def decide(self, pk: int, state: str, author: str, now: datetime) -> Application | None:
        """Answer one; None where it was answered before. The words go: they were for the decision."""
        statement = (
            update(Application)
            .where(col(Application.pk) == pk, col(Application.state) == OPEN)
            .values(state=state, decided_by=author, decided_at=now, content="")
            .returning(Application)
        )
        return (await self.session.exec(statement)).scalars().first()

    async def remove_decided(self, before: datetime) -> int:
        """Forget answers given before then; how many."""
        old = col(Application.decided_at) < before
        return await count_changed(self.session, delete(Application).where(old))


@dataclass(frozen=True, slots=True)
class SuspensionAppeals:
    """Queries about appeals."""

    session: AsyncSession

    async def add(self, appeal: SuspensionAppeal) -> None:
        """Let an artist appeal."""
        await add_row(self.session, appeal)

    async def find_latest(self, artist_pk: int) -> SuspensionAppeal | None:
        """What an artist said last."""
        statement = select(SuspensionAppeal).where(SuspensionAppeal.artist_pk == artist_pk)
        return (await self.session.exec(statement.order_by(col(SuspensionAppeal.pk).desc()).limit(1))).first()

    async def find_open(self) -> Sequence[SuspensionAppeal]:
        """Every appeal that waits, the oldest first."""
        statement = select(SuspensionAppeal).where(SuspensionAppeal.state == OPEN).order_by(col(SuspensionAppeal.pk))
        return (await self.session.exec(statement)).all()

    async def decide(self, pk: int, state: str, answer: str, author: str, now: datetime) -> SuspensionAppeal | None:
        """Answer one; None where it was answered before."""
        statement = (
            update(SuspensionAppeal)
            .where(col(SuspensionAppeal.pk) == pk, col(SuspensionAppeal.state) == OPEN)
            .values(state=state, answer=answer, decided_by=author, decided_at=now)
            .returning(SuspensionAppeal)
        )
        return (await self.session.exec(statement)).scalars().first()
